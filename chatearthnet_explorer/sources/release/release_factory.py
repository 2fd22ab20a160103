"""Create the source of released chips from the keywords of ``sources.open_source``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.sources.release.release_source import ReleaseSource
from chatearthnet_explorer.sources.release.released_pairs import open_release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.settings import Settings
    from chatearthnet_explorer.sources.protocol import Source
    from chatearthnet_explorer.tile import Tile


def open_release_source(
    *,
    settings: Settings,
    root: str | Path | None,
    locate: Callable[[Tile], Record | None] | None = None,
    labels: Source | None = None,
) -> ReleaseSource:
    """Return the source of the release at a root; see ``sources.open_source`` for the arguments.

    Raises:
        SettingError: If there is no root.
        SourceError: If there is no release at the root.
    """
    if root is None:
        msg = "The source 'release' needs a root: its folder, its address, or zenodo:11003436."
        raise SettingError(msg)
    release = open_release(root, settings=settings)
    if labels is None:
        return ReleaseSource(release, locate=locate)
    source = ReleaseSource(release, locate=locate, labels=lambda tile, year: labels.chip_at(*tile.center, year=year))
    source.options["labels"] = labels.name
    return source
