"""The captions that models wrote for each visitor of the page Compare, for an hour, in memory alone."""

from __future__ import annotations

from collections import OrderedDict

from chatearthnet_explorer.app.model_access import UNKNOWN
from chatearthnet_explorer.widgets.compare.recent_captions import RecentCaptions

MOST_VISITORS = 500
"""Visitors whose captions stay; of more, the latest."""


class VisitorCaptions:
    """Recent captions by visitor, so that a reload of the page loses none that was paid for."""

    def __init__(self) -> None:
        """Begin without visitors."""
        self._captions: OrderedDict[str, RecentCaptions] = OrderedDict()

    def of(self, visitor: str) -> RecentCaptions:
        """Return the captions of a visitor, to be read and added to; new ones for a visitor without an address.

        Called in the server's loop alone.

        Args:
            visitor: What ``model_access.visitor_of`` returns.
        """
        if visitor == UNKNOWN:  # who may be several people
            return RecentCaptions()
        for one in self._captions.values():
            one.forget_old()
        recent = self._captions.setdefault(visitor, RecentCaptions())
        self._captions.move_to_end(visitor)
        if len(self._captions) > MOST_VISITORS:
            self._captions.popitem(last=False)
        return recent
