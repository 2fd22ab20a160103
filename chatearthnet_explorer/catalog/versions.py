"""The folder of a catalog: versions that are there whole or not at all, and one writer at a time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.catalog.schema import SCHEMA
from chatearthnet_explorer.catalog.storage import Stored
from chatearthnet_explorer.errors import CatalogError, ExplorerError
from chatearthnet_explorer.files.input_paths import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POINTER = "catalog.json"
"""File that names the current version: replacing it is what makes a new version the catalog."""

LOCK, UNFINISHED = ".lock", ".unfinished"
"""Who writes holds the one, and works in the other."""

_DIGITS = 16
_LARGEST_POINTER = 1_000_000


def current(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of a catalog's current version, and what its pointer says.

    Raises:
        CatalogError: If there is none, or it is damaged or of another schema.
    """
    if why := unreadable(folder / POINTER, missing=True):
        msg = f"The catalog in {folder} cannot be read: {POINTER} {why}."
        raise CatalogError(msg)
    try:
        with (folder / POINTER).open("rb") as file:
            told = json.loads(file.read(_LARGEST_POINTER))
        schema, version = told["schema"], told["version"]
        known = isinstance(version, str) and len(version) == _DIGITS and version.isalnum()
    except FileNotFoundError:
        msg = f"There is no catalog in {folder}; build one with `catalog build RELEASE {folder}`."
        raise CatalogError(msg) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"The catalog in {folder} cannot be read; build it again."
        raise CatalogError(msg) from error
    if schema != SCHEMA:
        msg = f"The catalog in {folder} is of schema {str(schema)[:20]}, this program reads {SCHEMA}; build it again."
        raise CatalogError(msg)
    if not (known and (folder / version).is_dir()):
        msg = f"The catalog in {folder} lacks its files; build it again."
        raise CatalogError(msg)
    for path in (folder / version).rglob("*"):  # a hundred at most
        if not path.is_dir() and (why := unreadable(path)):
            msg = f"The catalog in {folder} cannot be read: {path.name} {why}."
            raise CatalogError(msg)
    _check_sizes(folder, version, told.get("files"))
    return folder / version, told


def check_bytes(folder: Path, version: str) -> None:
    """Read every file of a version, which is named by their bytes.

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
    """Find files that are missing or cut short, which is most of what goes wrong and takes no reading."""
    for name, size in sizes.items() if isinstance(sizes, dict) else ():  # older catalogs list none
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
def locked(folder: Path) -> Iterator[None]:
    """Keep others from writing the catalog in a folder, which is made if it is not there.

    Raises:
        CatalogError: If somebody else is writing, or the folder cannot be written.
    """
    try:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only writers need it
    except ImportError as error:
        msg = "Catalogs are written with filelock; install it with `pip install 'chatearthnet-explorer[catalog]'`."
        raise CatalogError(msg) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):  # locks out other threads, too: each call has a lock of its own
            yield
    except Timeout as error:
        msg = f"Another build, enrichment or audit is writing the catalog in {folder}; wait until it is done."
        raise CatalogError(msg) from error
    except NotImplementedError as error:
        msg = f"The disk of {folder} knows no locks, so no catalog can be written there; choose another folder."
        raise CatalogError(msg) from error
    except OSError as error:
        if isinstance(error, ExplorerError):
            raise
        why = error.strerror or "the disk refused"
        msg = f"The catalog in {folder} cannot be written ({why}); free some room there or choose another folder."
        raise CatalogError(msg) from error


@contextmanager
def new_version(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write the next version into, with ``report.json`` in it; then make it the catalog.

    To be used by the holder of the lock. What was written is read once before it takes its place; the version is named
    by the bytes of its files. Whatever is raised leaves the catalog as it was. The version before stays until the next
    one, for those who are reading it.

    Raises:
        CatalogError: If what was written cannot be read.
    """
    unfinished = folder / UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)  # left by one that died
    unfinished.mkdir()
    try:
        yield unfinished
        _check(folder, unfinished)
        _publish(folder, unfinished)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def successor(folder: Path, before: Path, *, replaced: set[str]) -> Iterator[Path]:
    """Give the next version as ``new_version`` does, with the files of the version before but for those replaced."""
    with new_version(folder) as version:
        for path in before.rglob("*"):
            target = version / path.relative_to(before)
            if path.is_dir():
                target.mkdir()
            elif path.name not in replaced:
                _link(path, target)
        yield version


def write_json(path: Path, told: dict[str, Any]) -> None:
    """Write what people may read, too."""
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _check(folder: Path, unfinished: Path) -> None:
    try:
        Stored(unfinished).check()
    except CatalogError as error:
        msg = f"What was written into {folder} cannot be read, so its catalog is as before; check the disk, try again."
        raise CatalogError(msg) from error


def _publish(folder: Path, unfinished: Path) -> None:
    version = _digest(unfinished)
    before = _named(folder)
    told = json.loads((unfinished / "report.json").read_text(encoding="utf-8"))
    sizes = {path.relative_to(unfinished).as_posix(): path.stat().st_size for path in _files(unfinished)}
    pointer = {
        "schema": SCHEMA,
        "version": version,
        **{key: told[key] for key in ("simulated", "rows", "enriched")},
        "files": sizes,
    }
    if (folder / version).exists() and _digest(folder / version) != version:  # it was damaged since
        shutil.rmtree(folder / version)
    if not (folder / version).exists():
        unfinished.rename(folder / version)
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
    """Give a file a second name: what stays the same takes no room."""
    try:
        os.link(path, target)
    except OSError:  # a file system without links
        shutil.copyfile(path, target)


def _named(folder: Path) -> str | None:
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
