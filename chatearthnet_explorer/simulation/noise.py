"""Noise on the zoom-14 grid, with the same value at the same place for every chip."""

from __future__ import annotations

import math
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from chatearthnet_explorer.tile import SIZE, ZOOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.tile import Tile

Layer: TypeAlias = "NDArray[np.float32 | np.float64]"
"""Numbers over a window, row 0 north: shape (272, 272) for a chip."""

PAD = 8
"""Pixels around a chip that are computed with it, so that slopes and blurs have neighbours."""

_WORLD = SIZE * 2**ZOOM
# Standard deviation of uniform values in -1 to 1 (1/3) after a cubic B-spline in two dimensions (151/315 in each).
_SPLINE_FACTOR = 151 / 315
_SPREAD = _SPLINE_FACTOR * (1 / 3) ** 0.5
_MOST_MULTIPLIED = 200_000  # OpenBLAS starts threads from 262,144 multiplications on, which cost more than they save


class Window:
    """The pixels of one chip with ``PAD`` more on each side; arrays over it are (272, 272), row 0 north.

    Coordinates are pixels of the whole zoom-14 grid, east of the antimeridian and south of 85.05 degrees north.
    Noise is smooth random values on lattices whose steps are powers of two, which close at the antimeridian.
    """

    def __init__(self, tile: Tile, *, tiles: int = 1, samples: int = SIZE) -> None:
        """Define the window.

        Args:
            tile: The tile in its north-western corner.
            tiles: Number of tiles along each side.
            samples: Samples along each side of a tile; with fewer than ``SIZE``, details smaller than the distance
                between two samples are independent random values, and ``pad`` is 1.
        """
        self.step = SIZE / samples
        self.pad = PAD if samples == SIZE else 1
        steps = (np.arange(-self.pad, tiles * samples + self.pad, dtype=np.float64) + 0.5) * self.step
        self.across = tile.x * SIZE + steps
        self.down = tile.y * SIZE + steps

    @cached_property
    def columns(self) -> NDArray[np.float64]:
        """Coordinate eastwards of every pixel."""
        return np.broadcast_to(self.across, (len(self.down), len(self.across)))

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """Coordinate southwards of every pixel."""
        return np.broadcast_to(self.down[:, None], (len(self.down), len(self.across)))

    def noise(
        self, seed: int, *, coarse: int, fine: int, gain: float = 0.5, where: NDArray[np.bool_] | bool = True
    ) -> Layer:
        """Return noise of mean 0 and standard deviation about 1.

        Args:
            seed: Which noise; different seeds have nothing in common.
            coarse: Largest features, as the power of two of their pixels.
            fine: Smallest features, likewise.
            gain: Amplitude of each octave relative to the next coarser one.
            where: Where it is looked at; if that is nowhere, it is 0 everywhere and costs nothing.
        """
        weights = np.power(gain, np.arange(coarse - fine + 1), dtype=np.float64)
        weights /= np.sqrt((weights**2).sum()) * _SPREAD
        if not np.any(where):
            return np.zeros((len(self.down), len(self.across)), np.float32)
        small = max(math.ceil(math.log2(self.step)) - fine, 0)  # octaves that no two samples share
        total = self._smooth(seed, range(fine + small, coarse + 1), weights)
        if small:
            total += np.float32(np.sqrt((weights[-small:] ** 2).sum())) * self._alone(seed, fine)
        return total

    def ridges(self, seed: int, *, coarse: int, fine: int, where: NDArray[np.bool_] | bool = True) -> Layer:
        """Return noise with sharp crests, about 0 (valley) to 1 (crest); ``where`` as for ``noise``."""
        total = np.zeros((len(self.down), len(self.across)), np.float32)
        if not np.any(where):
            return total
        weight = np.ones_like(total)
        amplitude = 0.5
        for power in range(coarse, fine - 1, -1):
            value = self._octave(seed, power)
            # crests only at large scales: small scales are just rough
            sharp = power > coarse - 5
            crest = (np.maximum(1.0 - np.abs(value) * 2.2, 0.0) ** 2 if sharp else 0.35 + 1.6 * value) * weight
            total += amplitude * crest
            weight = np.clip(crest * 1.6, 0.22, 1.0)  # valleys are smoother than crests
            amplitude *= 0.5
        return total

    def _smooth(self, seed: int, powers: range, weights: NDArray[np.float64]) -> Layer:
        """Return the sum of octaves, the finest first, with their weights, the coarsest first."""
        if not powers:
            return np.zeros((len(self.down), len(self.across)), np.float32)
        across, down = self._spline("across", powers[0]), self._spline("down", powers[0])
        nodes = [(down.nodes, across.nodes)]
        for _ in powers[1:]:
            rows, columns = nodes[-1]
            nodes.append((_coarser(rows), _coarser(columns)))
        # a spline on a coarse lattice is one on the next finer lattice too: only the finest is spread over the pixels
        total = np.zeros((0, 0), np.float32)
        for power, weight, (rows, columns) in zip(reversed(powers), weights, reversed(nodes), strict=False):
            values = np.float32(weight) * _lattice_values(seed, power, rows, columns)
            total = _finer(_finer(total, rows, 0), columns, 1) + values if total.size else values
        return _spread(total, down, across)

    def _octave(self, seed: int, power: int) -> Layer:
        if 2**power < self.step:  # samples are independent
            return self._alone(seed, power)
        across, down = self._spline("across", power), self._spline("down", power)
        return _spread(_lattice_values(seed, power, down.nodes, across.nodes), down, across)

    def _alone(self, seed: int, power: int) -> Layer:
        """Return an octave of independent random values."""
        columns, rows = (np.floor(places).astype(np.int64) for places in (self.across, self.down))
        values = scatter(columns % _WORLD, rows[:, None], seed * 64 + power)
        return ((2.0 * values - 1.0) * _SPLINE_FACTOR).astype(np.float32)

    def _spline(self, axis: str, power: int) -> _Spline:
        first = float(getattr(self, axis)[0])
        cell = math.floor(first / 2**power)
        count = len(self.across)
        return _spline(first - cell * 2**power, self.step, count, power).shifted_by(cell)


class _Spline(NamedTuple):
    """A uniform cubic B-spline along one axis of a window."""

    nodes: NDArray[np.int64]  # of the lattice
    taps: NDArray[np.int64]  # (4, pixels): which nodes a pixel takes
    weights: NDArray[np.float32]  # (4, pixels): how much of each
    matrix: NDArray[np.float32] | None  # (pixels, nodes): the same, as a matrix; None where it would be large

    def shifted_by(self, cells: int) -> _Spline:
        """Return the spline shifted by a number of cells."""
        return self._replace(nodes=self.nodes + cells)


@lru_cache(maxsize=256)
def _spline(first: float, step: float, count: int, power: int) -> _Spline:
    """Return the spline of pixels from the first on, which lies in cell 0; most windows share most of theirs."""
    place = (first + step * np.arange(count)) / 2**power
    cell = np.floor(place).astype(np.int64)
    t = place - cell
    basis = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    nodes, taps = np.arange(-1, cell[-1] + 3), cell + np.arange(4)[:, None]
    weights = (np.stack(basis) / 6.0).astype(np.float32)
    matrix = None if step == 1.0 else np.zeros((count, len(nodes)), np.float32)
    if matrix is not None:
        np.put_along_axis(matrix, taps.T, weights.T, axis=1)
    return _Spline(nodes, taps, weights, matrix)


def _lattice_values(seed: int, power: int, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return random values in -1 to 1 at the nodes of a lattice."""
    values = scatter(columns % (_WORLD >> power), rows[:, None], seed * 64 + power)
    return (2.0 * values - 1.0).astype(np.float32)


def _coarser(nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the nodes of the next coarser lattice that some nodes depend on."""
    return np.arange((nodes[0] - 1) // 2, nodes[-1] // 2 + 2)


def _finer(values: NDArray[np.float32], nodes: NDArray[np.int64], axis: int) -> NDArray[np.float32]:
    """Return the coefficients, along one axis, of the same spline on the next finer lattice (Boehm 1980)."""
    along = values if axis == 0 else values.T
    finer = np.empty((2 * len(along) - 3, along.shape[1]), np.float32)
    finer[0::2] = (along[:-1] + along[1:]) * np.float32(0.5)  # halfway between two nodes
    finer[1::2] = (along[:-2] + along[2:]) * np.float32(0.125) + along[1:-1] * np.float32(0.75)
    first = int(nodes[0] - (2 * ((nodes[0] - 1) // 2) + 1))
    result = finer[first : first + len(nodes)]
    return result if axis == 0 else result.T


def _spread(values: NDArray[np.float32], down: _Spline, across: _Spline) -> NDArray[np.float32]:
    """Return the spline of some coefficients at every pixel."""
    if across.matrix is not None and down.matrix is not None:
        return _product(down.matrix, _product(values, across.matrix.T))
    # tap by tap, not as a matrix product: that starts threads, which cost more than they save
    rows = np.zeros((len(values), across.taps.shape[1]), np.float32)
    for tap, weights in zip(across.taps, across.weights, strict=True):
        rows += values.take(tap, axis=1) * weights
    result = np.zeros((down.taps.shape[1], rows.shape[1]), np.float32)
    for tap, weights in zip(down.taps, down.weights, strict=True):
        result += rows.take(tap, axis=0) * weights[:, None]
    return result


def _product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the product of two matrices, in pieces so small that no library starts threads for them."""
    rows = max(_MOST_MULTIPLIED // right.size, 1)
    if rows >= len(left):
        return left @ right
    return np.concatenate([left[start : start + rows] @ right for start in range(0, len(left), rows)])


def scatter(column: NDArray[np.int64], row: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Return a number in 0 to 1 for each pair of integers: the finaliser of SplitMix64 (Steele et al., 2014)."""
    offset = np.uint64(seed * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    bits = column.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03) ^ (
        row.astype(np.uint64) * np.uint64(0xABC98388FB8FAC03) + offset
    )
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return np.asarray((bits >> np.uint64(11)) * 2.0**-53, np.float64)
