"""The filters of the Browser (facets), with the number of pairs for each value."""

from __future__ import annotations

import functools
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.catalog.facet_order import FACETS
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.widgets.browse.active_filters import SPLITS, STYLES, finding_words, flag_words, place_words
from chatearthnet_explorer.widgets.browse.query_mixin import QueryMixin, read_request
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

_INDEX = {land.name: land.index for land in CLASSES}
_SINGLE = ("match", "part")
_SHARES_HINT = (
    "This collection has no measured land cover. Whoever runs this program can add it with "
    "`chatearthnet-explorer catalog enrich`; then pairs can be filtered by how much of the square a class covers."
)


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of a facet, as the script draws it."""

    value: str
    label: str
    hint: str
    count: int
    state: str
    index: int


class FacetView(QueryMixin, View):
    """Shows every facet with its counts: set ``result``; a press changes ``query``."""

    _esm = script("facet_view")

    has_shares = t.Bool(default_value=False).tag(sync=True)
    """Whether the catalog knows the shares of the labels."""

    facets: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The facets as the script draws them: key, title, and values as [value, label, hint, count, state, class]."""

    class_options = t.Dict(read_only=True).tag(sync=True)
    """How the search uses the classes: match, part, min_share."""

    parts = t.List(list(PARTS), read_only=True).tag(sync=True)
    """What ``part`` can be."""

    absent = t.Tuple()
    """Keys of facets that say nothing here, such as the style where there is one."""

    meanings = t.Dict({})
    """What a finding of each check means."""

    shares_hint = t.Unicode(_SHARES_HINT, read_only=True).tag(sync=True)
    """Shown instead of the slider if the shares are unknown."""

    total = t.Int(-1, read_only=True).tag(sync=True)
    """Pairs that match; -1 before the first result."""

    request = t.Dict().tag(sync=True)
    """What the person pressed: ``what``, ``value``, ``turn`` (a counter)."""

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        super().__init__(**traits)
        self._show(None)

    def card(self) -> Card:
        """Return the counts as static HTML."""
        sections = [
            element(
                "details",
                element("summary", facet["title"]),
                *(element("p", f"{label}: {count:,}") for _, label, _, count, *_ in facet["values"]),
            )
            for facet in self.facets
        ]
        return Card("Filters", tuple(sections))

    @t.observe("query", "result")
    def _show(self, _change: object) -> None:
        counts = self.result.facets if self.result is not None else {}
        query = self.query
        with self.hold_sync():
            self.set_trait(
                "facets", [self._facet(key, counts.get(key, {})) for key in FACETS if key not in self.absent]
            )
            self.set_trait("total", -1 if self.result is None else self.result.total)
            self.set_trait("class_options", {"match": query.match, "part": query.part, "min_share": query.min_share})

    def _facet(self, key: str, counts: dict[str, int]) -> dict[str, object]:
        selection = getattr(self.query, FACETS[key].field)
        selection = (selection,) if isinstance(selection, str) and selection else tuple(selection)
        # a selected value without pairs stays, so that it can be removed
        names = dict.fromkeys((*counts, *(value.removeprefix("-") for value in selection)))
        values = [self._value(key, value, selection, counts.get(value, 0)) for value in names]
        if key == "class":
            values.sort(key=lambda one: -one.count)
        return {"key": key, "title": FACETS[key].title, "values": [list(astuple(one)) for one in values]}

    def _value(self, key: str, value: str, selection: tuple[str, ...], count: int) -> _Value:
        absent = f"-{value}" in selection
        if absent:  # the facet counts the pairs that have it
            count = self.result.total if self.result is not None else 0
        state = "on" if value in selection else "off" if absent else ""
        label, hint = _LABEL[key](value) if not absent else (_ABSENT[key](value, absent=True), "")
        hint = visible(self.meanings.get(value, "")) if key == "finding" else hint
        return _Value(value, visible(label), hint, count, state, _INDEX.get(value, -1) if key == "class" else -1)

    @t.observe("request")
    def _press(self, _change: object) -> None:
        what, value = read_request(self.request)
        if what == "min_share":
            # a share is of the whole chip, so it excludes a part
            self.change_query(min_share=value, **({} if value is None else {"part": ""}))
        elif what == "part":
            self.change_query(part=value, **({"min_share": None} if value else {}))
        elif what in _SINGLE:
            self.change_query(**{what: value})
        elif what == "clear" and value in FACETS:
            self.query = self.query.without(str(value))
        elif what == "clear all":
            self.query = functools.reduce(Query.without, FACETS, self.query)
        elif what in FACETS and isinstance(value, str):
            self._toggle(what, value)

    def _toggle(self, key: str, value: str) -> None:
        field = FACETS[key].field
        selection = getattr(self.query, field)
        if key == "style":
            self.change_query(style="" if selection == value else value)
            return
        remaining = tuple(one for one in selection if one not in {value, f"-{value}"})
        if value not in selection and f"-{value}" not in selection:
            remaining = (*selection, value)
        elif key in {"flag", "finding"} and value in selection:
            remaining = (*remaining, f"-{value}")  # a second press selects pairs without it, a third clears it
        # sorting by share needs a class
        sorting = {"sortby": "place"} if key == "class" and not remaining and self.query.sortby == "share" else {}
        self.change_query(**{field: remaining}, **sorting)


_LABEL: dict[str, Callable[[str], tuple[str, str]]] = {
    "class": lambda name: (name, CLASSES[_INDEX[name]].plain if name in _INDEX else ""),
    "continent": lambda name: (place_words(name), ""),
    "country": lambda name: (place_words(name), ""),
    "style": lambda style: (STYLES.get(style, style), ""),
    "split": lambda split: (SPLITS.get(split, split), ""),
    "flag": lambda flag: (flag, FLAGS.get(flag, "")),
    "finding": lambda finding: ("no problem" if finding == "none" else finding, ""),
}
_ABSENT = {"flag": flag_words, "finding": finding_words}
