"""A small simulated release and its catalog, for a first start without network: built once, kept in the cache."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.catalog.build import build
from chatearthnet_explorer.catalog.schema import SCHEMA
from chatearthnet_explorer.catalog.table import Catalog, open_catalog
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.simulated_release import write_release
from chatearthnet_explorer.sources.release import Release, open_release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECORDS, IMAGES = 2000, 48
"""Pairs of the sample, and those that have a picture: each picture takes a tenth of a second to make."""

_WRITING = 0.8  # share of the time that goes into the release


class Sample(NamedTuple):
    """What a browser needs."""

    catalog: Catalog
    """Of all pairs; it says that it is simulated."""

    release: Release
    """Its pictures."""


def open_sample(
    *,
    settings: Settings | None = None,
    progress: Callable[[float], None] = lambda _share: None,
    records: int = RECORDS,
    images: int = IMAGES,
) -> Sample:
    """Return the sample; the first time it is built, which takes some seconds and no network.

    Args:
        settings: Where the cache is; None for what the environment says.
        progress: Told the share of the building that is done, 0 once and then more up to 1; never called where there is
            nothing to build.
        records: Pairs it has.
        images: Pairs of it that have a picture.

    Raises:
        CatalogError: If it cannot be written.
    """
    cache = (settings or Settings()).cache
    folder = cache / f"sample-{SCHEMA}-{records}-{images}"
    if not folder.is_dir():
        _build(folder, records, images, progress)
    return Sample(open_catalog(folder / "catalog"), open_release(folder / "release", settings=settings))


def _build(folder: Path, records: int, images: int, progress: Callable[[float], None]) -> None:
    """Build aside, so that the sample is there whole or not at all, and two who build do not meet."""
    aside = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        progress(0.0)
        write_release(
            aside / "release",
            records=records,
            images=images,
            progress=lambda done, total: progress(_WRITING * done / total),
        )
        progress(_WRITING)
        build(open_release(aside / "release"), aside / "catalog", processes=1).close()
        progress(1.0)
        try:
            aside.rename(folder)
        except OSError:
            if not folder.is_dir():  # somebody else's is as good
                raise
    except OSError as error:
        msg = f"The sample cannot be written to {folder.parent} ({error.strerror}); set CHATEARTHNET_CACHE elsewhere."
        raise CatalogError(msg) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
