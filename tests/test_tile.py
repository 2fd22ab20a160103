"""A name is a place: names, tiles, bounds and coordinates agree."""

import math
import random

import pytest

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.tile import LATITUDE_LIMIT, SIZE, Tile

# Places that released names show (DATASET.md): name, a longitude and latitude within about one tile-13 of it.
KNOWN = [
    ("3886_3141_patch00", -9.22, 38.64),  # Costa da Caparica
    ("1314_3172_patch11", -122.22, 37.6),  # San Francisco Bay
    ("4334_2404_patch00", 10.47, 59.44),  # Oslofjord
    ("2815_4942_patch00", -56.3, -34.9),  # Montevideo
]


@pytest.mark.parametrize(("name", "lon", "lat"), KNOWN)
def test_released_names_decode_to_the_place_they_show(name: str, lon: float, lat: float) -> None:
    west, south, east, north = Tile.from_name(name + ".png").bounds
    assert west - 0.1 < lon < east + 0.1
    assert south - 0.1 < lat < north + 0.1


def test_row_comes_before_column_in_a_name() -> None:
    top_right, bottom_left = Tile.from_name("10_20_patch01"), Tile.from_name("10_20_patch10")
    assert (top_right.x, top_right.y) == (21, 40)
    assert (bottom_left.x, bottom_left.y) == (20, 41)


def test_name_tile_bounds_and_place_are_each_others_inverse() -> None:
    draw = random.Random(1)  # noqa: S311 - places, not secrets
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


def test_siblings_share_a_zoom_13_tile_in_the_order_of_the_names() -> None:
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
def test_longitudes_beyond_180_are_wrapped(lon: float, same: float) -> None:
    assert Tile.at(lon, 10.0) == Tile.at(same, 10.0)


def test_the_limits_of_the_map_are_on_it() -> None:
    assert Tile.at(-180.0, LATITUDE_LIMIT) == Tile(0, 0)
    assert Tile.at(179.9999999, -LATITUDE_LIMIT) == Tile(2**14 - 1, 2**14 - 1)


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [(0, 85.06, "85.05"), (0, -90, "equator"), (0, math.nan, "nan"), (math.inf, 0, "two numbers")],
)
def test_places_off_the_map_are_refused_in_one_sentence(lon: float, lat: float, said: str) -> None:
    with pytest.raises(PlaceError, match=said):
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
def test_a_name_that_does_not_parse_has_no_place(name: str) -> None:
    with pytest.raises(PlaceError):
        Tile.from_name(name)


def test_a_hostile_name_is_not_repeated_at_length() -> None:
    with pytest.raises(PlaceError) as caught:
        Tile.from_name("x" * 1_000_000)
    assert len(str(caught.value)) < 200
