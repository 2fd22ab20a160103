"""The page on which a spot-check is planned, judged and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.cards.verdict_guide import verdict_guide_card
from chatearthnet_explorer.files.data_folder import data_folder
from chatearthnet_explorer.widgets.review.spot_check_view import SpotCheck

if TYPE_CHECKING:
    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments, Visit


def review_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the page of spot-checks."""

    def make(visit: Visit) -> SpotCheck:
        data = site.browse.load()
        view = SpotCheck(
            data.catalog,
            release=data.release,
            # a stranger's verdicts are not written to this computer beyond their session
            folder=data_folder("reviews") if site.models.choose_service else None,
            link=None,
        )
        # what is set before the page is there never reaches it
        visit.on_ready(lambda: view.open_link(_query(visit.arguments)))
        return view

    return (
        SitePage(
            path="/review",
            nav="Review",
            title="Check how good the captions are",
            intro="Draw some captions at random, judge them, and learn how many of all captions are wrong.",
            make=make,
            first_paint=_first_paint,
            ready=".cen-plan-form .cen-outlook",
        ),
    )


def _first_paint(arguments: Arguments) -> str:
    del arguments  # the plan of a link needs the catalog
    return verdict_guide_card()._repr_html_()


def _query(arguments: Arguments) -> str:
    return urlencode([(name, value) for name, values in arguments.items() for value in values])
