"""The source ``simulated``: chips of a simulated Earth, the same every time, without a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.chip import BANDS, Chip, Scene
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.simulation.class_map import INDEX, NORTH, SOUTH, cover_of, labels_of
from chatearthnet_explorer.simulation.noise import PAD, Window, scatter
from chatearthnet_explorer.simulation.settlement import people_in
from chatearthnet_explorer.simulation.simulated_pixels import reflectance, true_colour
from chatearthnet_explorer.simulation.terrain import terrain_of
from chatearthnet_explorer.sources.protocol import YEARS, Year
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ATTRIBUTION = "Simulated by chatearthnet_explorer: not a real satellite picture or map"
"""Credit of pixels and labels, and a warning."""

_OUTLINES = "coastlines from Natural Earth (public domain)"
_VERSIONS = {2020: "v100/2020", 2021: "v200/2021"}
# Scene classification (Sentinel-2 Level-2A, SCL): 4 vegetation, 5 not vegetated, 6 water, 11 snow.
_SCL = np.full(len(INDEX), 4, np.uint8)
for _name, _code in (("background", 6), ("water", 6), ("developed area", 5), ("bare land", 5), ("snow", 11)):
    _SCL[INDEX[_name]] = _code


class SimulatedSource:
    """Returns a simulated chip of any place on the grid, computed from the tile and marked as simulated."""

    name = "simulated"

    def chip_at(
        self, lon: float, lat: float, *, year: Year = 2020, scene: str | None = None, bands: bool = False
    ) -> Chip:
        """Return the simulated chip of a place; see ``Source.chip_at``. There is one scene a year.

        Raises:
            PlaceError: If the place is not on the grid.
            SettingError: If the year is not one of ``YEARS``, or there is no such scene of the place and year.
        """
        if year not in YEARS:
            msg = f"The simulated source has the years {YEARS[0]} and {YEARS[1]}, not {year}; choose one of them."
            raise SettingError(msg)
        tile = Tile.at(lon, lat)
        item = _scene_of(tile, year)
        if scene not in {None, item}:
            msg = f"The simulated source has one scene of this place in {year}, {item}; leave the scene out."
            raise SettingError(msg)
        return make_chip(tile, year, bands)


def simulate(tile: Tile, year: int, bands: bool) -> Chip:  # noqa: FBT001 - called with what a key holds
    """Return the simulated chip of a tile and year, computed in this process.

    Raises:
        Cancelled: If the work was cancelled.
    """
    window = Window(tile)
    ground = terrain_of(window)
    checkpoint()
    people = people_in(window, ground)
    checkpoint()
    cover = cover_of(window, ground, people, year=year)
    checkpoint()
    bands_by_name = reflectance(window, ground, people, cover, year=year, names=BANDS if bands else BANDS[:3])
    inside = (slice(PAD, -PAD), slice(PAD, -PAD))
    labels = labels_of(cover, ground)[inside]
    has_labels = bool(labels.any())
    return Chip(
        tile=tile,
        source=SimulatedSource.name,
        simulated=True,
        labels=np.ascontiguousarray(labels) if has_labels else None,
        label_version=f"simulated, in the manner of {_VERSIONS[year]}" if has_labels else None,
        rgb=true_colour(bands_by_name),
        bands=MappingProxyType(bands_by_name if bands else {}),
        scl=_SCL[cover[inside]],
        scene=Scene(
            catalogue="simulated",
            item=_scene_of(tile, year),
            acquisition_time=_summer_day(tile, year),
            cloud_share=0.0,
            tile_cloud_share=0.0,
            radiometry="Reflectance was simulated from the classes, not measured." if bands else "",
        ),
        missing=() if has_labels else (_why_unmapped(ground.lat),),
        attribution=(ATTRIBUTION, _OUTLINES),
    )


make_chip: Callable[[Tile, int, bool], Chip] = simulate
"""Called by every ``SimulatedSource``; ``simulated_chips.shared_chips`` replaces it by one that uses workers."""


def _scene_of(tile: Tile, year: int) -> str:
    return f"simulated-{tile.name}-{year}"


@dataclass(frozen=True)
class SimulatedLabels:
    """Returns the label map of any tile, the same as ``SimulatedSource``, in half the time."""

    year: int
    """Year of the map, one of ``YEARS``."""

    def __call__(self, tile: Tile) -> NDArray[np.uint8] | None:
        """Return the labels, (256, 256) uint8 of class indices; None where nothing is mapped."""
        window = Window(tile)
        ground = terrain_of(window)
        cover = cover_of(window, ground, people_in(window, ground), year=self.year)
        labels = labels_of(cover, ground)[PAD:-PAD, PAD:-PAD]
        return np.ascontiguousarray(labels) if labels.any() else None


def _why_unmapped(lat: float) -> str:
    if not SOUTH <= lat <= NORTH:
        return (
            "There are no labels here: like ESA WorldCover, the simulated map ends at 60 degrees south and 84 "
            "degrees north."
        )
    return (
        "There are no labels here: as in ESA WorldCover, this map does not cover the open sea; "
        "choose a place nearer to land."
    )


def _summer_day(tile: Tile, year: int) -> datetime:
    """Return a day within four weeks of midsummer, at half past ten by the sun, when Sentinel-2 passes."""
    lon, lat = tile.center
    midsummer = datetime(year, 7, 10, 10, 30, tzinfo=UTC) if lat >= 0.0 else datetime(year, 1, 10, 10, 30, tzinfo=UTC)
    days = int(scatter(np.array([tile.x]), np.array([tile.y]), year)[0] * 40) - 5
    return (midsummer + timedelta(days=days, hours=-lon / 15.0)).replace(microsecond=0)
