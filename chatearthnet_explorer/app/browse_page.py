"""The page that searches the pairs of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.app.page_address import browse_query, keep_query
from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.sample.on_demand_release import DrawnRelease
from chatearthnet_explorer.sample.sample_catalog import FIRST
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.shared.world_map import LAND_PANE

if TYPE_CHECKING:
    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Visit


def browse_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the page that searches the pairs of a catalog."""

    def make(visit: Visit) -> Browser:
        data = site.browse.load()
        browser = Browser(
            data.catalog,
            release=data.release,
            labels="simulated" if data.catalog.simulated else "auto",
            query=browse_query(visit.arguments, FIRST if isinstance(data.release, DrawnRelease) else ""),
        )
        keep_query(browser, visit)
        # results that came before the page was there never reached it
        visit.on_ready(lambda: _send(browser, set()))
        return browser

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
