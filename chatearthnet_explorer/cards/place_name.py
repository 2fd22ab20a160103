"""The name of the place of a click, in the words that all views use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.provenance import coordinates

if TYPE_CHECKING:
    from chatearthnet_explorer.pipeline import Captioned

OPEN_SEA = "Open sea"
"""The name of a place that belongs to no country."""


def place_name(captioned: Captioned) -> str:
    """Return the name of a place: its country, or ``OPEN_SEA``."""
    return captioned.country.name if captioned.country else OPEN_SEA


def place_title(captioned: Captioned) -> str:
    """Return the name of a place with its coordinates: ``Portugal, 38.6400° N, 9.2300° W``."""
    return f"{place_name(captioned)}, {coordinates(captioned.lon, captioned.lat)}"
