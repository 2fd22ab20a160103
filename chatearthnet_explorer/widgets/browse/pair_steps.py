"""The pairs before and after the open one, on its page of the gallery and on the pages beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.widgets.browse.gallery import Gallery
    from chatearthnet_explorer.widgets.browse.pair_head import PairHead

_STEPS = {"back", "previous", "next"}


class PairSteps:
    """Goes from pair to pair."""

    def __init__(self, gallery: Gallery) -> None:
        """Take the gallery, which opens pairs."""
        self._gallery = gallery
        self._opening: int | None = None

    @property
    def is_turning(self) -> bool:
        """Whether another page is on its way, of which a pair will be opened."""
        return self._opening is not None

    def forget(self) -> None:
        """Open no pair of a page that is on its way."""
        self._opening = None

    def offer(self, pair: Pair | None, head: PairHead) -> None:
        """Offer the steps that lead somewhere from a pair in its heading, and mark its tile."""
        result, place = self._gallery.result, self._position(pair)
        self._gallery.open_position = place
        ways = ["back"]
        if result and place >= 0:
            ways += ["previous"] if place or result.query.page > 1 else []
            ways += ["next"] if place + 1 < len(result.pairs) or result.query.page < result.pages else []
        head.possible = [*ways, *(one for one in head.possible if one not in _STEPS)]

    def go(self, pair: Pair | None, step: int) -> None:
        """Open the pair after a pair (1) or before it (-1), on the next or previous page if need be."""
        position, result = self._position(pair) + step, self._gallery.result
        if result and not 0 <= position < len(result.pairs):
            self._opening = 0 if step > 0 else -1
            self._gallery.change_query(page=self._gallery.query.page + step)
        else:
            self._gallery.open_at(position)

    def arrive(self) -> None:
        """Open the pair for which the page was turned, if it was."""
        opening, self._opening = self._opening, None
        if opening is not None and self._gallery.result:
            self._gallery.open_at(opening % max(len(self._gallery.result.pairs), 1))

    def _position(self, pair: Pair | None) -> int:
        """Return the position of a pair on the page; -1 if it is not there."""
        result = self._gallery.result
        names = [one.record.name for one in result.pairs] if result and pair else []
        return names.index(pair.record.name) if pair and pair.record.name in names else -1
