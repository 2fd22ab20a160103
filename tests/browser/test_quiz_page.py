"""The quiz as a pupil and a teacher use it: in Chromium, offline, from the link to the score."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from rig import servers, stage

from chatearthnet_explorer.learn.quiz import make_quiz

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

QUIZ = make_quiz(7)
NO_STORAGE = (
    """Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });"""
)
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def open_quiz(page: Page, app: str, query: str = "seed=7") -> None:
    page.goto(f"{servers.page_of(app, 'learn/quiz')}&{query}")
    page.locator(".cen-option").first.wait_for()


def expect_question(page: Page, position: int, quiz: object = QUIZ) -> None:
    expect(page.locator(".cen-question")).to_have_text(quiz.questions[position].prompt)
    expect(page.locator(".cen-option .cen-words")).to_have_text(list(quiz.questions[position].texts))


def expect_picture(page: Page, position: int) -> None:
    expect(page.locator(".cen-stage")).to_have_attribute(
        "aria-label", f"Simulated picture of the square of question {position + 1}."
    )


def choose(page: Page, position: int, option: int) -> None:
    page.locator(".cen-option").nth(option).click()
    expect(page.locator(".cen-reason")).to_have_count(4)
    start = "Right." if option == QUIZ.questions[position].answer else "Not quite:"
    expect(page.locator(".cen-verdict")).to_have_text(re.compile(f"^{start}"))


def pixels(page: Page, canvas: str) -> list[int]:
    """How many pixels of a canvas are transparent, and how many are not."""
    return page.locator(canvas).evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let clear = 0;
          for (let at = 3; at < data.length; at += 4) clear += data[at] === 0;
          return [clear, data.length / 4 - clear];
        }"""
    )


def wait_for_light(page: Page) -> list[int]:
    """Wait until the picture is dimmed but for what is lit; return how many pixels are lit and dimmed."""
    deadline = time.monotonic() + stage.SLOW / 1000
    while not (counts := pixels(page, "canvas.cen-light"))[1]:
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    return counts


def test_pupil_plays_ten_questions_and_a_reload_keeps_the_answers(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_quiz(page, app)
        expect_question(page, 0)
        expect_picture(page, 0)
        expect(page.locator(".cen-quiz-head")).to_contain_text("simulated")
        expect(page.locator(".cen-blend")).to_be_hidden()  # the picture alone
        assert pixels(page, "canvas.cen-light")[1] == 0
        choose(page, 0, QUIZ.questions[0].answer)
        expect(page.locator(".cen-light[aria-pressed='true']")).to_have_count(1)
        light, dim = wait_for_light(page)
        assert light > 5_000
        assert dim > 5_000

        page.get_by_role("button", name="Next question").click()
        expect_question(page, 1)
        expect(page.locator(".cen-question")).to_be_focused()
        expect_picture(page, 1)
        expect(page.locator(".cen-blend")).to_be_visible()
        choose(page, 1, (QUIZ.questions[1].answer + 1) % 4)
        expect(page.locator(".cen-option.cen-right .cen-mark")).to_have_text("✓ the answer")
        expect(page.locator(".cen-option.cen-wrong .cen-mark")).to_have_text("✗ your choice")
        page.locator(".cen-option").nth(QUIZ.questions[1].answer).click(force=True)  # too late
        expect(page.locator(".cen-dot.cen-right")).to_have_count(1)

        page.reload()
        expect_question(page, 2)
        expect(page.locator(".cen-dot").nth(0)).to_have_accessible_name("Question 1, right")
        expect(page.locator(".cen-dot").nth(1)).to_have_accessible_name("Question 2, wrong")
        for position in range(2, 10):
            expect_question(page, position)
            choose(page, position, QUIZ.questions[position].answer)
            page.locator(".cen-next").click()
        expect(page.locator(".cen-question")).to_have_text("You got 9 of 10 right.")
        expect(page.locator(".cen-quiz-choices")).to_be_hidden()

        page.locator(".cen-dot").nth(1).click()
        expect_question(page, 1)
        expect(page.locator(".cen-verdict")).to_have_text(re.compile("^Not quite:"))
        page.locator(".cen-dot").nth(0).click()
        expect_question(page, 0)
        assert tab.foreign == []
        assert tab.errors == []


def test_two_tabs_play_without_each_other(browser: Browser, app: str) -> None:
    context = browser.new_context()
    try:
        first, second = context.new_page(), context.new_page()
        open_quiz(first, app)
        open_quiz(second, app, "seed=8")
        expect_question(first, 0)
        expect_question(second, 0, make_quiz(8))
        choose(first, 0, QUIZ.questions[0].answer)
        expect(second.locator(".cen-reason")).to_have_count(0)
        second.reload()
        expect_question(second, 0, make_quiz(8))
        first.reload()
        expect_question(first, 1)
    finally:
        context.close()


def test_keyboard_alone_answers_and_goes_on(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_quiz(page, app)
        expect_question(page, 0)
        page.locator(".cen-option").first.focus()
        page.keyboard.press("ABCD"[QUIZ.questions[0].answer].lower())
        expect(page.locator(".cen-verdict")).to_have_text(re.compile("^Right."))
        expect(page.locator(".cen-option").first).to_be_focused()
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.locator(".cen-next").evaluate("(one) => one.matches(':focus')"):
                break
        page.keyboard.press("Enter")
        expect_question(page, 1)
        expect(page.locator(".cen-question")).to_be_focused()
        assert page.locator(".cen-verdict").get_attribute("role") == "status"
        assert tab.errors == []


def test_phone_shows_question_picture_options_in_order_with_large_targets(browser: Browser, app: str) -> None:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    try:
        open_quiz(page, app)
        expect_picture(page, 0)
        tops = [page.locator(one).first.bounding_box()["y"] for one in (".cen-question", ".cen-stage", ".cen-option")]
        assert tops == sorted(tops)
        page.locator(".cen-option").first.tap()
        expect(page.locator(".cen-reason")).to_have_count(4)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for selector in (
            ".cen-dot",
            ".cen-option",
            ".cen-light.cen-button",
            ".cen-next",
            ".cen-described summary",
            ".cen-quiz-tools summary",
        ):
            for target in page.locator(selector).all():
                box = target.bounding_box()
                assert box is None or box["height"] >= 44, (selector, box)
        sizes = page.locator(".cen-quiz-head p:visible, .cen-quiz-choices p:visible, .cen-option:visible").evaluate_all(
            "all => all.filter((one) => one.innerText.trim()).map((one) => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert min(sizes) >= 16
        page.locator(".cen-next").tap()
        expect_question(page, 1)
        expect(page.locator(".cen-question")).to_be_in_viewport()
    finally:
        context.close()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("seed=-3", "This was left out of the link: seed '-3' (a whole number from 1 to 999999 is needed)."),
        ("seed=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "seed '<img src=x onerror=alert(1)>' (a whole number"),
        ("seed=7&seed=8&colour=red", "seed '8' (it is there twice and the first counts); 'colour' (unknown field)"),
    ],
)
def test_broken_link_opens_a_quiz_with_a_note(browser: Browser, app: str, query: str, words: str) -> None:
    with servers.watched_page(browser) as tab:
        open_quiz(tab.page, app, query)
        expect(tab.page.locator(".cen-link-notice")).to_contain_text(words)
        expect_question(tab.page, 0, QUIZ if query.startswith("seed=7") else make_quiz(1))
        tab.page.wait_for_url(re.compile("seed=7$" if query.startswith("seed=7") else "seed=1$"))
        assert tab.dialogs == []
        assert tab.errors == []


def test_another_quiz_is_an_entry_of_the_history_and_a_copied_link_opens_it(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        open_quiz(page, app)
        expect_question(page, 0)
        page.get_by_text("Other quizzes, and pages for a class").click()
        page.get_by_role("button", name="Another quiz").click()
        page.wait_for_url(lambda address: not address.endswith("seed=7"))
        seed = int(page.url.rpartition("=")[2])
        expect_question(page, 0, make_quiz(seed))
        page.go_back()
        expect_question(page, 0)
        page.wait_for_url(re.compile("seed=7$"))
        page.go_forward()
        expect_question(page, 0, make_quiz(seed))
        address = page.url
    with servers.watched_page(browser) as tab:  # another profile, as on another computer
        open_quiz(tab.page, app, address.rpartition("?")[2])
        expect_question(tab.page, 0, make_quiz(seed))


def test_quiz_works_where_the_browser_refuses_storage(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        tab.page.add_init_script(NO_STORAGE)
        open_quiz(tab.page, app)
        expect_question(tab.page, 0)
        choose(tab.page, 0, 0)
        tab.page.locator(".cen-next").click()
        expect_question(tab.page, 1)
        assert tab.errors == []


@pytest.mark.parametrize(
    "content", ["{", '{"7": [1]}', "[[7, [9]]]", '[[7, "x"], null, 3]', "[[7, [0,0,0,0,0,0,0,0,0,0,0]]]"]
)
def test_spoiled_storage_is_ignored(browser: Browser, app: str, content: str) -> None:
    with servers.watched_page(browser) as tab:
        tab.page.add_init_script(f"localStorage.setItem('chatearthnet-explorer.quiz', {content!r});")
        open_quiz(tab.page, app)
        expect_question(tab.page, 0)
        expect(tab.page.locator(".cen-dot.cen-right, .cen-dot.cen-wrong")).to_have_count(0)
        assert tab.errors == []


def test_questions_can_be_read_without_javascript(browser: Browser, app: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        for _ in range(120):  # a busy server answers with a sentence at first
            page.goto(f"{servers.page_of(app, 'learn/quiz')}&seed=7")
            if page.get_by_text(QUIZ.questions[0].prompt).count():
                break
            expect(page.locator("#site-first")).to_contain_text("The ten questions are being made")
            page.wait_for_timeout(500)
        for question in QUIZ.questions:
            expect(page.locator("#site-first")).to_contain_text(question.prompt)
            expect(page.locator("#site-first")).to_contain_text(question.texts[3])
        assert "✓ the answer" not in page.content()
    finally:
        context.close()


def test_teacher_opens_another_quiz_and_prints_its_answers(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.add_init_script("window.print = () => { window.prints = (window.prints ?? 0) + 1; };")
        open_quiz(page, app)
        page.get_by_text("Other quizzes, and pages for a class").click()
        number = page.get_by_label("Quiz number")
        expect(number).to_have_value("7")
        number.fill("0")
        number.evaluate("(one) => { one.min = ''; }")  # past the browser's own check
        page.get_by_role("button", name="Open", exact=True).click()
        expect(page.locator(".cen-quiz-tools")).to_contain_text("Numbers of quizzes run from 1 to 999,999.")
        number.fill("8")
        page.get_by_role("button", name="Open", exact=True).click()
        expect_question(page, 0, make_quiz(8))
        page.get_by_role("button", name="Show the answers to print").click()
        sheet = page.locator(".cen-quiz-sheet")
        expect(sheet).to_contain_text("Quiz 8, answers")
        assert sheet.inner_text().count("✓ the answer") == 10
        script = "all => Promise.all(all.map((one) => one.decode())).then(() => all.map((one) => one.naturalWidth))"
        assert set(sheet.locator("img").evaluate_all(script)) == {256}
        page.get_by_role("button", name="Print", exact=True).click()
        assert page.evaluate("window.prints") == 1
        page.emulate_media(media="print")
        expect(page.locator(".cen-quiz-head")).to_be_hidden()
        expect(sheet).to_be_visible()
        page.emulate_media(media="screen")
        page.get_by_role("button", name="Show the questions to print").click()
        expect(sheet).not_to_contain_text("✓ the answer")
        expect(sheet).to_contain_text(make_quiz(8).questions[9].prompt)
        assert tab.errors == []


def test_list_of_lessons_leads_to_the_quiz(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(servers.page_of(app, "learn"))
        link = page.get_by_role("link", name=re.compile("^Quiz"))
        link.wait_for()
        link.click()
        page.wait_for_url(re.compile("/learn/quiz"))
        expect_question(page, 0, make_quiz(1))
