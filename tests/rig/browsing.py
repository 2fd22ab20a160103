"""What a person does in the browser of the dataset, on a page of JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from rig import doors

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEAD = ".cen-gallery .cen-head h3"
"""Where it says which pairs of how many are shown."""


def total(page: Page) -> int:
    """Wait until the answer is there, and return how many pairs match."""
    head = page.locator(HEAD)
    expect(head).to_contain_text(re.compile(r"Pairs .* of [\d,]+"), timeout=doors.SLOW)
    return int(head.inner_text().rpartition(" ")[2].replace(",", ""))


def pills(page: Page) -> list[str]:
    """Return every choice made, as it can be taken back."""
    found = page.locator(".cen-pill").all()
    return [(pill.get_attribute("aria-label") or "").removeprefix("Leave out: ") for pill in found]


def choose(page: Page, name: str) -> int:
    """Press a value of a facet; return the pairs it promised."""
    value = page.locator(".cen-facet-view .cen-value").filter(has_text=re.compile(rf"^\W*\w*\s*{name}\s*[\d,]+$"))
    promised = int(value.locator(".cen-count").inner_text().replace(",", ""))
    value.click()
    return promised


def draw_box(page: Page) -> None:
    """Draw a rectangle on the map by hand."""
    shown = page.locator(".leaflet-container").first
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box
    page.locator(".leaflet-draw-draw-rectangle").click()
    page.mouse.move(box["x"] + 0.35 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.8 * box["height"], steps=6)
    page.mouse.up()
    expect(page.locator(".cen-pill", has_text="box")).to_have_count(1, timeout=doors.SLOW)


def link(page: Page) -> str:
    """Return the link to what is shown."""
    if not page.locator(".cen-link").is_visible():
        page.locator(".cen-linked summary").click()
    return page.locator(".cen-link").input_value()


def follow(page: Page, address: str) -> None:
    """Go where a link leads."""
    page.locator(".cen-link").fill(address)
    page.locator(".cen-link").press("Enter")
