"""The findings of an audit, as stored in the catalog: which check found a problem in which pair, and its severity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.catalog.bit_codes import KINDS, NONE
from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

FINDINGS_FILE = "marks.npz"
"""File of an audited catalog: the fields of ``AuditFindings``."""

MOST_CHECKS = 31
"""Most checks: one bit each, and one bit for having been checked."""

CHECKED_BIT = np.uint32(1 << MOST_CHECKS)
"""Bit of a caption or picture that went through the checks, with or without a finding."""

NOT_AUDITED = (
    "This catalog has not been through the checks yet; run `audit CATALOG` first, with --captions for an added set."
)


@dataclass(frozen=True)
class AuditFindings:
    """The findings of all pairs, in the order of the catalog."""

    checks: Mapping[str, str]
    """Every check with what a finding means; the order is the order of the bits."""

    bits: NDArray[np.uint32]
    """Findings of each of ``bit_codes.KINDS``, (rows, 3), with ``CHECKED_BIT``."""

    scores: NDArray[np.int16]
    """Severity of each of them, (rows, 3): 0 without a finding."""

    @cached_property
    def bit(self) -> Mapping[str, int]:
        """Bit of each check."""
        return MappingProxyType({name: bit for bit, name in enumerate(self.checks)})

    def bits_of_style(self, style: str) -> NDArray[np.uint32]:
        """Return the bits of the captions of a style (empty for both) and of the picture, shape (rows,)."""
        columns = self._columns(style)
        bits = self.bits[:, columns[0]].copy()
        for column in columns[1:]:
            bits |= self.bits[:, column]
        return bits

    def severity(self, style: str) -> NDArray[np.int64]:
        """Return the sum of the scores of the same captions and the picture, shape (rows,)."""
        severity: NDArray[np.int64] = self.scores[:, self._columns(style)].sum(axis=1, dtype=np.int64)
        return severity

    def matching(self, findings: tuple[str, ...], style: str) -> Mask:
        """Return which pairs have any of the findings, and none of those with ``-`` before them.

        ``none`` stands for pairs that were checked and have no finding.

        Raises:
            QueryError: If there is no such check.
        """
        bits = self.bits_of_style(style)
        mask = np.ones(len(bits), bool)
        names = [finding for finding in findings if not finding.startswith("-")]
        if names:
            mask = np.logical_or.reduce([self._having(bits, finding) for finding in names])
        for finding in findings:
            if finding.startswith("-"):
                mask &= ~self._having(bits, finding[1:])
        return mask

    def count(self, mask: Mask, style: str) -> dict[str, int]:
        """Return how many pairs of a mask have each finding: the largest count first, ``none`` last, without zeros."""
        bits = self.bits_of_style(style)[mask]
        some = bits[bits > CHECKED_BIT]
        counts = {name: int(np.count_nonzero(some & np.uint32(1 << bit))) for name, bit in self.bit.items()}
        falling = sorted((one for one in counts.items() if one[1]), key=lambda one: -one[1])
        clean = int(np.count_nonzero(bits == CHECKED_BIT))
        return {**dict(falling), **({NONE: clean} if clean else {})}

    def of(self, row: int) -> dict[str, tuple[str, ...]] | None:
        """Return the findings of a pair by the kinds that were checked; None if no kind was."""
        findings = {
            kind: tuple(name for name, bit in self.bit.items() if bits >> bit & 1)
            for kind, bits in zip(KINDS, self.bits[row].tolist(), strict=True)
            if bits & int(CHECKED_BIT)
        }
        return findings or None

    def save(self, folder: Path) -> None:
        """Write the findings into the folder of a version."""
        names = np.array([*self.checks, *self.checks.values()])
        np.savez(folder / FINDINGS_FILE, names=names, bits=self.bits, scores=self.scores)

    def _having(self, bits: NDArray[np.uint32], finding: str) -> Mask:
        if finding == NONE:
            return np.asarray(bits == CHECKED_BIT)
        if finding not in self.bit:
            msg = f"No check is called {finding[:40]!r}; choose from {', '.join((*self.bit, NONE))}."
            raise QueryError(msg)
        return np.asarray((bits & np.uint32(1 << self.bit[finding])) != 0)

    def _columns(self, style: str) -> list[int]:
        others = {one for one in RELEASED_STYLES if one != style} if style in RELEASED_STYLES else set()
        return [column for column, kind in enumerate(KINDS) if kind not in others]


def load_findings(folder: Path) -> AuditFindings | None:
    """Return the findings of a version; None before an audit.

    Raises:
        OSError, ValueError, KeyError: If the file is damaged.
    """
    if not (folder / FINDINGS_FILE).exists():
        return None
    arrays = read_arrays(folder / FINDINGS_FILE)
    names = arrays["names"].tolist()
    half = len(names) // 2
    return AuditFindings(
        MappingProxyType(dict(zip(names[:half], names[half:], strict=True))), arrays["bits"], arrays["scores"]
    )
