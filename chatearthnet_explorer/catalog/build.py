"""Build the catalog of a release."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog import member_table
from chatearthnet_explorer.catalog.bit_codes import NOWHERE
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.catalog_versions import lock_folder, new_version, write_json
from chatearthnet_explorer.catalog.claims_worker import readers
from chatearthnet_explorer.catalog.column_arrays import centers
from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.catalog.pair_flags import FLAG_BIT
from chatearthnet_explorer.catalog.release_entries import ROWS, TEXTS, EntryReport, EntrySource, read_release
from chatearthnet_explorer.catalog.schema import MEMBER_COLUMN, SUFFIX
from chatearthnet_explorer.catalog.version_files import STEPS as STEPS_OF_FILES
from chatearthnet_explorer.catalog.version_files import write_files
from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.places import countries
from chatearthnet_explorer.record import ARCHIVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory

STEPS = ("entries", "captions", "files")
"""Steps of a build; progress counts each by itself."""

Numbers = dict[str, "NDArray[Any]"]


def build_catalog(
    release: EntrySource,
    folder: str | Path,
    *,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
    processes: int | None = None,
) -> Catalog:
    """Build the catalog of a release and return it; the catalog that was in the folder is replaced when all is done.

    The same release gives the same bytes. Entries that cannot be read are left out and listed in the catalog's report.

    Args:
        release: Gives the entries and the directories of the ZIPs; ``open_release`` of ``sources.release`` returns one.
        folder: Folder of the new catalog.
        progress: Called with the step (one of ``STEPS``), how much of it is done, and the total; 0 if that is unknown.
        processes: Number of processes that read captions; None for one per processor.

    Raises:
        CatalogError: If the release has no valid entry, another process is writing the catalog, or it cannot be
            written.
    """
    folder = Path(folder)
    with lock_folder(folder), new_version(folder) as version:
        work = version / "work"
        work.mkdir()
        entries = read_release(release, work, progress=lambda count: progress("entries", count, 0))
        rows = read_arrays(work / ROWS)
        with readers(work, entries.rows, processes=processes) as wait:
            # both run while other processes read the captions
            directories, notes = _directories(release)
            members, folders = member_table.look_up(_names(work, rows), entries.rows, directories)
            country = _countries(rows)
            blocks = wait(lambda count: progress("captions", count, entries.rows))
        country_table = (countries.Country("", "", ""), *countries.countries())
        numbers: Numbers = {
            "x": rows["x"].astype(np.uint16),
            "y": rows["y"].astype(np.uint16),
            "country": country,
            "flags": _flags(rows, members, pictures="s2_rgb_images" in directories),
            "split_35": rows["split_35"].astype(np.uint8),
            "split_4v": rows["split_4v"].astype(np.uint8),
        }
        steps = STEPS_OF_FILES + 1
        write_files(
            version,
            work,
            blocks,
            numbers=numbers,
            members=members,
            folders=folders,
            countries=country_table,
            simulated=release.simulated,
            progress=lambda count: progress("files", count, steps),
        )
        write_json(version / "report.json", _report(release, entries, notes, numbers))
        shutil.rmtree(work)
        progress("files", steps, steps)
    return open_catalog(folder)


def _directories(release: EntrySource) -> tuple[dict[str, Directory], list[str]]:
    """Return the directory of each ZIP that can be read, and why others cannot."""
    directories, notes = {}, []
    for archive in ARCHIVES:
        try:
            directory = release.directory(archive)
        except ArchiveError as error:
            notes.append(str(error))
            continue
        if directory is not None:
            directories[archive] = directory
    return directories, notes


def _names(work: Path, rows: Numbers) -> Iterator[str]:
    with (work / TEXTS).open("rb") as texts:
        for at, size in zip(rows["name_at"].tolist(), rows["name_size"].tolist(), strict=True):
            texts.seek(at)
            yield texts.read(size).decode()


def _countries(rows: Numbers) -> NDArray[np.uint16]:
    """Return the position of each pair's country, from 1; 0 for none."""
    country = np.zeros(len(rows["x"]), np.uint16)
    has_place = rows["x"] != NOWHERE
    lon, lat = centers(rows["x"][has_place], rows["y"][has_place])
    country[has_place] = countries.countries_at(lon, lat) + 1
    return country


def _flags(rows: Numbers, members: Numbers, *, pictures: bool) -> NDArray[np.uint8]:
    flags = rows["flags"].astype(np.uint8)
    if pictures:
        picture = MEMBER_COLUMN["s2_rgb_images"]
        there = members[f"{picture}_size"] > 0
        flags[~there] |= 1 << FLAG_BIT["no picture"]
        flags[there & (members[f"{picture}_packed"] <= member_table.BLANK_BYTES)] |= 1 << FLAG_BIT["blank"]
    return flags


def _report(release: EntrySource, entries: EntryReport, notes: list[str], numbers: Numbers) -> dict[str, Any]:
    return {
        "release": release.name,
        "simulated": release.simulated,
        "rows": entries.rows,
        "placed": int(np.count_nonzero(numbers["x"] != NOWHERE)),
        "captions": {style: int(np.count_nonzero(numbers[f"split_{suffix}"])) for style, suffix in SUFFIX.items()},
        "entries": entries.entries,
        "left_out": entries.left_out,
        "broken": [entry.to_dict() for entry in entries.bad_entries],
        "flags": {flag: int(np.count_nonzero(numbers["flags"] >> bit & 1)) for flag, bit in FLAG_BIT.items()},
        "notes": [*getattr(release, "notes", ()), *notes],
        "enriched": 0,
        "audited": 0,
    }
