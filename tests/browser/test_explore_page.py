"""The Explorer on the site, as a newcomer meets it: on a desktop and on a phone, by mouse, touch and keyboard."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from rig import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

CARDS = ("place", "chip", "caption", "question", "next")


@contextmanager
def open_page(browser: Browser, app: str, *, width: int, height: int) -> Iterator[Page]:
    """Open the page and wait for its caption; a narrow one is that of a phone, with touch."""
    phone = width < 500
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=phone, is_mobile=phone)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(servers.page_of(app, "explore"))
    page.locator(".cen-explorer .cen-caption .cen-text").wait_for()
    page.locator("#site-first > *").first.wait_for(state="detached")
    try:
        yield page
        assert errors == []
    finally:
        context.close()


def test_desktop_shows_map_picture_slider_and_caption_above_the_fold(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=1280, height=800) as page:
        for selector in (
            ".cen-explorer .leaflet-container",
            ".cen-explorer .cen-stage",
            ".cen-explorer .cen-blend",
            ".cen-explorer .cen-row >> nth=0",
        ):
            expect(page.locator(selector)).to_be_visible()  # the slider comes when the picture is decoded
            box = page.locator(selector).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 800, selector
        box = page.locator(".cen-explorer .cen-caption .cen-text").bounding_box()
        assert box is not None
        assert box["y"] + 40 <= 800  # a line and a half


def test_phone_has_the_order_of_reading_without_sideways_scrolling(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=360, height=740) as page:
        titles = page.locator(".cen-explorer h2")
        expect(titles).to_have_text([re.compile(rf"^{start}\b") for start in ("1", "2", "3", "4", "5", "What")])
        tops = [page.locator(f".cen-explorer .cen-{name}-card").bounding_box()["y"] for name in CARDS]
        assert tops == sorted(tops)
        stage, legend = (page.locator(f".cen-explorer .cen-{name}").bounding_box() for name in ("stage", "side"))
        assert stage["y"] < legend["y"]
        page.get_by_role("button", name="Options").tap()
        expect(page.get_by_label("Year", exact=True)).to_be_visible()
        page.get_by_text("The facts", exact=True).tap()
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_phone_has_large_text_and_large_targets(browser: Browser, app: str) -> None:
    script = """([cards, selectors, least]) => {
      const found = [];
      const walk = (root) => { for (const one of root.querySelectorAll("*")) {
        if (one.shadowRoot) walk(one.shadowRoot);
        if (!one.closest(cards)) continue;
        if (!one.checkVisibility() || one.closest("[aria-hidden=true]")) continue;
        const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        const size = parseFloat(getComputedStyle(one).fontSize);
        if (words && size < least.text) found.push(`${size} px: ${one.textContent.slice(0, 40)}`);
        const height = one.getBoundingClientRect().height;
        if (one.matches(selectors) && height && height < least.target)
          found.push(`${height} px high: ${one.outerHTML.slice(0, 80)}`);
      } };
      walk(document);
      return found;
    }"""
    with open_page(browser, app, width=360, height=740) as page:
        page.get_by_role("button", name="Options").tap()
        expect(page.get_by_label("Year", exact=True)).to_be_visible()
        page.get_by_role("button", name="Check this caption").tap()
        page.locator(".cen-counts").wait_for()
        cards = ".cen-chip-card, .cen-caption-card, .cen-question-card, .cen-next-card, .cen-options"
        # half a pixel is rounding
        assert page.evaluate(script, [cards, "button, select, summary, input", {"text": 16, "target": 43.5}]) == []


def test_style_is_chosen_by_the_arrow_keys_and_the_focus_stays(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=1280, height=800) as page:
        page.get_by_role("tab", name="GPT-3.5 style").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="GPT-4V style")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tab", name="GPT-4V style")).to_be_focused()
        expect(page.locator(".cen-explorer .cen-byline")).to_contain_text("in the style of GPT-4V")


def test_edits_survive_a_change_of_style_and_can_be_undone(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=1280, height=800) as page:
        card = page.locator(".cen-question-card")
        card.get_by_role("button", name="Edit", exact=True).click()
        card.get_by_label("Facts (user message)").fill("Describe the water.")
        expect(card.get_by_text("no longer ChatEarthNet's method")).to_be_visible()
        expect(card.get_by_text("do not read your words")).to_be_visible()
        button = card.get_by_role("button", name="Caption again without my edits")
        expect(button).to_be_visible()
        page.get_by_role("tab", name="GPT-4V style").click()
        expect(page.locator(".cen-explorer .cen-byline")).to_contain_text("GPT-4V")
        expect(card.get_by_text("no longer ChatEarthNet's method")).to_be_hidden()
        page.get_by_role("tab", name="GPT-3.5 style").click()
        expect(card.get_by_text("You edited this question before.")).to_be_visible()
        card.get_by_role("button", name="Bring my edits back").click()
        expect(card.get_by_label("Facts (user message)")).to_have_value("Describe the water.")
        expect(card.get_by_text("no longer ChatEarthNet's method")).to_be_visible()
        card.get_by_role("button", name="Undo my edits").click()
        expect(card.get_by_text("no longer ChatEarthNet's method")).to_be_hidden()


def test_simulated_place_is_tried_again_and_stays_marked(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=1280, height=800) as page:
        card = page.locator(".cen-chip-card")
        expect(card.get_by_text("You seem to be offline, so this is a simulated place.")).to_be_visible()
        expect(card.locator("h2").first).to_have_text("2 Picture simulated")
        expect(card.locator(".cen-ribbon")).to_be_visible()
        card.get_by_role("button", name="Try Sentinel-2 again").click()
        status = page.get_by_role("alert").filter(has_text="does not answer")
        expect(status).to_be_visible()


def test_similar_places_lead_to_another_place(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=360, height=740) as page:
        before = servers.caption(page)
        page.get_by_role("button", name="See six places like this").tap()
        places = page.locator(".cen-similar button")
        expect(places).to_have_count(6)
        name = places.first.locator("strong").inner_text()
        places.first.tap()
        expect(page.locator(".cen-place-card h2")).to_contain_text(name.split(",")[-1].strip())
        expect(page.locator(".cen-explorer .cen-caption .cen-text")).not_to_have_text(before)


def test_lesson_behind_the_link_exists(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=1280, height=800) as page:
        page.get_by_role("link", name="Learn how the question is made").click()
        expect(page.locator("h1")).to_contain_text("From labels to a prompt")


def test_every_control_of_the_page_is_named_by_its_label(browser: Browser, app: str) -> None:
    with open_page(browser, app, width=1280, height=800) as page:
        page.get_by_role("button", name="Options").press("Enter")
        for label in ("Source", "Year", "Caption by", "Choice of words (seed)"):
            expect(page.get_by_label(label, exact=True)).to_be_visible()
        page.get_by_label("Year", exact=True).select_option("2021")
        expect(page.get_by_role("button", name="Options")).to_contain_text("2021")
        check = page.get_by_role("button", name="Check against the labels")
        expect(check).to_have_attribute("aria-pressed", "false")
        check.press(" ")
        expect(check).to_have_attribute("aria-pressed", "true")
        picture = page.get_by_role("img", name="Simulated picture of a square 2.4 km wide")
        expect(picture).to_be_visible()
