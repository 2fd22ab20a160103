"""Land-cover classes of the simulated Earth, from its terrain and settlements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.landcover.legend import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.simulation.noise import Layer, Window
    from chatearthnet_explorer.simulation.settlement import People
    from chatearthnet_explorer.simulation.terrain import Terrain

INDEX = {land.name: land.index for land in CLASSES}
"""Index of each class by its name."""

SOUTH = -60.0
"""Southern limit of WorldCover's maps in degrees north."""

NORTH = 84.0
"""Northern limit of WorldCover's maps in degrees north."""

OFFSHORE = -12.0
"""Limit of WorldCover's maps in kilometres from the coast (negative at sea): the sea beyond is not mapped."""

_WATER, _TREE, _SHRUB, _GRASS = INDEX["water"], INDEX["tree"], INDEX["shrub"], INDEX["grass"]
_BARE, _SNOW, _WET, _MOSS = INDEX["bare land"], INDEX["snow"], INDEX["wetland"], INDEX["moss"]
_CROP, _TOWN, _MANGROVE = INDEX["crop"], INDEX["developed area"], INDEX["mangroves"]
_UNSURE = 9.0  # degrees Celsius from the snow line within which there may be snow or not
_ALONG_A_GRADIENT = (
    _TREE,
    _SHRUB,
    _MOSS,
    _GRASS,
    _BARE,
)  # neighbours here are neighbours on the ground


def cover_of(window: Window, ground: Terrain, people: People, *, year: int) -> NDArray[np.uint8]:
    """Return the class of every pixel of a window, sea and Antarctica included, shape (272, 272)."""
    # 2020 and 2021 come from two algorithms: they differ in specks along every edge
    speck = 0.14 * window.noise(1000 + year, coarse=2, fine=0, gain=0.8)
    classes = _wild(window, ground, speck)
    classes = _add_farmland(window, people, classes, speck)
    wet = np.where(ground.river < speck, _WATER, classes)
    wet = np.where(ground.lake > 0.1 * speck, _WATER, wet)
    wet = np.where(_cold(window, ground) & (ground.lake < 0.0), _SNOW, wet)
    wet = _add_buildings(people, wet, dry=ground.river > 0.0, speck=speck)
    return _coast(window, ground, wet, speck).astype(np.uint8)


def labels_of(cover: NDArray[np.uint8], ground: Terrain) -> NDArray[np.uint8]:
    """Return the classes as WorldCover would map them: 0 far out at sea and beyond the limits of the map."""
    is_unmapped = (ground.shore < OFFSHORE) | (not SOUTH <= ground.lat <= NORTH)
    return np.where(is_unmapped, np.uint8(0), cover)


def _wild(window: Window, ground: Terrain, speck: Layer) -> NDArray[np.int64]:
    """Return the classes of natural land."""
    patches = window.noise(40, coarse=8, fine=1, gain=0.68) + speck
    # trees grow along the water and in valleys
    patches = patches - 1.6 * np.exp(-np.maximum(ground.river, 0.0) / 7.0) * (ground.rain > 0.15)  # none in a desert
    place = 1.0 / (1.0 + np.exp(-1.702 * patches))
    hardy = np.clip((ground.summer - 6.5) / 2.0, 0.0, 1.0)
    green = np.clip((ground.summer - 3.0) / 2.5, 0.0, 1.0) * np.clip(1.8 - 1.3 * ground.steep, 0.0, 1.0)
    tree, shrub, moss, grass, bare = ground.shares[list(_ALONG_A_GRADIENT)]
    woods = (tree + shrub) * (1.0 - hardy)  # grass above the tree line
    ends = np.cumsum([tree * hardy, shrub * hardy, moss, grass + woods], axis=0)
    ends *= green / np.maximum(ends[-1] + bare, 1e-6)
    classes = np.asarray(_ALONG_A_GRADIENT)[(place >= ends).sum(axis=0)]
    low = ground.shares[_WET] * np.where(ground.river < 14.0, 4.0, 1.0) + 0.2 * ground.delta * (
        ground.warmth < 15.0
    )  # width of a flood plain in pixels
    flat = (low > 0.004) & (ground.steep < 0.15)
    bog = window.noise(41, coarse=8, fine=2, gain=0.55, where=flat) + speck
    return np.where((bog > 2.6 - 11.0 * low) & flat, _WET, classes)


def _add_farmland(window: Window, people: People, classes: NDArray[np.int64], speck: Layer) -> NDArray[np.int64]:
    """Return the classes with farmland added."""
    number, edge = people.fields.number, people.fields.edge
    use = np.where(number < 0.05, _TREE, np.where(number < 0.2, _GRASS, _CROP))  # woodlots and meadows
    farmland = people.farmland
    hedge = (edge < 0.8 + speck) & (window.noise(42, coarse=6, fine=4, where=farmland) > 0.8)  # one pixel wide
    use = np.where(hedge, np.where(classes == _BARE, _GRASS, classes), use)
    woods = farmland & (classes == _TREE)
    woods &= window.noise(43, coarse=7, fine=3, where=woods) > 1.1  # that were not cleared
    arable = farmland & ~woods & (classes != _WET)
    classes = np.where(arable & (people.pivot < 0.0), use, classes)
    return np.where(arable & (people.pivot > 0.0), _CROP, classes)


def _add_buildings(
    people: People, classes: NDArray[np.int64], *, dry: NDArray[np.bool_], speck: Layer
) -> NDArray[np.int64]:
    """Return the classes with roads, farms and towns added."""
    block = people.blocks.number
    dense = np.clip(0.55 + 0.6 * people.town, 0.0, 0.93)
    green = np.where(block > 0.5 * (1.0 + dense), _TREE, _GRASS)
    town = np.where(block < dense, _TOWN, np.where(people.blocks.edge < 1.0, _TOWN, green))
    classes = np.where((people.town + 0.3 * speck > 0.0) & dry, town, classes)
    farmhouse = people.farmstead & (block < 0.25)  # one in four
    classes = np.where(farmhouse & (people.pivot < 0.0) & dry, _TOWN, classes)
    return np.where((people.road < 1.3 + 0.8 * speck) & (classes != _SNOW), _TOWN, classes)


def _cold(window: Window, ground: Terrain) -> NDArray[np.bool_]:
    """Return where snow stays: above a line that is lower towards the poles, and nearly everywhere on Antarctica."""
    line = 0.09 * abs(ground.lat) - 4.0 + (30.0 if ground.lat < SOUTH else 0.0)
    steep = 4.0 * np.clip(ground.steep - 0.7, 0.0, 1.0)  # snow slides off
    patches = window.noise(44, coarse=7, fine=1, gain=0.6, where=np.abs(ground.summer + steep - line) < _UNSURE)
    cold: NDArray[np.bool_] = ground.summer + 1.2 * patches + steep < line
    return cold


def _coast(window: Window, ground: Terrain, classes: NDArray[np.int64], speck: Layer) -> NDArray[np.int64]:
    """Return the classes with beaches, marshes, mangroves and the sea added."""
    shore = ground.shore + 0.02 * speck
    near = shore < 5.0 + 32.0 * ground.delta  # within reach of the tide
    if not near.any():
        return classes
    muddy = window.noise(45, coarse=11, fine=4) + 3.0 * ground.delta
    tidal = (shore < 0.9 + 0.5 * muddy + 30.0 * ground.delta) | (
        (shore < 5.0) & (ground.river < 22.0)
    )  # km inland, along rivers
    tropical = (ground.warmth > 21.5) & (ground.rain > 0.3)  # where mangroves grow
    swamp = tidal & (classes != _TOWN) & (classes != _WATER) & (ground.warmth > 0.0)  # no marsh in ice
    classes = np.where(swamp & tropical & (muddy > 0.35), _MANGROVE, classes)  # a third of the coast
    classes = np.where(swamp & ~tropical & (muddy > 0.9), _WET, classes)  # a fifth of the coast
    sandy = np.clip(0.05 * (0.7 - muddy), 0.0, 0.07)
    beach = (shore < sandy) & (classes != _TOWN) & (classes != _MANGROVE) & (classes != _SNOW)
    classes = np.where(beach, _BARE, classes)
    return np.where(shore < 0.0, _WATER, classes)
