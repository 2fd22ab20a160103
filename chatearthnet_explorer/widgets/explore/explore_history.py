"""Keep an Explorer and the address of its page the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.widgets.explore.explore_link import (
    ExploreLink,
    read_explore_link,
    style_named,
    write_explore_link,
)
from chatearthnet_explorer.widgets.shared.page_link import PageLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.widgets.explore.explorer import Explorer

_OPTIONS = ("year", "style", "source", "scene", "seed")


class ExploreHistory:
    """Writes what an Explorer shows into the address, and has it show what the address says.

    A new place is a new entry of the browser's history, so that Back leads to the place before; an option is not.
    """

    def __init__(
        self, explorer: Explorer, query: str, *, when_ready: Callable[[Callable[[], None]], object] = lambda run: run()
    ) -> None:
        """Open an Explorer, which shows no place yet, at a link; or else at the first of ``PLACES``.

        Args:
            explorer: What is shown.
            query: The query string of the page, of a stranger.
            when_ready: Calls a function once the page is there: what a widget says before may never reach it.
        """
        self._explorer = explorer
        self._source = explorer.options.source
        self._is_following = False
        self.link = PageLink(query)
        """The widget that belongs on the page."""
        self._read(query)
        explorer.map.observe(self._write, "lonlat")
        explorer.options.observe(self._write, _OPTIONS)
        self.link.on_visit(self._follow)
        when_ready(self._start)

    def _read(self, query: str) -> ExploreLink:
        options = self._explorer.options
        link, notes = read_explore_link(query, sources=options.sources or (options.source,))
        self.link.show_left_out(notes)
        return link

    def _start(self) -> None:
        if self._explorer.map.lonlat is None:  # else the person went Back before the page was there
            self._follow(self.link.query)

    def _follow(self, query: str) -> None:
        link, explorer = self._read(query), self._explorer
        lon, lat = link.lonlat or (PLACES[0].lon, PLACES[0].lat)
        options = {"year": link.year, "style": link.style, "seed": link.seed, "source": link.source or self._source}
        self._is_following = True
        try:
            explorer.visit(lon, lat, scene=link.scene, **options)
        finally:
            self._is_following = False
        self._write(None)

    def _write(self, _change: object) -> None:
        query = write_explore_link(self._current())
        if query and not self._is_following:  # without a place there is nothing to write
            before, after = (read_explore_link(one)[0].lonlat for one in (self.link.query, query))
            self.link.write(query, new=before is not None and before != after)

    def _current(self) -> ExploreLink:
        explorer = self._explorer
        options = explorer.options
        return ExploreLink(
            lonlat=explorer.map.lonlat,
            year=options.year,
            style=style_named(options.style),
            source="" if options.source == self._source == "auto" else options.source,
            scene=options.scene,
            seed=options.seed,
        )
