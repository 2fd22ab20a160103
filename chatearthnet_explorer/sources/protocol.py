"""The protocol ``Source``: one method that returns the chip of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, get_args

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip

Year = Literal[2020, 2021]
"""Years with a WorldCover map: 2020 is v100, which ChatEarthNet most likely used; 2021 is v200."""

YEARS: tuple[Year, ...] = get_args(Year)
"""The years, the default first."""


class Source(Protocol):
    """An object that returns the chip of a place."""

    name: str
    """Name of the source, which ``Chip.source`` repeats unless the chip is from another source."""

    # A source may also have ``options``: keywords that ``open_source`` needs to open the same one again; and
    # ``scenes_at(lon, lat, year=...)``: returns the ``SceneInfo`` of the scenes that a person may choose from.

    def chip_at(
        self, lon: float, lat: float, *, year: Year = 2020, scene: str | None = None, bands: bool = False
    ) -> Chip:
        """Return the chip of the zoom-14 tile that contains a place.

        Missing parts are left out and explained in ``Chip.missing``: labels do not wait for a scene, and a
        scene does not wait for labels.

        Args:
            lon: Degrees east; wrapped beyond -180 to 180.
            lat: Degrees north, within 85.0511 of the equator.
            year: One of ``YEARS``: of the labels, and of the scene unless one is named.
            scene: Identifier of the scene; None for the one with the least cloud over the chip.
            bands: Whether to read the nine bands of ``chip.BANDS`` as well.

        Raises:
            PlaceError: If the place is not on the grid.
            SettingError: If the year is not one of ``YEARS``.
        """
        ...
