"""Where chips come from: one-method protocol + open_source(name)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.tile import Tile

SOURCES = ("auto", "stac", "simulated")
"""Names that ``open_source`` knows; ``release`` is one too, and needs to be told where it is."""

YEARS = (2020, 2021)
"""Years that a WorldCover map was made of: 2020 is v100, which ChatEarthNet most likely used; 2021 is v200."""


class Source(Protocol):
    """Whatever gives the chip of a place."""

    name: str
    """Which source it is, as ``Chip.source`` says."""

    def chip_at(
        self, lon: float, lat: float, *, year: int = 2020, scene: str | None = None, bands: bool = False
    ) -> Chip:
        """Return the chip of the zoom-14 tile that holds a place.

        What cannot be had is left out and explained in ``Chip.missing``: labels do not wait for a scene, nor the
        other way round.

        Args:
            lon: Degrees east; wrapped beyond -180 to 180.
            lat: Degrees north, within 85.0511 of the equator.
            year: One of ``YEARS``: of the labels, and of the scene unless one is named.
            scene: Identifier of the scene to take; None for the least cloudy over the chip.
            bands: Whether to read the nine bands of ``chip.BANDS`` as well.

        Raises:
            PlaceError: If the place is not on the grid.
            SettingError: If the year is not one of ``YEARS``.
        """
        ...


def open_source(
    source: str | Source,
    *,
    settings: Settings | None = None,
    root: str | Path | None = None,
    locate: Callable[[Tile], Record | None] | None = None,
    labels: str | Source | None = None,
) -> Source:
    """Return a source by its name, or the one given.

    Args:
        source: One of ``SOURCES``, ``release``, or an object that has their method.
        settings: Where catalogues and the cache are; None for what the environment says.
        root: Where the release is, for ``release``: see ``sources.release.open_release``.
        locate: Returns the record of a tile, for ``release``; None to look for the tile's name in its ZIPs.
        labels: Source whose labels are shown with the chips of ``release``, which has none; None for no labels.

    Raises:
        SettingError: If there is no source of that name, or ``release`` comes without a root.
        SourceError: If there is no release at the root.
    """
    if not isinstance(source, str):
        return source
    settings = settings or Settings()
    # each is imported where it is chosen: stac brings heavy libraries that the others do without
    if source == "simulated":
        from chatearthnet_explorer.sources.simulated_chips import SimulatedSource  # noqa: PLC0415

        return SimulatedSource()
    if source == "stac":
        from chatearthnet_explorer.sources.stac.stac_source import StacSource  # noqa: PLC0415

        return StacSource(settings)
    if source == "auto":
        from chatearthnet_explorer.sources.auto_source import AutoSource  # noqa: PLC0415

        return AutoSource(settings)
    if source == "release":
        from chatearthnet_explorer.sources.release.release_source import ReleaseSource  # noqa: PLC0415
        from chatearthnet_explorer.sources.release.released_pairs import open_release  # noqa: PLC0415

        if root is None:
            msg = "The source 'release' needs a root: its folder, its address, or zenodo:11003436."
            raise SettingError(msg)
        release = open_release(root, settings=settings)
        if labels is None:
            return ReleaseSource(release, locate=locate)
        mapped = open_source(labels, settings=settings)
        found = ReleaseSource(release, locate=locate, labels=lambda tile, year: mapped.chip_at(*tile.center, year=year))
        found.options["labels"] = mapped.name
        return found
    msg = f"There is no source {source!r}; choose one of {', '.join(SOURCES)}, or release with its root."
    raise SettingError(msg)
