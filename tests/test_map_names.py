"""Names on the map where no tiles come: the right ones, few, and none over another."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import ipywidgets
import pytest

from chatearthnet_explorer.widgets.explore.click_map import ClickMap
from chatearthnet_explorer.widgets.shared.map_frame import MapFrame
from chatearthnet_explorer.widgets.shared.map_names import names_svg
from chatearthnet_explorer.widgets.shared.world_map import NOTHING, show_box, world_map

SVG = "{http://www.w3.org/2000/svg}"
CENTRAL_EUROPE = (2.0, 44.0, 20.0, 56.0)


def names(bounds: tuple[float, float, float, float], zoom: float) -> list[str]:
    """The names on the picture of a view."""
    return [text.text for text in drawing(bounds, zoom).iter(f"{SVG}text")]


def drawing(bounds: tuple[float, float, float, float], zoom: float) -> ET.Element:
    address = names_svg(bounds, zoom)
    assert address.startswith("data:image/svg+xml,%3Csvg")
    return ET.fromstring(unquote(address.partition(",")[2]))  # noqa: S314 - our own picture


def test_countries_from_afar_and_towns_from_near() -> None:
    world = names((-180.0, -70.0, 180.0, 75.0), 2)
    assert {"Russia", "Brazil", "Australia"} <= set(world)
    assert "Luxembourg" not in world
    assert "Tokyo" not in world
    europe = names(CENTRAL_EUROPE, 5)
    assert {"Germany", "Czechia", "Berlin", "Vienna"} <= set(europe)
    bavaria = names((10.5, 47.5, 12.5, 48.7), 9)
    assert {"Munich", "Augsburg"} <= set(bavaria)
    assert "Germany" not in bavaria


@pytest.mark.parametrize("zoom", [2, 3, 4, 5, 6, 7, 9, 11])
def test_names_are_few_and_none_covers_another(zoom: int) -> None:
    wide = 480 / 256 * 360 / 2**zoom
    picture = drawing((11.6 - wide / 2, max(48.1 - wide / 4, -70), 11.6 + wide / 2, min(48.1 + wide / 4, 75)), zoom)
    boxes = []
    for text in picture.iter(f"{SVG}text"):
        half = 3.3 * len(text.text)
        x, y = float(text.get("x")), float(text.get("y"))
        boxes.append((x - half, y - 9, x + half, y + 3))
    assert 0 < len(boxes) <= 24
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            assert not (one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])


def test_names_on_both_sides_of_the_antimeridian() -> None:
    assert {"Fiji", "Apia"} <= set(names((170.0, -25.0, 190.0, -10.0), 6))
    assert {"Fiji", "Apia"} <= set(names((-190.0, -25.0, -170.0, -10.0), 6))
    assert "Berlin" in names(tuple(side + turn for side, turn in zip(CENTRAL_EUROPE, (360, 0, 360, 0), strict=True)), 5)


@pytest.mark.parametrize(
    ("bounds", "zoom"),
    [
        ((-30.0, 10.0, -29.9, 10.1), 10),  # the open sea
        ((0.0, 0.0, 0.0, 0.0), 5),
        ((-180.0, -85.0, 180.0, 85.0), 24),  # wider than any screen
        ((10.0, 50.0, 5.0, 40.0), 5),
        ((-1e300, -90.0, 1e300, 90.0), 1e300),
    ],
)
def test_a_view_without_names_has_no_picture(bounds: tuple[float, float, float, float], zoom: float) -> None:
    assert names_svg(bounds, zoom) == ""


def look_at(frame: MapFrame, west: float, south: float, east: float, north: float, zoom: int) -> None:
    """Do what Leaflet does when a map was moved."""
    frame.map.zoom = zoom
    frame.map.set_trait("bounds", ((south, west), (north, east)))


@pytest.fixture
def frame() -> MapFrame:
    return MapFrame(world_map("300px"), ipywidgets.Button(), purpose="Enter does nothing.")


def test_frame_draws_names_until_imagery_is_there(frame: MapFrame) -> None:
    layer = frame.map.layers[-1]
    assert layer.url == NOTHING
    look_at(frame, *CENTRAL_EUROPE, zoom=5)
    assert "Germany" in layer.url
    assert tuple(map(tuple, layer.bounds)) == ((44.0, 2.0), (56.0, 20.0))
    frame.aids.has_imagery = True
    assert layer.url == NOTHING
    look_at(frame, 0.0, 40.0, 18.0, 52.0, zoom=5)
    assert layer.url == NOTHING


def test_enter_on_the_map_chooses_its_middle() -> None:
    click_map = ClickMap()
    frame = next(child for child in click_map.children if isinstance(child, MapFrame))
    frame.aids.set_state({"pick": [1, 48.14, 371.58]})  # the map itself may tell its middle later
    assert click_map.lonlat == pytest.approx((11.58, 48.14))
    assert re.match(r"48\.14 N, 11\.58 E, near Munich", click_map.field.value)


@pytest.mark.parametrize(
    ("box", "screen", "zoom"),
    [
        ((5.9, 47.3, 15.0, 55.0), (456, 288), 5),
        ((5.9, 47.3, 15.0, 55.0), (308, 200), 4),
        ((5.9, 47.3, 15.0, 55.0), (1800, 900), 6),
        ((177.0, -19.0, -179.8, -16.0), (456, 288), 7),
        ((-180.0, -85.0, 180.0, -60.0), (456, 288), 1),
        ((11.0, 48.0, 11.001, 48.001), (456, 288), 14),
        ((-180.0, -90.0, 180.0, 90.0), (456, 288), 1),
    ],
)
def test_a_box_fits_into_the_map(box: tuple[float, float, float, float], screen: tuple[int, int], zoom: int) -> None:
    world = world_map("300px")
    world.set_trait("pixel_bounds", ((1000.0, 2000.0), (1000.0 + screen[0], 2000.0 + screen[1])))
    show_box(world, box)
    assert world.zoom == zoom
