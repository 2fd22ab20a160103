"""The whole dataset, browsed: map, facets, words, gallery, and one pair at a time."""

from __future__ import annotations

import html
import random
from typing import TYPE_CHECKING, Any, Self

import ipywidgets
import traitlets

from chatearthnet_explorer.captioners import Captioner, open_captioner
from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.catalog.pair import Pair
from chatearthnet_explorer.catalog.permalink import from_url
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.sample.sample_catalog import FIRST, open_sample
from chatearthnet_explorer.sources import Source, open_source
from chatearthnet_explorer.widgets.browse.facet_view import FacetView
from chatearthnet_explorer.widgets.browse.filter_chips import choices_of
from chatearthnet_explorer.widgets.browse.gallery import Gallery
from chatearthnet_explorer.widgets.browse.pair_view import PairView
from chatearthnet_explorer.widgets.browse.region_map import RegionMap
from chatearthnet_explorer.widgets.browse.released_pair import credit_of_release, pictures_of
from chatearthnet_explorer.widgets.browse.search_bar import SearchBar
from chatearthnet_explorer.widgets.shared.background import Work
from chatearthnet_explorer.widgets.shared.composite import Composed, guarded, panel
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipyleaflet
    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.search_result import SearchResult
    from chatearthnet_explorer.sources.release.released_pairs import Release

    Picture = NDArray[np.uint8] | str
    Relaxed = list[tuple[str, Query, int]]


_MOST_NOTES, _LONGEST_NOTE = 5, 400


class Browser(Composed):
    """Browse the pairs of a catalog by place, class, words and what is odd about them; open one to see all of it.

    As the last line of a cell it shows itself. ``query`` is its only state: set it, and everything follows.
    """

    query = traitlets.Instance(Query, ())
    """What is asked for."""

    pair = traitlets.Instance(Pair, allow_none=True)
    """The pair that is open; None while the gallery shows."""

    _under_way: tuple[Work | RegionMap | PairView, ...] = ()

    def __init__(  # noqa: PLR0913 - every choice of whoever opens it
        self,
        catalog: Catalog,
        *,
        release: Release | None = None,
        labels: str | Source = "auto",
        captioner: str | Captioner = "template",
        query: Query | str = "",
        map: ipyleaflet.Map | None = None,  # noqa: A002 - the word that users of maps expect
    ) -> None:
        """Open a catalog.

        Args:
            catalog: What is browsed.
            release: Where the pictures are; None for a browser without pictures.
            labels: Where the labels of a pair come from: a name of ``sources.SOURCES`` or an object.
            captioner: Who writes a caption anew: a name of ``captioners.CAPTIONERS`` or an object.
            query: What is asked for at first: a question, or the link of one.
            map: A ``leafmap.Map`` or ``ipyleaflet.Map`` of the user's own, with its layers and tools; what the Browser
                needs is added to it, and removed again by ``close``. Its own control for drawing draws the region.

        Raises:
            QueryError: If the link asks for what cannot be asked.
            SettingError: If there is no source or captioner of that name, or the map is of another kind.
        """
        query = from_url(query) if isinstance(query, str) else query
        self._catalog, self._release = catalog, release
        self._search, self._pictures = Work(), Work()
        marks = catalog.files.findings
        self.search_bar = SearchBar()
        self.facet_view = FacetView(
            enriched=catalog.files.counts is not None, meanings=dict(marks.checks) if marks else {}
        )
        """Words, order, link; and what there is to choose from."""
        self.map = RegionMap(catalog, map)
        """Where the pairs are."""
        self.gallery = Gallery(simulated=catalog.simulated)
        """A page of them."""
        self.pair_view = PairView(
            picture=self._picture_of,
            labels=open_source(labels),
            captioner=open_captioner(captioner),
            credit=credit_of_release() if release and not catalog.simulated else (),
            simulated=catalog.simulated,
        )
        """The pair that is open."""
        status = StatusLine(message=_hint(catalog))
        self._results = panel(self.gallery)
        super().__init__(self._composed(status), status, sheets=("explorer.css", "browser.css"))
        self.add_class("cen-explorer")
        self.add_class("cen-browser")
        self._show_pair(None)
        self._connect()
        self._under_way = (self._search, self._pictures, self.map, self.pair_view)
        if query == self.query:
            self._ask(None)
        else:
            self.query = query

    @classmethod
    def sample(cls, **chosen: Any) -> Self:  # noqa: ANN401 - what the browser takes
        """Return a browser of 2,000 simulated pairs that come with the package, which needs no network.

        Args:
            chosen: What else ``Browser`` takes, such as ``query`` or ``captioner``.

        Raises:
            CatalogError: If the sample is damaged or cannot be unpacked.
        """
        sample = open_sample()
        return cls(sample.catalog, release=sample.release, **{"labels": "simulated", "query": FIRST, **chosen})

    def card(self) -> Card:
        """Return what is on screen, as HTML to be read."""
        return self.pair_view.card() if self.pair else self.gallery.card()

    def show(self, name: str) -> Pair:
        """Open the pair of a name, and return it.

        Raises:
            ExplorerError: If the catalog has none of that name.
        """
        pair = self._catalog.pair_named(name)
        if pair is None:
            msg = f"The catalog has no pair called {name[:80]!r}; choose one of the gallery."
            raise ExplorerError(msg)
        self.pair = pair
        return pair

    def close(self) -> None:
        """Let go of everything: what is under way ends at its next step, the widgets close."""
        for one in self._under_way:
            one.stop()
        super().close()

    def _composed(self, status: StatusLine) -> list[ipywidgets.Widget]:
        top = panel(self.search_bar, status, *_notes(self._catalog))
        side = panel(self.facet_view)
        side.add_class("cen-side-panel")
        columns = ipywidgets.Box([side, ipywidgets.VBox([panel(self.map), self._results, self.pair_view])])
        columns.add_class("cen-browse")
        return [top, columns]

    def _connect(self) -> None:
        for part in (self.search_bar, self.facet_view, self.map, self.gallery):
            traitlets.link((self, "query"), (part, "query"))
            part.observe(self._refused, "problem")
        self.observe(self._ask, "query")
        self.observe(self._show_pair, "pair")
        self.gallery.on_open(self._open)
        self.map.on_pick(self._open)
        self.search_bar.on_random(self._surprise)
        self.pair_view.head.on_action(self._act)
        self.status.on_cancel(self._cancelled)
        self._search.observe(self._progress, "busy")
        self._pictures.observe(self._say_wait, "step")

    @guarded
    def _refused(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.status.say(change["new"], kind="error")

    @guarded
    def _ask(self, _change: object) -> None:
        self.pair = None
        query = self.query

        def job(_step: object) -> tuple[SearchResult, Relaxed]:
            found = self._catalog.search(query)
            return found, [] if found.total else self._relaxed(query)

        self._pictures.stop()
        self._search.start(job, done=self._found, failed=self._not_found)

    def _relaxed(self, query: Query) -> Relaxed:
        """Return what there would be with one choice less, the most first."""
        found = [(words, less, self._catalog.search(less.but(size=1)).total) for words, less in choices_of(query)]
        return sorted((one for one in found if one[2]), key=lambda one: -one[2])

    @guarded
    def _found(self, answer: tuple[SearchResult, Relaxed]) -> None:
        found, relaxed = answer
        for part in (self.search_bar, self.facet_view, self.map, self.gallery):
            part.found = found
        self.gallery.relaxed = relaxed
        self.status.say(_told(found, len(self._catalog)), kind="done")
        self._around()
        self.gallery.previews = dict(self._release.thumbnails) if self._release else {}
        self._picture_rest()

    @guarded
    def _not_found(self, problem: Exception) -> None:
        self.gallery.found = self.facet_view.found = None
        self.tell(problem)

    def _pictured(self, pairs: Sequence[Pair]) -> dict[str, Picture]:
        return pictures_of(pairs, self._release, simulated=self._catalog.simulated)

    def _picture_rest(self) -> None:
        """Have the pictures of the page made that are still missing, as many at once as suits the release."""
        gallery = self.gallery
        there = {*gallery.pictures, *gallery.previews}
        waiting = [pair for pair in gallery.found.pairs if pair.record.name not in there] if gallery.found else []
        some = waiting[: self._release.batch] if self._release else waiting
        if some:
            self._pictures.start(lambda _: self._pictured(some), done=self._picture_some, failed=self.tell)

    @guarded
    def _say_wait(self, change: dict[str, Any]) -> None:
        if self._pictures.busy and change["new"]:
            self.status.say(change["new"])

    @guarded
    def _picture_some(self, pictures: dict[str, Picture]) -> None:
        if self._pictures.step and self.gallery.found:
            self.status.say(_told(self.gallery.found, len(self._catalog)), kind="done")
        self.gallery.pictures = {**self.gallery.pictures, **pictures}
        self._picture_rest()

    def _picture_of(self, pair: Pair) -> Picture:
        held = self.gallery.pictures.get(pair.record.name)
        return self._pictured([pair])[pair.record.name] if held is None else held

    @guarded
    def _open(self, pair: Pair) -> None:
        self.pair = pair

    @guarded
    def _surprise(self) -> None:
        pair = self._catalog.random(self.query, seed=random.randrange(2**32))  # noqa: S311 - a surprise, no secret
        if pair is None:
            self.status.say("No pair matches, so there is none to open.", kind="error")
        else:
            self.pair = pair

    @guarded
    def _show_pair(self, _change: object) -> None:
        shown = self.pair is not None
        self.pair_view.pair = self.map.pair = self.pair
        self.pair_view.layout.display = "" if shown else "none"
        self._results.layout.display = "none" if shown else ""
        self._around()

    def _position(self) -> int:
        """Return where on the page the open pair stands; -1 where it does not."""
        found = self.gallery.found
        names = [pair.record.name for pair in found.pairs] if found and self.pair else []
        return names.index(self.pair.record.name) if self.pair and self.pair.record.name in names else -1

    def _around(self) -> None:
        """Offer the pairs before and after the open one, on this page and the next."""
        found, place = self.gallery.found, self._position()
        ways = ["back"]
        if found and place >= 0:
            ways += ["previous"] if place else []
            ways += ["next"] if place + 1 < len(found.pairs) else []
        head = self.pair_view.head
        head.possible = [*ways, *(one for one in head.possible if one not in {"back", "previous", "next"})]

    @guarded
    def _act(self, what: str) -> None:
        if what == "back":
            self.pair = None
        elif what == "map" and self.pair is not None:
            self.map.show_pair(self.pair)
        elif what in {"previous", "next"}:
            self.gallery.open_at(self._position() + (1 if what == "next" else -1))

    @guarded
    def _cancelled(self) -> None:
        self._search.stop()
        self._pictures.stop()
        self.status.say("Stopped. Change something to go on.")

    @guarded
    def _progress(self, _change: object) -> None:
        self.status.busy = self._search.busy


def _notes(catalog: Catalog) -> list[ipywidgets.Widget]:
    """Return what whoever opens a catalog should know of it, as something to show; nothing where there is nothing."""
    notes = catalog.notes[:_MOST_NOTES]
    if not notes:
        return []
    view = ipywidgets.HTML("".join(f"<p>{html.escape(visible(note[:_LONGEST_NOTE]))}</p>" for note in notes))
    view.add_class("cen-notes")
    return [view]


def _hint(catalog: Catalog) -> str:
    kind = "simulated pairs" if catalog.simulated else "pairs"
    return f"{len(catalog):,} {kind}. Choose a class or a country, write a word, or draw a box on the map."


def _told(found: SearchResult, every: int) -> str:
    if not found.total:
        return "No pair matches all of this; leave one choice out."
    return f"{found.total:,} of {every:,} pairs match." if found.total < every else f"All {every:,} pairs."
