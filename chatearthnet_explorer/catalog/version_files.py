"""Write the files of a catalog's version from its pairs as numbers and the captions that were read."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog import geoparquet
from chatearthnet_explorer.catalog.catalog_files import ROWS_FILE
from chatearthnet_explorer.catalog.catalog_versions import write_json
from chatearthnet_explorer.catalog.claims_worker import GROUP, part_of
from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.catalog.schema import SUFFIX
from chatearthnet_explorer.catalog.word_index import merge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.places.countries import Country

Numbers = dict[str, "NDArray[Any]"]

STEPS = 2 + len(SUFFIX)
"""Steps of ``write_files``, for its progress."""


def write_files(
    version: Path,
    work: Path,
    blocks: int,
    *,
    numbers: Numbers,
    members: Numbers,
    folders: Sequence[str],
    countries: Sequence[Country],
    simulated: bool,
    writer: str = "",
    progress: Callable[[int], None],
) -> None:
    """Write every file of a version but ``report.json``; the masks of classes are added to ``numbers``.

    Args:
        version: The folder of the new version.
        work: The folder with the blocks of captions that ``claims_worker`` read.
        blocks: Number of blocks.
        numbers: By column, shape (rows,): ``x``, ``y``, ``country``, ``flags``, ``split_35``, ``split_4v``.
        members: The members of every pair, see ``member_table.look_up``.
        folders: The folders of the members by position.
        countries: The countries by position; the first one means none.
        simulated: Whether the release is marked as simulated.
        writer: Who wrote the captions, if they are not those of the release.
        progress: Called with the number of ``STEPS`` that are done.

    Raises:
        CatalogError: If DuckDB is not installed, or a file cannot be written.
    """
    parts = [part_of(work, block) for block in range(blocks)]
    progress(0)
    sizes = _join_parts([part.groups for part in parts], version / ROWS_FILE, [part.columns for part in parts], numbers)
    np.savez(version / "columns.npz", sizes=sizes, **numbers)  # type: ignore[arg-type]
    np.savez(version / "members.npz", **members)  # type: ignore[arg-type]
    progress(1)
    for step, style in enumerate(SUFFIX, start=2):
        merge([part.words[style] for part in parts], version / "words" / style)
        progress(step)
    tables = {
        "countries": [[one.name, one.iso, one.continent] for one in countries],
        "folders": list(folders),
        "group": GROUP,
    }
    write_json(version / "tables.json", tables)
    columns = members | {name: numbers[name] for name in ("country", "flags", "split_35", "split_4v")}
    columns |= {f"class_bits_{suffix}": numbers[f"classes_{suffix}"] for suffix in SUFFIX.values()}
    geoparquet.write(
        [part.lines for part in parts],
        version / geoparquet.PAIRS,
        columns=columns,
        countries=countries,
        folders=folders,
        simulated=simulated,
        writer=writer,
    )
    progress(STEPS)


def _join_parts(groups: list[Path], path: Path, columns: list[Path], numbers: Numbers) -> NDArray[np.uint32]:
    """Write the groups of rows one after the other, add the masks of classes to the numbers, return sizes of groups."""
    with path.open("wb") as file:
        for part in groups:
            with part.open("rb") as content:
                shutil.copyfileobj(content, file)
        os.fsync(file.fileno())
    parts = [read_arrays(part) for part in columns]
    for kind, sort in (("classes", np.uint16), ("parts", np.uint64)):
        for suffix in SUFFIX.values():
            numbers[f"{kind}_{suffix}"] = np.concatenate([one[f"{kind}_{suffix}"] for one in parts]).astype(sort)
    sizes: NDArray[np.uint32] = np.concatenate([one["sizes"] for one in parts])
    return sizes
