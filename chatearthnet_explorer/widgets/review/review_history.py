"""Keep a spot-check and the address of its page the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.widgets.review.review_link import read_review_link
from chatearthnet_explorer.widgets.shared.page_link import PageLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.widgets.review.spot_check_view import SpotCheck


class ReviewHistory:
    """Writes the sample that is judged into the address, and has the sample of an address shown.

    Each sample is an entry of the browser's history. Names and verdicts are never in the address.
    """

    def __init__(self, view: SpotCheck, query: str, *, when_ready: Callable[[Callable[[], None]], object]) -> None:
        """Follow both.

        Args:
            view: A spot-check that waits for ``open_link``.
            query: The query string of the page, of a stranger.
            when_ready: Takes a function to call once the page is there.
        """
        self._view = view
        self.link = PageLink(query)
        """The widget that belongs on the page."""
        self.link.on_visit(self._follow)
        view.observe(self._write, "link")
        when_ready(lambda: self._follow(query))

    def _follow(self, query: str) -> None:
        self._view.open_link(query)
        self.link.show_left_out(self._view.notes)

    def _write(self, _change: object) -> None:
        link = self._view.link
        if link:
            before = read_review_link(self.link.query)
            self.link.write(link, new=not before.has_plan or before.request != read_review_link(link).request)
