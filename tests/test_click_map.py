"""Clicks, names and numbers become one place; a chip is drawn where it lies, on the copy of the world one looks at."""

import pytest
from rig.map_click import click

from chatearthnet_explorer.places.countries import coast_distance, country_at
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.explore.click_map import ClickMap


@pytest.fixture
def click_map() -> ClickMap:
    return ClickMap()


def test_click_sets_the_place(click_map: ClickMap) -> None:
    click(click_map, 6.73, 0.336)
    assert click_map.lonlat == (6.73, 0.336)


@pytest.mark.parametrize(("lon", "expected_lon"), [(366.73, 6.73), (-353.27, 6.73), (180.0, -180.0), (-180.0, -180.0)])
def test_a_click_on_another_copy_of_the_world_is_the_same_place(
    click_map: ClickMap, lon: float, expected_lon: float
) -> None:
    click(click_map, lon, 0.336)
    assert click_map.lonlat == pytest.approx((expected_lon, 0.336))


def test_the_chip_is_drawn_on_the_copy_that_was_clicked(click_map: ClickMap) -> None:
    click(click_map, 366.73, 0.336)
    click_map.chip = open_source("simulated").chip_at(6.73, 0.336)
    west, south, east, north = Tile.at(6.73, 0.336).bounds
    (low, left), (high, right) = click_map._image.bounds
    assert (left, low, right, high) == pytest.approx((west + 360, south, east + 360, north))
    assert [place[1] > 360 for place in click_map._square.locations] == [True] * 4


def test_the_dot_gives_way_to_the_chip_from_near(click_map: ClickMap) -> None:
    click_map.go(6.73, 0.336)
    click_map.chip = open_source("simulated").chip_at(6.73, 0.336)
    assert click_map._dot.fill
    click_map.show_chip()
    assert click_map.map.zoom > 10
    assert not click_map._dot.fill


def test_clicking_the_same_place_twice_sets_it_twice(click_map: ClickMap) -> None:
    places = []
    click_map.observe(lambda change: places.append(change["new"]), "lonlat")
    click(click_map, 6.73, 0.336)
    click(click_map, 6.73, 0.336)
    assert [place for place in places if place] == [(6.73, 0.336)] * 2


@pytest.mark.parametrize("coordinates", [[0.3], ["0", "1"], None, [float("nan"), 1.0], [1.0, float("inf")]])
def test_ignores_invalid_click_events(click_map: ClickMap, coordinates: object) -> None:
    event = {"event": "interaction", "type": "click", "coordinates": coordinates}
    click_map.map._handle_leaflet_event(None, event, [])
    assert click_map.lonlat is None


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_listed_place_is_on_land_in_its_country(place: object) -> None:
    country = country_at(place.lon, place.lat)
    assert country is not None
    assert country.name.split()[0] in place.name
    assert coast_distance([place.lon], [place.lat])[0] > 0


def find(click_map: ClickMap, text: str) -> None:
    """Write a text into the field and press Go."""
    click_map.field.request = {"what": "go", "value": text, "turn": 1}


def test_choosing_a_place_to_start_with_moves_the_map(click_map: ClickMap) -> None:
    click_map.field.request = {"what": "start", "value": 3, "turn": 0}
    assert click_map.lonlat == (PLACES[3].lon, PLACES[3].lat)
    assert tuple(click_map.map.center) == (PLACES[3].lat, PLACES[3].lon)
    assert click_map.field.value == PLACES[3].name


def test_goes_near_to_a_town(click_map: ClickMap) -> None:
    find(click_map, "münchen")
    assert click_map.lonlat == (11.575, 48.137)
    assert click_map.map.zoom == 10
    assert click_map.field.value == "Munich, Germany"
    assert click_map.field.problem == click_map.field.note == ""


def test_goes_to_coordinates_and_links(click_map: ClickMap) -> None:
    for text in ("0.336, 6.73", "0° 20' 9.6\" N, 6° 43' 48\" E", "https://www.openstreetmap.org/#map=15/0.336/6.73"):
        find(click_map, "48, 11")
        find(click_map, text)
        assert click_map.lonlat == pytest.approx((6.73, 0.336))
        assert click_map.field.value == "0.336 N, 6.73 E, near São Tomé, São Tomé and Príncipe"


def test_goes_to_the_largest_town_of_a_country_and_fits_all_of_it(click_map: ClickMap) -> None:
    find(click_map, "germany")
    assert click_map.field.value == "Germany"
    assert click_map.field.note == (
        "This is Berlin, the largest town of Germany. Click the map to choose another square in Germany."
    )
    assert click_map.lonlat == pytest.approx((13.41, 52.52), abs=0.01)
    assert tuple(click_map.map.center) == pytest.approx((51.1, 10.5), abs=0.5)
    assert click_map.map.zoom == 5


def test_moves_to_a_continent_without_a_new_place(click_map: ClickMap) -> None:
    find(click_map, "africa")
    assert click_map.lonlat is None
    assert click_map.field.note == "Click the map to choose a square in Africa."


def test_fits_a_country_over_the_antimeridian_in_one_piece(click_map: ClickMap) -> None:
    find(click_map, "fiji")
    assert tuple(click_map.map.center) == pytest.approx((-17, 179), abs=3)
    assert click_map.map.zoom > 5


def test_after_a_click_the_field_shows_the_new_place(click_map: ClickMap) -> None:
    find(click_map, "germany")
    click(click_map, 371.58, 48.14)
    assert click_map.field.value == "48.14 N, 11.58 E, near Munich, Germany"
    assert click_map.field.note == ""


def test_what_is_no_place_is_answered_in_the_field(click_map: ClickMap) -> None:
    find(click_map, "<qqxv src=x onerror=alert(1)>")
    assert click_map.field.problem == (
        "No place called '<qqxv src=x onerror=alert(1)>' found. "
        "Try another spelling, or coordinates such as 48.14, 11.58."
    )
    find(click_map, "89, 0")
    assert "nearer to the equator" in click_map.field.problem
    assert click_map.lonlat is None
    find(click_map, "0.336, 6.73")
    assert click_map.lonlat == (6.73, 0.336)
    assert click_map.field.problem == ""


def test_the_outline_is_there_without_network_and_lets_clicks_through(click_map: ClickMap) -> None:
    land = click_map.map.layers[1]
    assert len(land.locations) > 100
    assert land.pane == "land"
    assert not land.interactive
    assert click_map.map.panes["land"]["zIndex"] < 200  # below the pane of Leaflet's tiles
