"""The name of the place of a click, in the words that all views use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.places.gazetteer import nearest_town

if TYPE_CHECKING:
    from chatearthnet_explorer.places.countries import Country

OPEN_SEA = "Open sea"
"""The name of a place that belongs to no country."""

_FAR_KM = 300.0  # a town farther away is no help to find the place on a map


class HasPlace(Protocol):
    """A value with a place, such as what became of a click."""

    @property
    def lon(self) -> float:
        """Degrees east."""
        ...

    @property
    def lat(self) -> float:
        """Degrees north."""
        ...

    @property
    def country(self) -> Country | None:
        """The country; None on the open sea."""
        ...


def place_name(captioned: HasPlace) -> str:
    """Return the name of a place: ``near Munich, Germany``, ``50 km south of Ariquemes, Brazil`` or ``Open sea``.

    The country comes first where the town lies in another one, and stands alone where no town is within 300 km.
    """
    country = captioned.country.name if captioned.country else OPEN_SEA
    nearest = nearest_town(captioned.lon, captioned.lat)
    if nearest.km > _FAR_KM:
        return country
    return nearest.phrase if nearest.town.country == country else f"{country}, {nearest.phrase}"


def place_title(captioned: HasPlace) -> str:
    """Return the name of a place with its coordinates: ``near Munich, Germany, 48.1400° N, 11.5800° E``."""
    return f"{sentence_case(place_name(captioned))}, {coordinates(captioned.lon, captioned.lat)}"


def sentence_case(name: str) -> str:
    """Return a name as a sentence begins with it."""
    return f"{name[:1].upper()}{name[1:]}"
