"""The schema of the catalog's GeoParquet file: column names, types and order."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.catalog.bit_codes import KINDS, NAMES
from chatearthnet_explorer.record import ARCHIVES

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 2
"""Number of this layout; a catalog with another number must be built again."""

SUFFIX = MappingProxyType(dict(zip(RELEASED_STYLES, ("35", "4v"), strict=True)))
"""Ending of the columns of a style."""

MEMBER_COLUMN = MappingProxyType(dict(zip(ARCHIVES, ("member_rgb", "member_5_6_7", "member_8_11_12"), strict=True)))
"""Column with the byte range of the image in each archive."""

SHARE_COLUMN = MappingProxyType({name: f"share_{name.replace(' ', '_')}" for name in NAMES})
"""Column with the share of each class in the labels."""

FINDING_COLUMN = MappingProxyType({kind: f"findings_{SUFFIX.get(kind, kind)}" for kind in KINDS})
"""Column with the findings in each caption and in the picture."""

COUNTRY_COLUMN = MappingProxyType({"country": "name", "country_iso": "iso", "continent": "continent"})
"""Columns of the country, with the field of ``places.countries.Country``."""

PLACE_COLUMNS = MappingProxyType({
    "x": "USMALLINT", "y": "USMALLINT", "col": "USMALLINT", "row": "USMALLINT", "i": "UTINYINT", "j": "UTINYINT",
    "lon": "DOUBLE", "lat": "DOUBLE", "bbox": "STRUCT(xmin DOUBLE, ymin DOUBLE, xmax DOUBLE, ymax DOUBLE)",
})  # fmt: skip
"""Columns of the place: zoom-14 tile, the four numbers of the name, center and bounds in degrees."""

_CLAIMS = 'STRUCT("class" VARCHAR, part VARCHAR, size VARCHAR, leads BOOLEAN, negated BOOLEAN)[]'

CAPTION_COLUMNS = MappingProxyType(
    {
        f"{kind}_{suffix}": sort
        for suffix in SUFFIX.values()
        for kind, sort in (
            ("caption", "VARCHAR"),
            ("classes", "VARCHAR[]"),
            ("dominant", "VARCHAR"),
            ("claims", _CLAIMS),
        )
    }
)
"""Columns of the captions and of what they claim, by style."""

MEMBER_FIELDS = MappingProxyType({
    "offset": "UBIGINT", "packed": "UINTEGER", "size": "UINTEGER", "method": "UTINYINT", "crc": "UINTEGER",
})  # fmt: skip
"""Fields of a member of a ZIP beside its name, as in ``net.zip_directory.Member``."""

_MEMBER = f'STRUCT("name" VARCHAR, {", ".join(f"{name!r} {sort}" for name, sort in MEMBER_FIELDS.items())})'

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "name": "VARCHAR",
        **PLACE_COLUMNS,
        **CAPTION_COLUMNS,
        **{
            column: sort
            for suffix in SUFFIX.values()
            for column, sort in ((f"split_{suffix}", "VARCHAR"), (f"class_bits_{suffix}", "USMALLINT"))
        },
        **dict.fromkeys(COUNTRY_COLUMN, "VARCHAR"),
        "flags": "VARCHAR[]",
        **dict.fromkeys(MEMBER_COLUMN.values(), _MEMBER.replace("'", '"')),
        **dict.fromkeys(SHARE_COLUMN.values(), "FLOAT"),
        **dict.fromkeys(FINDING_COLUMN.values(), "VARCHAR[]"),
        "geometry": "BLOB",
    }
)
"""Every column with its type in DuckDB, in the order of the file."""
