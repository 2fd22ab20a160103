"""The filter of an area with a name: a country or a continent, or a box around any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatearthnet_explorer.places.gazetteer import NamedPlace

_NO_PLACE: dict[str, Any] = {"bbox": None, "polygon": (), "continent": (), "country": ()}


def area_filter(area: NamedPlace) -> tuple[dict[str, Any], str]:
    """Return the fields of a query that list the pairs in an area, and a sentence that says so.

    Args:
        area: A place with a box.
    """
    if area.kind in {"country", "continent"}:
        return _NO_PLACE | {area.kind: (area.name,)}, f"Only pairs in {area.name} are listed."
    return _NO_PLACE | {"bbox": area.box}, f"Only pairs in a box around {area.name} are listed."
