"""Clicks, names and numbers become one place; a chip is drawn where it lies, on the copy of the world one looks at."""

import pytest
from rig.map_click import click

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.countries import coast_distance, country_at
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.explore.click_map import ClickMap, parse_coordinates


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


def test_choosing_a_listed_place_moves_the_map(click_map: ClickMap) -> None:
    click_map._place.value = PLACES[3].name
    assert click_map.lonlat == (PLACES[3].lon, PLACES[3].lat)
    assert tuple(click_map.map.center) == (PLACES[3].lat, PLACES[3].lon)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_listed_place_is_on_land_in_its_country(place: object) -> None:
    country = country_at(place.lon, place.lat)
    assert country is not None
    assert country.name.split()[0] in place.name
    assert coast_distance([place.lon], [place.lat])[0] > 0


@pytest.mark.parametrize(
    "text",
    ["0.336, 6.73", " 0.336 6.73 ", "0.336;6.73", "0.336N, 6.73E", "+0.336° n 6.73° e", "-0.336 S, -6.73 W"],
)
def test_latitude_and_longitude_are_read_as_people_write_them(text: str) -> None:
    assert parse_coordinates(text) == (6.73, 0.336)


def test_a_minus_sign_from_a_web_page_is_one() -> None:
    assert parse_coordinates("\u221233.9, \u2212151.2") == (-151.2, -33.9)


@pytest.mark.parametrize("text", ["", "Lisbon", "1,2,3", "1e3, 4", "<script>1, 2</script>", "1 2" * 1000])
def test_refuses_text_that_is_not_two_numbers(text: str) -> None:
    with pytest.raises(PlaceError, match="latitude, then longitude"):
        parse_coordinates(text)


def test_a_wrong_entry_is_answered_on_the_map_as_text(click_map: ClickMap) -> None:
    click_map._entry.value = "<img src=x onerror=alert(1)>"
    assert "&lt;img" in click_map._problem.value
    assert "<img" not in click_map._problem.value
    assert click_map._problem.layout.display is None or click_map._problem.layout.display == ""
    click_map._entry.value = "89, 0"
    assert "nearer to the equator" in click_map._problem.value
    assert click_map.lonlat is None
    click_map._entry.value = "0.336, 6.73"
    assert click_map.lonlat == (6.73, 0.336)
    assert click_map._problem.layout.display == "none"


def test_the_outline_is_there_without_network_and_lets_clicks_through(click_map: ClickMap) -> None:
    land = click_map.map.layers[1]
    assert len(land.locations) > 100
    assert land.pane == "land"
    assert not land.interactive
    assert click_map.map.panes["land"]["zIndex"] < 200  # below the pane of Leaflet's tiles
