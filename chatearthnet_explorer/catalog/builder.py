"""A release in, a catalog out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog import member_table, parquet
from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.claims_worker import GROUP, part_of, readers
from chatearthnet_explorer.catalog.numeric_columns import centers
from chatearthnet_explorer.catalog.postings import merge
from chatearthnet_explorer.catalog.schema import FLAG_BIT, MEMBER_COLUMN, NOWHERE, SUFFIX
from chatearthnet_explorer.catalog.staging import ROWS, TEXTS, Pairs, Staged, stage
from chatearthnet_explorer.catalog.storage import PACKED
from chatearthnet_explorer.catalog.versions import locked, new_version, write_json
from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.places import countries
from chatearthnet_explorer.record import ARCHIVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory

STEPS = ("entries", "captions", "files")
"""What a build goes through; progress counts each by itself."""

Numbers = dict[str, "NDArray[Any]"]


def build(
    release: Pairs,
    folder: str | Path,
    *,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
    processes: int | None = None,
) -> Catalog:
    """Build the catalog of a release and return it; the catalog that was in the folder is replaced when all is done.

    The same release gives the same bytes. Broken entries are left out and listed in the catalog's report.

    Args:
        release: Whatever gives entries and the directories of its ZIPs, such as ``sources.release.open_release``.
        folder: Where the catalog is to be.
        progress: Told the step (one of ``STEPS``), how much of it is done, and of how much; 0 of an unknown total.
        processes: How many read captions; None for as many as there are processors.

    Raises:
        CatalogError: If there is no whole entry at all, somebody else is writing there, or it cannot be written.
    """
    folder = Path(folder)
    with locked(folder), new_version(folder) as version:
        work = version / "work"
        work.mkdir()
        staged = stage(release, work, progress=lambda count: progress("entries", count, 0))
        rows = read_arrays(work / ROWS)
        with readers(work, staged.rows, processes=processes) as wait:
            # two things that the captions do not wait for
            directories, notes = _directories(release)
            found, folders = member_table.look_up(_names(work, rows), staged.rows, directories)
            country = _countries(rows)
            blocks = wait(lambda count: progress("captions", count, staged.rows))
        country_table = (countries.Country("", "", ""), *countries.countries())
        numbers: Numbers = {
            "x": rows["x"].astype(np.uint16),
            "y": rows["y"].astype(np.uint16),
            "country": country,
            "flags": _flags(rows, found, pictures="s2_rgb_images" in directories),
            "split_35": rows["split_35"].astype(np.uint8),
            "split_4v": rows["split_4v"].astype(np.uint8),
        }
        parts = [part_of(work, block) for block in range(blocks)]
        steps = 3 + len(SUFFIX)
        progress("files", 0, steps)
        sizes = _joined([part.packed for part in parts], version / PACKED, [part.columns for part in parts], numbers)
        np.savez(version / "columns.npz", sizes=sizes, **numbers)  # type: ignore[arg-type]
        np.savez(version / "members.npz", **found)  # type: ignore[arg-type]
        progress("files", 1, steps)
        for done, style in enumerate(SUFFIX, start=2):
            merge([part.words[style] for part in parts], version / "words" / style)
            progress("files", done, steps)
        told = {
            "countries": [[one.name, one.iso, one.continent] for one in country_table],
            "folders": folders,
            "group": GROUP,
        }
        write_json(version / "tables.json", told)
        for_parquet = found | {name: numbers[name] for name in ("country", "flags", "split_35", "split_4v")}
        for_parquet |= {f"class_bits_{suffix}": numbers[f"classes_{suffix}"] for suffix in SUFFIX.values()}
        parquet.write(
            [part.lines for part in parts],
            version / parquet.PAIRS,
            columns=for_parquet,
            countries=country_table,
            folders=folders,
            simulated=release.simulated,
        )
        progress("files", steps - 1, steps)
        write_json(version / "report.json", _report(release, staged, notes, numbers))
        shutil.rmtree(work)
        progress("files", steps, steps)
    return open_catalog(folder)


def _directories(release: Pairs) -> tuple[dict[str, Directory], list[str]]:
    """Return what is in each ZIP that can be read, and why others cannot."""
    found, notes = {}, []
    for archive in ARCHIVES:
        try:
            directory = release.directory(archive)
        except ArchiveError as error:
            notes.append(str(error))
            continue
        if directory is not None:
            found[archive] = directory
    return found, notes


def _names(work: Path, rows: Numbers) -> Iterator[str]:
    with (work / TEXTS).open("rb") as texts:
        for at, size in zip(rows["name_at"].tolist(), rows["name_size"].tolist(), strict=True):
            texts.seek(at)
            yield texts.read(size).decode()


def _countries(rows: Numbers) -> NDArray[np.uint16]:
    """Return the position of each pair's country, counted from 1; 0 for none."""
    country = np.zeros(len(rows["x"]), np.uint16)
    placed = rows["x"] != NOWHERE
    lon, lat = centers(rows["x"][placed], rows["y"][placed])
    country[placed] = countries.countries_at(lon, lat) + 1
    return country


def _flags(rows: Numbers, found: Numbers, *, pictures: bool) -> NDArray[np.uint8]:
    flags = rows["flags"].astype(np.uint8)
    if pictures:
        picture = MEMBER_COLUMN["s2_rgb_images"]
        there = found[f"{picture}_size"] > 0
        flags[~there] |= 1 << FLAG_BIT["no picture"]
        flags[there & (found[f"{picture}_packed"] <= member_table.BLANK_BYTES)] |= 1 << FLAG_BIT["blank"]
    return flags


def _joined(packed: list[Path], path: Path, columns: list[Path], numbers: Numbers) -> NDArray[np.uint32]:
    """Write the packed rows one after the other; add the masks of classes to the numbers; return the groups' bytes."""
    with path.open("wb") as file:
        for part in packed:
            with part.open("rb") as content:
                shutil.copyfileobj(content, file)
        os.fsync(file.fileno())
    stored = [read_arrays(part) for part in columns]
    for kind, sort in (("classes", np.uint16), ("parts", np.uint64)):
        for suffix in SUFFIX.values():
            numbers[f"{kind}_{suffix}"] = np.concatenate([one[f"{kind}_{suffix}"] for one in stored]).astype(sort)
    sizes: NDArray[np.uint32] = np.concatenate([one["sizes"] for one in stored])
    return sizes


def _report(release: Pairs, staged: Staged, notes: list[str], numbers: Numbers) -> dict[str, Any]:
    return {
        "release": release.name,
        "simulated": release.simulated,
        "rows": staged.rows,
        "placed": int(np.count_nonzero(numbers["x"] != NOWHERE)),
        "captions": {style: int(np.count_nonzero(numbers[f"split_{suffix}"])) for style, suffix in SUFFIX.items()},
        "entries": staged.entries,
        "left_out": staged.left_out,
        "broken": [one._asdict() for one in staged.broken],
        "flags": {flag: int(np.count_nonzero(numbers["flags"] >> bit & 1)) for flag, bit in FLAG_BIT.items()},
        "notes": [*getattr(release, "notes", ()), *notes],
        "enriched": 0,
        "audited": 0,
    }
