"""The page on which a spot-check is planned, judged and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.cards.verdict_guide import verdict_guide_card
from chatearthnet_explorer.files.data_folder import data_folder
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.widgets.review.review_history import ReviewHistory
from chatearthnet_explorer.widgets.review.spot_check_view import SpotCheck
from chatearthnet_explorer.widgets.shared.page_link import with_page_link

if TYPE_CHECKING:
    import ipywidgets

    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments, Visit


def review_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the page of spot-checks."""

    def make(visit: Visit) -> ipywidgets.VBox:
        data = site.browse.load()
        view = SpotCheck(
            data.catalog,
            release=data.release,
            # a stranger's verdicts are not written to this computer beyond their session
            folder=data_folder("reviews") if site.models.choose_service else None,
            link=None,
        )
        visit.on_end(view.close)
        # what is set before the page is there never reaches it
        history = ReviewHistory(view, query_string_of(visit.arguments), when_ready=visit.on_ready)
        page = with_page_link(history.link, view)
        page.layout.overflow = "visible"  # or the buttons could not stick to the bottom of a phone's window
        return page

    return (
        SitePage(
            path="/review",
            nav="Review",
            title="Check how good the captions are",
            intro="Draw some [[caption|captions]] [[random|at random]], judge them, and learn how many of all captions "
            "are wrong.",
            make=make,
            first_paint=_first_paint,
            ready=".cen-plan-form .cen-outlook",
        ),
    )


def _first_paint(arguments: Arguments) -> str:
    del arguments  # the plan of a link needs the catalog
    return verdict_guide_card()._repr_html_()
