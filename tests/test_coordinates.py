"""Coordinates in the forms that people write and copy."""

# ruff: noqa: RUF001 - the signs and digits that look like others are what is tested

import math

import numpy as np
import pytest

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.coordinates import coordinates_of
from chatearthnet_explorer.tile import Tile

MUNICH = (11.58, 48.14)


@pytest.mark.parametrize(
    "text",
    [
        "48.14, 11.58",
        "48.14 11.58",
        "  48.14,11.58\n",
        "48.14;11.58",
        "48.14/11.58",
        "(48.14, 11.58)",
        "[48.14, 11.58]",
        "+48.14 +11.58",
        "48,14 11,58",
        "48,14; 11,58",
        "48,14, 11,58",
        "48,14 N 11,58 E",
        "48.14N 11.58E",
        "n 48.14, e 11.58",
        "N48.14 E11.58",
        "11.58 E 48.14 N",
        "E 11.58, N 48.14",
        "48.14° north, 11.58° east",
        "48,14° Nord, 11,58° Ost",
        "48.14°, 11.58°",
        "lat 48.14 lon 11.58",
        "lon=11.58, lat=48.14",
        "latitude: 48.14, longitude: 11.58",
        "{lat: 48.14, lng: 11.58}",
        "lat: 48.14 N, lon: 11.58 E",
        "48°8'24\"N 11°34'48\"E",
        "48° 08′ 24″ N, 11° 34′ 48″ E",
        "48º8’24”N 11º34’48”E",
        "48°8'24'' N 11°34'48'' E",
        "N 48° 8.4' E 11° 34.8'",
        "48°8,4'N 11°34,8'E",
        "48 08 24 N 11 34 48 E",
        "48:08:24N 11:34:48E",
        "48d08m24s N 11d34m48s E",
        "48d8m24sN 11d34m48sE",
        "48 8 24 11 34 48",
        "48° 8' 24\" 11° 34' 48\"",
        "٤٨٫١٤، ١١٫٥٨",
        "４８．１４，１１．５８",
        "POINT(11.58 48.14)",
        "SRID=4326;POINT (11.58 48.14)",
        '{"type": "Point", "coordinates": [11.58, 48.14]}',
        "geo:48.14,11.58",
        "GEO:48.14,11.58,519;crs=wgs84;u=35",
        "geo:0,0?q=48.14,11.58(Munich)",
    ],
)
def test_reads_every_usual_form(text: str) -> None:
    assert coordinates_of(text) == pytest.approx(MUNICH)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-33.9, -151.2", (-151.2, -33.9)),
        ("\u221233.9, \u2212151.2", (-151.2, -33.9)),
        ("33.9 S, 151.2 W", (-151.2, -33.9)),
        ("33.9S151.2W", (-151.2, -33.9)),
        ("-33°52' 151°12'", (151.2, -33 - 52 / 60)),
        ("S 33 52 10 E 151 12 30", (151.2 + 30 / 3600, -33 - 52 / 60 - 10 / 3600)),
        ("48.14 -11.58", (-11.58, 48.14)),
        ("0, 0", (0.0, 0.0)),
        ("48, 14", (14.0, 48.0)),
        ("90, 180", (-180.0, 90.0)),
        ("10, 200", (-160.0, 10.0)),
        ("0°0'36\"S, 6.5 E", (6.5, -0.01)),
    ],
)
def test_reads_directions_and_signs(text: str, expected: tuple[float, float]) -> None:
    assert coordinates_of(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com/maps/@48.14,11.58,15z",
        "https://www.google.com/maps/place/Munich/@48.155,11.4,11z/data=!3m1!4b1!4m6!3m5!1s0x479:0xef!8m2!3d48.14!4d11.58!16s",
        "https://maps.google.com/?q=48.14,11.58&ll=1,2",
        "https://www.google.com/maps/search/?api=1&query=48.14%2C11.58",
        "https://www.google.de/maps/search/48.14,+11.58?sa=X",
        "https://www.google.com/maps/dir//48.14,11.58/@47,10,7z",
        "maps.google.com/maps?q=loc:48.14,11.58",
        "https://earth.google.com/web/@48.14,11.58,519a,800d",
        "https://www.openstreetmap.org/#map=15/48.14/11.58",
        "https://www.openstreetmap.org/?mlat=48.14&mlon=11.58#map=5/1.0/2.0",
        "https://opentopomap.org/#map=10/48.14/11.58",
        "https://www.bing.com/maps?cp=48.14~11.58&lvl=12",
        "https://bing.com/maps/default.aspx?sp=point.48.14_11.58_Munich",
        "https://maps.apple.com/?ll=48.14,11.58&q=Munich",
        "https://maps.apple.com/place?coordinate=48.14,11.58&name=x",
        "https://browser.dataspace.copernicus.eu/?zoom=14&lat=48.14&lng=11.58&themeId=DEFAULT-THEME&evalscript=Ly9WRVJTSU9O",
        "https://yandex.com/maps/?ll=11.58%2C48.14&z=12",
        "https://wego.here.com/?map=48.14,11.58,15,normal",
        "https://mapy.cz/zakladni?x=11.58&y=48.14&z=11",
        "https://zoom.earth/#view=48.14,11.58,5z",
        "https://geohack.toolforge.org/geohack.php?params=48_8_24_N_11_34_48_E_type:city",
        "http://127.0.0.1:5006/explore?lon=11.58&lat=48.14&year=2020",
        "127.0.0.1:5006/explore?lon=11.58&lat=48.14",
        "Here it is: https://www.openstreetmap.org/#map=15/48.14/11.58 (come)",
    ],
)
def test_reads_links_of_map_services(link: str) -> None:
    assert coordinates_of(link) == pytest.approx(MUNICH)


def test_reads_the_name_of_a_chip() -> None:
    tile = Tile.at(*MUNICH)
    assert coordinates_of(f" {tile.name}.png ") == tile.center


@pytest.mark.parametrize(
    "text",
    ["", " ", "Munich", "St. Louis", "Paris 15 Vaugirard", "19 May\u0131s", "München", "N", "°", "m", "\x00",
     "48..14, 3", "inf, nan", "0x10, 3", "48.14, 11.58 <b>", "1" * 400 + ", 3", "東京", "\ud800"],
)  # fmt: skip
def test_leaves_names_to_the_gazetteer(text: str) -> None:
    assert coordinates_of(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("48,14", "can be read in two ways"),
        ("48,14,11,58", "can be read in two ways"),
        ("48.14-11.58", "can be read in two ways"),
        ("48° 8' N, 11° 34' O", "east in some languages"),
        ("48.14", "One number is not a place"),
        ("N 48", "One number is not a place"),
        ("48.14N 11.58N", "two numbers of the same direction"),
        ("-48 S 11 E", "minus"),
        ("--48, 3", "minus"),
        ("48°70'N 11°E", "go up to 59"),
        ("48.5°30'N 11°E", "go up to 59"),
        ("48'8°N 11°E", "go up to 59"),
        ("5, 45, 10, 48", "not one latitude and one longitude"),
        ("1e5, 3", "not one latitude and one longitude"),
        ("95, 10", "Did you mean 10, 95?"),
        ("111.58, 48.14", "Did you mean 48.14, 111.58?"),
        ("95, 100", "beyond the pole"),
        ("48.14, 400", "beyond a whole turn"),
        ("POINT(11.58 98)", "beyond the pole"),
        ("geo:98,11", "beyond the pole"),
        ("geo:", "no coordinates in that link"),
        ("https://maps.app.goo.gl/abcDEF", "no coordinates in that link"),
        ("https://www.google.com/maps?q=Munich", "no coordinates in that link"),
        ("https://example.org/?q=<script>alert(1)</script>", "no coordinates in that link"),
        ("http://[::1", "no coordinates in that link"),
        ("https://example.org/?" + "a=1&" * 1000, "no coordinates in that link"),
        ("x" * 1_000_000, "1,000,000 characters"),
    ],
)
def test_explains_in_one_sentence_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(PlaceError) as error:
        coordinates_of(text)
    assert sentence in str(error.value)
    assert len(str(error.value)) < 300


def test_reads_what_it_writes_for_any_place() -> None:
    for lon in range(-180, 180, 7):
        for lat in range(-85, 86, 5):
            east, north = lon + 0.123, lat + (0.456 if lat < 85 else 0.01)
            letters = f"{abs(north):.4f} {'S' if north < 0 else 'N'}, {abs(east):.4f} {'W' if east < 0 else 'E'}"
            for text in (f"{north:.4f}, {east:.4f}", letters, f"geo:{north:.4f},{east:.4f}"):
                read = coordinates_of(text)
                assert read is not None
                assert math.dist(read, (east, north)) < 1e-4


def test_any_text_is_a_place_a_name_or_one_sentence() -> None:
    random = np.random.default_rng(7)
    pieces = [
        *"0123456789", *"0123456789", *".,;:/|-+°'\"′″NSEWO nsewo=?#&@~_!()[]{}%\u2212\u00a0\u202e\x00漢é",
        "48.14", "11.58", "lat", "lon", "north", "geo:", "https://", "www.google.com/maps/", "#map=", "!3d", "!4d",
        "POINT(", '"coordinates":[', "_patch00", "?q=", "&lng=",
    ]  # fmt: skip
    places = 0
    for _ in range(3000):
        text = "".join(random.choice(pieces, random.integers(1, 14)))
        try:
            lonlat = coordinates_of(text)
        except PlaceError as error:
            assert len(str(error)) < 400  # noqa: PT017 - most texts have no error
            continue
        if lonlat is not None:
            places += 1
            assert -180 <= lonlat[0] < 180
            assert -90 <= lonlat[1] <= 90
    assert places > 10
