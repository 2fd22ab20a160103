"""The status line: one sentence, with a progress bar and a Cancel button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from chatearthnet_explorer.widgets.shared.status_text import StatusText

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("hint", "done", "error")
"""What a sentence can be: what to do next, what there is now, what went wrong."""


class StatusLine(ipywidgets.HBox):  # type: ignore[misc]  # ipywidgets has no types
    """One sentence for the person; while something is under way, a bar and a Cancel button."""

    message = traitlets.Unicode()
    """The sentence, as text."""

    kind = traitlets.Enum(KINDS, default_value="hint")
    """One of ``KINDS``."""

    busy = traitlets.Bool(default_value=False)
    """Whether something is under way."""

    has_bar = traitlets.Bool(default_value=True)
    """Whether bar and Cancel are shown while something is under way; False while another view shows them."""

    def __init__(self, *, message: str = "") -> None:
        """Begin with a sentence."""
        self._text = StatusText(layout={"flex": "1 1 auto", "min_width": "0"})
        self._cancel = ipywidgets.Button(
            description="Cancel", tooltip="Stop waiting", layout={"width": "auto", "flex": "none"}
        )
        self._cancel.add_class("cen-cancel")
        super().__init__([self._text, self._cancel], layout={"align_items": "center", "min_height": "32px"})
        self.show_message(message)

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Call a function when the person presses Cancel."""
        self._cancel.on_click(lambda _: callback())

    def show_message(self, message: str, *, kind: str = "hint") -> None:
        """Show a sentence of one of ``KINDS``."""
        with self.hold_trait_notifications():
            self.message, self.kind = message, kind
        self._draw(None)

    @traitlets.observe("busy", "has_bar")
    def _draw(self, _change: object) -> None:
        shows_bar = self.busy and self.has_bar
        self._cancel.layout.display = "" if shows_bar else "none"
        with self._text.hold_sync():
            self._text.message, self._text.state = self.message, "busy" if shows_bar else self.kind
