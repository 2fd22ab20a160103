"""The chip of a place as far as this computer has it: no catalogue is asked for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.auto_source import last_reason
from chatearthnet_explorer.sources.chip_cache import ChipCache, chip_key
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.sources import Year


class ChipAtHand:
    """Finds the chip that the widgets of a page will show."""

    def __init__(self) -> None:
        """Read the settings."""
        self.settings = Settings()
        """The settings of this process."""
        self._cache = ChipCache(self.settings.cache, limit=self.settings.cache_bytes)

    def find(self, lon: float, lat: float, *, year: Year, source: str, scene: str = "") -> Chip | None:
        """Return the chip of a place; None if it cannot be had without a network.

        Args:
            lon: Degrees east.
            lat: Degrees north.
            year: Year of labels and scene.
            source: Name of the source.
            scene: Identifier of the scene; empty for the least cloudy.
        """
        reason = ""
        if source != "simulated":
            key = chip_key(self.settings, Tile.at(lon, lat), year=year, scene=scene or None, bands=False)
            chip = self._cache.get(key)
            if chip is not None:
                return chip
            reason = (last_reason(self.settings) or "") if source == "auto" else ""
            if not reason:
                return None
        chip = SimulatedSource().chip_at(lon, lat, year=year)
        return replace(chip, missing=(reason, *chip.missing)) if reason else chip
