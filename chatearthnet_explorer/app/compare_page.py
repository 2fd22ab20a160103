"""The page that compares writers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.app.chip_at_hand import ChipAtHand
from chatearthnet_explorer.app.explore_first_paint import skeleton
from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.app.visitor_captions import VisitorCaptions
from chatearthnet_explorer.cards.comparison_card import comparison_card
from chatearthnet_explorer.comparison import compare_captions
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.widgets.compare.compare_captions import CompareCaptions
from chatearthnet_explorer.widgets.compare.compare_history import CompareHistory
from chatearthnet_explorer.widgets.compare.compare_link import read_compare_link
from chatearthnet_explorer.widgets.shared.page_link import with_page_link

if TYPE_CHECKING:
    import ipywidgets

    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments, Visit


def compare_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the page that compares writers."""
    chips, captions = ChipAtHand(), VisitorCaptions()
    models = site.models

    def make(visit: Visit) -> ipywidgets.VBox:
        view = CompareCaptions(
            source=site.source,
            captioners=models.captioners,
            place=None,
            model=models.model,
            base_url=models.base_url,
            choose_service=models.choose_service,
            quota=models.quota_of(visit.document),
            recent=captions.of(models.visitor(visit.document)),
        )
        visit.on_end(view.close)
        history = CompareHistory(
            view, query_string_of(visit.arguments), captioners=models.captioners, when_ready=visit.on_ready
        )
        return with_page_link(history.link, view)

    async def first_paint(arguments: Arguments) -> str:
        query = query_string_of(arguments)
        link, _ = read_compare_link(query, captioners=models.captioners, choose_model=models.choose_service)
        lon, lat = link.lonlat or (PLACES[0].lon, PLACES[0].lat)

        def card() -> str | None:
            chip = chips.find(lon, lat, year=link.year, source=link.source or site.source)
            if chip is None:
                return None
            # models are asked by a press of a button only
            return comparison_card(compare_captions(chip, lon, lat, link.writers, ask=False))._repr_html_()

        return await site.first_paints.make(card, skeleton(lon, lat))

    return (
        SitePage(
            path="/compare",
            nav="Compare",
            title="Compare who writes",
            intro="Have one place described by several writers, or with rules of the [[prompt|question]] left out, and "
            "see which [[claim|claims]] the [[land cover]] supports.",
            make=make,
            first_paint=first_paint,
            ready=".cen-caption .cen-text",
        ),
    )
