"""The whole dataset, browsed: map, facets, words, gallery, and one pair at a time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Self

import ipywidgets
import traitlets

from chatearthnet_explorer.captioners import Captioner, open_captioner
from chatearthnet_explorer.catalog.first_query import first_query
from chatearthnet_explorer.catalog.pair import Pair
from chatearthnet_explorer.catalog.permalink import from_url
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.released_catalog import fetch_catalog
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.sources import Source, open_source
from chatearthnet_explorer.widgets.browse.active_filters import alternatives
from chatearthnet_explorer.widgets.browse.browse_layout import columns, head, notes_html, results_of
from chatearthnet_explorer.widgets.browse.caption_choice import CaptionChoice, fit_query, name_writer
from chatearthnet_explorer.widgets.browse.catalog_offer import CatalogOffer
from chatearthnet_explorer.widgets.browse.count_messages import count_sentence, hint_of
from chatearthnet_explorer.widgets.browse.facet_view import FacetView
from chatearthnet_explorer.widgets.browse.gallery import Gallery
from chatearthnet_explorer.widgets.browse.gallery_pictures import GalleryPictures
from chatearthnet_explorer.widgets.browse.pair_captions import PairCaptions
from chatearthnet_explorer.widgets.browse.pair_steps import PairSteps
from chatearthnet_explorer.widgets.browse.pair_view import PairView
from chatearthnet_explorer.widgets.browse.region_map import RegionMap
from chatearthnet_explorer.widgets.browse.released_pair import credit_of_release
from chatearthnet_explorer.widgets.browse.search_bar import SearchBar
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.composite import Composite, report_errors
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipyleaflet

    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.search_result import SearchResult
    from chatearthnet_explorer.released_catalog import Progress, ReleasedCatalog
    from chatearthnet_explorer.sources.release.release_reader import Release

    Alternatives = list[tuple[str, Query, int]]


class Browser(Composite):
    """Browse the pairs of a catalog by place, class, words and problems; open one to see its details.

    As the last line of a cell it shows itself. ``query`` is its only state: set it, and everything follows.
    """

    query = traitlets.Instance(Query, ())
    """The current query."""

    pair = traitlets.Instance(Pair, allow_none=True)
    """The pair that is open; None while the gallery shows."""

    captions = traitlets.Unicode("")
    """Whose captions are browsed: the id of a set that was added to the catalog; empty for those of the release."""

    _running: tuple[BackgroundTask | GalleryPictures | RegionMap | PairView | CatalogOffer, ...] = ()

    def __init__(
        self,
        catalog: Catalog,
        *,
        release: Release | None = None,
        labels: str | Source = "auto",
        captioner: str | Captioner = "template",
        query: Query | str = "",
        map: ipyleaflet.Map | None = None,  # noqa: A002 - the word that users of maps expect
        load_real: Callable[[Progress], ReleasedCatalog] | None = None,
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
            load_real: Returns the real captions, such as ``released_catalog.fetch_catalog``: where the catalog is
                simulated, a button offers to load and browse them. None for no such button.

        Raises:
            QueryError: If the link asks for what cannot be asked.
            SettingError: If there is no source or captioner of that name, or the map is of another kind.
        """
        query = from_url(query) if isinstance(query, str) else query
        self._search_task = BackgroundTask()
        self.search_bar, self.facet_view = SearchBar(), FacetView()
        """Words, order, link; and what there is to choose from."""
        self.map = RegionMap(catalog, map, height="var(--map-height, 380px)")
        """Where the pairs are."""
        self.gallery = Gallery()
        """A page of them."""
        self._steps = PairSteps(self.gallery)
        self.caption_choice = CaptionChoice()
        """Whose captions are browsed."""
        self._pictures = GalleryPictures(self.gallery, on_batch=self._end_wait, on_error=self.show_error)
        source, writer = open_source(labels), open_captioner(captioner)
        self.pair_view = PairView(
            picture=self._pictures.picture_of, captions=PairCaptions(catalog, catalog), labels=source, captioner=writer
        )
        """The pair that is open."""
        self.offer = CatalogOffer(load_real) if load_real and catalog.simulated else None
        """Loads the real captions; None where there is no such offer."""
        self._notes = ipywidgets.HTML()
        top = head(self.caption_choice, self.search_bar, status := StatusLine(), self._notes)
        results = results_of(self.offer, self.gallery, lambda: self.catalog)
        parts = columns(filters=self.facet_view, map_view=self.map, gallery=results, pair=self.pair_view)
        super().__init__([top, parts], status, sheets=("explorer.css", "browser.css"))
        self._use(catalog, catalog, release, source)
        self.add_class("cen-explorer").add_class("cen-browser")
        self._show_pair(None)
        self._connect()
        self._running = (self._search_task, self._pictures, self.map, self.pair_view, *filter(None, [self.offer]))
        self._search_anew(query)

    @classmethod
    def sample(cls, **options: Any) -> Self:
        """Return a browser of 2,000 simulated pairs that come with the package, which needs no network.

        A button offers to load the real captions.

        Args:
            options: What else ``Browser`` takes, such as ``query`` or ``captioner``.

        Raises:
            CatalogError: If the sample is damaged or cannot be unpacked.
        """
        sample = open_sample()
        first = {"labels": "simulated", "query": first_query(sample.catalog), "load_real": fetch_catalog}
        return cls(sample.catalog, release=sample.release, **{**first, **options})

    def open_catalog(self, catalog: Catalog, *, release: Release | None = None, labels: str | Source = "auto") -> None:
        """Browse another catalog from now on, with the query of now. The arguments are those of the constructor.

        Raises:
            SettingError: If there is no source of labels of that name.
        """
        self._browse(catalog, catalog, release, open_source(labels))
        self.captions = ""

    def _browse(self, main: Catalog, catalog: Catalog, release: Release | None, labels: Source) -> None:
        self._cancel()
        self.pair = None
        self._use(main, catalog, release, labels)
        self.map.show_catalog(catalog)
        self._search_anew(fit_query(self.query, catalog))

    def _search_anew(self, query: Query) -> None:
        if query == self.query:
            self._search_query(None)
        else:
            self.query = query

    def _use(self, main: Catalog, catalog: Catalog, release: Release | None, labels: Source) -> None:
        """Let every part know what is browsed: the catalog itself, or one of its sets of captions."""
        self._main, self._labels = main, labels
        self.catalog, self._pictures.release = catalog, release
        self.caption_choice.sets, self.caption_choice.total = main.caption_sets, len(main)
        name_writer(catalog, self.gallery, self.pair_view.head, self.facet_view)
        credit = credit_of_release() if release and not catalog.simulated else ()
        captions = PairCaptions(main, catalog)
        self.pair_view.use_release(
            captions=captions, labels=labels, credit=credit, simulated=catalog.simulated, release=release
        )
        self._notes.value = notes_html(catalog.notes)
        self._notes.layout.display = "" if catalog.notes else "none"
        self.status.show_message(hint_of(catalog))

    def card(self) -> Card:
        """Return what is on screen, as static HTML."""
        return self.pair_view.card() if self.pair else self.gallery.card()

    def show(self, name: str) -> Pair:
        """Open the pair of a name, and return it.

        Raises:
            ExplorerError: If the catalog has none of that name.
        """
        pair = self.catalog.pair_named(name)
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

    @report_errors
    def _open_real(self, real: ReleasedCatalog) -> None:
        self.open_catalog(real.catalog, release=real.release)

    def _connect(self) -> None:
        for part in (self.search_bar, self.facet_view, self.map, self.gallery):
            traitlets.link((self, "query"), (part, "query"))
            part.observe(self._show_problem, "problem")
        self.observe(self._search_query, "query")
        self.observe(self._show_pair, "pair")
        self.observe(self._change_captions, "captions")
        self.caption_choice.observe(lambda change: self.set_trait("captions", change["new"]), "captions")
        self.gallery.on_open(self._open)
        self.map.on_pick(self._open)
        self.search_bar.on_random(self._open_random)
        self.pair_view.head.on_action(self._act)
        self.status.on_cancel(self._cancel)
        if self.offer:
            self.offer.on_loaded(self._open_real)
        self._search_task.observe(self._show_progress, "busy")
        self._pictures.task.observe(self._show_wait, "step")

    @report_errors
    def _change_captions(self, change: dict[str, Any]) -> None:
        try:
            catalog = self._main.captions_of(change["new"]) if change["new"] else self._main
        except ExplorerError:
            self.captions = self.caption_choice.captions = change["old"]
            raise
        self.caption_choice.captions = change["new"]
        if catalog.folder != self.catalog.folder:
            self._browse(self._main, catalog, self._pictures.release, self._labels)

    @report_errors
    def _show_problem(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.status.show_message(change["new"], kind="error")

    @report_errors
    def _search_query(self, _change: object) -> None:
        if not self._steps.is_turning:
            self.pair = None
        query = self.query

        def job(_step: object) -> tuple[SearchResult, Alternatives]:
            result = self.catalog.search(query)
            return result, [] if result.total else alternatives(self.catalog, query)

        self._pictures.stop()
        self._search_task.start(job, on_result=self._show_result, on_error=self._clear_result)

    @report_errors
    def _show_result(self, answer: tuple[SearchResult, Alternatives]) -> None:
        result, fewer_filters = answer
        for part in (self.search_bar, self.facet_view, self.map, self.gallery):
            part.result = result
        self.gallery.alternatives = fewer_filters
        self.status.show_message(count_sentence(result, len(self.catalog)), kind="done")
        self._steps.arrive()
        self._steps.offer(self.pair, self.pair_view.head)
        self._pictures.load()

    @report_errors
    def _clear_result(self, problem: Exception) -> None:
        self._steps.forget()
        self.gallery.result = self.facet_view.result = None
        self.show_error(problem)

    @report_errors
    def _show_wait(self, change: dict[str, Any]) -> None:
        if self._pictures.task.busy and change["new"]:
            self.status.show_message(change["new"])

    @report_errors
    def _end_wait(self) -> None:
        if self._pictures.task.step and self.gallery.result:
            self.status.show_message(count_sentence(self.gallery.result, len(self.catalog)), kind="done")

    @report_errors
    def _open(self, pair: Pair) -> None:
        self.pair = pair

    @report_errors
    def _open_random(self) -> None:
        pair = self.catalog.random(self.query, seed=random.randrange(2**32))  # noqa: S311 - a surprise, no secret
        if pair is None:
            self.status.show_message("No pair matches, so none can be opened; remove a filter.", kind="error")
        else:
            self.pair = pair

    @report_errors
    def _show_pair(self, _change: object) -> None:
        # first the place on the page, or the heading of the pair could not take the focus
        (self.remove_class if self.pair is None else self.add_class)("cen-pair-open")
        # then what its keys do, which the heading waits for once it has the focus
        self._steps.offer(self.pair, self.pair_view.head)
        self.pair_view.pair = self.map.pair = self.pair

    @report_errors
    def _act(self, what: str) -> None:
        if what == "back":
            self.pair = None
        elif what == "map" and self.pair is not None:
            self.map.show_pair(self.pair)
        elif what in {"previous", "next"}:
            self._steps.go(self.pair, 1 if what == "next" else -1)

    @report_errors
    def _cancel(self) -> None:
        self._search_task.stop()
        self._pictures.stop()
        self.status.show_message("Stopped. Change a filter to search again.")

    @report_errors
    def _show_progress(self, _change: object) -> None:
        self.status.busy = self._search_task.busy
