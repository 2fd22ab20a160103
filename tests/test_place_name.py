"""The name of a place: its nearest town, and its country where the town does not say it."""

from __future__ import annotations

import pytest

from chatearthnet_explorer.cards.place_words import place_name, place_title
from chatearthnet_explorer.cards.steps import chip_steps, width_km
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.pipeline import Captioned
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.tile import Tile


def captioned(lon: float, lat: float) -> Captioned:
    chip = Chip(tile=Tile.at(lon, lat), source="test")
    return Captioned(lon=lon, lat=lat, country=country_at(lon, lat), chip=chip, prompt=None, caption=None)


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (11.58, 48.14, "near Munich, Germany"),
        (-63.15, -10.35, "50 km south of Ariquemes, Brazil"),
        (-30.0, 0.0, "Open sea"),
        (126.6, 72.6, "Russia"),
    ],
)
def test_name_is_that_of_the_nearest_town_unless_it_is_far(lon: float, lat: float, name: str) -> None:
    assert place_name(captioned(lon, lat)) == name


def test_country_is_first_where_the_town_lies_in_another() -> None:
    assert place_name(captioned(9.47, 47.12)) == "Switzerland, near Vaduz, Liechtenstein"  # left of the Rhine


def test_title_begins_with_a_capital_and_ends_with_the_coordinates() -> None:
    assert place_title(captioned(11.58, 48.14)) == "Near Munich, Germany, 48.1400° N, 11.5800° E"


def test_square_is_as_wide_as_the_tile_on_the_ground() -> None:
    # 9.5546 m a pixel at the equator, times the cosine of the latitude
    assert width_km(Tile.at(0, 0)) == pytest.approx(256 * 9.5546e-3, rel=1e-4)
    assert width_km(Tile.at(0, 60)) == pytest.approx(256 * 9.5546e-3 / 2, rel=1e-3)
    picture, _ = chip_steps(Chip(tile=Tile.at(11.58, 48.14), source="test"))
    assert "1.6 km wide" in picture.intro
