"""What a person does in the browser of the dataset, on a page of JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEAD = ".cen-gallery .cen-head h3"
"""Where it says which pairs of how many are shown."""


def total(page: Page) -> int:
    """Wait until the answer is there, and return how many pairs match."""
    head = page.locator(HEAD).filter(has_text=re.compile(r"Pairs .* of [\d,]+$"))
    return int(head.inner_text().rpartition(" ")[2].replace(",", ""))


def expect_total(page: Page, count: int) -> None:
    """Wait until as many pairs match."""
    expect(page.locator(HEAD)).to_have_text(re.compile(rf" of {count:,}$"))


def new_total(page: Page, old: int) -> int:
    """Wait until the answer to a changed query replaces an answer of another size; return how many pairs match now."""
    expect(page.locator(HEAD)).not_to_contain_text(re.compile(rf" of {old:,}$"))
    return total(page)


def pills(page: Page) -> list[str]:
    """Return every choice made, as it can be taken back."""
    labels: list[str] = page.locator(".cen-pill").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    return [label.removeprefix("Remove filter: ") for label in labels]


def choose(page: Page, name: str) -> int:
    """Press a value of a facet; return the pairs it promised."""
    value = page.locator(".cen-facet-view .cen-value").filter(has_text=re.compile(rf"^\W*\w*\s*{name}\s*[\d,]+$"))
    count = int(value.locator(".cen-count").inner_text().replace(",", ""))
    value.click()
    return count


def draw_box(page: Page) -> None:
    """Draw a rectangle on the map by hand."""
    map_element = page.locator(".leaflet-container").first
    page.locator(".leaflet-draw-draw-rectangle").click()
    map_element.scroll_into_view_if_needed()
    box = map_element.bounding_box()  # after the click, which may have scrolled the page
    assert box
    page.mouse.move(box["x"] + 0.35 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.8 * box["height"], steps=6)
    page.mouse.up()
    expect(page.locator(".cen-pill", has_text="box")).to_have_count(1)


def link(page: Page) -> str:
    """Return the link to what is shown."""
    page.locator(".cen-linked summary").wait_for()
    if page.locator(".cen-linked[open]").count() == 0:
        page.locator(".cen-linked summary").click()
    return page.locator(".cen-link").input_value()


def follow(page: Page, address: str) -> None:
    """Go where a link leads."""
    page.locator(".cen-link").fill(address)
    page.locator(".cen-link").press("Enter")
