"""The field that finds a place, without a browser: requests in, suggestions and places out."""

from typing import Any

import pytest

from chatearthnet_explorer.places.place_finder import Destination, find_place, write_coordinates
from chatearthnet_explorer.widgets.shared.place_field import PlaceField

START = Destination(6.73, 0.336, "São Tomé")


@pytest.fixture
def field() -> PlaceField:
    return PlaceField([(START, "a small capital")])


@pytest.fixture
def places(field: PlaceField) -> list[Destination]:
    """The places that a person chose."""
    destinations: list[Destination] = []
    field.on_find(destinations.append)
    return destinations


def press(field: PlaceField, what: str, value: Any, turn: Any = 1) -> None:
    field.request = {"what": what, "value": value, "turn": turn}


def test_suggests_places_and_goes_to_the_choice(field: PlaceField, places: list[Destination]) -> None:
    press(field, "type", "munich", 3)
    assert field.answer == {"turn": 3, "places": [["Munich, Germany", "Bavaria, 1,500,000 people"]]}
    press(field, "choose", 0, 3)
    assert [place.label for place in places] == ["Munich, Germany"]
    assert field.value == "Munich, Germany"


def test_a_choice_from_an_earlier_list_is_of_that_list(field: PlaceField, places: list[Destination]) -> None:
    press(field, "type", "munich", 3)
    press(field, "type", "berlin", 4)
    press(field, "choose", 0, 3)
    assert [place.label for place in places] == ["Munich, Germany"]


def test_a_choice_from_a_list_of_long_ago_is_ignored(field: PlaceField, places: list[Destination]) -> None:
    for turn in range(1, 10):
        press(field, "type", "munich", turn)
    press(field, "choose", 0, 1)
    assert places == []
    press(field, "choose", 0, 2)
    assert [place.label for place in places] == ["Munich, Germany"]


def test_suggests_what_coordinates_mean(field: PlaceField, places: list[Destination]) -> None:
    press(field, "type", "48.14, 11.58")
    assert field.answer["places"] == [["48.14 N, 11.58 E, near Munich, Germany", "coordinates"]]
    press(field, "choose", 0)
    assert (places[0].lon, places[0].lat) == (11.58, 48.14)


def test_unfinished_coordinates_are_no_problem_yet(field: PlaceField) -> None:
    for text in ("4", "48.", "48.14,", "48.14, 1", "https://www.google.com/maps/", "95"):
        press(field, "type", text)
        assert field.problem == ""


def test_offers_places_to_start_with(field: PlaceField, places: list[Destination]) -> None:
    assert field.starts == [["São Tomé", "a small capital"]]
    press(field, "start", 0)
    assert places == [START]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write the name of a town or a country"),
        ("qqxv", "No place called 'qqxv' found. Try another spelling, or coordinates such as 48.14, 11.58."),
        ('"qqxv"', "No place called '\"qqxv\"' found."),
        ("x" * 1_000_000, "1,000,000 characters"),
        ("q" * 500, "No place called 'qqqq"),
        ("qq\x00\n\u202exv", "No place called 'qq xv' found."),
        ("48,14", "can be read in two ways"),
    ],
)
def test_explains_why_there_is_no_place(field: PlaceField, places: list[Destination], text: str, sentence: str) -> None:
    press(field, "go", text)
    assert sentence in field.problem
    assert len(field.problem) < 200
    assert places == []


@pytest.mark.parametrize(
    "request_of_page",
    [
        {},
        {"what": "choose", "value": -1, "turn": 0},
        {"what": "choose", "value": 10**30, "turn": 0},
        {"what": "choose", "value": "0", "turn": 0},
        {"what": "start", "value": True, "turn": 0},
        {"what": "type", "value": None, "turn": 1},
        {"what": "type", "value": "munich", "turn": {"a": 1}},
        {"what": "type", "value": "munich", "turn": -5},
        {"what": ["go"], "value": "munich"},
        {"what": "go", "value": {"text": "munich"}},
    ],
)
def test_ignores_requests_that_no_page_of_ours_sends(
    field: PlaceField, places: list[Destination], request_of_page: dict[str, Any]
) -> None:
    field.request = request_of_page
    assert places == []
    assert field.answer["turn"] == 0


def test_what_the_field_shows_can_be_written_again() -> None:
    for text in ("48.14, 11.58", "-33.9, -151.2", "22, 5.5", "0, 0"):
        place = find_place(text)
        again = find_place(place.label)
        assert (again.lon, again.lat) == (place.lon, place.lat)
        assert find_place(write_coordinates(place.lon, place.lat)) == place


def test_card_has_the_place_as_text(field: PlaceField) -> None:
    field.value = "<b>Munich</b>"
    assert "&lt;b&gt;Munich" in field.card()._repr_html_()
