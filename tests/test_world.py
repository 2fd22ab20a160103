"""Whose land a place is, how far its coast is, and what is drawn."""

from importlib.resources import files

import geopandas
import numpy as np
import pytest
import shapely

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.continents import AREAS
from chatearthnet_explorer.places.countries import (
    ATTRIBUTION,
    Country,
    _edges,
    coast_distance,
    countries,
    countries_at,
    country_at,
    land_outline,
)
from chatearthnet_explorer.places.country_names import code_of, plain

CONTINENTS = {"Africa", "Antarctica", "Asia", "Europe", "North America", "Oceania", "South America"}
KM = 1.0 / 111.195  # degrees of latitude


def iso_at(lon: float, lat: float) -> str | None:
    country = country_at(lon, lat)
    return country and country.iso


@pytest.mark.parametrize(
    ("lon", "lat", "iso"),
    [
        (6.73, 0.336, "STP"),
        (7.40, 1.60, "STP"),  # Príncipe
        (179.3, -16.6, "FJI"),
        (-179.95, -16.8, "FJI"),  # Taveuni, across the antimeridian
        (178.0, 68.0, "RUS"),
        (-175.0, 66.5, "RUS"),  # Chukotka, likewise
        (180.0, 68.5, "RUS"),
        (-180.0, 68.5, "RUS"),
        (12.435, 41.904, "VAT"),
        (12.6, 41.8, "ITA"),
        (7.42, 43.74, "MCO"),
        (12.46, 43.94, "SMR"),
        (28.2, -29.6, "LSO"),  # a hole in South Africa
        (173.0, 1.4, "KIR"),
        (73.5, 4.17, "MDV"),
        (179.2, -8.52, "TUV"),  # only 1:10m has it
        (0.0, -80.0, "ATA"),
        (123.4, -90.0, "ATA"),
        (45.0, -89.97, "ATA"),
        (6.73 + 360.0, 0.336, "STP"),
    ],
)
def test_finds_the_country_of_a_place(lon: float, lat: float, iso: str) -> None:
    assert iso_at(lon, lat) == iso


@pytest.mark.parametrize(
    ("lon", "lat", "iso", "continent"),
    [
        (37.6, 55.75, "RUS", "Europe"),  # Moscow
        (20.5, 54.7, "RUS", "Europe"),  # Kaliningrad
        (56.3, 58.0, "RUS", "Europe"),  # Perm
        (60.6, 56.84, "RUS", "Asia"),  # Yekaterinburg
        (61.4, 55.16, "RUS", "Asia"),  # Chelyabinsk
        (56.0, 54.74, "RUS", "Europe"),  # Ufa
        (55.0, 72.8, "RUS", "Europe"),  # Novaya Zemlya
        (69.0, 71.0, "RUS", "Asia"),  # Yamal
        (64.0, 67.5, "RUS", "Europe"),  # Vorkuta
        (66.6, 66.53, "RUS", "Asia"),  # Salekhard
        (131.9, 43.1, "RUS", "Asia"),  # Vladivostok
        (177.5, 64.7, "RUS", "Asia"),  # Anadyr, Chukotka
        (-173.2, 64.4, "RUS", "Asia"),  # Provideniya, Chukotka beyond the antimeridian
        (-173.2 + 360.0, 64.4, "RUS", "Asia"),
        (47.5, 42.98, "RUS", "Europe"),  # Makhachkala
        (39.7, 43.6, "RUS", "Europe"),  # Sochi
        (76.9, 43.25, "KAZ", "Asia"),  # Almaty
        (50.0, 50.0, "KAZ", "Europe"),  # west of the Ural river
        (51.17, 43.65, "KAZ", "Asia"),  # Aktau
        (26.56, 41.67, "TUR", "Europe"),  # Edirne
        (28.85, 41.05, "TUR", "Europe"),  # Istanbul west of the Bosporus
        (29.2, 41.0, "TUR", "Asia"),  # Istanbul east of it
        (32.85, 39.93, "TUR", "Asia"),  # Ankara
        (27.14, 38.42, "TUR", "Asia"),  # Izmir
        (26.55, 40.33, "TUR", "Europe"),  # Gallipoli
        (26.4, 39.95, "TUR", "Asia"),  # across the Dardanelles
        (31.24, 30.04, "EGY", "Africa"),  # Cairo
        (33.8, 31.13, "EGY", "Asia"),  # El Arish
        (34.3, 27.95, "EGY", "Asia"),  # Sharm el-Sheikh
        (33.8, 27.2, "EGY", "Africa"),  # Hurghada
        (32.5, 29.95, "EGY", "Africa"),  # Suez
        (106.8, -6.2, "IDN", "Asia"),  # Jakarta
        (140.7, -2.6, "IDN", "Oceania"),  # Jayapura
        (131.25, -0.88, "IDN", "Oceania"),  # Sorong
        (140.4, -8.5, "IDN", "Oceania"),  # Merauke
        (129.5, -3.2, "IDN", "Asia"),  # Seram
        (132.75, -5.65, "IDN", "Asia"),  # Kai
        (141.5, -5.0, "PNG", "Oceania"),
        (33.0, 34.9, "CYP", "Asia"),
        (33.3, 35.25, "", "Asia"),  # Northern Cyprus
        (-155.5, 19.6, "USA", "Oceania"),  # Hawaii
        (-150.0, 61.2, "USA", "North America"),  # Anchorage
        (173.0, 52.9, "USA", "North America"),  # Attu
        (-109.35, -27.12, "CHL", "Oceania"),  # Easter Island
        (-70.65, -33.45, "CHL", "South America"),
        (-15.6, 27.95, "ESP", "Africa"),  # Gran Canaria
        (3.0, 39.6, "ESP", "Europe"),  # Mallorca
        (-17.0, 32.75, "PRT", "Africa"),  # Madeira
        (-25.5, 37.8, "PRT", "Europe"),  # Azores
        (2.35, 48.85, "FRA", "Europe"),
        (-53.0, 4.0, "FRA", "South America"),
        (-61.6, 16.2, "FRA", "North America"),
        (55.5, -21.1, "FRA", "Africa"),
        (45.15, -12.8, "FRA", "Africa"),
        (-68.25, 12.15, "NLD", "North America"),
        (5.1, 52.1, "NLD", "Europe"),
        (54.0, 12.5, "YEM", "Africa"),  # Socotra
        (45.0, 12.9, "YEM", "Asia"),
        (3.36, -54.42, "NOR", "Antarctica"),  # Bouvet
        (15.6, 78.2, "NOR", "Europe"),  # Svalbard
    ],
)
def test_finds_the_continent_of_the_place_not_of_the_country(lon: float, lat: float, iso: str, continent: str) -> None:
    country = country_at(lon, lat)
    assert country is not None
    assert (country.iso, country.continent) == (iso, continent)
    assert countries()[int(countries_at([lon], [lat])[0])] == country


def test_areas_on_another_continent_are_in_their_country() -> None:
    continents = {country.continent for country in countries()}
    assert len(continents) == 7
    rng = np.random.default_rng(0)
    for area in AREAS:
        west, south = np.min(area.ring, axis=0)
        east, north = np.max(area.ring, axis=0)
        lons, lats = rng.uniform(west, east, 20_000), rng.uniform(south, north, 20_000)
        matches = [countries()[number] for number in set(countries_at(lons, lats).tolist()) if number >= 0]
        assert any((one.iso, one.continent) == (area.iso, area.continent) for one in matches), area


def test_every_country_has_both_codes() -> None:
    codes = {country.iso for country in countries() if country.iso}
    assert {code_of(code) for code in codes} == codes
    pairs = {"US": "USA", "de": "DEU", "GB": "GBR", "uk": "GBR", "gr": "GRC", "NA": "NAM", "xk": "XKX", "TW": "TWN"}
    for short, code in pairs.items():
        assert code_of(short) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States of America", "USA"),
        ("  TURKEY ", "TUR"),
        ("Côte d\u2019Ivoire", "CIV"),
        ("Cote d'Ivoire", "CIV"),
        ("Czech Republic", "CZE"),
        ("Sao Tome & Principe", "STP"),
        ("The Gambia", "GMB"),
        ("Viet Nam", "VNM"),
        ("Atlantis", ""),
        ("", ""),
        ("\u202eASU", ""),
    ],
)
def test_finds_a_country_by_another_name(name: str, code: str) -> None:
    assert code_of(name) == code


def test_other_names_are_unique() -> None:
    for country in countries():
        if country.iso:
            assert code_of(country.name) in {"", country.iso}, country
    assert plain("Åland Islands") == "aland islands"


@pytest.mark.parametrize(("lon", "lat"), [(-30.0, 0.0), (-160.0, 40.0), (0.0, 90.0), (51.0, 41.9), (-179.99, -40.0)])
def test_open_sea_has_no_country(lon: float, lat: float) -> None:
    assert country_at(lon, lat) is None


def test_country_extends_fifty_kilometres_off_its_coast() -> None:
    south = min(y for _, y in _places_of("STP"))
    lon = next(x for x, y in _places_of("STP") if y == south)
    assert iso_at(lon, south - 30.0 * KM) == "STP"
    assert iso_at(lon, south - 49.5 * KM) == "STP"
    assert iso_at(lon, south - 50.5 * KM) is None
    assert iso_at(lon, south - 80.0 * KM) is None


def test_measures_fifty_kilometres_near_the_pole_and_across_the_antimeridian() -> None:
    svalbard = [(x, y) for x, y in _places_of("NOR") if y > 77.0]
    west, lat = min(svalbard)
    degree = KM / np.cos(np.radians(lat))
    assert iso_at(west - 45.0 * degree, lat) == "NOR"
    assert iso_at(west - 55.0 * degree, lat) is None
    # Wrangel Island lies on both sides of 180; north of it there is only sea
    assert iso_at(179.99, 71.6 + 30.0 * KM) == iso_at(-179.99, 71.6 + 30.0 * KM) == "RUS"


def _places_of(iso: str) -> list[tuple[float, float]]:
    edges = _edges()
    mine = [edges.countries[owner].iso == iso for owner in edges.owner]
    return [(float(x), float(y)) for x, y in edges.start[:, mine].T]


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 0.0), (0.0, float("inf")), (0.0, 91.0)])
def test_refuses_coordinates_outside_the_earth(lon: float, lat: float) -> None:
    with pytest.raises(PlaceError, match="There is no place at"):
        country_at(lon, lat)


def test_every_country_has_a_name_and_a_continent() -> None:
    countries = _edges().countries
    assert len(countries) > 240
    assert {country.continent for country in countries} == CONTINENTS
    assert all(country.name and len(country.iso) in {0, 3} for country in countries)
    assert Country("São Tomé and Príncipe", "STP", "Africa") in countries


def test_land_outline_is_geojson_within_the_map() -> None:
    outline = land_outline()
    frame = geopandas.GeoDataFrame.from_features(outline["features"])
    assert outline["type"] == "FeatureCollection"
    assert set(frame["continent"]) == CONTINENTS
    assert len(frame) > 170
    west, south, east, north = frame.total_bounds
    assert (west, east) == (-180.0, 180.0)
    assert -90.0 <= south < north < 84.0
    # no line across the whole map, as an outline that was not cut at the antimeridian would draw
    for shape in frame[frame["iso"] != "ATA"].geometry:
        for part in shape.geoms:
            assert np.abs(np.diff(np.array(part.exterior.coords)[:, 0])).max() < 40.0
    assert land_outline() is outline


def test_files_are_small_and_credited() -> None:
    folder = files("chatearthnet_explorer") / "places" / "outlines"
    assert sum(len(file.read_bytes()) for file in folder.iterdir()) < 900_000
    assert "Natural Earth" in ATTRIBUTION
    assert "public domain" in ATTRIBUTION


def _shapes() -> list[tuple[Country, shapely.Geometry]]:
    edges = _edges()
    rings: dict[int, list[np.ndarray]] = {}
    joints = np.flatnonzero(np.any(edges.end[:, :-1] != edges.start[:, 1:], axis=0)) + 1
    for start, end in zip([0, *joints], [*joints, len(edges.owner)], strict=True):
        ring = np.vstack([edges.start[:, start:end].T, edges.end[:, end - 1]])
        rings.setdefault(int(edges.owner[start]), []).append(ring)
    return [
        (edges.countries[owner], shapely.build_area(shapely.union_all([shapely.LinearRing(ring) for ring in some])))
        for owner, some in rings.items()
    ]


def key_of(country: Country | None) -> tuple[str, str] | None:
    return country and (country.name, country.iso)


def test_country_at_agrees_with_shapely() -> None:
    shapes = _shapes()
    tree = shapely.STRtree([shape for _, shape in shapes])
    random = np.random.default_rng(2)
    lons, lats = random.uniform(-180, 180, 600), np.degrees(np.arcsin(random.uniform(-0.98, 0.99, 600)))
    comparisons = 0
    for lon, lat in zip(lons, lats, strict=True):
        place = shapely.Point(lon, lat)
        inside = [shapes[index][0] for index in tree.query(place, predicate="within")]
        if inside:
            assert key_of(country_at(lon, lat)) in map(key_of, inside)
            comparisons += 1
            continue
        # an azimuthal plane around the place: distances from its middle are true
        nearby = [shapes[index] for index in tree.query(place.buffer(6.0), predicate="intersects")]
        shrink = np.cos(np.radians(lat))
        apart = {
            country: shapely.transform(shape, lambda at, s=shrink, x=lon, y=lat: (at - [x, y]) * [s, 1.0]).distance(
                shapely.Point(0, 0)
            )
            / KM
            for country, shape in nearby
        }
        nearest = min(apart, key=lambda country: apart[country]) if apart else None
        if nearest is None or apart[nearest] > 52.0:
            assert country_at(lon, lat) is None or abs(lat) > 75.0
        elif apart[nearest] < 48.0 and abs(lat) < 75.0:
            assert key_of(country_at(lon, lat)) == key_of(nearest)
            comparisons += 1
    assert comparisons > 150


def test_coast_distance_is_signed_and_in_kilometres() -> None:
    places = np.array([(6.6, 0.25), (6.9, 0.25), (24.0, 12.0), (-30.0, 0.0)])
    near = coast_distance(places[:2, 0], places[:2, 1])
    assert near[0] > 0.0 > near[1]
    assert coast_distance([24.0], [12.0]).tolist() == [60.0]
    assert coast_distance([-30.0], [0.0]).tolist() == [-60.0]
    lon, south = min(_places_of("STP"), key=lambda place: place[1])
    assert coast_distance([lon], [south - 20.0 * KM])[0] == pytest.approx(-20.0, rel=0.01)


def test_borders_and_the_antimeridian_are_not_coast() -> None:
    assert coast_distance([28.9], [-15.0]).tolist() == [60.0]  # Zambia and Zimbabwe
    assert coast_distance([180.0], [68.2])[0] == pytest.approx(coast_distance([-179.999], [68.2])[0], abs=0.2)
    assert coast_distance([-180.0], [67.6])[0] > 25.0


def test_many_places_give_the_same_as_one_by_one() -> None:
    random = np.random.default_rng(5)
    lons, lats = random.uniform(-180, 180, 1500), np.degrees(np.arcsin(random.uniform(-1, 1, 1500)))
    coast = np.array(_places_of("FJI") + _places_of("NOR")[::40])
    lons = np.concatenate([lons, coast[:, 0] + 0.3, [-180.0, 180.0, 180.0, 540.0, 0.0, 0.0, 6.73 + 720.0]])
    lats = np.concatenate([lats, np.clip(coast[:, 1] + 0.1, -90, 90), [68.5, 68.5, -40.0, -16.8, 90.0, -90.0, 0.336]])
    table = countries()
    results = [None if number < 0 else table[number] for number in countries_at(lons, lats).tolist()]
    assert results == [country_at(lon, lat) for lon, lat in zip(lons, lats, strict=True)]
    assert sum(one is not None for one in results) > 500
    assert countries_at([], []).shape == (0,)
    with pytest.raises(PlaceError, match=r"There is no place at longitude 3\.0 and latitude nan"):
        countries_at([1.0, 3.0], [2.0, float("nan")])
