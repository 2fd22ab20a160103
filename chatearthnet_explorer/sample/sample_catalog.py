"""The sample catalog: 2,000 simulated pairs that come with the package, for a first start offline."""

from __future__ import annotations

import atexit
import json
import lzma
import secrets
import shutil
import tempfile
import threading
import zipfile
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.catalog_versions import POINTER
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.sample.on_demand_release import DrawnRelease
from chatearthnet_explorer.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ARCHIVE = files(__package__) / "data" / "sample.zip"
"""The catalog and the thumbnails of its ``first_query.BEST`` pairs, as ``docs/sample/build_sample.py`` writes them."""

THUMBNAILS = "thumbnails/"
"""Folder of that archive: small JPEGs by the name of their pair."""

_PATIENCE = 60.0  # seconds to wait for another process that unpacks, which takes less than one
_private = threading.Lock()


class Sample(NamedTuple):
    """The sample catalog and its images."""

    catalog: Catalog
    """Of all pairs; it says that it is simulated."""

    release: DrawnRelease
    """Their pictures: every pair has one, drawn when it is asked for."""


def open_sample(*, settings: Settings | None = None) -> Sample:
    """Return the sample; the first time it is unpacked into the cache, which takes a moment and no network.

    It may be called by several threads and programs at once. What lies in the cache is checked byte for byte, and
    replaced if it is damaged; where the cache cannot be written, the sample is unpacked for this program alone.

    Args:
        settings: Where the cache is; None for what the environment says.

    Raises:
        CatalogError: If this installation's copy is damaged, or there is no room for it anywhere.
    """
    version = _version()
    folder = (settings or Settings()).cache / f"sample-{version}"
    catalog = _intact(folder, version)
    if catalog is None:
        try:
            catalog = _unpacked_once(folder, version)
        except (OSError, NotImplementedError, ImportError):  # no room, a file system without locks, no filelock
            catalog = _unpacked_here(version)
    return Sample(catalog, DrawnRelease(name="the simulated sample", thumbnails=_thumbnails()))


def _unpacked_once(folder: Path, version: str) -> Catalog:
    """Unpack into the cache, one at a time, and aside, so that the sample is there whole or not at all."""
    from filelock import FileLock  # noqa: PLC0415 - only who unpacks needs it

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock"), timeout=_PATIENCE):
        catalog = _intact(folder, version)  # by another, meanwhile
        if catalog is not None:
            return catalog
        _clear(folder)
        aside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        try:
            _unpack(aside, version)
            if folder.exists():
                folder.rename(folder.with_name(f"{aside.name.removesuffix('.part')}-old.part"))
            aside.rename(folder)
        finally:
            _clear(folder)
        return open_catalog(folder)


def _clear(folder: Path) -> None:
    """Take away what is aside: the copy that was damaged, and what one left who was killed."""
    for left in folder.parent.glob(f".{folder.name}.*.part"):
        shutil.rmtree(left, ignore_errors=True)
        with suppress(OSError):
            left.unlink()


def _unpacked_here(version: str) -> Catalog:
    with _private:
        return open_catalog(_folder_here(version))


@cache
def _folder_here(version: str) -> Path:
    """Return a folder of this program alone with the sample in it; it is gone when the program ends."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="chatearthnet-sample-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _unpack(folder, version)
    except OSError as error:
        msg = (
            "The sample fits neither into the cache nor into the folder for temporary files "
            f"({error.strerror or 'the disk refused'}); free some room, or set CHATEARTHNET_CACHE elsewhere."
        )
        raise CatalogError(msg) from error
    return folder


def _unpack(folder: Path, version: str) -> None:
    with _archive() as archive:
        archive.extractall(folder, [name for name in archive.namelist() if not name.startswith(THUMBNAILS)])
    if _intact(folder, version) is None:
        raise CatalogError(_DAMAGE_MESSAGE)


def _intact(folder: Path, version: str) -> Catalog | None:
    """Return the catalog in a folder if it is whole; one that was enriched or audited has another version."""
    try:
        catalog = open_catalog(folder)
        if catalog.version == version:
            catalog.check()
    except (CatalogError, OSError):
        return None
    return catalog


@cache
def _version() -> str:
    with _archive() as archive:
        return str(json.loads(archive.read(POINTER))["version"])


@cache
def _thumbnails() -> Mapping[str, bytes]:
    with _archive() as archive:
        names = [name for name in archive.namelist() if name.startswith(THUMBNAILS)]
        return {name.removeprefix(THUMBNAILS).removesuffix(".jpg"): archive.read(name) for name in names}


@contextmanager
def _archive() -> Iterator[zipfile.ZipFile]:
    try:
        with ARCHIVE.open("rb") as file, zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, lzma.LZMAError, EOFError, ValueError, KeyError, FileNotFoundError) as error:
        raise CatalogError(_DAMAGE_MESSAGE) from error


_DAMAGE_MESSAGE = "The sample that comes with this package is damaged; install chatearthnet-explorer again."
