"""A leafmap map of the user's own in Explorer and Browser, in JupyterLab: toolbar, layers, drawing tools and clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rig import browsing, servers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect
pytest.importorskip("leafmap", reason="leafmap is not installed: pip install .[lab]")

ON_SCREEN = """
import ipyleaflet, leafmap

world = leafmap.Map(center=(10, 10), zoom=3, basemap="Esri.WorldImagery", height="440px")
world.add(ipyleaflet.Marker(location=(0.0, 20.0), name="A marker of mine"))
world
"""
EXPLORE = """
from chatearthnet_explorer import Explorer

explorer = Explorer(source="simulated", map=world)
explorer
"""
BROWSE = """
import leafmap
from chatearthnet_explorer import Browser

world = leafmap.Map(center=(10, 10), zoom=2, basemap="Esri.WorldImagery", height="440px", layers_control=True)
browser = Browser.sample(map=world)
browser
"""
AFTERWARDS = """
print("drawn:", world.user_roi["geometry"]["type"], "draw controls:", len(list(filter(
    lambda one: "Draw" in type(one).__name__, world.controls))))
browser.close()
print("layers:", *(layer.name for layer in world.layers))
"""


def _open_toolbar(page: Page, world: Locator) -> None:
    """Open leafmap's toolbar, and in it the list of layers."""
    world.locator(".leaflet-top.leaflet-right .jupyter-button").first.hover()
    world.get_by_title("Toolbar", exact=True).click()
    expect(world.get_by_title("Change basemap", exact=True)).to_be_visible()
    world.locator("button[title=Layers]").click()
    expect(world.get_by_text("All layers on/off").first).to_be_visible()
    servers.wait_idle(page)


def _drag(page: Page, world: Locator, *, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag on the map from one share of its width and height to another."""
    world.scroll_into_view_if_needed()
    box = world.bounding_box()
    assert box
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=5)
    page.mouse.up()


def test_explorer_on_a_map_that_is_on_screen_already(browser: Browser, lab: str) -> None:
    address = servers.store(lab, "explore_own_map", ON_SCREEN, EXPLORE)
    with servers.watched_page(browser, width=1400, height=1300) as tab:
        page = tab.page
        page.goto(address)
        servers.run_cell(page, 0)
        expect(page.locator(".leaflet-container .leaflet-marker-icon")).to_be_visible()
        servers.run_cell(page, 1)
        world = page.locator(".cen-explorer .leaflet-container")
        expect(world.locator(".leaflet-marker-icon")).to_be_visible()
        expect(world.locator(".leaflet-land-pane path")).to_have_count(1)
        expect(page.locator(".leaflet-land-pane path")).to_have_count(2)  # the first view as well
        assert page.locator(".cen-caption .cen-text").count() == 0
        world.scroll_into_view_if_needed()
        box = world.bounding_box()
        assert box
        page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.45 * box["height"])
        words = servers.caption(page)
        assert len(words) > 50
        servers.wait_idle(page)

        world.locator(".leaflet-draw-draw-rectangle").click()
        _drag(page, world, start=(0.4, 0.2), end=(0.7, 0.6))
        expect(world.locator(".leaflet-overlay-pane path.leaflet-interactive")).to_have_count(1)
        servers.wait_idle(page)
        assert servers.caption(page) == words  # drawing is no click

        _open_toolbar(page, world)
        for name in ("A marker of mine", "Outline of the land", "Chip"):
            expect(world.get_by_text(name, exact=True).first).to_be_visible()

        assert tab.foreign == []
        assert tab.errors == []


def test_browser_takes_the_region_from_the_tools_of_leafmap(browser: Browser, lab: str) -> None:
    address = servers.store(lab, "browse_own_map", BROWSE, AFTERWARDS)
    with servers.watched_page(browser, width=1400, height=1300) as tab:
        page = tab.page
        page.goto(address)
        servers.run_cell(page, 0)
        page.locator(".cen-gallery .cen-tile").first.wait_for()
        servers.wait_idle(page)
        world = page.locator(".cen-browser .leaflet-container")
        expect(world.locator(".leaflet-draw-draw-rectangle")).to_have_count(1)
        everywhere = browsing.total(page)
        browsing.draw_box(page)
        expect(world.locator(".leaflet-overlay-pane path.leaflet-interactive")).to_have_count(1)
        assert 0 < browsing.new_total(page, everywhere) < everywhere
        world.locator(".leaflet-control-layers").hover()
        expect(world.locator(".leaflet-control-layers-overlays")).to_contain_text("Pairs")
        _open_toolbar(page, world)

        servers.run_cell(page, 1)
        output = page.locator(".jp-OutputArea-output pre").last
        expect(output).to_contain_text("drawn: Polygon draw controls: 1")
        expect(output).to_contain_text("layers: OpenStreetMap")
        expect(output).not_to_contain_text("Pairs")
        assert tab.foreign == []
        assert tab.errors == []
