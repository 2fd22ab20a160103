"""Read released image-text pairs: captions from JSON, chips from members of ZIPs that are not downloaded."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.errors import ArchiveError, ReleaseError, SourceError
from chatearthnet_explorer.net.byte_ranges import ByteRanges, LocalFile, Span
from chatearthnet_explorer.net.retries_and_timeouts import RELEASE, RequestLimits
from chatearthnet_explorer.net.zip_members import LARGEST, read_directory, read_members
from chatearthnet_explorer.record import ARCHIVES, stem_of
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.release.chip_pngs import pixels_of
from chatearthnet_explorer.sources.release.json_entries import entries_of
from chatearthnet_explorer.sources.release.release_location import ReleaseFiles, locate_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory, Member

PICTURE = next(iter(ARCHIVES))
"""The archive of true-colour pictures."""


class Images(NamedTuple):
    """The pixels of a page of chips."""

    pixels: dict[str, NDArray[np.uint8]]
    """(256, 256, 3) uint8 by the requested name; the channels are the bands that ``ARCHIVES`` says."""

    missing: dict[str, str]
    """Why one could not be read, in one sentence, by the requested name."""


class Release:
    """One release: its captions, and its images by name."""

    batch = 1000
    """Batch size for reading images; large, since a batch shares a round trip."""

    thumbnails: Mapping[str, bytes] = MappingProxyType({})
    """Small JPEGs of the release by name, to show before an image is read."""

    def __init__(self, files: ReleaseFiles, *, limits: RequestLimits = RELEASE) -> None:
        """Prepare to read; a ZIP is opened when its first image is read.

        Args:
            files: Where its files are.
            limits: Limits of each request.
        """
        self.name = files.name
        self._notes = dict.fromkeys(files.notes)
        self.simulated = files.simulated
        self._files = files
        self._archives: dict[str, ByteRanges] = {
            name: LocalFile(place) if isinstance(place, Path) else _web_file(files, name, place, limits)
            for name, place in files.archives.items()
        }
        self._directories: dict[str, Directory] = {}
        self._lock = threading.Lock()

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on its files, one sentence each; notes on captions appear after these were read."""
        return tuple(self._notes)

    def entries(self, style: str, split: str) -> Iterator[Any]:
        """Yield the entries of one style and split as they were released; ``record.read_entry`` reads one.

        Raises:
            ReleaseError: If there is no such file, or it is truncated; then after the entries before.
        """
        with self._files.open_captions(style, split) as (file, name):
            yield from entries_of(file, name, self._notes.setdefault)

    def directory(self, archive: str) -> Directory | None:
        """Return the directory of a ZIP of images, read once; None if the images are unzipped or missing.

        Raises:
            ArchiveError: If it cannot be read.
        """
        file = self._archives.get(archive)
        if file is None or archive in self._files.folders:
            return None
        with self._lock:
            if archive not in self._directories:
                self._directories[archive] = read_directory(file)
            return self._directories[archive]

    def images(
        self, names: Iterable[str], *, archive: str = PICTURE, members: Mapping[str, Member] = MappingProxyType({})
    ) -> Images:
        """Return the pixels of chips, read in one concurrent round trip.

        Args:
            names: Names as released, with or without folder and ``.png``.
            archive: One of ``ARCHIVES``.
            members: Positions of their bytes by name, from a catalog; for others the ZIP's directory is read.
        """
        unique = list(dict.fromkeys(names))
        contents = self.contents(unique, archive=archive, members=members)
        pixels: dict[str, NDArray[np.uint8]] = {}
        missing: dict[str, str] = {}
        for name, content in zip(unique, contents, strict=True):
            try:
                if isinstance(content, SourceError):
                    raise content
                pixels[name] = pixels_of(content, name)
            except SourceError as error:
                missing[name] = str(error)
        return Images(pixels, missing)

    def bands(self, name: str, *, members: Mapping[str, Member] = MappingProxyType({})) -> dict[str, NDArray[np.uint8]]:
        """Return the six bands beside the picture, (256, 256) uint8 by name; ``chip_pngs.reflectance`` rescales them.

        Args:
            name: Name as released.
            members: Positions of its bytes, by archive.

        Raises:
            ReleaseError: If one cannot be read.
        """
        values: dict[str, NDArray[np.uint8]] = {}
        for archive, bands in ARCHIVES.items():
            if archive == PICTURE:
                continue
            images = self.images(
                [name], archive=archive, members={name: members[archive]} if archive in members else {}
            )
            if images.missing:
                raise ReleaseError(images.missing[name])
            values |= dict(zip(bands, np.moveaxis(images.pixels[name], 2, 0), strict=True))
        return values

    def contents(
        self, names: Sequence[str], *, archive: str = PICTURE, members: Mapping[str, Member] = MappingProxyType({})
    ) -> list[bytes | SourceError]:
        """Return the bytes, or the error, of each image file, in one round trip.

        Args:
            names: As ``images`` takes them, as the others.
            archive: One of ``ARCHIVES``.
            members: Positions of their bytes.
        """
        folder = self._files.folders.get(archive)
        if folder is not None:
            return [_from_folder(folder, name) for name in names]
        file = self._archives.get(archive)
        if file is None:
            return [ReleaseError(f"{self.name} has no {archive}.zip, so it has no such images; add that file.")] * len(
                names
            )
        try:
            places = [members.get(name) or self._member(archive, name) for name in names]
        except ArchiveError as error:
            return [error] * len(names)
        contents = iter(read_members(file, [place for place in places if place]))
        return [
            next(contents) if place else ReleaseError(f"{archive}.zip has no {_base(name)!r}; choose another chip.")
            for name, place in zip(names, places, strict=True)
        ]

    def _member(self, archive: str, name: str) -> Member | None:
        directory = self.directory(archive)
        return None if directory is None else directory.get(_base(name))


def open_release(
    root: str | Path,
    *,
    settings: Settings | None = None,
    patience: float = RELEASE.patience,
    progress: Callable[[int, int], None] = lambda _bytes, _total: None,
) -> Release:
    """Return the release at a root; its JSON is fetched unless it is on this computer.

    Args:
        root: A folder, with the ZIPs or unzipped; an address below which the ZIPs lie on a server that honours Range;
            or ``zenodo:11003436`` or that record's address.
        settings: Where Zenodo, its mirror and the cache are; None for the settings of the environment.
        patience: Seconds that a busy server may ask us to wait.
        progress: Called with the bytes received and the total of the JSON.

    Raises:
        ReleaseError: If there is no release at the root.
        ArchiveError: If it cannot be fetched.
    """
    limits = replace(RELEASE, patience=patience)
    files = locate_release(root, settings=settings or Settings(), limits=limits, progress=progress)
    return Release(files, limits=limits)


def open_pictures(record: str, *, settings: Settings | None = None) -> Release:
    """Return the release of a Zenodo record for its pictures alone, for whoever has its captions in a catalog.

    Nothing is requested before the first picture is read.

    Args:
        record: Number of the record.
        settings: Where Zenodo and its mirror are; None for the settings of the environment.
    """
    from chatearthnet_explorer.sources.release.release_downloads import picture_files

    return Release(picture_files(record, settings=settings or Settings(), limits=RELEASE), limits=RELEASE)


def _web_file(files: ReleaseFiles, name: str, addresses: tuple[str, ...], limits: RequestLimits) -> ByteRanges:
    from chatearthnet_explorer.net.web_file import WebFile

    return WebFile(*addresses, limits=limits, more_addresses=partial(files.more_addresses, name))


def _from_folder(folder: Path, name: str) -> bytes | SourceError:
    (content,) = LocalFile(folder / _base(name)).read([Span(0, LARGEST + 1)])
    if isinstance(content, bytes) and len(content) > LARGEST:
        return ReleaseError(f"{_base(name)!r} is larger than {LARGEST} bytes, so it is not a chip; use another copy.")
    return content


def _base(name: str) -> str:
    """Return the file's name without a folder, which may lead anywhere."""
    return f"{stem_of(name)}.png"
