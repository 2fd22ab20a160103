"""What the Explore page shows before its widgets: the card of its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatearthnet_explorer.app.page_address import explore_place
from chatearthnet_explorer.cards import card
from chatearthnet_explorer.cards.html_tree import element, markup
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.pipeline import caption_of
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import YEARS
from chatearthnet_explorer.sources.auto_source import last_reason, probe_catalogues
from chatearthnet_explorer.sources.chip_cache import ChipCache, chip_key
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.sources import Year

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
        place = explore_place(arguments)
        lon, lat = place.lonlat or (PLACES[0].lon, PLACES[0].lat)
        year, style = place.year or YEARS[0], place.style or "3.5"
        return await self._site.first_paints.make(lambda: self.card(lon, lat, year, style), skeleton(lon, lat))

    def card(self, lon: float, lat: float, year: Year, style: str) -> str | None:
        """Return the card of a place as HTML; None if its chip cannot be had without a network."""
        chip = self._chip(lon, lat, year)
        if chip is None:
            return None
        captioned = caption_of(chip, lon, lat, style="4v" if style == "4v" else "3.5", year=year)
        return self._site.pictures.link(card(captioned)._repr_html_())

    def warm_up(self) -> None:
        """Ask once whether a catalogue answers, and make the first card: the first visitor finds both."""
        if self._site.source == "auto":
            probe_catalogues(self._settings)
        self.card(PLACES[0].lon, PLACES[0].lat, YEARS[0], "3.5")

    def _chip(self, lon: float, lat: float, year: Year) -> Chip | None:
        """Return the chip that the widgets will show, as far as this computer has it."""
        reason = ""
        if self._site.source != "simulated":
            chip = self._cache.get(chip_key(self._settings, Tile.at(lon, lat), year=year, scene=None, bands=False))
            if chip is not None:
                return chip
            reason = (last_reason(self._settings) or "") if self._site.source == "auto" else ""
            if not reason:
                return None
        chip = SimulatedSource().chip_at(lon, lat, year=year)
        return replace(chip, missing=(reason, *chip.missing)) if reason else chip


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
