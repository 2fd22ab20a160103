"""Tiles: names, bounds and coordinates agree."""

import math
import random

import pytest

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.tile import LATITUDE_LIMIT, SIZE, Tile

# Places that released names show (DATASET.md): name, a longitude and latitude within about one tile-13 of it.
RELEASED_CHIPS = [
    ("3886_3141_patch00", -9.22, 38.64),  # Costa da Caparica
    ("1314_3172_patch11", -122.22, 37.6),  # San Francisco Bay
    ("4334_2404_patch00", 10.47, 59.44),  # Oslofjord
    ("2815_4942_patch00", -56.3, -34.9),  # Montevideo
]


@pytest.mark.parametrize(("name", "lon", "lat"), RELEASED_CHIPS)
def test_decodes_released_names_to_their_places(name: str, lon: float, lat: float) -> None:
    west, south, east, north = Tile.from_name(name + ".png").bounds
    assert west - 0.1 < lon < east + 0.1
    assert south - 0.1 < lat < north + 0.1


def test_patch_digits_of_a_name_are_row_and_column() -> None:
    top_right, bottom_left = Tile.from_name("10_20_patch01"), Tile.from_name("10_20_patch10")
    assert (top_right.x, top_right.y) == (21, 40)
    assert (bottom_left.x, bottom_left.y) == (20, 41)


def test_names_bounds_and_centres_lead_back_to_the_tile() -> None:
    draw = random.Random(1)
    for _ in range(500):
        tile = Tile(draw.randrange(2**14), draw.randrange(2**14))
        west, south, east, north = tile.bounds
        assert Tile.from_name(tile.name) == tile
        assert Tile.at(*tile.center) == tile
        lon, lat = draw.uniform(west, east), draw.uniform(south, north)
        assert Tile.at(lon, lat) == tile


def test_transform_maps_pixel_corners_to_the_bounds() -> None:
    tile = Tile(8500, 8176)
    a, b, c, d, e, f = tile.transform
    assert (b, d) == (0.0, 0.0)
    west, south, east, north = tile.bounds
    radius = 6_378_137.0
    assert c == pytest.approx(math.radians(west) * radius)
    assert c + SIZE * a == pytest.approx(math.radians(east) * radius)
    assert f == pytest.approx(math.asinh(math.tan(math.radians(north))) * radius)
    assert f + SIZE * e == pytest.approx(math.asinh(math.tan(math.radians(south))) * radius)
    assert a == pytest.approx(9.554628535647, abs=1e-9)


def test_siblings_are_the_four_chips_of_a_zoom_13_tile() -> None:
    tile = Tile.from_name("3886_3141_patch10")
    assert [one.name[-2:] for one in tile.siblings] == ["00", "01", "10", "11"]
    assert tile in tile.siblings
    assert [(one.x, one.y) for one in Tile(7773, 6283).siblings] == [
        (7772, 6282),
        (7773, 6282),
        (7772, 6283),
        (7773, 6283),
    ]


@pytest.mark.parametrize(("lon", "same"), [(190.0, -170.0), (-190.0, 170.0), (540.5, -179.5), (180.0, -180.0)])
def test_wraps_longitudes_outside_180(lon: float, same: float) -> None:
    assert Tile.at(lon, 10.0) == Tile.at(same, 10.0)


def test_limits_of_the_map_are_inside() -> None:
    assert Tile.at(-180.0, LATITUDE_LIMIT) == Tile(0, 0)
    assert Tile.at(179.9999999, -LATITUDE_LIMIT) == Tile(2**14 - 1, 2**14 - 1)


@pytest.mark.parametrize(
    ("lon", "lat", "message"),
    [(0, 85.06, "85.05"), (0, -90, "equator"), (0, math.nan, "nan"), (math.inf, 0, "two numbers")],
)
def test_refuses_places_outside_the_map(lon: float, lat: float, message: str) -> None:
    with pytest.raises(PlaceError, match=message):
        Tile.at(lon, lat)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a_b_patch00",
        "3886_3141_patch02",
        "9999_0_patch00",
        "3886_3141",
        "3886_3141_patch00.png.png",
        "\u0661_\u0662_patch00",
    ],
)
def test_refuses_names_of_another_form(name: str) -> None:
    with pytest.raises(PlaceError):
        Tile.from_name(name)


def test_shortens_hostile_names_in_messages() -> None:
    with pytest.raises(PlaceError) as error:
        Tile.from_name("x" * 1_000_000)
    assert len(str(error.value)) < 200
