"""Settlements of the simulated Earth: fields, roads, villages and cities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.simulation.noise import scatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.simulation.noise import Layer, Window
    from chatearthnet_explorer.simulation.terrain import Terrain

_SQUARE = 256  # pixels between main roads
_FARM = 96  # pixels of a square that is divided into fields
_BLOCK = 26  # pixels of a block between streets


@dataclass(frozen=True, slots=True)
class Parcels:
    """Land divided into parcels, each layer (272, 272)."""

    number: Layer
    """A number from 0 to 1, the same for all pixels of a parcel."""

    edge: Layer
    """Pixels to the nearest edge of the parcel."""

    furrow: Layer
    """Pixels across the parcel's longer side: furrows run along it."""


@dataclass(frozen=True, slots=True)
class People:
    """Settlements, each layer (272, 272)."""

    fields: Parcels
    """Parcels of farmland."""

    blocks: Parcels
    """Parcels of towns."""

    farmland: NDArray[np.bool_]
    """Where farmland is."""

    farmstead: NDArray[np.bool_]
    """Corners of fields with a farm."""

    pivot: Layer
    """1 in a field with center-pivot irrigation, 0 on the dry ground beside it, -1 elsewhere."""

    town: Layer
    """Positive in towns, 1 and more in their centers."""

    road: Layer
    """Pixels to the middle of the nearest main road."""


def people_in(window: Window, ground: Terrain) -> People:
    """Return the settlements of a window."""
    # bent lattices, so that fields and roads are not straight from pole to pole
    u = window.columns + 45.0 * window.noise(20, coarse=9, fine=7)
    v = window.rows + 45.0 * window.noise(21, coarse=9, fine=7)
    plain = np.clip(1.2 - 5.0 * ground.steep, 0.0, 1.0) * np.clip((ground.summer - 10.0) / 4.0, 0.0, 1.0)
    dry = ground.rain < 0.3  # fields need a river here
    near_water = np.where(dry, 0.75 * np.exp(-np.maximum(ground.river, 0.0) / 45.0), 0.0) * plain
    share = np.clip(ground.farmland * plain + near_water, 0.0, 1.0)
    density = np.clip(0.06 + 0.9 * share, 0.0, 0.8) * plain * (ground.shore > 0.0) * (1.0 - ground.delta)
    smallest = np.where(ground.warmth > 19.0, 9.0, 17.0)  # fields are smaller in warm regions
    region = window.noise(22, coarse=11, fine=8, gain=0.55, where=share > 0.0)
    suitability = region - _quantile(share)
    fields = _parcels(u, v, cell=_FARM, smallest=smallest, seed=27, where=suitability < 0.6)
    farmland = suitability + 1.2 * (fields.number - 0.5) < 0.0  # farmland ends at the edges of fields
    pivots = dry & (window.noise(29, coarse=12, fine=10, where=dry) > 0.9)  # one region in six has pivots
    pivot = np.full(u.shape, -1.0)
    if pivots.any():
        number = scatter(np.floor(u / _FARM).astype(np.int64), np.floor(v / _FARM).astype(np.int64), 25)
        arm = np.hypot(u % _FARM - _FARM / 2, v % _FARM - _FARM / 2)
        watered_by_arm = pivots & (number < 0.6)  # of the squares
        fields = Parcels(
            number=np.where(watered_by_arm, number, fields.number),
            edge=np.where(watered_by_arm, np.abs(0.47 * _FARM - arm), fields.edge),
            furrow=np.where(watered_by_arm, arm, fields.furrow),
        )
        farmland = np.where(pivots, watered_by_arm & (ground.steep < 0.1), farmland)  # level ground
        pivot = np.where(pivots, np.where(arm < 0.47 * _FARM, 1.0, 0.0), pivot)  # all but touching
    road, village = _roads(u, v, density, window)
    near_city = ground.city > -1.0
    sprawl = window.noise(24, coarse=9, fine=4, where=near_city)
    city = np.where(near_city, ground.city + 0.22 * sprawl, -1.0)
    town = np.maximum(village, np.clip(3.0 * city, -1.0, 1.5))
    farmstead = farmland & (fields.number % 0.05 < 0.004) & (fields.edge > 2.0)  # in a dozen fields
    smallest = np.full_like(u, 9.0)
    near_buildings = (town > -0.5) | (road < 3.0) | farmstead  # a little more than needed
    return People(
        fields=fields,
        blocks=_parcels(u, v, cell=_BLOCK, smallest=smallest, seed=28, where=near_buildings),
        farmland=farmland,
        farmstead=farmstead,
        pivot=pivot,
        town=town,
        road=road,
    )


def _roads(u: Layer, v: Layer, density: Layer, window: Window) -> tuple[Layer, Layer]:
    """Return pixels to the nearest main road, and the villages at their crossings."""
    absent = 1e3
    if not density.any():
        return np.full(u.shape, absent), np.full(u.shape, -1.0)
    column, row = np.rint(u / _SQUARE).astype(np.int64), np.rint(v / _SQUARE).astype(np.int64)
    off_u, off_v = np.abs(u - column * _SQUARE), np.abs(v - row * _SQUARE)
    cell_u, cell_v = np.floor(u / _SQUARE).astype(np.int64), np.floor(v / _SQUARE).astype(np.int64)
    road_share = 0.25 + density
    upright = np.where(scatter(column, cell_v, 30) < road_share, off_u, absent)
    level = np.where(scatter(cell_u, row, 31) < road_share, off_v, absent)
    road = np.where(density > 0.05, np.minimum(upright, level), absent)  # nearly empty regions have no roads
    radius = (8.0 + 90.0 * scatter(column, row, 32) ** 3.5) * (scatter(column, row, 33) < density * 1.4)
    inside = radius > 0.0
    outline = window.noise(34, coarse=5, fine=2, where=inside)
    village = 1.0 - np.hypot(off_u, off_v) / np.maximum(radius, 1.0) + 0.28 * outline
    # houses stand along the roads that leave a village
    strung = inside & (road < 3.0) & (np.hypot(off_u, off_v) < 1.9 * radius)  # one house deep
    strung &= window.noise(35, coarse=4, fine=2, where=strung) > 0.0
    village = np.where(strung, np.maximum(village, 0.3), village)
    return road, np.where(inside, village, -1.0)


def _parcels(u: Layer, v: Layer, *, cell: int, smallest: Layer, seed: int, where: NDArray[np.bool_]) -> Parcels:
    """Divide squares repeatedly across the longer side until the parcels are small; 0 elsewhere."""
    shape = u.shape
    u, v, smallest = u[where], v[where], smallest[where]
    column, row = np.floor(u / cell).astype(np.int64), np.floor(v / cell).astype(np.int64)
    x, y = u - column * cell, v - row * cell
    width, height = np.full_like(x, cell), np.full_like(x, cell)
    key = column * 1_000_003 + row
    for cut in range(5):
        chance = scatter(key, row, seed + cut)
        digits = chance * 8192.0 % 1.0  # the next digits
        upright = width > height * (0.75 + 0.5 * digits)
        length = np.where(upright, width, height)
        near = length * (0.36 + 0.28 * chance)
        behind = np.where(upright, x, y) >= near
        is_final = (length < 2.0 * smallest) | (chance > 0.9)  # some pieces stay large
        is_second = behind & ~is_final
        left = np.where(behind, length - near, near)
        x, y = np.where(is_second & upright, x - near, x), np.where(is_second & ~upright, y - near, y)
        width = np.where(upright & ~is_final, left, width)
        height = np.where(upright | is_final, height, left)
        key = np.where(is_final, key, key * 2 + 7 + is_second)
    layers = (
        scatter(key, row, seed + 200),
        np.minimum(np.minimum(x, width - x), np.minimum(y, height - y)),
        np.where(width < height, x, y),
    )
    parcels = np.zeros((len(layers), *shape))
    for layer, values in zip(parcels, layers, strict=True):
        layer[where] = values
    return Parcels(*parcels)


def _quantile(share: Layer) -> Layer:
    """Return the value below which a share of noise lies: the logistic stand-in for the normal quantile."""
    inside = np.clip(share, 1e-6, 1.0 - 1e-6)
    return np.log(inside / (1.0 - inside)) / 1.702
