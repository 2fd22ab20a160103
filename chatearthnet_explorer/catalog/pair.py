"""The value ``Pair``: a record with its country and the claims of its captions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.catalog.bit_codes import NAMES
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.catalog.schema import SUFFIX
from chatearthnet_explorer.record import SPLITS, Record, place_of
from chatearthnet_explorer.values import FrozenDict, Value, freeze

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.net.zip_directory import Member
    from chatearthnet_explorer.places.countries import Country


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Pair(Value):
    """One row of the catalog. Names and captions are hostile until a view escapes them."""

    row: int
    """Its position in the catalog, from 0."""

    record: Record
    """The released pair itself."""

    country: Country | None
    """Its country; None without a place and on the open sea."""

    flags: tuple[str, ...]
    """Its problems, of ``pair_flags.FLAGS``."""

    classes: Mapping[str, tuple[str, ...]]
    """Classes that each caption names, by style, in the order of their first mention."""

    dominant: Mapping[str, str | None]
    """The class that each caption calls dominant, by style."""

    claims: Mapping[str, tuple[Mapping[str, Any], ...]]
    """What each caption claims, by style: ``class``, ``part``, ``size``, ``leads``, ``negated``."""

    shares: Mapping[str, float] | None
    """Share (0 to 1) of each class in the labels, without background; None if it is unknown."""

    findings: Mapping[str, tuple[str, ...]] | None
    """Checks that found something, by the ``bit_codes.KINDS`` that were checked; None before an audit."""

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for name in ("classes", "dominant", "claims", "shares", "findings"):
            value = getattr(self, name)
            if type(value) is not FrozenDict:
                object.__setattr__(self, name, freeze(value))

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON. ``split`` is the split of the 3.5 caption if there is one."""
        record = self.record
        lon, lat = record.tile.center if record.tile else (None, None)
        names = {name for classes in self.classes.values() for name in classes}
        return {
            "name": record.name,
            "lon": lon,
            "lat": lat,
            "bbox": list(record.tile.bounds) if record.tile else None,
            "country": self.country.name if self.country else None,
            "country_iso": self.country.iso if self.country else None,
            "continent": self.country.continent if self.country else None,
            "split": next(iter(record.splits.values())),
            "splits": dict(record.splits),
            "captions": dict(record.captions),
            "classes": [name for name in NAMES if name in names],
            "classes_by_style": {style: list(classes) for style, classes in self.classes.items()},
            "dominant": dict(self.dominant),
            "flags": list(self.flags),
            "findings": None if self.findings is None else {kind: list(one) for kind, one in self.findings.items()},
            "shares": None if self.shares is None else dict(self.shares),
        }


def pair_of(
    row: int,
    fields: dict[str, Any],
    *,
    splits: dict[str, int],
    flags: int,
    country: Country | None,
    members: dict[str, Member],
    findings: dict[str, tuple[str, ...]] | None,
    shares: list[float] | None,
) -> Pair:
    """Return the pair of a line of the catalog and the numbers of its row."""
    styles = [style for style, suffix in SUFFIX.items() if fields[f"caption_{suffix}"] is not None]
    of = {kind: {style: fields[f"{kind}_{SUFFIX[style]}"] for style in styles} for kind in _KINDS}
    return Pair(
        row=row,
        record=Record(
            name=fields["name"],
            captions=FrozenDict.wrap(of["caption"]),
            splits=FrozenDict.wrap({style: SPLITS[splits[style] - 1] for style in styles}),
            members=FrozenDict.wrap(members),
            tile=place_of(fields["name"]),
        ),
        country=country,
        flags=tuple(flag for bit, flag in enumerate(FLAGS) if flags >> bit & 1),
        classes=FrozenDict.wrap({style: tuple(classes) for style, classes in of["classes"].items()}),
        dominant=FrozenDict.wrap(of["dominant"]),
        claims=FrozenDict.wrap({style: tuple(map(FrozenDict.wrap, claims)) for style, claims in of["claims"].items()}),
        findings=findings,
        shares=None if shares is None else FrozenDict.wrap(dict(zip(NAMES, shares, strict=True))),
    )


_KINDS = ("caption", "classes", "dominant", "claims")
