"""The versions of a catalog in its folder: each is published as a whole, by one writer at a time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.catalog.catalog_files import CatalogFiles
from chatearthnet_explorer.catalog.schema import SCHEMA
from chatearthnet_explorer.errors import CatalogError, ExplorerError
from chatearthnet_explorer.files.input_paths import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POINTER = "catalog.json"
"""File that names the current version; replacing it publishes a new version."""

LOCK, WORK_FOLDER = ".lock", ".unfinished"
"""The lock file of the writer, and the folder that it works in."""

_DIGITS = 16
_LARGEST_POINTER = 1_000_000


def current(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of a catalog's current version, and the content of its pointer file.

    Raises:
        CatalogError: If there is none, or it is damaged or of another schema.
    """
    if why := unreadable(folder / POINTER, missing=True):
        msg = f"The catalog in {folder} cannot be read: {POINTER} {why}."
        raise CatalogError(msg)
    try:
        with (folder / POINTER).open("rb") as file:
            pointer = json.loads(file.read(_LARGEST_POINTER))
        schema, version = pointer["schema"], pointer["version"]
        is_valid = isinstance(version, str) and len(version) == _DIGITS and version.isalnum()
    except FileNotFoundError:
        msg = f"There is no catalog in {folder}; build one with `catalog build RELEASE {folder}`."
        raise CatalogError(msg) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"The catalog in {folder} cannot be read; build it again."
        raise CatalogError(msg) from error
    if schema != SCHEMA:
        msg = f"The catalog in {folder} has schema {str(schema)[:20]}, but this program reads {SCHEMA}; build it again."
        raise CatalogError(msg)
    if not (is_valid and (folder / version).is_dir()):
        msg = f"The catalog in {folder} lacks its files; build it again."
        raise CatalogError(msg)
    for path in (folder / version).rglob("*"):  # a hundred at most
        if not path.is_dir() and (why := unreadable(path)):
            msg = f"The catalog in {folder} cannot be read: {path.name} {why}."
            raise CatalogError(msg)
    _check_sizes(folder, version, pointer.get("files"))
    return folder / version, pointer


def check_bytes(folder: Path, version: str) -> None:
    """Compare a version, which is a digest of its files, with the files.

    Raises:
        CatalogError: If a byte differs, or a file cannot be read.
    """
    try:
        intact = _digest(folder / version) == version
    except OSError as error:
        msg = f"The catalog in {folder} cannot be read ({error.strerror or 'the disk refused'}); build it again."
        raise CatalogError(msg) from error
    if not intact:
        msg = f"The catalog in {folder} is damaged: its files are not those that were built; build it again."
        raise CatalogError(msg)


def _check_sizes(folder: Path, version: str, sizes: object) -> None:
    """Find missing and truncated files, which are most faults and can be found without reading."""
    for name, size in sizes.items() if isinstance(sizes, dict) else ():  # older catalogs have no sizes
        path = folder / version / name
        try:
            there = path.stat().st_size
        except OSError:
            there = -1
        if there != size:
            what = "is missing" if there < 0 else f"has {there:,} bytes instead of {size:,}"
            msg = f"The catalog in {folder} is damaged: {str(name)[:80]} {what}; build it again."
            raise CatalogError(msg)


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock the catalog in a folder for one writer; make the folder if it is missing.

    Raises:
        CatalogError: If another process is writing, or the folder cannot be written.
    """
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        msg = "Catalogs are written with filelock; install it with `pip install 'chatearthnet-explorer[catalog]'`."
        raise CatalogError(msg) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):  # locks out other threads, too: each call makes a new lock
            yield
    except Timeout as error:
        msg = f"Another build, enrichment or audit is writing the catalog in {folder}; wait until it is done."
        raise CatalogError(msg) from error
    except NotImplementedError as error:
        msg = f"The disk of {folder} does not support locks, so no catalog can be written there; choose another folder."
        raise CatalogError(msg) from error
    except OSError as error:
        if isinstance(error, ExplorerError):
            raise
        why = error.strerror or "the disk refused"
        msg = f"The catalog in {folder} cannot be written ({why}); free some space there or choose another folder."
        raise CatalogError(msg) from error


@contextmanager
def new_version(folder: Path) -> Iterator[Path]:
    """Yield an empty folder for the files of the next version, ``report.json`` among them; then publish it.

    The caller must hold the lock. The new files are read once before they are published; the name of the version is a
    digest of them. An error leaves the catalog unchanged. The version before stays until the next one, for its readers.

    Raises:
        CatalogError: If the new files cannot be read.
    """
    work = folder / WORK_FOLDER
    shutil.rmtree(work, ignore_errors=True)  # left by a writer that was killed
    work.mkdir()
    try:
        yield work
        _check(folder, work)
        _publish(folder, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def successor(folder: Path, before: Path, *, without: set[str]) -> Iterator[Path]:
    """Like ``new_version``, with the files of the version before, except those that are replaced."""
    with new_version(folder) as version:
        for path in before.rglob("*"):
            target = version / path.relative_to(before)
            if path.is_dir():
                target.mkdir()
            elif path.name not in without:
                _link(path, target)
        yield version


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that is easy to read."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _check(folder: Path, work: Path) -> None:
    try:
        CatalogFiles(work).check()
    except CatalogError as error:
        msg = f"The new files in {folder} cannot be read, so its catalog is unchanged; check the disk and try again."
        raise CatalogError(msg) from error


def _publish(folder: Path, work: Path) -> None:
    version = _digest(work)
    before = _current_version(folder)
    pointer = json.loads((work / "report.json").read_text(encoding="utf-8"))
    sizes = {path.relative_to(work).as_posix(): path.stat().st_size for path in _files(work)}
    pointer = {
        "schema": SCHEMA,
        "version": version,
        **{key: pointer[key] for key in ("simulated", "rows", "enriched")},
        "files": sizes,
    }
    if (folder / version).exists() and _digest(folder / version) != version:  # damaged after it was written
        shutil.rmtree(folder / version)
    if not (folder / version).exists():
        work.rename(folder / version)
    waiting = folder / f"{POINTER}.new"
    with waiting.open("w", encoding="utf-8") as file:
        json.dump(pointer, file)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(folder / POINTER)
    for old in folder.iterdir():
        if old.is_dir() and old.name not in {version, before} and len(old.name) == _DIGITS and old.name.isalnum():
            shutil.rmtree(old, ignore_errors=True)


def _link(path: Path, target: Path) -> None:
    """Give a file a second name: files that stay the same take no space."""
    try:
        os.link(path, target)
    except OSError:  # a file system without links
        shutil.copyfile(path, target)


def _current_version(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / POINTER).read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(folder: Path) -> str:
    """Return a digest of the names and bytes of all files."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:_DIGITS]
