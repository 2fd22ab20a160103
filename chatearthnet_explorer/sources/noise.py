"""Endless noise on the zoom-14 grid: the same at the same place, whichever chip asks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.tile import SIZE, ZOOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.tile import Tile

PAD = 8
"""Pixels around a chip that are computed with it, so that slopes and blurs know their neighbours."""

_WORLD = SIZE * 2**ZOOM
# Standard deviation of uniform values in -1 to 1 (1/3) after a cubic B-spline in two dimensions (151/315 in each).
_SPREAD = (151 / 315) * (1 / 3) ** 0.5


class Window:
    """The pixels of one chip with ``PAD`` more on each side; arrays over it are (272, 272), row 0 north.

    Coordinates are pixels of the whole zoom-14 grid, east of the antimeridian and south of 85.05 degrees north.
    Noise is smooth random values on lattices whose steps are powers of two, which close at the antimeridian.
    """

    def __init__(self, tile: Tile) -> None:
        """Place the window over a tile."""
        steps = np.arange(-PAD, SIZE + PAD) + 0.5
        self.across: NDArray[np.float64] = tile.x * SIZE + steps
        self.down: NDArray[np.float64] = tile.y * SIZE + steps
        self._weights: dict[tuple[str, int], tuple[NDArray[np.float64], NDArray[np.int64]]] = {}

    @cached_property
    def columns(self) -> NDArray[np.float64]:
        """Coordinate eastwards of every pixel."""
        return np.broadcast_to(self.across, (len(self.down), len(self.across)))

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """Coordinate southwards of every pixel."""
        return np.broadcast_to(self.down[:, None], (len(self.down), len(self.across)))

    def noise(self, seed: int, *, coarse: int, fine: int, gain: float = 0.5) -> NDArray[np.float64]:
        """Return noise of mean 0 and standard deviation about 1.

        Args:
            seed: Which noise; different seeds have nothing in common.
            coarse: Largest features, as the power of two of their pixels.
            fine: Smallest features, likewise.
            gain: Amplitude of each octave relative to the next coarser one.
        """
        weights = gain ** np.arange(coarse - fine + 1)
        weights /= np.sqrt((weights**2).sum()) * _SPREAD
        octaves = [self._octave(seed, power) for power in range(coarse, fine - 1, -1)]
        return np.einsum("o,oyx->yx", weights, np.stack(octaves))

    def ridges(self, seed: int, *, coarse: int, fine: int) -> NDArray[np.float64]:
        """Return noise with sharp crests, about 0 (valley) to 1 (crest)."""
        total = np.zeros((len(self.down), len(self.across)))
        weight = np.ones_like(total)
        amplitude = 0.5
        for power in range(coarse, fine - 1, -1):
            crest = np.maximum(1.0 - np.abs(self._octave(seed, power)) * 2.2, 0.0) ** 2 * weight
            total += amplitude * crest
            weight = np.clip(crest * 1.6, 0.15, 1.0)  # valleys are smoother than crests
            amplitude *= 0.52
        return total

    def _octave(self, seed: int, power: int) -> NDArray[np.float64]:
        across, columns = self._spline("across", power)
        down, rows = self._spline("down", power)
        lattice = 2.0 * scatter(columns % (_WORLD >> power), rows[:, None], seed * 64 + power) - 1.0
        return down @ lattice @ across.T

    def _spline(self, axis: str, power: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the weights (pixels, nodes) of a uniform cubic B-spline along an axis, and the lattice's nodes."""
        if (axis, power) not in self._weights:
            place = getattr(self, axis) / 2**power
            cell = np.floor(place).astype(np.int64)
            nodes = np.arange(cell[0] - 1, cell[-1] + 3)
            t = place - cell
            basis = np.stack(
                [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3],
                axis=1,
            )
            weights = np.zeros((len(place), len(nodes)))
            columns = (cell - cell[0])[:, None] + np.arange(4)
            np.put_along_axis(weights, columns, basis / 6.0, axis=1)
            self._weights[axis, power] = weights, nodes
        return self._weights[axis, power]


def scatter(column: NDArray[np.int64], row: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Return a number in 0 to 1 for each pair of integers: the finaliser of SplitMix64 (Steele et al., 2014)."""
    offset = np.uint64(seed * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    mixed = column.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
    mixed = mixed ^ (row.astype(np.uint64) * np.uint64(0xABC98388FB8FAC03) + offset)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
