"""Names of places: found in any spelling, the likeliest first; and the town nearest to a place."""

import math
from importlib.resources import files

import numpy as np
import pytest

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.countries import countries
from chatearthnet_explorer.places.gazetteer import GAZETTEER_CREDIT, KINDS, nearest_town, table
from chatearthnet_explorer.places.name_search import suggest
from chatearthnet_explorer.places.spelling import spelling_key


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("munich", "Munich, Germany"),
        ("München", "Munich, Germany"),
        ("munchen", "Munich, Germany"),
        ("Muenchen", "Munich, Germany"),
        ("MÜNCHEN", "Munich, Germany"),
        ("Мюнхен", "Munich, Germany"),
        ("慕尼黑", "Munich, Germany"),
        ("ميونخ", "Munich, Germany"),
        ("ミュンヘン", "Munich, Germany"),
        ("Füssen", "Füssen, Germany"),
        ("fuessen", "Füssen, Germany"),
        ("aarhus", "Århus, Denmark"),
        ("sao paulo", "São Paulo, Brazil"),
        ("l'aquila", "L'Aquila, Italy"),
        ("laquila", "L'Aquila, Italy"),
        ("ndjamena", "N'Djamena, Chad"),
        ("kiev", "Kyiv, Ukraine"),
        ("calcutta", "Kolkata, India"),
        ("тегеран", "Tehran, Iran"),
        ("تهران", "Tehran, Iran"),
        ("st louis", "St. Louis, United States"),
        ("new yo", "New York City, United States"),
        ("los an", "Los Angeles, United States"),
    ],
)
def test_finds_a_town_in_any_spelling(text: str, label: str) -> None:
    first = suggest(text)[0]
    assert (first.label, first.kind) == (label, "town")


@pytest.mark.parametrize(
    ("text", "label", "region"),
    [
        ("paris", "Paris, France", "Île-de-France"),
        ("paris, texas", "Paris, United States", "Texas"),
        ("paris texas", "Paris, United States", "Texas"),
        ("paris, tx", "Paris, United States", "Texas"),
        ("london", "London, United Kingdom", "England"),
        ("london, ontario", "London, Canada", "Ontario"),
        ("london, canada", "London, Canada", "Ontario"),
        ("london canada", "London, Canada", "Ontario"),
        ("springfield, il", "Springfield, United States", "Illinois"),
        ("münchen, de", "Munich, Germany", "Bavaria"),
        ("washington", "Washington, United States", "District of Columbia"),
    ],
)
def test_an_area_after_the_name_decides_between_towns_of_one_name(text: str, label: str, region: str) -> None:
    first = suggest(text)[0]
    assert (first.label, first.region) == (label, region)


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [
        ("germany", "Germany", "country"),
        ("Deutschland", "Germany", "country"),
        ("日本", "Japan", "country"),
        ("uk", "United Kingdom", "country"),
        ("usa", "United States", "country"),
        ("ivory coast", "Côte d'Ivoire", "country"),
        ("georgia", "Georgia", "country"),
        ("bavaria", "Bavaria, Germany", "region"),
        ("bayern", "Bavaria, Germany", "region"),
        ("texas", "Texas, United States", "region"),
        ("tuscany", "Tuscany, Italy", "region"),
        ("toscana", "Tuscany, Italy", "region"),
        ("europe", "Europe", "continent"),
        ("afrique", "Africa", "continent"),
        ("western europe", "Western Europe", "part of the world"),
        ("south-east asia", "Southeast Asia", "part of the world"),
    ],
)
def test_finds_countries_and_regions(text: str, label: str, kind: str) -> None:
    first = suggest(text)[0]
    assert (first.label, first.kind) == (label, kind)
    assert first.box is not None
    west, south, east, north = first.box
    assert south <= first.lat <= north
    assert (first.lon - west) % 360.0 <= (east - west) % 360.0 or east - west == 360.0


def test_full_names_precede_larger_places() -> None:
    assert [place.name for place in suggest("york", 3)] == ["York", "York", "New York City"]
    assert suggest("york")[0].population > suggest("york")[1].population
    assert suggest("washington")[0].population > suggest("washington")[2].population
    assert suggest("par")[0].label == "Paris, France"
    assert suggest("ger")[0].label == "Germany"
    labels = [place.label for place in suggest("mun")]
    assert labels[0] == "Munich, Germany"
    assert len(labels) == 8


def test_another_spelling_does_not_displace_the_place_that_has_the_name() -> None:
    names = [place.label for place in suggest("victoria")]
    assert names.index("Victoria, Australia") < names.index("Hong Kong, Hong Kong")


@pytest.mark.parametrize(
    "text", ["", "   ", '"', "'", ",", ", ,", "!?", "\x00", "\u200d", "qqxzv", "<qqxzv onerror=1>", "\ud800"]
)
def test_text_that_is_no_name_finds_nothing(text: str) -> None:
    assert suggest(text) == []


def test_only_the_start_of_a_huge_text_is_read() -> None:
    assert suggest("x" * 1_000_000) == []
    assert suggest("munich" + " " * 1_000_000)[0].name == "Munich"
    assert suggest("," * 1_000_000) == []
    assert spelling_key("ﷺ" * 1_000_000).count(" ") < 1000


def test_a_suggestion_is_short_and_limited() -> None:
    assert len(suggest("s", 3)) == 3
    assert len(suggest("s", 10_000)) == 50
    assert suggest("s", -1) == []
    places = suggest("san", 50)
    assert len({(place.label, place.description) for place in places}) == 50


@pytest.mark.parametrize(
    ("lon", "lat", "phrase"),
    [
        (11.58, 48.14, "near Munich, Germany"),
        (11.46, 48.15, "near Munich, Germany"),  # in Pasing, a district with an entry of its own
        (10.9, 48.37, "near Augsburg, Germany"),
        (6.73, 0.336, "near São Tomé, São Tomé and Príncipe"),
        (366.73, 0.336, "near São Tomé, São Tomé and Príncipe"),
        (5.5, 22.0, "87 km south of Tamanghasset, Algeria"),
        (179.99, -17.0, "92 km south-east of Labasa, Fiji"),
    ],
)
def test_nearest_town_in_words(lon: float, lat: float, phrase: str) -> None:
    assert nearest_town(lon, lat).phrase == phrase


def test_nearest_town_agrees_with_distances_on_the_sphere() -> None:
    towns = table()
    count = towns.ends[0]
    lon, lat = np.radians(towns.lon[:count]), np.radians(towns.lat[:count])
    random = np.random.default_rng(5)
    for east, north in zip(
        random.uniform(-180, 180, 200), np.degrees(np.arcsin(random.uniform(-1, 1, 200))), strict=True
    ):
        phi, lam = math.radians(north), math.radians(east)
        half = np.sin((lat - phi) / 2) ** 2 + np.cos(lat) * math.cos(phi) * np.sin((lon - lam) / 2) ** 2
        km = 2 * 6371.0088 * np.arcsin(np.sqrt(half))
        nearest = nearest_town(float(east), float(north))
        # the edge of a large town may be nearer than the middle of a small one
        assert nearest.km <= km.min() + math.sqrt(nearest.town.population / (5000 * math.pi)) + 0.01
        own = np.flatnonzero((towns.lon[:count] == nearest.town.lon) & (towns.lat[:count] == nearest.town.lat))
        assert nearest.km == pytest.approx(float(km[own[0]]), abs=0.01)


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 0), (0, math.inf), (0, 91)])
def test_nearest_town_of_no_place_is_an_error(lon: float, lat: float) -> None:
    with pytest.raises(PlaceError):
        nearest_town(lon, lat)


def test_countries_have_the_names_of_the_catalog() -> None:
    ours = {country.iso: country.name for country in countries() if country.iso}
    towns, regions, nations = table().ends[:3]
    names = {table().place(number).iso: table().place(number).name for number in range(regions, nations)}
    assert {iso: name for iso, name in names.items() if iso in ours} == {iso: ours[iso] for iso in names if iso in ours}
    assert len(names) > 240
    assert towns > 33_000


def test_all_places_are_on_the_map() -> None:
    towns = table()
    assert np.abs(towns.lat).max() <= 85.0
    assert np.abs(towns.lon).max() <= 180.0
    assert len(towns.ends) == len(KINDS)


def test_file_is_small_and_credited() -> None:
    file = files("chatearthnet_explorer") / "places" / "names" / "gazetteer.npz"
    assert len(file.read_bytes()) < 1_500_000
    assert "GeoNames (CC BY 4.0)" in GAZETTEER_CREDIT
