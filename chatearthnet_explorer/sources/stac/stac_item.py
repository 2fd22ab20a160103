"""Parse a STAC item of Sentinel-2: check every field, and use the same names for all APIs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import SceneError
from chatearthnet_explorer.sources.stac.asset_address import NoAddressError, asset_address, item_base
from chatearthnet_explorer.sources.stac.footprint import rings_of, rings_of_bbox
from chatearthnet_explorer.sources.stac.reflectance import FIRST_BASELINE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

_COLOUR_BANDS = {"B02": "blue", "B03": "green", "B04": "red", "B05": "rededge1", "B06": "rededge2", "B07": "rededge3"}
_INFRARED_BANDS = {"B08": "nir", "B11": "swir16", "B12": "swir22"}
ASSETS: Mapping[str, tuple[str, ...]] = {
    "visual": ("visual", "tci_10m", "tci", "tci_20m", "tci_60m"),
    "SCL": ("scl", "scl_20m", "scl_60m"),
    **{
        name: (name.lower(), *(f"{name.lower()}_{metres}m" for metres in (10, 20, 60)), colour)
        for name, colour in (_COLOUR_BANDS | _INFRARED_BANDS).items()
    },
}
"""The assets, and their keys in catalogues, in lower case: Planetary Computer by band, Copernicus Data Space by
band and resolution (the finest first), Earth Search by colour."""

VISIBLE = ("B04", "B03", "B02")
"""Red, green and blue, which make the true colour if a catalogue has no file of it."""

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}", re.ASCII)
"""Characters of an item's identifier; all of Sentinel-2's match."""

_NO_ITEM = "an invalid item"
_NO_NAME = "an invalid identifier"
_NO_TIME = "no time"
_NO_OUTLINE = "no outline"
_NO_COLOUR = "no true colour, nor the three bands that make it"
_BASELINE = re.compile(r"\d\d\.\d\d", re.ASCII)
_BASELINE_IN_NAME = re.compile(r"_N(\d\d)(\d\d)_", re.ASCII)
_GRID = re.compile(r"(?:^|[-_T])(\d{1,2}[C-X][A-Z]{2})(?:_|$)", re.ASCII)


class UnusableItemError(SceneError):
    """An item cannot be used for a chip; the text says what it has or lacks, as in "no time"."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page that lists items."""

    address: str = ""
    """Its own address, against which relative ones are resolved; empty if it has none."""

    local: bool = False
    """Whether it is from this computer or its network, so that its items may lead there."""


NO_PAGE = Page()


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file of an item."""

    href: str
    """Its http or https address."""

    scale: float | None = None
    """Reflectance per digital number, if the catalogue has it."""

    offset: float | None = None
    """Reflectance to add after scaling, if the catalogue has it."""


@dataclass(frozen=True, kw_only=True)
class StacItem:
    """One granule of Sentinel-2 Level-2A, with the metadata that we use."""

    catalogue: str
    """Address of its STAC API."""

    id: str
    """Its identifier there."""

    acquisition_time: datetime
    """When the satellite passed, in UTC."""

    platform: str
    """Satellite, such as ``sentinel-2a``; empty if unknown."""

    grid: str
    """Its MGRS tile, such as ``32TMT``; empty if unknown."""

    cloud_share: float | None
    """Cloud cover of the whole granule (0 to 1), from the metadata."""

    baseline: str | None
    """Processing baseline, such as ``05.00``."""

    offset_applied: bool | None
    """Whether the catalogue states that the offset of baseline 04.00 is applied; this is not always right."""

    version_key: str
    """Sort key of versions of one acquisition, oldest first: baseline, creation time, sequence, last update."""

    rings: tuple[NDArray[np.float64], ...]
    """Footprint, each ring (vertices, 2) of longitude and latitude in degrees."""

    assets: Mapping[str, Asset]
    """Files by their name in ``ASSETS``; those with an unusable address are left out."""

    local: bool = False
    """Whether its files may be on this computer or its network, because its catalogue is."""

    @property
    def radiometry(self) -> tuple[object, ...]:
        """Radiometry, which must be equal if two items are mosaicked."""
        bands = tuple((name, asset.scale, asset.offset) for name, asset in sorted(self.assets.items()))
        return (self.baseline or "") >= FIRST_BASELINE, self.offset_applied, bands


def stac_item(raw: object, *, catalogue: str, page: Page = NO_PAGE) -> StacItem:
    """Return an item, checked.

    Args:
        raw: One of the ``features`` of a response, untrusted.
        catalogue: Address of its STAC API.
        page: The page that lists it.

    Raises:
        UnusableItemError: If it cannot be used for a chip.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("properties"), dict):
        raise UnusableItemError(_NO_ITEM)
    properties: dict[str, Any] = raw["properties"]
    name = raw.get("id")
    if not isinstance(name, str) or not IDENTIFIER.fullmatch(name):
        raise UnusableItemError(_NO_NAME)
    # an item with a time range has no single time (STAC common metadata)
    acquisition_time = (
        _time(properties.get("datetime"))
        or _time(properties.get("start_datetime"))
        or _time(properties.get("end_datetime"))
    )
    if acquisition_time is None:
        raise UnusableItemError(_NO_TIME)
    rings = rings_of_bbox(raw.get("bbox")) if raw.get("geometry") is None else rings_of(raw["geometry"])
    if rings is None:
        raise UnusableItemError(_NO_OUTLINE)
    assets, troubles = _assets(raw.get("assets"), item_base(raw, page.address))
    if "visual" not in assets and not assets.keys() >= set(VISIBLE):
        raise UnusableItemError(next((troubles[key] for key in ("visual", *VISIBLE) if key in troubles), _NO_COLOUR))
    baseline = _baseline(properties, name)
    offset_applied = properties.get("earthsearch:boa_offset_applied")
    version_key = (
        baseline,
        properties.get("s2:generation_time"),
        properties.get("s2:sequence", properties.get("sentinel:sequence")),
    )
    return StacItem(
        catalogue=catalogue,
        id=name,
        acquisition_time=acquisition_time,
        platform=str(properties.get("platform", ""))[:40].lower(),
        grid=_grid(properties, name),
        cloud_share=_share(properties.get("eo:cloud_cover")),
        baseline=baseline,
        offset_applied=offset_applied if isinstance(offset_applied, bool) else None,
        version_key="|".join(str(part or "")[:40] for part in (*version_key, properties.get("updated"))),
        rings=rings,
        assets=assets,
        local=page.local,
    )


def _assets(raw: object, base: str) -> tuple[dict[str, Asset], dict[str, str]]:
    """Return the files that can be read, and why others cannot, by their names in ``ASSETS``."""
    assets_by_key = {str(key).lower(): asset for key, asset in raw.items()} if isinstance(raw, dict) else {}
    assets: dict[str, Asset] = {}
    troubles: dict[str, str] = {}
    for name, aliases in ASSETS.items():
        for asset in (assets_by_key[alias] for alias in aliases if isinstance(assets_by_key.get(alias), dict)):
            try:
                href = asset_address(asset, base)
            except NoAddressError as error:
                troubles.setdefault(name, str(error))
                continue
            # STAC 1.0 keeps them in raster:bands, 1.1 in bands or on the asset itself
            bands = [asset.get("raster:bands"), asset.get("bands"), asset]
            properties = next((first for first in map(_first, bands) if {"scale", "raster:scale"} & first.keys()), {})
            assets[name] = Asset(
                href=href,
                scale=_number(properties.get("scale", properties.get("raster:scale"))),
                offset=_number(properties.get("offset", properties.get("raster:offset"))),
            )
            break
    return assets, troubles


def _first(bands: object) -> dict[str, Any]:
    band = bands[0] if isinstance(bands, list) and bands else bands
    return band if isinstance(band, dict) else {}


def _time(value: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(value))
        # a time without a zone is UTC: STAC requires RFC 3339
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e6:  # noqa: PLR2004 - no band
        return None
    return float(value) if math.isfinite(value) else None


def _share(percent: object) -> float | None:
    number = _number(percent)
    return None if number is None or not 0 <= number <= 100 else number / 100  # noqa: PLR2004 - a percentage


def _baseline(properties: dict[str, Any], name: str) -> str | None:
    for key in ("s2:processing_baseline", "processing:version"):
        if isinstance(properties.get(key), str) and _BASELINE.fullmatch(properties[key]):
            return str(properties[key])
    for text in (
        properties.get("s2:product_uri"),
        properties.get("sentinel:product_id"),
        properties.get("s2:granule_id"),
        name,
    ):
        match = _BASELINE_IN_NAME.search(text) if isinstance(text, str) else None
        if match:
            return ".".join(match.groups())
    return None


def _grid(properties: dict[str, Any], name: str) -> str:
    for text in (properties.get("grid:code"), properties.get("s2:mgrs_tile"), name):
        match = _GRID.search(text) if isinstance(text, str) else None
        if match:
            return match[1].zfill(5)
    return ""
