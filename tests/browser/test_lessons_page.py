"""Lessons as a reader without network takes them: on a desktop, on a phone, by keyboard, on paper, without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rig import servers

from chatearthnet_explorer.learn.course import lessons, open_lesson

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

NO_STORAGE = (
    """Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });"""
)


def open_page(page: Page, app: str, path: str) -> None:
    page.goto(servers.page_of(app, path))
    ready = ".cen-lesson-card" if path == "learn" else ".cen-lesson-task .cen-ask"
    page.locator(ready).first.wait_for()


def answer_rightly(page: Page, slug: str, number: int) -> None:
    """Choose the right answers of a section, counted from 0, and have them checked."""
    for choice in open_lesson(slug).sections[number].task.choices:
        if choice.right:
            page.get_by_label(choice.text, exact=True).check()
    page.get_by_role("button", name="Check", exact=True).click()
    expect_done(page)


def expect_done(page: Page) -> None:
    expect(page.locator(".cen-feedback")).to_contain_text("Right.")


def click_south(page: Page) -> None:
    """Click the map in South America."""
    world = page.locator(".leaflet-container")
    box = world.bounding_box()
    assert box
    # a click of the element, which waits until it stands still, and not of a place on the screen
    world.click(position={"x": box["width"] * 0.35, "y": box["height"] * 0.8})


def go_on(page: Page, heading: str) -> None:
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".cen-section")).to_have_text(heading)
    expect(page.locator(".cen-section")).to_be_focused()


def test_late_scripts_of_a_map_leave_its_frame_whole(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_page(page, app, "learn/what-a-chip-is")

        def delay(route: Route) -> None:
            page.wait_for_timeout(1500)
            route.continue_()

        page.route(re.compile("leaflet"), delay)
        # the frame's name for its style is a message of its own, which comes while the map's scripts load
        page.locator(".cen-dot").nth(1).click()
        page.locator(".leaflet-container").wait_for()
        expect(page.locator(".cen-click-map .cen-map-frame .leaflet-container")).to_be_visible()
        expect(page.locator(".cen-map-frame > .cen-map-aids-host")).to_have_count(1)
        assert tab.errors == []


def test_first_lesson_is_done_and_the_list_remembers_it(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_page(page, app, "learn")
        expect(page.locator(".cen-published-pair")).to_contain_text("A real pair of ChatEarthNet")
        expect(page.locator(".cen-lesson-card")).to_have_count(len(lessons()))
        page.get_by_role("link", name="What a square is and where it lies").click()
        page.wait_for_url(re.compile("/learn/what-a-chip-is"))
        page.locator(".cen-ask").wait_for()

        page.get_by_label("About 250 metres").check()
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.locator(".cen-feedback")).to_contain_text("Not yet. That would need pixels one metre wide")
        answer_rightly(page, "what-a-chip-is", 0)

        go_on(page, "Find a square")
        click_south(page)
        expect(page.locator(".cen-feedback")).to_contain_text("° S")
        expect_done(page)

        go_on(page, "The name is the place")
        tiles = page.locator(".cen-picture-board .cen-tile")
        tiles.nth(1).click()
        expect(tiles.nth(1)).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".cen-feedback")).to_be_empty()
        tiles.nth(2).click()
        expect_done(page)

        go_on(page, "Five parts of a square")
        page.get_by_role("tab", name="bottom right").click()
        expect(page.locator(".cen-feedback")).to_contain_text("69 % of the ground is water")

        page.reload()
        expect(page.locator(".cen-section")).to_have_text("Five parts of a square")
        expect(page.locator(".cen-dot.cen-done")).to_have_count(4)
        page.get_by_role("button", name="Next lesson").click()
        page.wait_for_url(re.compile("/learn/how-a-satellite-sees"))
        page.go_back()
        page.go_back()
        first, second = page.locator(".cen-lesson-card").nth(0), page.locator(".cen-lesson-card").nth(1)
        expect(first).to_contain_text("Finished")
        expect(second).not_to_contain_text("done")
        assert tab.foreign == []
        assert tab.errors == []


def test_errors_of_a_caption_are_found_on_a_phone(browser: Browser, app: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    try:
        open_page(page, app, "learn/how-to-judge-a-caption")
        page.locator(".cen-dot").nth(1).tap()
        expect(page.locator(".cen-section")).to_have_text("Find three errors")
        boxes = page.locator(".cen-sentence input")
        expect(boxes).to_have_count(8)
        boxes.nth(0).tap()
        page.get_by_role("button", name="Check against the labels").tap()
        expect(page.locator(".cen-reason").first).to_contain_text("Not this one.")
        expect(page.locator(".cen-false")).to_have_count(3)
        expect(page.locator(".cen-feedback")).to_be_empty()
        boxes.nth(0).tap()
        for number in (2, 5, 7):
            boxes.nth(number).tap()
        expect_done(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        for button in page.locator(".cen-lesson button:visible, .cen-lesson .cen-sentence:visible").all():
            box = button.bounding_box()
            assert box
            assert box["height"] >= 44, button.inner_text()
        sizes = page.locator(".cen-lesson p:visible, .cen-lesson label:visible").evaluate_all(
            "all => all.filter(one => one.innerText.trim()).map(one => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert min(sizes) >= 16
    finally:
        context.close()


def test_drill_shrinks_the_interval_by_keyboard(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_page(page, app, "learn/from-spot-check-to-number")
        go_on(page, "Draw twenty, judge twenty")
        button = page.get_by_role("button", name="It is right")
        button.wait_for()
        button.focus()
        for number in range(2, 21):
            page.keyboard.press("Enter")
            expect(page.locator(".cen-count")).to_have_text(f"Statement {number} of 20")
        page.keyboard.press("Enter")
        expect(page.locator(".cen-count")).to_have_text("All 20 are judged.")
        rows = page.locator(".cen-intervals .cen-row")
        expect(rows).to_have_count(4)
        expect(rows.nth(3)).to_contain_text("0 of 20 wrong")
        expect(page.locator(".cen-intervals .cen-truth")).to_have_count(4)  # the last that is drawn
        widths = [row.locator(".cen-interval").bounding_box()["width"] for row in rows.all()]
        assert widths == sorted(widths, reverse=True)
        expect(page.locator(".cen-intervals")).to_contain_text("20 % of all statements are wrong")
        expect(page.locator(".cen-feedback")).to_contain_text("You called 0 of 20 wrong")
        assert tab.errors == []


def test_words_are_explained_by_keyboard(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_page(page, app, "learn/what-a-chip-is")
        term = page.get_by_role("button", name="chip", exact=True)
        term.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".cen-definition")).to_contain_text("A square picture of the ground")
        expect(term).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(page.locator(".cen-definition")).to_have_count(0)
        expect(term).to_be_focused()

        open_page(page, app, "learn")
        page.get_by_label("Search the glossary").fill("INFRARÈD")
        expect(page.locator(".cen-word").first).to_contain_text("near infrared")
        page.get_by_label("Search the glossary").fill("<img src=x onerror=alert(1)>")
        expect(page.locator(".cen-glossary .cen-count")).to_have_text("No word found. Try a shorter one.")
        assert tab.dialogs == []
        assert tab.errors == []


def test_browser_that_refuses_storage_takes_the_lesson(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.add_init_script(NO_STORAGE)
        open_page(page, app, "learn/what-a-label-map-is")
        page.locator(".cen-chip-view input[type=range]").fill("100")
        expect_done(page)
        expect(page.locator(".cen-dot.cen-done")).to_have_count(1)
        page.reload()
        expect(page.locator(".cen-ask")).to_contain_text("Move the slider")
        expect(page.locator(".cen-dot.cen-done")).to_have_count(0)
        assert tab.errors == []


def test_damaged_progress_in_the_browser_is_ignored(browser: Browser, app: str) -> None:
    entry = '{"what-a-chip-is": {"sections_done": [0, -1, 99, "x", null], "position": 1e99}, "x": 3}'
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.add_init_script(f"localStorage.setItem('chatearthnet-explorer.lessons', {entry!r});")
        open_page(page, app, "learn/what-a-chip-is")
        expect(page.locator(".cen-dot.cen-done")).to_have_count(1)
        expect(page.locator(".cen-section")).to_have_text("A square of the Earth")
        open_page(page, app, "learn")
        expect(page.locator(".cen-lesson-card").first).to_contain_text("1 of 4 done")
        page.get_by_role("button", name="Clear my progress").click()
        expect(page.locator(".cen-lesson-card").first).not_to_contain_text("done")
        expect(page.get_by_role("button", name="Clear my progress")).to_be_hidden()
        assert tab.errors == []


def test_two_tabs_add_to_the_same_progress(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        one, other = tab.page, tab.page.context.new_page()
        open_page(one, app, "learn/what-a-chip-is")
        open_page(other, app, "learn/what-a-chip-is")
        answer_rightly(one, "what-a-chip-is", 0)
        other.locator(".cen-dot").nth(2).click()
        expect(other.locator(".cen-section")).to_have_text("The name is the place")
        other.locator(".cen-picture-board .cen-tile").nth(2).click()
        expect_done(other)
        third = tab.page.context.new_page()
        open_page(third, app, "learn")
        expect(third.locator(".cen-lesson-card").first).to_contain_text("2 of 4 done")
        one.locator(".cen-dot").nth(1).click()
        expect(one.locator(".cen-section")).to_have_text("Find a square")
        expect(one.locator(".cen-feedback")).to_be_empty()  # what it said of the section before is gone
        click_south(one)
        expect_done(one)
        expect(third.locator(".cen-lesson-card").first).to_contain_text("3 of 4 done")
        assert tab.errors == []


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_lesson_is_readable_without_scripts_and_on_paper(browser: Browser, app: str, lesson: object) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    try:
        page.goto(servers.page_of(app, f"learn/{lesson.slug}"))
        text = page.locator("main").inner_text()
        for section in lesson.sections:
            assert section.heading in text
            assert section.task.ask in text
        assert page.locator("details.lesson-answer").count() == len(lesson.sections)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.emulate_media(media="print")
        expect(page.locator("details.lesson-answer").first).to_be_hidden()
        page.goto(servers.page_of(app, f"learn/{lesson.slug}") + "&answers")
        expect(page.locator("details.lesson-answer p").first).to_be_visible()
    finally:
        context.close()


def test_lesson_prints_whole_while_one_section_is_on_screen(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_page(page, app, "learn/what-a-chip-is")
        page.wait_for_timeout(1500)  # until the page would have removed what stood there before the widgets
        expect(page.locator(".lesson-section").first).to_be_hidden()
        page.emulate_media(media="print")
        for number in range(4):
            expect(page.locator(".lesson-section").nth(number)).to_be_visible()
        expect(page.locator(".cen-lesson-task")).to_be_hidden()
