"""The address of a served page: written as the views change, read again at Back and Forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.query_string import LONGEST, left_out_sentence
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Visit = Callable[[str], None]


class PageLink(View):
    """Keeps the query string of the address of a page, and says what was left out of a link.

    It belongs on a served page, once, and nowhere in a notebook, whose address is not ours. It draws nothing but the
    notice of ``show_left_out``.
    """

    _esm = script("page_link")

    address = t.Dict(read_only=True).tag(sync=True)
    """What the address shall be: ``query``; ``steps``, how often a new entry of the history was begun; and ``turn``,
    the latest visit that it takes account of."""

    first_query = t.Unicode(read_only=True).tag(sync=True)
    """The query string that the page was made for. A person may have gone Back before its script is there."""

    notice = t.Unicode(read_only=True).tag(sync=True)
    """What was left out of the link, in one sentence; empty if nothing was."""

    visit = t.Dict().tag(sync=True)
    """Where the person went by Back or Forward: ``query`` and ``turn``, a number that grows."""

    def __init__(self, query: str = "") -> None:
        """Begin at the query string of the address that the page was first_query with."""
        self._callbacks: list[Visit] = []
        self._is_visiting = False
        super().__init__()
        self.set_trait("first_query", query)
        self.set_trait("address", {"query": query, "steps": 0, "turn": 0})

    @property
    def query(self) -> str:
        """Return the query string of the address."""
        return str(self.address["query"])

    def write(self, query: str, *, new: bool = False) -> None:
        """Write the query string of the address; nothing happens if it is the same.

        Args:
            query: The query string, without ``?``.
            new: Whether Back shall lead to the address as it was before. Otherwise, the entry of the history is
                replaced. While the page follows Back or Forward, it always is.
        """
        if query != self.query:
            steps = self.address["steps"] + (new and not self._is_visiting)
            self.set_trait("address", {**self.address, "query": query, "steps": steps})

    def card(self) -> Card:
        """Return the notice as static HTML."""
        return Card("Link", (element("p", self.notice),) if self.notice else ())

    def on_visit(self, callback: Visit) -> None:
        """Call a function with the query string when the person goes Back or Forward to another address."""
        self._callbacks.append(callback)

    def show_left_out(self, notes: Sequence[str]) -> None:
        """Say in one sentence what was left out of the link; say nothing if there are no notes."""
        self.set_trait("notice", visible(left_out_sentence(notes)))

    @t.observe("visit")
    def _visit(self, change: dict[str, Any]) -> None:
        query, turn = change["new"].get("query"), change["new"].get("turn")
        if not isinstance(query, str) or not isinstance(turn, int) or turn <= self.address["turn"]:
            return  # nothing that the script sends
        query = query[: LONGEST + 1]
        self._is_visiting = True
        try:
            self.set_trait("address", {**self.address, "query": query, "turn": turn})
            for callback in self._callbacks:
                callback(query)
        finally:
            self._is_visiting = False


def with_page_link(link: PageLink, view: ipywidgets.Widget) -> ipywidgets.VBox:
    """Return the view of a page below its link: the script of a widget runs only if a page shows the widget."""
    return ipywidgets.VBox([link, view], layout={"width": "100%"})
