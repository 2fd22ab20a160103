"""The page that searches the pairs of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.catalog.query import EVERYTHING
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.sample.on_demand_release import DrawnRelease
from chatearthnet_explorer.sample.sample_catalog import FIRST
from chatearthnet_explorer.widgets.browse.browse_history import BrowseHistory, browse_query
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.shared.page_link import with_page_link
from chatearthnet_explorer.widgets.shared.world_map import LAND_PANE

if TYPE_CHECKING:
    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Visit


def browse_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the page that searches the pairs of a catalog."""

    def make(visit: Visit) -> ipywidgets.VBox:
        data = site.browse.load()
        link = query_string_of(visit.arguments)
        browser = Browser(
            data.catalog,
            release=data.release,
            labels="simulated" if data.catalog.simulated else "auto",
            query=browse_query(link, FIRST if isinstance(data.release, DrawnRelease) else EVERYTHING),
        )
        visit.on_end(browser.close)
        history = BrowseHistory(browser, link, find=data.catalog.pair_named)
        visit.on_end(history.stop)
        # results that came before the page was there never reached it
        visit.on_ready(lambda: _send(browser, set()))
        return with_page_link(history.link, browser)

    return (
        SitePage(
            path="/browse",
            nav="Browse",
            title="Browse the data set",
            intro="Search all pairs of picture and caption by place, land cover and words.",
            make=make,
            ready=".cen-gallery .cen-tile",
        ),
    )


def _send(widget: ipywidgets.Widget, sent_ids: set[str]) -> None:
    """Send the state of a widget after that of its children, each once; the page has the outline already."""
    sent_ids.add(widget.model_id)
    if getattr(widget, "pane", None) == LAND_PANE:
        return
    for name in widget.keys:
        value = getattr(widget, name)
        for child in value if isinstance(value, list | tuple) else (value,):
            if isinstance(child, ipywidgets.Widget) and child.model_id not in sent_ids:
                _send(child, sent_ids)
    widget.send_state()
