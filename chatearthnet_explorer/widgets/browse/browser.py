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
from chatearthnet_explorer.widgets.browse.active_filters import choices_of
from chatearthnet_explorer.widgets.browse.count_messages import count_sentence, hint_of
from chatearthnet_explorer.widgets.browse.facet_view import FacetView
from chatearthnet_explorer.widgets.browse.gallery import Gallery
from chatearthnet_explorer.widgets.browse.pair_view import PairView
from chatearthnet_explorer.widgets.browse.region_map import RegionMap
from chatearthnet_explorer.widgets.browse.released_pair import credit_of_release, pictures_of
from chatearthnet_explorer.widgets.browse.search_bar import SearchBar
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.composite import Composite, panel, report_errors
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipyleaflet
    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.search_result import SearchResult
    from chatearthnet_explorer.sources.release.release_reader import Release

    Picture = NDArray[np.uint8] | str
    Alternatives = list[tuple[str, Query, int]]


_MOST_NOTES, _LONGEST_NOTE = 5, 400


class Browser(Composite):
    """Browse the pairs of a catalog by place, class, words and problems; open one to see its details.

    As the last line of a cell it shows itself. ``query`` is its only state: set it, and everything follows.
    """

    query = traitlets.Instance(Query, ())
    """The current query."""

    pair = traitlets.Instance(Pair, allow_none=True)
    """The pair that is open; None while the gallery shows."""

    _running: tuple[BackgroundTask | RegionMap | PairView, ...] = ()

    def __init__(
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
            labels: Where the labels of a pair come from: one of ``sources.source_names()`` or an object.
            captioner: Who writes a caption anew: one of ``captioners.captioner_names()`` or an object.
            query: The first query: a ``Query``, or the link of one.
            map: A ``leafmap.Map`` or ``ipyleaflet.Map`` of the user's own, with its layers and tools; what the Browser
                needs is added to it, and removed again by ``close``. Its own control for drawing draws the region.

        Raises:
            QueryError: If the link asks for what cannot be asked.
            SettingError: If there is no source or captioner of that name, or the map is of another kind.
        """
        query = from_url(query) if isinstance(query, str) else query
        self._catalog, self._release = catalog, release
        self._search_task, self._picture_task = BackgroundTask(), BackgroundTask()
        marks = catalog.files.findings
        self.search_bar = SearchBar()
        self.facet_view = FacetView(
            has_shares=catalog.files.counts is not None, meanings=dict(marks.checks) if marks else {}
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
        status = StatusLine(message=hint_of(catalog))
        self._results = panel(self.gallery)
        super().__init__(self._layout(status), status, sheets=("explorer.css", "browser.css"))
        self.add_class("cen-explorer")
        self.add_class("cen-browser")
        self._show_pair(None)
        self._connect()
        self._running = (self._search_task, self._picture_task, self.map, self.pair_view)
        if query == self.query:
            self._search_query(None)
        else:
            self.query = query

    @classmethod
    def sample(cls, **options: Any) -> Self:
        """Return a browser of 2,000 simulated pairs that come with the package, which needs no network.

        Args:
            options: What else ``Browser`` takes, such as ``query`` or ``captioner``.

        Raises:
            CatalogError: If the sample is damaged or cannot be unpacked.
        """
        sample = open_sample()
        return cls(sample.catalog, release=sample.release, **{"labels": "simulated", "query": FIRST, **options})

    def card(self) -> Card:
        """Return what is on screen, as static HTML."""
        return self.pair_view.card() if self.pair else self.gallery.card()

    def show(self, name: str) -> Pair:
        """Open the pair of a name, and return it.

        Raises:
            ExplorerError: If the catalog has none of that name.
        """
        pair = self._catalog.pair_named(name)
        if pair is None:
            msg = f"The catalog has no pair called {name[:80]!r}; choose one from the gallery."
            raise ExplorerError(msg)
        self.pair = pair
        return pair

    def close(self) -> None:
        """Stop all tasks, which end at their next step, and close the widgets."""
        for one in self._running:
            one.stop()
        super().close()

    def _layout(self, status: StatusLine) -> list[ipywidgets.Widget]:
        top = panel(self.search_bar, status, *_notes(self._catalog))
        side = panel(self.facet_view)
        side.add_class("cen-side-panel")
        columns = ipywidgets.Box([side, ipywidgets.VBox([panel(self.map), self._results, self.pair_view])])
        columns.add_class("cen-browse")
        return [top, columns]

    def _connect(self) -> None:
        for part in (self.search_bar, self.facet_view, self.map, self.gallery):
            traitlets.link((self, "query"), (part, "query"))
            part.observe(self._show_problem, "problem")
        self.observe(self._search_query, "query")
        self.observe(self._show_pair, "pair")
        self.gallery.on_open(self._open)
        self.map.on_pick(self._open)
        self.search_bar.on_random(self._open_random)
        self.pair_view.head.on_action(self._act)
        self.status.on_cancel(self._cancel)
        self._search_task.observe(self._show_progress, "busy")
        self._picture_task.observe(self._show_wait, "step")

    @report_errors
    def _show_problem(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.status.show_message(change["new"], kind="error")

    @report_errors
    def _search_query(self, _change: object) -> None:
        self.pair = None
        query = self.query

        def job(_step: object) -> tuple[SearchResult, Alternatives]:
            result = self._catalog.search(query)
            return result, [] if result.total else self._alternatives(query)

        self._picture_task.stop()
        self._search_task.start(job, on_result=self._show_result, on_error=self._clear_result)

    def _alternatives(self, query: Query) -> Alternatives:
        """Return the results with one filter removed, the largest first."""
        alternatives = [
            (words, less, self._catalog.search(less.but(size=1)).total) for words, less in choices_of(query)
        ]
        return sorted((one for one in alternatives if one[2]), key=lambda one: -one[2])

    @report_errors
    def _show_result(self, answer: tuple[SearchResult, Alternatives]) -> None:
        result, alternatives = answer
        for part in (self.search_bar, self.facet_view, self.map, self.gallery):
            part.result = result
        self.gallery.alternatives = alternatives
        self.status.show_message(count_sentence(result, len(self._catalog)), kind="done")
        self._update_neighbours()
        self.gallery.previews = dict(self._release.thumbnails) if self._release else {}
        self._read_missing_pictures()

    @report_errors
    def _clear_result(self, problem: Exception) -> None:
        self.gallery.result = self.facet_view.result = None
        self.show_error(problem)

    def _read_pictures(self, pairs: Sequence[Pair]) -> dict[str, Picture]:
        return pictures_of(pairs, self._release, simulated=self._catalog.simulated)

    def _read_missing_pictures(self) -> None:
        """Load the missing pictures of the page, in batches that suit the release."""
        gallery = self.gallery
        there = {*gallery.pictures, *gallery.previews}
        waiting = [pair for pair in gallery.result.pairs if pair.record.name not in there] if gallery.result else []
        some = waiting[: self._release.batch] if self._release else waiting
        if some:
            self._picture_task.start(
                lambda _: self._read_pictures(some), on_result=self._show_pictures, on_error=self.show_error
            )

    @report_errors
    def _show_wait(self, change: dict[str, Any]) -> None:
        if self._picture_task.busy and change["new"]:
            self.status.show_message(change["new"])

    @report_errors
    def _show_pictures(self, pictures: dict[str, Picture]) -> None:
        if self._picture_task.step and self.gallery.result:
            self.status.show_message(count_sentence(self.gallery.result, len(self._catalog)), kind="done")
        self.gallery.pictures = {**self.gallery.pictures, **pictures}
        self._read_missing_pictures()

    def _picture_of(self, pair: Pair) -> Picture:
        picture = self.gallery.pictures.get(pair.record.name)
        return self._read_pictures([pair])[pair.record.name] if picture is None else picture

    @report_errors
    def _open(self, pair: Pair) -> None:
        self.pair = pair

    @report_errors
    def _open_random(self) -> None:
        pair = self._catalog.random(self.query, seed=random.randrange(2**32))  # noqa: S311 - a surprise, no secret
        if pair is None:
            self.status.show_message("No pair matches, so none can be opened; remove a filter.", kind="error")
        else:
            self.pair = pair

    @report_errors
    def _show_pair(self, _change: object) -> None:
        is_open = self.pair is not None
        self.pair_view.pair = self.map.pair = self.pair
        self.pair_view.layout.display = "" if is_open else "none"
        self._results.layout.display = "none" if is_open else ""
        self._update_neighbours()

    def _position(self) -> int:
        """Return the position of the open pair on the page; -1 if it is not there."""
        result = self.gallery.result
        names = [pair.record.name for pair in result.pairs] if result and self.pair else []
        return names.index(self.pair.record.name) if self.pair and self.pair.record.name in names else -1

    def _update_neighbours(self) -> None:
        """Offer the pairs before and after the open one, on this page and the next."""
        result, place = self.gallery.result, self._position()
        ways = ["back"]
        if result and place >= 0:
            ways += ["previous"] if place else []
            ways += ["next"] if place + 1 < len(result.pairs) else []
        head = self.pair_view.head
        head.possible = [*ways, *(one for one in head.possible if one not in {"back", "previous", "next"})]

    @report_errors
    def _act(self, what: str) -> None:
        if what == "back":
            self.pair = None
        elif what == "map" and self.pair is not None:
            self.map.show_pair(self.pair)
        elif what in {"previous", "next"}:
            self.gallery.open_at(self._position() + (1 if what == "next" else -1))

    @report_errors
    def _cancel(self) -> None:
        self._search_task.stop()
        self._picture_task.stop()
        self.status.show_message("Stopped. Change a filter to search again.")

    @report_errors
    def _show_progress(self, _change: object) -> None:
        self.status.busy = self._search_task.busy


def _notes(catalog: Catalog) -> list[ipywidgets.Widget]:
    """Return a widget with the notes of a catalog; an empty list if it has none."""
    notes = catalog.notes[:_MOST_NOTES]
    if not notes:
        return []
    view = ipywidgets.HTML("".join(f"<p>{html.escape(visible(note[:_LONGEST_NOTE]))}</p>" for note in notes))
    view.add_class("cen-notes")
    return [view]
