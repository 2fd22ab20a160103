"""The source ``auto``: real chips if a STAC API answers in two seconds, else simulated; the chip says which."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.errors import StacError
from chatearthnet_explorer.net.safe_json import read_json, text_of
from chatearthnet_explorer.net.timed_calls import begin
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.chip_cache import ChipCache, chip_key
from chatearthnet_explorer.sources.fallback_notes import NOT_INSTALLED, OFFLINE
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.sources.stac.stac_http import read
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.sources.protocol import Year
    from chatearthnet_explorer.sources.stac.stac_source import StacSource

PATIENCE = 2.0
"""Seconds within which a STAC API must answer."""

MEMORY = 60.0
"""Seconds for which the result of the test is reused."""

LARGEST = 2_000_000
"""Bytes of the landing page of a STAC API; the largest known has 30 thousand."""

LIBRARIES = ("async_geotiff", "pystac_client", "urllib3")
"""Libraries of the ``stac`` extra. Real chips need all of them."""


_reasons: dict[tuple[str, ...], str] = {}
"""Result of the latest test of some STAC APIs in this process, by their addresses: why there are no real chips."""


def last_reason(settings: Settings) -> str | None:
    """Return why no real chips were available when that was tested last; None if it never was. Nothing is sent."""
    return _reasons.get(tuple(settings.catalogues))


def probe_catalogues(settings: Settings) -> str:
    """Return why no real chips are available, one sentence each; empty if they are."""
    reason = _reasons[tuple(settings.catalogues)] = _why_not_real(settings)
    return reason


class AutoSource:
    """Returns the best available chip: from the cache, else real, else simulated."""

    name = "auto"

    def __init__(self, settings: Settings | None = None) -> None:
        """Prepare to read; nothing is sent yet.

        Args:
            settings: Where STAC APIs, labels and the cache are; None for the settings of the environment.
        """
        self._settings = settings or Settings()
        self._cache = ChipCache(self._settings.cache, limit=self._settings.cache_bytes)
        self._simulated = SimulatedSource()
        self._real: StacSource | None = None
        self._until = 0.0
        self._reason = ""

    def chip_at(
        self, lon: float, lat: float, *, year: Year = 2020, scene: str | None = None, bands: bool = False
    ) -> Chip:
        """Return the chip of the tile that holds a place; see ``sources.Source``.

        Raises:
            PlaceError: If the place is not on the grid.
            SettingError: If the year is not one of ``sources.YEARS``.
        """
        tile = Tile.at(lon, lat)
        chip = self._cache.get(chip_key(self._settings, tile, year=year, scene=scene, bands=bands))
        if chip is not None:  # a real chip from the cache needs no network
            return chip
        if time.monotonic() > self._until:
            self._reason = probe_catalogues(self._settings)
            self._until = time.monotonic() + MEMORY
        if self._reason:
            # scene ids of STAC APIs do not exist on the simulated Earth
            own = scene if scene and scene.startswith("simulated-") else None
            chip = self._simulated.chip_at(lon, lat, year=year, scene=own, bands=bands)
            return replace(chip, missing=(self._reason, *chip.missing))
        checkpoint()
        # only now: its libraries take two seconds to import where Jupyter is installed
        if self._real is None:
            from chatearthnet_explorer.sources.stac.stac_source import StacSource

            self._real = StacSource(self._settings)
        return self._real.chip_at(lon, lat, year=year, scene=scene, bands=bands)

    def retry(self) -> None:
        """Test anew with the next chip whether a STAC API answers, however recent the latest test is."""
        self._until = 0.0


def _why_not_real(settings: Settings) -> str:
    if not all(map(find_spec, LIBRARIES)):
        return NOT_INSTALLED
    deadline = time.monotonic() + PATIENCE
    addresses = dict.fromkeys(one.partition("#")[0] for one in settings.catalogues)
    waiting: set[Future[bool]] = {begin(partial(_answers, address, deadline)) for address in addresses}
    while waiting:
        results, waiting = wait(waiting, timeout=max(0.0, deadline - time.monotonic()), return_when=FIRST_COMPLETED)
        if any(result.result() for result in results):
            return ""
        if not results:
            break
    return OFFLINE


def _answers(address: str, deadline: float) -> bool:
    """Return whether the landing page of a STAC API arrives in time and is one."""
    try:
        page = read_json(text_of(read(address, deadline=deadline, largest=LARGEST).body))
    except (StacError, ValueError):
        return False
    return isinstance(page, dict) and "stac_version" in page
