"""The catalog of the released captions: fetched and built once in a person's data folder, and opened from there."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.catalog import build_catalog, open_catalog
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.files.data_folder import data_folder
from chatearthnet_explorer.net.rate_limits import report_waits
from chatearthnet_explorer.net.service_addresses import RECORD
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.release.release_reader import open_pictures, open_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.sources.release.release_reader import Release

    Progress = Callable[[str, float], None]

NAME = "zenodo"
"""What a command calls this catalog, instead of a folder."""

DOWNLOAD = 21_000_000
"""Bytes of the captions, as the Zenodo record lists them (``json_files.zip``)."""

DISK = 270_000_000
"""Bytes of the catalog that is built of them, as measured for docs/how-to/build-a-catalog.md."""

PAIRS = 163_488
"""Pairs of the release."""

_ENTRIES = 173_488  # PAIRS, 10,000 of them with a second caption
_PACKAGES = ("duckdb", "filelock", "urllib3")
_PATIENCE = 0.2  # seconds between two looks at the progress of another tab
_MEGABYTE = 1_000_000
# where each step of the work begins and ends, by the seconds that it takes with 2 processors and 20 Mbit/s
_SPANS = {"download": (0.0, 0.15), "entries": (0.15, 0.22), "captions": (0.22, 0.9), "files": (0.9, 1.0)}


class ReleasedCatalog(NamedTuple):
    """The released captions, and where their pictures are."""

    catalog: Catalog
    """Of all pairs."""

    release: Release
    """Reads single pictures from the ZIPs on Zenodo."""


class _Work:
    """The one fetch of this program: tabs that want the same catalog wait for it together."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.words, self.share = "", 0.0


_work = _Work()


def saved_catalog(*, settings: Settings | None = None) -> ReleasedCatalog | None:
    """Return the catalog that was fetched before, without a request; None if there is none that can be read.

    Args:
        settings: Where Zenodo is, for the pictures; None for what the environment says.
    """
    try:
        catalog = open_catalog(_folder())
    except (CatalogError, OSError):
        return None
    return ReleasedCatalog(catalog, open_pictures(RECORD, settings=settings))


def missing_packages() -> str:
    """Return what to install before the catalog can be fetched, in one sentence; empty if nothing is missing."""
    if all(find_spec(name) for name in _PACKAGES):
        return ""
    return (
        "To load the real captions, install what builds their index: `pip install 'chatearthnet-explorer[data]'`, "
        "then start this program again."
    )


def fetch_catalog(
    progress: Progress = lambda _words, _share: None, *, settings: Settings | None = None
) -> ReleasedCatalog:
    """Return the catalog of the released captions; the first time it is downloaded and built, which takes a minute.

    One thread does the work. Others that call meanwhile hear of its progress and get the same catalog. Where the
    caller's progress function raises ``Cancelled``, that caller leaves; a download that it began goes on from there
    the next time.

    Args:
        progress: Called with the step in words, and the share of the work that is done (0 to 1).
        settings: Where Zenodo, its mirror and the cache are; None for what the environment says.

    Raises:
        CatalogError: If packages are missing, the catalog cannot be written, or another program is writing it.
        ArchiveError: If the captions cannot be fetched.
        Cancelled: If ``progress`` raises it.
    """
    if why := missing_packages():
        raise CatalogError(why)
    settings = settings or Settings()
    with _turn(progress):
        ready = saved_catalog(settings=settings)
        return ready or _build(settings, progress)


@contextmanager
def _turn(progress: Progress) -> Iterator[None]:
    """Wait for the fetch of another thread, and tell its progress meanwhile."""
    while not _work.lock.acquire(timeout=_PATIENCE):
        progress(_work.words, _work.share)
    try:
        yield
    finally:
        _work.words, _work.share = "", 0.0
        _work.lock.release()


def _build(settings: Settings, progress: Progress) -> ReleasedCatalog:
    def report(words: str, share: float) -> None:
        _work.words, _work.share = words, share
        progress(words, share)

    def on_bytes(count: int, total: int) -> None:
        share = count / total if total else 0.0
        report(f"Downloading the captions: {_megabytes(count)} of {_megabytes(total)} MB", _part("download", share))

    def on_step(step: str, count: int, total: int) -> None:
        words = {
            "entries": f"Reading the captions: {count:,}",
            "captions": f"Looking for land cover in the captions: {count:,} of {total:,}",
            "files": "Writing the index",
        }[step]
        report(words, _part(step, count / (total or _ENTRIES)))

    with report_waits(lambda sentence: report(sentence.rstrip("."), _work.share)):
        report("Looking for the captions on Zenodo", 0.0)
        release = open_release(f"zenodo:{RECORD}", settings=settings, progress=on_bytes)
        catalog = build_catalog(release, _folder(), progress=on_step)
    return ReleasedCatalog(catalog, release)


def _folder() -> Path:
    return data_folder("catalogs", f"zenodo-{RECORD}")


def _part(step: str, share: float) -> float:
    start, end = _SPANS[step]
    return start + (end - start) * min(max(share, 0.0), 1.0)


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:.0f}" if count >= 10 * _MEGABYTE else f"{count / _MEGABYTE:.1f}"
