"""Finding a place and moving the map in a real browser: by name, keys, wheel and touch, on a desktop and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rig import servers

from chatearthnet_explorer.render import png

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect


WATCH = """(hint) => {
  window.hintCount = 0;
  new MutationObserver(() => { if (!hint.hidden) window.hintCount += 1; }).observe(hint, { attributes: true });
}"""
"""Counts how often a hint appears, which stays for a moment alone."""

STANDS_STILL = """() => new Promise((done) => {
  const top = document.scrollingElement.scrollTop;
  setTimeout(() => done(document.scrollingElement.scrollTop === top), 300);
})"""
"""Whether the page has stopped scrolling."""

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(autouse=True)
def _close_pages(browser: Browser) -> Iterator[None]:
    yield
    for context in browser.contexts:
        context.close()


def open_page(browser: Browser, app: str, kind: dict[str, object], path: str = "") -> Page:
    page = browser.new_context(**kind).new_page()
    page.goto(servers.page_of(app, path) if path else app)
    expect(field(page)).to_be_visible()
    return page


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find a place")


def options(page: Page) -> Locator:
    """The suggestions of the field."""
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def frame(page: Page) -> Locator:
    return page.locator(".cen-map-frame").first


def zoom_of(page: Page) -> str:
    """What stands for the zoom of the map: the size of the outline's picture changes with it."""
    return page.locator(".leaflet-land-pane path").first.get_attribute("d") or ""


def wait_for_zoom(page: Page, before: str) -> None:
    """Wait until the outline is drawn at another zoom, and the map stands still."""
    expect(page.locator(".leaflet-land-pane path").first).not_to_have_attribute("d", before)
    expect(page.locator(".leaflet-map-pane.leaflet-zoom-anim")).to_have_count(0)


@pytest.mark.parametrize("kind", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_home_is_reached_by_name_with_keys_alone(
    browser: Browser, app: str, kind: dict[str, object], tmp_path: Path
) -> None:
    page = open_page(browser, app, kind)
    field(page).focus()
    expect(options(page)).to_have_count(12)  # places to start with
    page.keyboard.type("augsb")
    expect(options(page).first).to_contain_text("Augsburg, Germany")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    assert field(page).get_attribute("aria-activedescendant") == options(page).first.get_attribute("id")
    page.screenshot(path=tmp_path / "suggestions.png")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("Augsburg, Germany")
    expect(options(page)).to_have_count(0)
    expect(page.locator(".cen-place-card .cen-head")).to_contain_text("near Augsburg, Germany")
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= kind["viewport"]["width"]


def test_first_suggestion_is_taken_by_enter_and_a_press_takes_any(browser: Browser, app: str) -> None:
    page = open_page(browser, app, DESKTOP)
    field(page).fill("lisbo")
    expect(options(page).first).to_contain_text("Lisbon, Portugal")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("Lisbon, Portugal")
    expect(page.locator(".cen-place-card .cen-head")).to_contain_text("near Lisbon, Portugal")
    field(page).fill("springfield")
    options(page).filter(has_text="Springfield").nth(1).click()
    expect(field(page)).to_have_value("Springfield, United States")


def test_text_that_is_no_place_is_answered_and_escape_restores(browser: Browser, app: str) -> None:
    page = open_page(browser, app, DESKTOP)
    before = field(page).input_value()
    field(page).fill("<img src=qqxv onerror=alert(1)>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="No place called '<img src=qqxv")).to_be_visible()
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value(before)
    field(page).fill("48,14")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="can be read in two ways")).to_be_visible()


@pytest.mark.parametrize("kind", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_controls_have_names_and_sizes_for_fingers(browser: Browser, app: str, kind: dict[str, object]) -> None:
    page = open_page(browser, app, kind)
    least = 44 if kind is PHONE else 32
    for control in (field(page), page.get_by_role("button", name="Go", exact=True)):
        assert control.bounding_box()["height"] >= least
    field(page).focus()
    assert options(page).first.bounding_box()["height"] >= least
    assert page.evaluate("e => parseFloat(getComputedStyle(e).fontSize)", field(page).element_handle()) >= 15 + (
        kind is PHONE
    )


def test_wheel_scrolls_the_page_until_the_map_is_clicked(browser: Browser, app: str) -> None:
    page = open_page(browser, app, DESKTOP)
    expect(frame(page).locator(".leaflet-container")).to_have_attribute("role", "application")
    page.locator(".leaflet-land-pane path").first.wait_for(state="attached")
    servers.caption(page)  # nothing above the map changes any more
    page.locator(".cen-map-hint").evaluate(WATCH)
    box = frame(page).bounding_box()
    before = zoom_of(page)
    page.mouse.move(box["x"] + 60, box["y"] + 150)
    page.mouse.wheel(0, 120)
    page.wait_for_function("document.scrollingElement.scrollTop > 60")
    page.wait_for_function("window.hintCount > 0")
    assert zoom_of(page) == before
    page.mouse.wheel(0, -500)
    page.wait_for_function("document.scrollingElement.scrollTop === 0")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -240)
    page.keyboard.up("Control")
    wait_for_zoom(page, before)
    after = zoom_of(page)
    assert page.evaluate("window.devicePixelRatio") == 1  # the page itself was not zoomed
    page.mouse.click(box["x"] + 60, box["y"] + 150)
    page.mouse.wheel(0, -240)
    wait_for_zoom(page, after)
    assert page.evaluate("document.scrollingElement.scrollTop") == 0


def test_map_is_moved_and_a_square_chosen_by_keys(browser: Browser, app: str) -> None:
    page = open_page(browser, app, DESKTOP)
    world = frame(page).locator(".leaflet-container")
    expect(world).to_have_attribute(
        "aria-label", "Map. Arrow keys move it, plus and minus zoom. Enter chooses the square under the cross."
    )
    before = field(page).input_value()
    field(page).focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(world).to_be_focused()
    expect(page.locator(".cen-map-cross")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # while the map still moves
    expect(field(page)).not_to_have_value(before)
    assert " E, " in field(page).input_value()
    lon = float(field(page).input_value().split(" N, ")[1].split(" E")[0])
    assert lon > 7
    page.keyboard.press("Tab")
    expect(page.locator(".cen-map-cross")).to_be_hidden()


def test_one_finger_scrolls_over_the_map_until_a_tap(browser: Browser, app: str) -> None:
    page = open_page(browser, app, PHONE)
    world = frame(page).locator(".leaflet-container")
    expect(world).to_have_attribute("role", "application")
    servers.caption(page)  # nothing above the map changes any more
    touch = page.context.new_cdp_session(page)
    before = field(page).input_value()

    def swipe(up: int) -> None:
        box = world.bounding_box()
        x, y = box["x"] + 120, box["y"] + 100  # as far from the buttons as a finger may miss them
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(10, up + 1, 10):
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - step}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def middle() -> str:
        return page.locator(".leaflet-map-pane").first.evaluate("e => e.style.transform")

    start = middle()
    swipe(150)
    page.wait_for_function("document.scrollingElement.scrollTop > 80")
    assert middle() == start
    page.wait_for_function(STANDS_STILL)  # a tap on a page that still scrolls only stops it
    box = world.bounding_box()
    page.touchscreen.tap(box["x"] + 90, box["y"] + 120)
    expect(field(page)).not_to_have_value(before)
    # the name of the place stands above the map, and has fewer lines than the one before
    expect(page.locator(".cen-place-card")).to_contain_text("Open sea.")
    expect(page.locator(".cen-caption-card")).to_contain_text("No caption yet.")
    top = page.evaluate("document.scrollingElement.scrollTop")
    start = middle()
    swipe(60)
    page.wait_for_function(
        "([pane, start]) => pane.style.transform !== start",
        arg=[page.locator(".leaflet-map-pane").first.element_handle(), start],
    )
    page.wait_for_function(STANDS_STILL)
    assert page.evaluate("document.scrollingElement.scrollTop") == top


def test_names_stand_on_the_outline_and_imagery_is_credited_only_when_seen(browser: Browser, app: str) -> None:
    page = open_page(browser, app, DESKTOP)
    names = page.locator(".leaflet-names-pane img")
    expect(names).to_have_attribute("src", re.compile("Gabon"))
    credit = page.locator(".leaflet-control-attribution")
    expect(credit).to_contain_text("Names: GeoNames")
    expect(page.locator(".cen-imagery-credit")).to_be_hidden()
    page.context.close()

    context = browser.new_context(**DESKTOP)
    tile = png(np.zeros((256, 256, 3), np.uint8))
    context.route(f"**/{servers.IMAGERY}/**", lambda route: route.fulfill(body=tile, content_type="image/png"))
    page = context.new_page()
    page.goto(app)
    expect(page.locator(".cen-imagery-credit")).to_be_visible()
    expect(page.locator(".leaflet-names-pane img")).not_to_have_attribute("src", re.compile("svg"))


def test_country_in_browse_is_the_filter(browser: Browser, app: str) -> None:
    page = open_page(browser, app, DESKTOP, "browse")
    field(page).fill("indones")
    expect(options(page).first).to_contain_text("Indonesia")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Only pairs in Indonesia are listed.")).to_be_visible()
    expect(
        page.get_by_role("button", name="Remove filter: Indonesia").or_(page.get_by_text("country: Indonesia")).first
    ).to_be_visible()
