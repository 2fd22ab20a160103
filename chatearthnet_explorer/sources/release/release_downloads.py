"""Open a release on the web: captions are downloaded, ZIPs are read in place."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ArchiveError, ReleaseError
from chatearthnet_explorer.net.addresses import below, public_address
from chatearthnet_explorer.net.downloads import download
from chatearthnet_explorer.net.http_errors import BusyError
from chatearthnet_explorer.record import ARCHIVES, SPLITS
from chatearthnet_explorer.sources.release.mirror import archive_addresses, caption_addresses
from chatearthnet_explorer.sources.release.release_location import CAPTIONS, STYLE_OF, ReleaseFiles
from chatearthnet_explorer.sources.release.zenodo import file_addresses, files_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from chatearthnet_explorer.net.retries_and_timeouts import RequestLimits
    from chatearthnet_explorer.settings import Settings

    Progress = Callable[[int, int], None]


def fetch_captions(
    root: str, record: str | None, *, settings: Settings, limits: RequestLimits, progress: Progress
) -> ReleaseFiles:
    """Return the files of a release on the web, its captions fetched unless they are in the cache.

    Args:
        root: As ``release_location.locate_release`` takes it.
        record: Number of the Zenodo record; None for any other address.
        settings: Where Zenodo and its mirror are, and where to keep the JSON.
        limits: Limits of each request.
        progress: Called with the bytes received and the total of a file.

    Raises:
        ReleaseError: If the record is not ChatEarthNet's.
        ArchiveError: If the captions cannot be fetched.
    """
    folder = settings.cache / "release" / hashlib.sha256(root.partition("?")[0].encode()).hexdigest()[:16]
    fetch = partial(download, limits=limits, progress=progress)
    if record is None:
        return ReleaseFiles(
            name=public_address(root),
            captions=fetch(below(root, CAPTIONS), folder / CAPTIONS),
            archives={name: (below(root, f"{name}.zip"),) for name in ARCHIVES},
        )
    pictures = picture_files(record, settings=settings, limits=limits)
    name, archives = pictures.name, pictures.archives
    files = partial(ReleaseFiles, name=name, archives=archives, more_addresses=pictures.more_addresses)
    if (folder / CAPTIONS).exists():  # Zenodo counts requests, and a record never changes
        return files(captions=folder / CAPTIONS)
    try:
        list_of_files = files_of(record, base=settings.zenodo, limits=limits)
        if CAPTIONS not in list_of_files:
            msg = f"{name} has no {CAPTIONS}, so it is not ChatEarthNet's; check its number."
            raise ReleaseError(msg)
        archives |= {
            name: list_of_files[f"{name}.zip"].addresses for name in ARCHIVES if f"{name}.zip" in list_of_files
        }
        captions = list_of_files[CAPTIONS]
        return files(captions=_fetch_first(partial(fetch, md5=captions.md5), captions.addresses, folder / CAPTIONS))
    except ArchiveError as refusal:
        try:
            json_files = {
                (style, split): _fetch_first(fetch, caption_addresses(settings.mirror, name), folder / name)
                for short, style in STYLE_OF.items()
                for split in SPLITS
                for name in [f"mm_chatearthnet_caps_{short}_{split}.json"]
            }
        except ArchiveError as error:
            msg = f"{str(refusal).rstrip('.')}, and the mirror failed as well: {error}"
            raise (BusyError if isinstance(refusal, BusyError) else ArchiveError)(msg) from error
        mirror = public_address(settings.mirror)
        note = f"The captions come from the mirror {mirror}, since Zenodo did not return them ({refusal})"
        return files(json_files=json_files, notes=(note,))


def picture_files(record: str, *, settings: Settings, limits: RequestLimits) -> ReleaseFiles:
    """Return the files of a Zenodo record without its captions, without a request.

    Args:
        record: Number of the record.
        settings: Where Zenodo and its mirror are.
        limits: Limits of each request that reads a file later.
    """
    return ReleaseFiles(
        name=f"Zenodo record {record}",
        archives={name: file_addresses(record, f"{name}.zip", base=settings.zenodo) for name in ARCHIVES},
        more_addresses=lambda archive: archive_addresses(settings.mirror, f"{archive}.zip", limits=limits),
    )


def _fetch_first(fetch: Callable[[str, Path], Path], addresses: Sequence[str], path: Path) -> Path:
    """Return a file, fetched from the first address that works.

    Raises:
        ArchiveError: If none works; with the error of the first.
    """
    failures: list[ArchiveError] = []
    for address in addresses:
        try:
            return fetch(address, path)
        except ArchiveError as error:
            failures.append(error)
    raise failures[0]
