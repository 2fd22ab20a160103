"""Whose captions are browsed: those of ChatEarthNet, or those of a set that was added to the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.widgets.browse.query_mixin import read_request
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.catalog.caption_set import CaptionSet
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.query import Query
    from chatearthnet_explorer.widgets.browse.facet_view import FacetView
    from chatearthnet_explorer.widgets.browse.gallery import Gallery
    from chatearthnet_explorer.widgets.browse.pair_head import PairHead

RELEASE_NAME = "ChatEarthNet"
"""What the captions of the release are called."""


class CaptionChoice(View):
    """A list of writers: set ``sets``, and ``captions`` follows the person. It hides where there is no choice."""

    _esm = script("caption_choice")

    sets = t.Tuple()
    """The ``CaptionSet`` objects to choose from, beside the captions of the release."""

    total = t.Int(0)
    """Number of pairs of the release."""

    captions = t.Unicode("").tag(sync=True)
    """Id of the chosen set; empty for the captions of the release."""

    options: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """What the script offers: [id, label]."""

    request = t.Dict().tag(sync=True)
    """What the person chose: ``what`` (captions), ``value``, ``turn``."""

    def card(self) -> Card:
        """Return the choice as static HTML."""
        return Card("Captions by", tuple(element("p", label) for _, label in self.options))

    def set_of(self, ident: str) -> CaptionSet | None:
        """Return the set of an id; None for any other text."""
        return next((one for one in self.sets if one.id == ident), None)

    @t.observe("sets", "total")
    def _show(self, _change: object) -> None:
        self.set_trait("options", writer_options(self.sets, self.total))

    @t.observe("request")
    def _press(self, _change: object) -> None:
        what, value = read_request(self.request)
        if what == "captions" and isinstance(value, str) and (not value or self.set_of(value)):
            self.captions = value


def writer_options(sets: Sequence[CaptionSet], total: int) -> list[list[str]]:
    """Return the writers to choose from: [id, label with the number of captions or pairs], made visible."""
    labels = [one.label for one in sets]
    names = [f"{one.label} [{one.id}]" if labels.count(one.label) > 1 else one.label for one in sets]
    counts = [[one.id, visible(f"{name} ({one.count:,})")] for one, name in zip(sets, names, strict=True)]
    return [["", f"{RELEASE_NAME} ({total:,} pairs)"], *counts]


def fit_query(query: Query, catalog: Catalog) -> Query:
    """Return a query without filters that a catalog cannot answer: a style, findings or shares it lacks."""
    changes: dict[str, Any] = {}
    caption_set = catalog.caption_set
    if caption_set and query.style not in {"", caption_set.column_style}:
        changes["style"] = ""
    if catalog.files.findings is None:
        changes |= {"finding": ()} if query.finding else {}
        changes |= {"sortby": "place"} if query.sortby == "worst" else {}
    if catalog.files.counts is None:
        changes |= {"min_share": None} if query.min_share is not None else {}
        changes |= {"sortby": "place"} if query.sortby == "share" else {}
    return query.but(**changes) if changes else query


def name_writer(catalog: Catalog, gallery: Gallery, pair_head: PairHead, facets: FacetView) -> None:
    """Let the views of a browser know whose captions a catalog has, and what can be asked of it."""
    caption_set, findings = catalog.caption_set, catalog.files.findings
    gallery.simulated = catalog.simulated
    gallery.writer = pair_head.writer = visible(caption_set.label) if caption_set else ""
    gallery.writer_style = caption_set.style if caption_set else ""
    facets.absent = ("style",) if caption_set else ()
    facets.has_shares = catalog.files.counts is not None
    facets.meanings = dict(findings.checks) if findings else {}
