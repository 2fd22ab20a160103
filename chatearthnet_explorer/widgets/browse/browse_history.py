"""Keep a Browser and the address of its page the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.widgets.browse.browse_link import BrowseLink, read_browse_link, write_browse_link
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.page_link import PageLink

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.widgets.browse.browser import Browser


class BrowseHistory:
    """Writes what a Browser shows into the address, and has it show what the address says.

    Another query, page, writer or pair is a new entry of the browser's history; another order is not.
    """

    def __init__(self, browser: Browser, query: str) -> None:
        """Open the pair of a link in a Browser that was made with ``browse_query``, and follow both from then on.

        Args:
            browser: What is shown.
            query: The query string of the page, of a stranger.
        """
        self._browser = browser
        self._first = browser.query
        self._task = BackgroundTask()
        self._opening = ""
        self._is_following = False
        self.link = PageLink(query)
        """The widget that belongs on the page."""
        self._follow(query)
        self.link.on_visit(self._follow)
        browser.observe(self._change, ["query", "pair", "captions"])

    def stop(self) -> None:
        """Stop the search for a pair."""
        self._task.stop()

    def _follow(self, query: str) -> None:
        link, self._notes = read_browse_link(query)
        self.link.show_left_out(self._notes)
        self._task.stop()
        self._is_following = True
        try:
            self._follow_captions(link.captions)
            self._browser.query = link.query or (Query() if link.captions else self._first)
            self._opening = link.pair
            if not link.pair:
                self._browser.pair = None
            elif self._browser.pair is None or self._browser.pair.record.name != link.pair:
                self._task.start(
                    lambda _: self._browser.catalog.pair_named(link.pair), on_result=self._open, on_error=self._fail
                )
        finally:
            self._is_following = False
        self._write(new=False)

    def _follow_captions(self, ident: str) -> None:
        if ident and self._browser.caption_choice.set_of(ident) is None:
            self._notes = (*self._notes, f"captions {ident!r} (this catalog does not have them)")
            self.link.show_left_out(self._notes)
            ident = ""
        self._browser.captions = ident

    def _open(self, pair: Pair | None) -> None:
        name, self._opening = self._opening, ""
        if pair is None:
            self._notes = (*self._notes, f"pair {name[:40]!r} (this catalog does not have it)")
            self.link.show_left_out(self._notes)
        else:
            self._is_following = True
            self._browser.pair = pair
            self._is_following = False
        self._write(new=False)

    def _fail(self, problem: Exception) -> None:
        self._opening = ""
        self._browser.show_error(problem)
        self._write(new=False)

    def _change(self, change: dict[str, Any]) -> None:
        if change["name"] == "query" and self._browser.pair is not None:
            return  # the person turns the page by the arrows of a pair, and the next pair comes with it
        if not self._is_following:
            self._opening = ""  # the person did something else meanwhile
            self._task.stop()
            self._write(new=True)

    def _write(self, *, new: bool) -> None:
        pair = self._browser.pair
        name = self._opening or (pair.record.name if pair else "")
        query = write_browse_link(self._browser.query, name, self._browser.captions)
        before, after = read_browse_link(self.link.query)[0], read_browse_link(query)[0]
        self.link.write(query, new=new and _without_order(before) != _without_order(after))


def browse_query(query: str, first: Query) -> Query:
    """Return what a link asks of the catalog, or the first query of the page where it asks for nothing."""
    return read_browse_link(query)[0].query or first


def _without_order(link: BrowseLink) -> BrowseLink:
    """Return a link without what a person changes to look at the same pairs in another way."""
    query = link.query
    same_order = query and query.but(page=query.page, sortby="place", descending=False, seed=0, size=24)
    return replace(link, query=same_order)
