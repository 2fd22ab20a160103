"""What the Explore page shows before its widgets: the card of its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import card
from chatearthnet_explorer.cards.html_tree import element, markup
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.pipeline import caption_of
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.auto_source import last_reason, probe_catalogues
from chatearthnet_explorer.sources.chip_cache import ChipCache, chip_key
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.explore.explore_link import ExploreLink, read_explore_link

if TYPE_CHECKING:
    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments
    from chatearthnet_explorer.chip import Chip

_WAIT = "The picture, the land cover and the caption of this place are on their way."


class ExploreFirstPaint:
    """Makes the card of the place that an address names. It never asks a catalogue for anything."""

    def __init__(self, site: Site) -> None:
        """Take what all tabs share."""
        self._site = site
        self._settings = Settings()
        self._cache = ChipCache(self._settings.cache, limit=self._settings.cache_bytes)

    async def __call__(self, arguments: Arguments) -> str:
        """Return the card, or a skeleton of its size."""
        link, _ = read_explore_link(query_string_of(arguments))
        return await self._site.first_paints.make(lambda: self.card(link), skeleton(*_place_of(link)))

    def card(self, link: ExploreLink) -> str | None:
        """Return the card of a place as HTML; None if its chip cannot be had without a network."""
        chip = self._chip(link)
        if chip is None:
            return None
        captioned = caption_of(chip, *_place_of(link), style=link.style, year=link.year, seed=link.seed)
        return card(captioned)._repr_html_()

    def warm_up(self) -> None:
        """Ask once whether a catalogue answers, and make the first card: the first visitor finds both."""
        if self._site.source == "auto":
            probe_catalogues(self._settings)
        self.card(ExploreLink())

    def _chip(self, link: ExploreLink) -> Chip | None:
        """Return the chip that the widgets will show, as far as this computer has it."""
        (lon, lat), year, source = _place_of(link), link.year, link.source or self._site.source
        reason = ""
        if source != "simulated":
            scene = link.scene or None
            chip = self._cache.get(chip_key(self._settings, Tile.at(lon, lat), year=year, scene=scene, bands=False))
            if chip is not None:
                return chip
            reason = (last_reason(self._settings) or "") if source == "auto" else ""
            if not reason:
                return None
        chip = SimulatedSource().chip_at(lon, lat, year=year)
        return replace(chip, missing=(reason, *chip.missing)) if reason else chip


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
