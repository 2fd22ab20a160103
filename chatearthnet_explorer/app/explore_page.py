"""The page that explores a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.app.explore_first_paint import ExploreFirstPaint
from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.widgets.explore.explore_history import ExploreHistory
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.shared.page_link import with_page_link

if TYPE_CHECKING:
    import ipywidgets

    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Visit


def explore_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the page that explores a place."""

    def make(visit: Visit) -> ipywidgets.VBox:
        models = site.models
        explorer = Explorer(
            source=site.source,
            captioners=models.captioners,
            place=None,
            catalog=site.own_data.catalog if site.own_data else None,
            model=models.model,
            base_url=models.base_url,
            choose_service=models.choose_service,
            quota=models.quota_of(visit.document),
            find_catalog=lambda: site.browse.load().catalog,
            lesson="learn/from-labels-to-a-prompt",
        )
        visit.on_end(explorer.close)
        history = ExploreHistory(explorer, query_string_of(visit.arguments), when_ready=visit.on_ready)
        return with_page_link(history.link, explorer)

    first_paint = ExploreFirstPaint(site)
    return (
        SitePage(
            path="/explore",
            nav="Explore",
            title="Explore a place",
            intro="Choose a place: see it from space, its [[land cover]], the [[prompt|question]] to the model, "
            "and the [[caption]].",
            make=make,
            first_paint=first_paint,
            warm_up=first_paint.warm_up,
            ready=".cen-caption .cen-text",
        ),
    )
