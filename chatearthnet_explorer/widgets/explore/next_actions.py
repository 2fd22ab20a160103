"""What the buttons below the last step of the Explorer do."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.widgets.explore.explore_link import ExploreLink, write_explore_link
from chatearthnet_explorer.widgets.explore.similar_places import SimilarPlace, similar_places
from chatearthnet_explorer.widgets.shared.background import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.pipeline import Captioned
    from chatearthnet_explorer.widgets.explore.caption_step import CaptionStep
    from chatearthnet_explorer.widgets.explore.next_steps import NextSteps

_SEARCHING = "Looking for places with the same land cover."
_NONE = "This catalog has no place with the same land cover."
_LOG = logging.getLogger(__name__)


class NextActions:
    """Checks the caption, lists similar places, and goes to one."""

    def __init__(
        self,
        view: NextSteps,
        caption: CaptionStep,
        *,
        find_catalog: Callable[[], Catalog] | None,
        visit: Callable[[float, float], None],
    ) -> None:
        """Connect the buttons.

        Args:
            view: The buttons.
            caption: The card of the caption.
            find_catalog: Returns the catalog that has the similar places, on a thread; None for no such places.
            visit: Goes to a longitude and latitude.
        """
        self._view, self._caption, self._find_catalog = view, caption, find_catalog
        self._task = BackgroundTask()
        self._captioned: Captioned | None = None
        view.on_action("check", self._check)
        view.on_action("similar", self._list)
        view.on_action("visit", visit)

    def offer(self, captioned: Captioned) -> None:
        """Offer what can be done with a result; similar places of another are taken away."""
        self._task.stop()
        is_other = self._captioned is None or self._captioned.chip.tile != captioned.chip.tile
        self._captioned = captioned
        with self._view.hold_sync():
            self._view.can_check = captioned.caption is not None and captioned.chip.labels is not None
            self._view.can_compare = self._find_catalog is not None and captioned.chip.labels is not None
            if self._view.lesson:  # on a site, which has the page
                place = ExploreLink(lonlat=(captioned.lon, captioned.lat))
                self._view.comparison = f"compare?{write_explore_link(place).partition('&year')[0]}"
            if is_other:
                self._view.note = ""
                self._view.set_places(())

    def stop(self) -> None:
        """Stop the current task."""
        self._task.stop()

    def _check(self) -> None:
        self._caption.check.value = True
        self._caption.view.calls += 1

    def _list(self) -> None:
        find_catalog, captioned = self._find_catalog, self._captioned
        if find_catalog is not None and captioned is not None:
            self._view.note = _SEARCHING
            self._task.start(
                lambda _: similar_places(find_catalog(), captioned.chip),
                on_result=self._show,
                on_error=self._show_error,
            )

    def _show(self, places: tuple[SimilarPlace, ...]) -> None:
        self._view.set_places(places)
        self._view.note = "" if places else _NONE

    def _show_error(self, problem: Exception) -> None:
        if isinstance(problem, ExplorerError):
            self._view.note = str(problem)
        else:
            _LOG.error("The search for similar places failed.", exc_info=problem)
            self._view.note = "The search failed unexpectedly; try again, or see the log."
