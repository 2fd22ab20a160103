"""The page that searches the pairs of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.app.browse_first_paint import BrowseFirstPaint
from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.catalog.first_query import first_query
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.widgets.browse.browse_history import BrowseHistory, browse_query
from chatearthnet_explorer.widgets.browse.browse_link import read_browse_link
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.shared.page_link import with_page_link

if TYPE_CHECKING:
    import ipywidgets

    from chatearthnet_explorer.app.site import BrowseData, Site
    from chatearthnet_explorer.app.site_page import Arguments, Visit


def browse_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the page that searches the pairs of a catalog."""

    def make(visit: Visit) -> ipywidgets.VBox:
        data = site.browse.load()
        browser = Browser(
            data.catalog,
            release=data.release,
            labels="simulated" if data.catalog.simulated else "auto",
            query=_query(visit.arguments, data),
            load_real=site.browse.load_real if site.browse.keeps_real else None,
        )
        browser.search_bar.has_link = False  # the address of the page is the link
        visit.on_end(browser.close)
        history = BrowseHistory(browser, query_string_of(visit.arguments))
        visit.on_end(history.stop)
        return with_page_link(history.link, browser)

    first_paint = BrowseFirstPaint(site, _query)
    return (
        SitePage(
            path="/browse",
            nav="Browse",
            title="Browse the data set",
            intro="Search all pairs of picture and [[caption]] by place, [[land cover]] and words.",
            make=make,
            first_paint=first_paint,
            warm_up=lambda: first_paint.gallery({}),
            ready=".cen-gallery .cen-tile",
        ),
    )


def _query(arguments: Arguments, data: BrowseData) -> Query:
    """Return the query that a page opens with."""
    query = query_string_of(arguments)
    return browse_query(query, Query() if read_browse_link(query)[0].captions else first_query(data.catalog))
