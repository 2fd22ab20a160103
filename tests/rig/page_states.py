"""The pages of the site in each state that somebody can bring them to: what the tests of accessibility look at."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from chatearthnet_explorer.learn.course import open_lesson
from rig import servers
from rig.tour import PHONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

LESSON = "what-a-chip-is"


def _press(page: Page, target: Locator) -> None:
    if (page.viewport_size or {}).get("width") == PHONE["viewport"]["width"]:
        target.tap()
    else:
        target.click()


def _unfold(page: Page, within: str) -> None:
    # each press hides the summary from the locator, as its details are open then
    summaries = page.locator(f"{within} details:not([open]) > summary:visible")
    for _ in range(summaries.count()):
        _press(page, summaries.first)


def _open(page: Page, site: str, path: str, ready: str, query: str = "") -> None:
    page.goto(servers.page_of(site, path) + query)
    page.locator(ready).first.wait_for()
    page.locator(".site-stage[data-state=live]").wait_for()


def explore(page: Page, site: str) -> Iterator[str]:
    """A place, then everything that its cards unfold."""
    _open(page, site, "explore", ".cen-explorer .cen-caption .cen-text")
    yield "explore"
    _press(page, page.get_by_role("button", name="Options"))
    expect(page.get_by_label("Year", exact=True)).to_be_visible()
    _press(page, page.get_by_role("button", name="Check this caption"))
    page.locator(".cen-counts").wait_for()
    _unfold(page, ".cen-explorer")
    _press(page, page.get_by_role("button", name="Edit", exact=True))
    page.get_by_label("Facts (user message)").fill("Describe the water.")
    expect(page.get_by_text("no longer ChatEarthNet's method")).to_be_visible()
    yield "explore unfolded"
    page.get_by_role("combobox", name="Find a place").first.fill("Mun")
    page.get_by_role("option", name=re.compile("^Mun")).first.wait_for()  # others are there from the start
    yield "explore suggestions"


def browse(page: Page, site: str) -> Iterator[str]:
    """The gallery, its filters and map, and a pair."""
    _open(page, site, "browse", ".cen-gallery .cen-tile img")
    for part in (".cen-facet-view .cen-value", ".cen-where-map .leaflet-container", ".cen-search-bar .cen-words"):
        page.locator(part).first.wait_for(state="attached")
    yield "browse"
    drawer = page.get_by_role("dialog", name="Filters")
    if page.locator(".cen-facet-view .cen-value").first.is_hidden():
        _press(page, page.get_by_role("button", name="Filters ("))
        expect(drawer).to_be_visible()
    _unfold(page, ".cen-facet-view")
    yield "browse filters"
    if drawer.is_visible():
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
    if page.locator(".cen-where-map").is_hidden():
        _press(page, page.get_by_role("button", name="Map", exact=True))
        expect(page.locator(".cen-where-map")).to_be_visible()
        yield "browse map"
    _press(page, page.locator(".cen-gallery .cen-tile").nth(1))
    expect(page.locator(".cen-pair-head")).to_contain_text("_patch")
    servers.caption(page)
    yield "browse pair"


def review(page: Page, site: str) -> Iterator[str]:
    """The plan, the desk with verdicts of each kind, and the report."""
    # each size of window has a sample of its own, as the server keeps the verdicts
    sample = (page.viewport_size or {}).get("width", 0)
    _open(page, site, "review", ".cen-plan-form .cen-outlook", f"&pairs=6&seed={sample}")
    _unfold(page, ".cen-spot-check")
    yield "review plan"
    page.get_by_label("Your name").fill("Ada")
    _press(page, page.get_by_role("button", name="Draw the sample"))
    pad = page.locator(".cen-verdict-pad")
    for count, verdict in enumerate(("correct", "major", "minor"), start=1):
        button = page.locator(f".cen-verdict-pad:not(.cen-waiting) [data-verdict={verdict}]:enabled")
        button.wait_for()
        if verdict == "major":
            yield "review desk"
        _press(page, button)
        if verdict != "correct":
            cause = page.locator(".cen-verdict-pad:not(.cen-waiting) [data-cause=caption]:enabled")
            cause.wait_for()
            _press(page, cause)
        expect(pad).to_have_attribute("data-judged", str(count))
    _press(page, page.locator("[data-step=report]"))
    page.locator(".cen-spot-check .cen-methods").wait_for()
    _unfold(page, ".cen-spot-check")
    yield "review report"


def learn(page: Page, site: str) -> Iterator[str]:
    """The list, and each section of a lesson."""
    _open(page, site, "learn", ".cen-lesson-card")
    page.get_by_label("Search the glossary").fill("infra")
    yield "learn"
    _open(page, site, f"learn/{LESSON}", ".cen-lesson-task .cen-ask")
    _press(page, page.get_by_role("button", name="chip", exact=True))
    for number, section in enumerate(open_lesson(LESSON).sections):
        if number:
            _press(page, page.locator(".cen-dot").nth(number))
            expect(page.locator(".cen-section")).to_have_text(section.heading)
            ready = {1: ".leaflet-container", 2: ".cen-picture-board .cen-tile", 3: ".cen-stage[aria-label]"}[number]
            page.locator(f"{ready} >> visible=true").first.wait_for()
        yield f"lesson section {number + 1}"


def quiz(page: Page, site: str) -> Iterator[str]:
    """A question before and after the answer, and the score."""
    _open(page, site, "learn/quiz", ".cen-option", "&seed=7")
    yield "quiz question"
    _press(page, page.locator(".cen-option").first)
    expect(page.locator(".cen-reason")).to_have_count(4)
    _press(page, page.get_by_text("Other quizzes, and pages for a class"))
    yield "quiz answered"
    answers = json.dumps(json.dumps([[7, [0] * 10]]))
    page.evaluate(f"localStorage.setItem('chatearthnet-explorer.quiz', {answers})")
    page.reload()
    expect(page.locator(".cen-question")).to_contain_text("of 10 right")
    yield "quiz score"


def compare(page: Page, site: str) -> Iterator[str]:
    """Two writers that cost nothing, and all that unfolds."""
    query = "&lon=6.73&lat=0.336&by=template@3.5&by=template@4v"
    _open(page, site, "compare", ".cen-column .cen-caption .cen-text:visible", query)
    expect(page.locator(".cen-column .cen-caption .cen-text:visible")).to_have_count(2)
    expect(page.locator(".cen-comparison-table:visible")).to_have_count(1)
    yield "compare"
    _unfold(page, "main")
    yield "compare unfolded"


WALKS: dict[str, Callable[[Page, str], Iterator[str]]] = {
    "explore": explore,
    "browse": browse,
    "compare": compare,
    "review": review,
    "learn": learn,
    "quiz": quiz,
}
"""By page of the site, the way through its states; each step gives the name of the state that the page is in then."""
