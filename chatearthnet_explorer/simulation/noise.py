"""Endless noise on the zoom-14 grid: the same at the same place, whichever chip asks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from chatearthnet_explorer.tile import SIZE, ZOOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.tile import Tile

Layer: TypeAlias = "NDArray[np.float32 | np.float64]"
"""Numbers over a window, shape (272, 272), row 0 north."""

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
        steps: NDArray[np.float64] = np.arange(-PAD, SIZE + PAD) + np.float64(0.5)
        self.across = tile.x * SIZE + steps
        self.down = tile.y * SIZE + steps
        self._splines: dict[tuple[str, int], _Spline] = {}

    @cached_property
    def columns(self) -> NDArray[np.float64]:
        """Coordinate eastwards of every pixel."""
        return np.broadcast_to(self.across, (len(self.down), len(self.across)))

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """Coordinate southwards of every pixel."""
        return np.broadcast_to(self.down[:, None], (len(self.down), len(self.across)))

    def noise(self, seed: int, *, coarse: int, fine: int, gain: float = 0.5) -> Layer:
        """Return noise of mean 0 and standard deviation about 1.

        Args:
            seed: Which noise; different seeds have nothing in common.
            coarse: Largest features, as the power of two of their pixels.
            fine: Smallest features, likewise.
            gain: Amplitude of each octave relative to the next coarser one.
        """
        weights = gain ** np.arange(coarse - fine + 1)
        weights /= np.sqrt((weights**2).sum()) * _SPREAD
        total = np.zeros((len(self.down), len(self.across)), np.float32)
        for power, weight in zip(range(coarse, fine - 1, -1), weights, strict=True):
            total += np.float32(weight) * self._octave(seed, power)
        return total

    def ridges(self, seed: int, *, coarse: int, fine: int) -> Layer:
        """Return noise with sharp crests, about 0 (valley) to 1 (crest)."""
        total = np.zeros((len(self.down), len(self.across)), np.float32)
        weight = np.ones_like(total)
        amplitude = 0.5
        for power in range(coarse, fine - 1, -1):
            value = self._octave(seed, power)
            # crests only at large: wherever one looks closely, slopes are just rough
            sharp = power > coarse - 5
            crest = (np.maximum(1.0 - np.abs(value) * 2.2, 0.0) ** 2 if sharp else 0.35 + 1.6 * value) * weight
            total += amplitude * crest
            weight = np.clip(crest * 1.6, 0.22, 1.0)  # valleys are smoother than crests
            amplitude *= 0.5
        return total

    def _octave(self, seed: int, power: int) -> Layer:
        across, down = self._spline("across", power), self._spline("down", power)
        columns = across.nodes % (_WORLD >> power)
        lattice = (2.0 * scatter(columns, down.nodes[:, None], seed * 64 + power) - 1.0).astype(np.float32)
        # tap by tap, not as a matrix product: that starts threads, which cost more than they save
        rows = np.zeros((len(down.nodes), len(self.across)), np.float32)
        for tap, weights in zip(across.taps, across.weights, strict=True):
            rows += lattice[:, tap] * weights
        values = np.zeros((len(self.down), len(self.across)), np.float32)
        for tap, weights in zip(down.taps, down.weights, strict=True):
            values += rows[tap] * weights[:, None]
        return values

    def _spline(self, axis: str, power: int) -> _Spline:
        if (axis, power) not in self._splines:
            place = getattr(self, axis) / 2**power
            cell = np.floor(place).astype(np.int64)
            t = place - cell
            basis = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
            self._splines[axis, power] = _Spline(
                nodes=np.arange(cell[0] - 1, cell[-1] + 3),
                taps=cell - cell[0] + np.arange(4)[:, None],
                weights=(np.stack(basis) / 6.0).astype(np.float32),
            )
        return self._splines[axis, power]


class _Spline(NamedTuple):
    """A uniform cubic B-spline along one axis of a window."""

    nodes: NDArray[np.int64]  # of the lattice
    taps: NDArray[np.int64]  # (4, pixels): which nodes a pixel takes
    weights: NDArray[np.float32]  # (4, pixels): how much of each


def scatter(column: NDArray[np.int64], row: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Return a number in 0 to 1 for each pair of integers: the finaliser of SplitMix64 (Steele et al., 2014)."""
    offset = np.uint64(seed * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    mixed = column.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03) ^ (
        row.astype(np.uint64) * np.uint64(0xABC98388FB8FAC03) + offset
    )
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)) * 2.0**-53, np.float64)
