"""Suggested places for a first click, with a reason for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the user can choose by name."""

    name: str
    """Its name, with the country at the end."""

    lon: float
    """Degrees east."""

    lat: float
    """Degrees north."""

    why: str
    """A short description of the chip."""


PLACES: tuple[Place, ...] = (
    Place("São Tomé, São Tomé and Príncipe", 6.73, 0.336, "a small capital between the sea and the forest"),
    Place("Beemster, Netherlands", 4.92, 52.55, "a polder four centuries old: straight ditches, square fields"),
    Place("Rondônia, Brazil", -63.15, -10.35, "forest cut along roads, like the bones of a fish"),
    Place("Damietta, Egypt", 31.70, 31.36, "the Nile delta: crops to the edge of the water"),
    Place("Sundarbans, Bangladesh", 89.45, 21.95, "the largest mangrove forest, cut by tidal creeks"),
    Place("Manhattan, United States", -73.97, 40.78, "a park, straight-edged, in the densest of cities"),
    Place("Vatnajökull, Iceland", -16.95, 64.03, "where a glacier ends and bare gravel begins"),
    Place("Lena delta, Russia", 126.60, 72.60, "moss, wetland and a thousand lakes on frozen ground"),
    Place("Erg Chebbi, Morocco", -3.98, 31.15, "dunes: a single class from edge to edge"),
    Place("Valencia, Spain", -0.36, 39.36, "rice and orange fields that meet the suburbs"),
    Place("Punjab, India", 75.85, 30.90, "wheat in winter, rice in summer, a city in between"),
    Place("Serengeti, Tanzania", 34.83, -2.33, "grass and single trees, the hardest pair to tell apart"),
)
"""All are on land, and together they have every class of the legend."""
