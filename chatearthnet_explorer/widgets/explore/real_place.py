"""The notice of a simulated place, and the button that tries to show the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.provenance import why_simulated
from chatearthnet_explorer.sources.fallback_notes import NOT_INSTALLED, OFFLINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.widgets.explore.caption_options import CaptionOptions
    from chatearthnet_explorer.widgets.shared.chip_view import ChipView

_AUTOMATIC, _ALTERNATIVES = "auto", ("auto", "stac")
_AGAIN, _CHANGE = "Try Sentinel-2 again", "Use Sentinel-2"
_FAILURE = "Sentinel-2 still does not answer; check your network connection, or go on with simulated places."


class RealPlace:
    """Says on the picture why a place is simulated, and offers the real one."""

    def __init__(self, chip_view: ChipView, options: CaptionOptions, *, retry: Callable[[], None]) -> None:
        """Begin without a notice.

        Args:
            chip_view: Where the notice and its button are.
            options: Where the source is chosen.
            retry: Fetches the place again from the source that is chosen.
        """
        self._view, self._options, self._fetch = chip_view, options, retry
        self._is_retry = False
        chip_view.on_action(self._press)

    def offer(self, chip: Chip) -> str:
        """Show the notice of a chip, or none for a real one; return why the button was pressed in vain, or nothing."""
        reason = why_simulated(chip)
        failure = _FAILURE if self._is_retry and reason == OFFLINE else ""
        self._is_retry = False
        with self._view.hold_sync():
            self._view.notice = reason
            self._view.action = self._label() if reason and reason != NOT_INSTALLED else ""
        return failure

    def _label(self) -> str:
        """Return the words on the button; empty where no source has real places."""
        options = self._options
        if options.source == _AUTOMATIC and _AUTOMATIC in options.sources:
            return _AGAIN
        return _CHANGE if set(_ALTERNATIVES) & set(options.sources) else ""

    def _press(self) -> None:
        options = self._options
        self._is_retry = True
        if self._label() == _AGAIN:
            self._fetch()
        else:  # which fetches as well
            options.source = next(name for name in _ALTERNATIVES if name in options.sources)
