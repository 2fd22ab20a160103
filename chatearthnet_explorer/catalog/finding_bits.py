"""What checks found of each pair, so that it can be asked for: which checks, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.schema import KINDS, NONE
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.prompts.wording import STYLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

MARKS = "marks.npz"
"""File of a catalog, there once it is audited: the fields of ``Marks``."""

MOST_CHECKS = 31
"""Checks there may be: one bit each, and one for having been judged."""

JUDGED = np.uint32(1 << MOST_CHECKS)
"""Bit of a caption or picture that went through the checks, with or without a finding."""

UNAUDITED = "This catalog has not been through the checks yet; run `audit CATALOG` first."


@dataclass(frozen=True)
class Marks:
    """The findings of all pairs, in the order of the catalog."""

    checks: Mapping[str, str]
    """The checks there are, with what a finding means; the order is that of the bits."""

    bits: NDArray[np.uint32]
    """Findings of each of ``schema.KINDS``, (rows, 3), with ``JUDGED``."""

    scores: NDArray[np.int16]
    """How bad each of them is, (rows, 3): 0 for nothing found."""

    @cached_property
    def bit(self) -> Mapping[str, int]:
        """Bit of each check."""
        return MappingProxyType({name: bit for bit, name in enumerate(self.checks)})

    def asked(self, style: str) -> NDArray[np.uint32]:
        """Return the bits of the captions that a question of a style asks, and of the picture, shape (rows,)."""
        columns = self._columns(style)
        found = self.bits[:, columns[0]].copy()
        for column in columns[1:]:
            found |= self.bits[:, column]
        return found

    def badness(self, style: str) -> NDArray[np.int64]:
        """Return the scores of the same, added up, shape (rows,)."""
        badness: NDArray[np.int64] = self.scores[:, self._columns(style)].sum(axis=1, dtype=np.int64)
        return badness

    def matching(self, findings: tuple[str, ...], style: str) -> Mask:
        """Return which pairs have any of the findings, and none of those with ``-`` before them.

        ``none`` is a finding too: that of pairs that were judged and have no other.

        Raises:
            QueryError: If there is no such check.
        """
        bits = self.asked(style)
        mask = np.ones(len(bits), bool)
        wanted = [finding for finding in findings if not finding.startswith("-")]
        if wanted:
            mask = np.logical_or.reduce([self._having(bits, finding) for finding in wanted])
        for finding in findings:
            if finding.startswith("-"):
                mask &= ~self._having(bits, finding[1:])
        return mask

    def counted(self, mask: Mask, style: str) -> dict[str, int]:
        """Return how many of some pairs have each finding: the largest count first, ``none`` last, zeros left out."""
        bits = self.asked(style)[mask]
        some = bits[bits > JUDGED]
        counts = {name: int(np.count_nonzero(some & np.uint32(1 << bit))) for name, bit in self.bit.items()}
        falling = sorted((one for one in counts.items() if one[1]), key=lambda one: -one[1])
        clean = int(np.count_nonzero(bits == JUDGED))
        return {**dict(falling), **({NONE: clean} if clean else {})}

    def of(self, row: int) -> dict[str, tuple[str, ...]] | None:
        """Return the findings of a pair by kind, of the kinds that were judged; None where none was."""
        found = {
            kind: tuple(name for name, bit in self.bit.items() if bits >> bit & 1)
            for kind, bits in zip(KINDS, self.bits[row].tolist(), strict=True)
            if bits & int(JUDGED)
        }
        return found or None

    def save(self, folder: Path) -> None:
        """Write them into the folder of a version."""
        names = np.array([*self.checks, *self.checks.values()])
        np.savez(folder / MARKS, names=names, bits=self.bits, scores=self.scores)

    def _having(self, bits: NDArray[np.uint32], finding: str) -> Mask:
        if finding == NONE:
            return np.asarray(bits == JUDGED)
        if finding not in self.bit:
            msg = f"No check is called {finding[:40]!r}; choose of {', '.join((*self.bit, NONE))}."
            raise QueryError(msg)
        return np.asarray((bits & np.uint32(1 << self.bit[finding])) != 0)

    def _columns(self, style: str) -> list[int]:
        others = {one for one in STYLES if one != style} if style in STYLES else set()
        return [column for column, kind in enumerate(KINDS) if kind not in others]


def load_marks(folder: Path) -> Marks | None:
    """Return the marks of a version; None where it was not audited.

    Raises:
        OSError, ValueError, KeyError: If the file is damaged.
    """
    if not (folder / MARKS).exists():
        return None
    told = read_arrays(folder / MARKS)
    names = told["names"].tolist()
    half = len(names) // 2
    return Marks(MappingProxyType(dict(zip(names[:half], names[half:], strict=True))), told["bits"], told["scores"])
