"""What the Explore page shows before its widgets: the card of its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.app.chip_at_hand import ChipAtHand
from chatearthnet_explorer.cards import card
from chatearthnet_explorer.cards.html_tree import element, markup
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.pipeline import caption_of
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.sources.auto_source import probe_catalogues
from chatearthnet_explorer.widgets.explore.explore_link import ExploreLink, read_explore_link

if TYPE_CHECKING:
    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments

_WAIT = "The picture, the land cover and the caption of this place are on their way."


class ExploreFirstPaint:
    """Makes the card of the place that an address names. It never asks a catalogue for anything."""

    def __init__(self, site: Site) -> None:
        """Take what all tabs share."""
        self._site = site
        self._chips = ChipAtHand()

    async def __call__(self, arguments: Arguments) -> str:
        """Return the card, or a skeleton of its size."""
        link, _ = read_explore_link(query_string_of(arguments))
        return await self._site.first_paints.make(lambda: self.card(link), skeleton(*_place_of(link)))

    def card(self, link: ExploreLink) -> str | None:
        """Return the card of a place as HTML; None if its chip cannot be had without a network."""
        lon, lat = _place_of(link)
        source = link.source or self._site.source
        chip = self._chips.find(lon, lat, year=link.year, source=source, scene=link.scene)
        if chip is None:
            return None
        captioned = caption_of(chip, lon, lat, style=link.style, year=link.year, seed=link.seed)
        return card(captioned)._repr_html_()

    def warm_up(self) -> None:
        """Ask once whether a catalogue answers, and make the first card: the first visitor finds both."""
        if self._site.source == "auto":
            probe_catalogues(self._chips.settings)
        self.card(ExploreLink())


def _place_of(link: ExploreLink) -> tuple[float, float]:
    return link.lonlat or (PLACES[0].lon, PLACES[0].lat)


def skeleton(lon: float, lat: float) -> str:
    """Return the place in words and grey boxes of the size of what will stand there."""
    country = country_at(lon, lat)
    return markup(
        element(
            "div",
            element("h2", f"{country.name if country else 'Open sea'}, {coordinates(lon, lat)}"),
            element("p", _WAIT),
            element("div", element("div", class_="site-box"), element("div", class_="site-box"), class_="site-boxes"),
            class_="site-skeleton",
        )
    )
