"""Checks that need all pairs: duplicate pictures, and neighbours in different splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray


class RowFinding(NamedTuple):
    """A finding, with its row in the table of rows judged."""

    row: int
    """Which row."""

    finding: Finding
    """What is wrong with it."""


def find_across(captions: pa.Table) -> Iterator[RowFinding]:
    """Yield findings that compare rows with other rows.

    Args:
        captions: Every row judged, with at least the columns name, style, split, tile and digest.
    """
    digests = captions["digest"].combine_chunks()
    rows = np.flatnonzero(digests.is_valid().to_numpy(zero_copy_only=False))
    codes = digests.dictionary_encode().indices.take(rows).to_numpy(zero_copy_only=False)
    for group in _groups(codes, rows):
        first, second = (captions["name"][int(row)].as_py() for row in group[:2])
        for row in group.tolist():
            other = second if row == group[0] else first
            more = f" and {len(group) - 2} more" if len(group) > 2 else ""  # noqa: PLR2004 - itself and one other
            evidence = f"Its picture is byte for byte that of {other}{more}."
            yield RowFinding(row, Finding("same bytes", evidence, figure=len(group)))


def dataset_findings(captions: str | Path) -> list[str]:
    """Return problems of the dataset as a whole, one sentence each, from the judged rows of an audit.

    Args:
        captions: The file of an audit with its columns style, split and tile.

    Raises:
        OSError: If there is no such file.
    """
    import pyarrow.parquet as pq

    rows = pq.read_table(captions, columns=["style", "split", "tile"])
    tiles = rows["tile"].to_numpy()
    styles, splits = (rows[name].cast("string").to_numpy() for name in ("style", "split"))
    sentences = []
    for style in RELEASED_STYLES:
        selected = np.flatnonzero((styles == style) & (tiles >= 0) & (splits != ""))
        groups = _groups(tiles[selected], selected)
        apart = [group for group in groups if len(set(splits[group])) > 1]
        if apart:
            sentences.append(
                f"Tile in two splits: of {len(groups):,} map tiles with several captions of style {style}, "
                f"{len(apart):,} have them in several splits ({sum(map(len, apart)):,} of {len(selected):,} captions), "
                "so training may leak into tests."
            )
    return sentences


def _groups(keys: NDArray[np.integer], rows: NDArray[np.integer]) -> list[NDArray[np.integer]]:
    """Return the rows that share a key with others, each group by rising row, groups by their first row."""
    if not len(rows):
        return []
    order = np.argsort(keys, kind="stable")
    groups = np.split(rows[order], np.flatnonzero(np.diff(keys[order])) + 1)
    return sorted((group for group in groups if len(group) > 1), key=lambda group: int(group[0]))
