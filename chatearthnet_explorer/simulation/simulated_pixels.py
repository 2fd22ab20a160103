"""Pixels of a simulated Sentinel-2 image: reflectance by band, from the simulated classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.chip import BANDS, TRUE_COLOUR_WHITE
from chatearthnet_explorer.simulation.class_map import INDEX
from chatearthnet_explorer.simulation.materials import NAMES, SPECTRA
from chatearthnet_explorer.simulation.noise import PAD, scatter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from chatearthnet_explorer.simulation.noise import Layer, Window
    from chatearthnet_explorer.simulation.settlement import People
    from chatearthnet_explorer.simulation.terrain import Terrain

_SHOULDER = 0.8  # of white, from which on brightness is compressed
_BLUR = (0.18, 0.64, 0.18)  # a pixel sees a little of its neighbours: MTF about 0.2-0.3 at Nyquist
_NEVER_ICE = 9.0  # degrees Celsius of the warm season from which on no ice floats on the sea
_HAZE = (0.016, 0.010, 0.006, 0.005, 0.004, 0.003, 0.003, 0.0, 0.0)  # added by the air, by band


class Paint(NamedTuple):
    """How a class looks, each layer (272, 272) or one value for all."""

    first: NDArray[np.intp] | int
    """Row of ``SPECTRA``."""

    second: NDArray[np.intp] | int
    """Row of ``SPECTRA`` that is mixed in."""

    mix: Layer | float
    """Share of the second, 0 to 1."""

    bright: Layer | float
    """Factor on the reflectance."""


def reflectance(
    window: Window,
    ground: Terrain,
    people: People,
    cover: NDArray[np.uint8],
    *,
    year: int,
    names: Iterable[str] = BANDS,
) -> dict[str, NDArray[np.float32]]:
    """Return reflectance by band, each (256, 256) float32, of classes over a window (272, 272)."""
    view = _View(window, ground, people, cover, year)
    shape = cover.shape
    first, second = np.zeros(shape, np.intp), np.zeros(shape, np.intp)
    mix: NDArray[np.float32] = np.zeros(shape, np.float32)
    bright: NDArray[np.float32] = np.ones(shape, np.float32)
    layers: tuple[NDArray[Any], ...] = (first, second, mix, bright)
    for index in np.unique(cover):
        here = cover == index
        for layer, value in zip(layers, view.paint(int(index)), strict=True):
            layer[here] = value[here] if isinstance(value, np.ndarray) else value
    mix = np.clip(mix, 0.0, 1.0)
    bright *= np.where(cover == INDEX["water"], np.float32(1.0), ground.light)
    air = 1.0 + 0.25 * window.noise(90, coarse=12, fine=9)
    grain = np.random.default_rng((int(window.across[PAD]), int(window.down[PAD]), year))
    bands = {}
    for name in names:
        band = BANDS.index(name)
        spectrum = SPECTRA[:, band].astype(np.float32)
        light = (spectrum[first] * (1.0 - mix) + spectrum[second] * mix) * bright
        light = _blur(light) + _HAZE[band] * air[PAD:-PAD, PAD:-PAD]
        # noise of the scene and of the instrument, together one normal variable
        light += np.hypot(0.012 * light, 0.0012) * grain.standard_normal(light.shape, np.float32)
        bands[name] = np.clip(light, 0.0001, 1.6).astype(np.float32)
    return bands


def true_colour(bands: dict[str, NDArray[np.float32]]) -> NDArray[np.uint8]:
    """Return red, green and blue, (256, 256, 3) uint8, stretched like ESA's true-colour image."""
    linear = np.stack([bands[name] for name in ("B04", "B03", "B02")], axis=-1)
    brightness = linear / TRUE_COLOUR_WHITE
    # snow keeps its shades, which the real product clips at white
    bright = np.float32(1.0 - _SHOULDER)
    brightness = np.where(
        brightness > _SHOULDER, _SHOULDER + bright * -np.expm1((_SHOULDER - brightness) / 0.8), brightness
    )
    rgb: NDArray[np.uint8] = np.clip(brightness * 255.0 + 0.5, 1.0, 255.0).astype(np.uint8)
    return rgb


def _blur(light: Layer) -> Layer:
    side, middle, _ = _BLUR
    down = side * (light[PAD - 1 : -PAD - 1] + light[PAD + 1 : -PAD + 1]) + middle * light[PAD:-PAD]
    return side * (down[:, PAD - 1 : -PAD - 1] + down[:, PAD + 1 : -PAD + 1]) + middle * down[:, PAD:-PAD]


def _row(name: str) -> int:
    return NAMES.index(name)


class _View:
    """The colours of one window; layers that several classes share are computed once."""

    def __init__(self, window: Window, ground: Terrain, people: People, cover: NDArray[np.uint8], year: int) -> None:
        self.window, self.ground, self.people, self.cover, self.year = window, ground, people, cover, year
        self.fine = window.noise(60, coarse=2, fine=0, gain=0.9)
        self.mottle = window.noise(61, coarse=7, fine=2, gain=0.6)
        self.dryness = np.clip(1.15 - 1.35 * ground.rain + 0.12 * self.mottle, 0.0, 1.0)
        hot = ground.warmth + 4.0 * window.noise(62, coarse=12, fine=9) > 20.0  # where soils weather red
        self.soil = np.where(hot, _row("red soil"), _row("brown soil"))

    def paint(self, index: int) -> Paint:
        paints = {
            0: self.water,
            INDEX["water"]: self.water,
            INDEX["developed area"]: self.town,
            INDEX["tree"]: self.trees,
            INDEX["shrub"]: self.shrubs,
            INDEX["grass"]: self.grass,
            INDEX["crop"]: self.crops,
            INDEX["bare land"]: self.bare,
            INDEX["snow"]: self.snow,
            INDEX["wetland"]: self.wetland,
            INDEX["mangroves"]: self.mangroves,
            INDEX["moss"]: self.moss,
        }
        return paints[index]()

    def water(self) -> Paint:
        ground = self.ground
        muddy = self.window.noise(45, coarse=11, fine=4)  # the same as along the shore
        clear = (ground.warmth > 22.0) & (muddy < 0.2)  # reefs and lagoons
        depth = np.maximum(-ground.shore, 0.0) * np.where(clear, 1.0, 1.6)
        sea = ground.shore < 0.0
        shoal = 0.12 * self.window.noise(63, coarse=6, fine=2, where=sea)
        near = np.exp(-(depth + np.where(depth > 0.05, shoal, 0.0)) / 0.35)  # km from the waterline
        inland = np.where(ground.lake > 0.0, 0.12 + 0.05 * self.mottle, 0.55 + 0.2 * muddy)
        silty = np.where(sea, near * np.where(clear, 0.75, np.clip(0.5 + 0.25 * muddy, 0.1, 0.9)), inland)
        second = np.where(sea & clear, _row("lagoon"), _row("silty water"))
        swell = 1.0 + 0.05 * self.window.noise(64, coarse=4, fine=1) + 0.08 * self.mottle * silty
        surf = sea & (depth < 0.05) & (self.fine + 2.0 * muddy > 0.6)  # where waves break
        cool = sea & (ground.summer < _NEVER_ICE)
        ice = cool & (ground.summer + 1.2 * self.window.noise(65, coarse=7, fine=2, gain=0.62, where=cool) < 0.2)
        second = np.where(ice, _row("snow"), np.where(surf, _row("foam"), second))
        return Paint(_row("deep water"), second, np.where(ice, 0.86, np.where(surf, 0.5, silty)), swell)

    def trees(self) -> Paint:
        needles = self.ground.warmth + 2.0 * self.mottle < 5.0  # taiga
        first = np.where(
            needles, _row("needles"), np.where(self.ground.warmth > 20.0, _row("rain forest"), _row("leaves"))
        )  # tropics
        crowns = self.window.noise(66, coarse=3, fine=0, gain=0.85)
        return Paint(
            first,
            _row("dry grass"),
            0.08 + 0.3 * self.dryness + 0.04 * self.fine,
            np.exp(0.17 * crowns + 0.06 * self.mottle),
        )

    def shrubs(self) -> Paint:
        clumps = self.window.noise(67, coarse=2, fine=0, gain=0.9)
        return Paint(_row("shrub"), self.soil, 0.15 + 0.5 * self.dryness + 0.13 * clumps, 1.0 + 0.06 * self.mottle)

    def grass(self) -> Paint:
        dry = (
            0.1
            + 0.85 * self.dryness
            + 0.1 * self.mottle
            + 0.22 * (self.people.fields.number - 0.5) * self.people.farmland
        )
        paddock = np.where(self.people.farmland, 0.8 + 0.4 * self.people.fields.number, 1.0)
        return Paint(_row("grass"), _row("dry grass"), dry, paddock * (1.0 + 0.05 * self.fine))

    def crops(self) -> Paint:
        fields = self.people.fields
        stage = scatter((fields.number * 2**40).astype(np.int64), np.zeros_like(self.cover, np.int64), self.year)
        tone = (stage * 97.0) % 1.0
        green = np.where(self.people.pivot > 0.0, 0.8, np.clip(0.75 - 0.5 * self.dryness, 0.15, 0.7))
        ripe = green + 0.55 * (1.0 - green)
        first = np.where(stage < green, _row("green crop"), np.where(stage < ripe, _row("ripe crop"), self.soil))
        second = np.where(stage < green, _row("grass"), np.where(stage < ripe, self.soil, _row("dry grass")))
        lines = 0.045 * np.sin(2.0 * np.pi * fields.furrow / np.where(tone > 0.5, 3.1, 4.7))
        track = np.where(fields.edge < 0.7, 0.25, 0.0)  # half a pixel of grass
        return Paint(
            first, second, 0.5 * tone + track + 0.07 * self.mottle, 0.85 + 0.35 * tone + lines + 0.03 * self.fine
        )

    def bare(self) -> Paint:
        ground = self.ground
        beach = (ground.shore < 0.12) | ((ground.river < 7.0) & (ground.steep < 0.3))  # sand along water
        rocky = np.clip(
            0.5 + 0.5 * self.window.noise(68, coarse=10, fine=4, gain=0.55) + 2.0 * (ground.steep - 0.15), 0.0, 1.0
        )
        rocky = np.where(ground.warmth < 2.0, 1.0, np.where(beach, 0.1, rocky))  # frost breaks rock, not sand
        first = np.where(ground.rain < 0.3, _row("sand"), np.where(beach, _row("beach"), self.soil))  # desert
        bend = self.window.columns + 0.55 * self.window.rows + 34.0 * self.window.noise(69, coarse=8, fine=5)
        crest = np.abs((bend / 26.0) % 1.0 - 0.7)  # dunes: a long side to the wind, a short one behind
        ripple = 0.22 * (np.minimum(crest / 0.7, 1.0) - 0.5) * (1.0 - rocky) * (ground.rain < 0.2) * ~beach  # sand seas
        return Paint(first, _row("rock"), rocky, 1.0 + ripple + 0.06 * self.mottle + 0.03 * self.fine)

    def snow(self) -> Paint:
        bare_ice = np.clip(0.25 * self.window.noise(70, coarse=6, fine=1, gain=0.6) - 0.1, 0.0, 0.6)
        return Paint(_row("snow"), _row("ice"), bare_ice, 0.97 + 0.02 * self.mottle + 0.012 * self.fine)

    def wetland(self) -> Paint:
        pools = self.window.noise(71, coarse=4, fine=0, gain=0.7)
        return Paint(
            _row("reeds"), _row("deep water"), np.clip(0.25 + 0.35 * pools, 0.0, 0.85), 1.0 + 0.08 * self.mottle
        )

    def mangroves(self) -> Paint:
        creeks = np.abs(self.window.noise(72, coarse=5, fine=1, gain=0.6)) < 0.07  # narrow
        return Paint(_row("mangroves"), _row("silty water"), np.where(creeks, 0.8, 0.08), np.exp(0.09 * self.fine))

    def moss(self) -> Paint:
        polygons = self.window.noise(73, coarse=4, fine=0, gain=0.75)
        return Paint(_row("moss"), _row("rock"), 0.2 + 0.16 * polygons + 0.1 * self.mottle, 1.0 + 0.05 * self.fine)

    def town(self) -> Paint:
        people, columns, rows = self.people, self.window.columns, self.window.rows
        building = scatter(
            (columns / 2.0).astype(np.int64), ((rows + 97.0 * people.blocks.number) / 2.0).astype(np.int64), 74
        )
        block = people.blocks.number * 31.0 % 1.0
        tile_share = np.clip(
            0.5 + 0.25 * self.window.noise(75, coarse=12, fine=10), 0.1, 0.9
        )  # tiles here, concrete there
        halls = (block > 0.96) & (people.blocks.edge > 2.5)  # one block in 25 is sheds and halls
        roof = np.where(block < tile_share, _row("tiles"), _row("concrete"))
        roof = np.where(halls | (building > 0.975), _row("white roof"), roof)  # and single tin roofs
        yard = np.where(self.dryness > 0.75, self.soil, _row("leaves"))  # no water for gardens
        street = (people.blocks.edge < 1.1) | (people.road < 1.5)  # a pixel and more
        first = np.where(street, _row("asphalt"), roof)
        tone = people.blocks.number * 53.0 % 1.0
        leafy = np.clip(0.28 + 0.25 * np.sin(40.0 * people.blocks.number) + 0.1 * self.mottle, 0.05, 0.7)
        gardens = np.where(street, 0.12, np.where(halls, 0.0, leafy + np.where(building < 0.3, 0.3, 0.0)))  # trees
        return Paint(
            first, yard, gardens, np.where(halls, 0.62 + 0.2 * tone, 0.82 + 0.25 * building) + 0.05 * self.fine
        )
