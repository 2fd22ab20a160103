"""A map of the user's own in Explorer and Browser: it gets what they need, keeps what it has, and is given back."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import ipyleaflet
import ipywidgets
import pytest
from rig.map_click import click
from rig.samples import small_sample

from chatearthnet_explorer.catalog import Query
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.explore.explorer import Explorer

if TYPE_CHECKING:
    from collections.abc import Callable

RING = [[10.0, 40.0], [10.0, 50.0], [30.0, 50.0], [30.0, 40.0], [10.0, 40.0]]
SHAPE = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [RING]}}


def plain_map() -> ipyleaflet.Map:
    return ipyleaflet.Map(center=(48.0, 11.0), zoom=7, panes={"mine": {"zIndex": 420}})


def leafmap_map() -> ipyleaflet.Map:
    leafmap = pytest.importorskip("leafmap", reason="leafmap is not installed: pip install .[lab]")
    return leafmap.Map(center=(48.0, 11.0), zoom=7)


def explore(world: object) -> Explorer:
    return Explorer(source="simulated", map=world)


def browse(world: object) -> Browser:
    sample = small_sample()
    return Browser(sample.catalog, release=sample.release, labels="simulated", map=world)


both_maps = pytest.mark.parametrize("new_map", [plain_map, leafmap_map])
both_views = pytest.mark.parametrize("open_view", [explore, browse])


@both_maps
@both_views
@pytest.mark.filterwarnings("ignore:Passing unrecognized arguments")  # leafmap hands its own options to ipyleaflet
def test_map_keeps_its_view_layers_and_tools(
    new_map: Callable[[], ipyleaflet.Map], open_view: Callable[[object], Any]
) -> None:
    world = new_map()
    marker = ipyleaflet.Marker(location=(48.0, 11.0))
    world.add(marker)
    layers, controls, panes = world.layers, world.controls, dict(world.panes)
    view = open_view(world)
    assert view.map.map is world
    assert (tuple(world.center), world.zoom) == ((48.0, 11.0), 7)
    assert world.layers[: len(layers)] == layers
    assert len(world.layers) > len(layers)
    assert world.controls[: len(controls)] == controls
    assert world.panes.items() >= panes.items()
    assert all(layer.name for layer in world.layers[len(layers) :])  # a control of layers lists them by name


@both_maps
@both_views
@pytest.mark.filterwarnings("ignore:Passing unrecognized arguments")
def test_closing_gives_the_map_back(new_map: Callable[[], ipyleaflet.Map], open_view: Callable[[object], Any]) -> None:
    world = new_map()
    layers, controls = world.layers, world.controls
    view = open_view(world)
    handlers = view.map
    view.close()
    assert (world.layers, world.controls) == (layers, controls)
    assert world.comm is not None
    assert all(part.comm is not None for part in (*layers, *controls))
    assert handlers.comm is None
    world.zoom = 9  # nobody listens any more
    world._handle_leaflet_event(None, {"event": "interaction", "type": "click", "coordinates": [48.0, 11.0]}, [])
    again = open_view(world)
    assert again.map.map is world


@both_maps
@pytest.mark.filterwarnings("ignore:Passing unrecognized arguments")
def test_click_on_the_map_gives_a_caption(new_map: Callable[[], ipyleaflet.Map]) -> None:
    explorer = explore(new_map())
    assert explorer.result is None  # no place was asked for: the map stays where it was
    click(explorer.map, 6.73, 0.336)
    assert explorer.result.caption.text
    assert explorer.map.chip is explorer.result.chip


def test_opens_a_place_if_one_is_given() -> None:
    world = plain_map()
    explorer = Explorer(source="simulated", map=world, place=SimpleNamespace(lon=6.73, lat=0.336))
    assert explorer.result.chip
    assert tuple(world.center) == (0.336, 6.73)


@pytest.mark.filterwarnings("ignore:Passing unrecognized arguments")
def test_own_drawing_tool_draws_the_region_and_keeps_the_drawing() -> None:
    world = leafmap_map()
    browser = browse(world)
    pencils = [one for one in world.controls if isinstance(one, ipyleaflet.DrawControl)]
    assert pencils == [world.draw_control]
    messages: list[object] = []
    world.draw_control.send = messages.append
    world.draw_control._handle_leaflet_event(None, {"event": "draw:created", "geo_json": SHAPE}, [])
    assert browser.query == Query(bbox=(10.0, 40.0, 30.0, 50.0))
    assert world.user_roi["geometry"] == SHAPE["geometry"]  # leafmap heard of it as well
    assert messages == []  # and nothing was wiped
    point = {**SHAPE, "geometry": {"type": "Point", "coordinates": [1.0, 2.0]}}
    world.draw_control._handle_leaflet_event(None, {"event": "draw:created", "geo_json": point}, [])
    assert browser.query == Query(bbox=(10.0, 40.0, 30.0, 50.0))


def test_map_without_drawing_tool_gets_one() -> None:
    world = plain_map()
    browser = browse(world)
    (pencil,) = (one for one in world.controls if isinstance(one, ipyleaflet.DrawControl))
    pencil._handle_leaflet_event(None, {"event": "draw:created", "geo_json": SHAPE}, [])
    assert browser.query == Query(bbox=(10.0, 40.0, 30.0, 50.0))


@both_views
@pytest.mark.parametrize(
    ("wrong", "name"), [(3, "int"), ("world", "str"), (ipywidgets.HTML(), "ipywidgets.widgets.widget_string.HTML")]
)
@pytest.mark.filterwarnings("error")
def test_refuses_what_is_no_map(open_view: Callable[[object], Any], wrong: object, name: str) -> None:
    with pytest.raises(SettingError) as error_info:
        open_view(wrong)
    assert str(error_info.value) == (
        f"map takes a leafmap.Map or an ipyleaflet.Map, not {name}; make one of those and try again."
    )


@pytest.mark.parametrize(
    "code",
    [
        "from chatearthnet_explorer import Browser, Explorer, ReviewDesk; Explorer(source='simulated').close()",
        "import chatearthnet_explorer.app.site, chatearthnet_explorer.app.server",
    ],
)
def test_views_and_app_load_neither_leafmap_nor_jupyterlab(code: str) -> None:
    pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")
    code += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    process = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    modules = set(process.stdout.split())
    assert "ipyleaflet" in modules
    assert not modules & {"leafmap", "jupyterlab", "jupyter_server", "geopandas", "plotly", "folium"}
    # of what is installed with the app, but only used when something is asked of it
    assert not modules & {
        "duckdb",
        "pyarrow",
        "dask",
        "distributed",
        "rasterio",
        "rioxarray",
        "xarray",
        "pystac_client",
    }
