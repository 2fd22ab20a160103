"""Keep a comparison and the address of its page the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import captioner_names
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.widgets.compare.compare_link import CompareLink, read_compare_link, write_compare_link
from chatearthnet_explorer.widgets.shared.page_link import PageLink

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.widgets.compare.compare_captions import CompareCaptions


class CompareHistory:
    """Writes what is compared into the address, and has the widget show what the address says.

    A new place is a new entry of the browser's history; other writers are not. A link never has a model asked.
    """

    def __init__(
        self,
        view: CompareCaptions,
        query: str,
        *,
        captioners: Sequence[str] | None = None,
        when_ready: Callable[[Callable[[], None]], object] = lambda run: run(),
    ) -> None:
        """Open a comparison, which shows no place yet, at a link; or else at the first of ``PLACES``.

        Args:
            view: What is shown.
            query: The query string of the page, of a stranger.
            captioners: Names of the captioners that may be chosen; None for all.
            when_ready: Calls a function once the page is there: what a widget says before may never reach it.
        """
        self._view, self._source = view, view.source
        self._captioners = captioner_names() if captioners is None else tuple(captioners)
        self._is_following = False
        self.link = PageLink(query)
        """The widget that belongs on the page."""
        self._read(query)
        view.map.observe(self._write, "lonlat")
        view.writer_list.observe(self._write, "writers")
        self.link.on_visit(self._follow)
        when_ready(self._start)

    def _read(self, query: str) -> CompareLink:
        link, notes = read_compare_link(
            query, captioners=self._captioners, choose_model=self._view.writer_list.choose_model
        )
        self.link.show_left_out(notes)
        return link

    def _start(self) -> None:
        if self._view.map.lonlat is None:  # else the person went Back before the page was there
            self._follow(self.link.query)

    def _follow(self, query: str) -> None:
        link = self._read(query)
        lon, lat = link.lonlat or (PLACES[0].lon, PLACES[0].lat)
        self._is_following = True
        try:
            self._view.visit(lon, lat, link.writers, source=link.source or self._source, year=link.year)
        finally:
            self._is_following = False
        self._write(None)

    def _write(self, _change: object) -> None:
        view = self._view
        current = CompareLink(
            lonlat=view.map.lonlat,
            year=view.year,
            source="" if view.source == self._source == "auto" else view.source,
            writers=view.writers,
        )
        query = write_compare_link(current)
        if query and not self._is_following:  # without a place there is nothing to write
            before, after = (
                read_compare_link(one, captioners=self._captioners)[0].lonlat for one in (self.link.query, query)
            )
            self.link.write(query, new=before is not None and before != after)
