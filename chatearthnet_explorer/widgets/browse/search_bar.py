"""The search bar: words, order, link, and one removable chip per filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.catalog.permalink import from_url, to_url
from chatearthnet_explorer.catalog.query import LONGEST_WORDS, SORTS
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.query_string import LONGEST
from chatearthnet_explorer.widgets.browse.active_filters import choices_of
from chatearthnet_explorer.widgets.browse.query_mixin import QueryMixin, read_request
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

_SORTS = {
    "place": "by place",
    "name": "by name",
    "lat": "from south to north",
    "lon": "from west to east",
    "country": "by country",
    "share": "by share of the land cover",
    "worst": "most problems first",
    "random": "shuffled",
}
_MOST_SEEDS = 2**32


class SearchBar(QueryMixin, View):
    """Shows and changes words, order and link of ``query``, and lists its filters."""

    _esm = script("search_bar")

    words = t.Unicode("", read_only=True).tag(sync=True)
    """The search words."""

    longest = t.Int(LONGEST_WORDS, read_only=True).tag(sync=True)
    """Characters that they may have."""

    order = t.List(["place", False], read_only=True).tag(sync=True)
    """The sort key, and whether the order is reversed."""

    sorts: t.List[Any] = t.List([[name, _SORTS[name]] for name in SORTS], read_only=True).tag(sync=True)
    """The sort keys: [name, label]."""

    disabled_sorts = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """Sort keys that cannot be used now: share without a class, findings before an audit."""

    choices = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """The active filters, in words."""

    link = t.Unicode("", read_only=True).tag(sync=True)
    """The query as the query part of an address; empty without filters."""

    has_link = t.Bool(default_value=True).tag(sync=True)
    """Whether the link is shown; not on a page whose address holds the query."""

    request = t.Dict().tag(sync=True)
    """What the person did: ``what`` (words, sort, descending, drop, clear, random, link), ``value``, ``turn``."""

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        self._callbacks: list[Callable[[], None]] = []
        super().__init__(**traits)
        self._show(None)

    def on_random(self, callback: Callable[[], None]) -> None:
        """Call a function when the person wants a random pair."""
        self._callbacks.append(callback)

    def card(self) -> Card:
        """Return the filters as static HTML."""
        return Card("Filters", tuple(element("p", words) for words in self.choices or ["none: showing everything"]))

    def _disabled_sorts(self) -> list[str]:
        query, result = self.query, self.result
        can = {"share": bool(query.classes), "worst": bool(result is not None and result.facets["finding"])}
        return [sort for sort, possible in can.items() if not possible and query.sortby != sort]

    @t.observe("query", "result")
    def _show(self, _change: object) -> None:
        query = self.query
        with self.hold_sync():
            self.set_trait("words", visible(query.words))
            self.set_trait("order", [query.sortby, query.descending])
            self.set_trait("disabled_sorts", self._disabled_sorts())
            self.set_trait("choices", [visible(words) for words, _ in choices_of(query)])
            self.set_trait("link", to_url(query))

    @t.observe("request")
    def _press(self, _change: object) -> None:
        what, value = read_request(self.request)
        if what == "words" and isinstance(value, str):
            self.change_query(words=value[:LONGEST_WORDS])
        elif what == "sort":
            self.change_query(sortby=value, seed=(self.query.seed + 1) % _MOST_SEEDS if value == "random" else 0)
        elif what == "descending":
            self.change_query(descending=bool(value))
        elif what == "drop" and isinstance(value, int):
            left = list(choices_of(self.query))
            if 0 <= value < len(left):
                self.query = left[value][1]
        elif what == "clear":
            self.query = type(self.query)(sortby=self.query.sortby if self.query.sortby != "share" else "place")
        elif what == "random":
            for callback in self._callbacks:
                callback()
        elif what == "link" and isinstance(value, str):
            self._follow(value)

    def _follow(self, link: str) -> None:
        self.problem = ""
        try:
            self.query = from_url(link[: LONGEST + 1])
        except QueryError as error:
            self.problem = str(error)
