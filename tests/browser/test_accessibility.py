"""Every page for everybody: axe-core's rules, the keyboard alone, what is announced, and sizes on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from rig import accessibility, browsing, page_states, servers
from rig.tour import DESKTOP, PHONE

from chatearthnet_explorer.learn.quiz import make_quiz

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

DEVICES = {"desktop": DESKTOP, "phone": PHONE}
PARTS_OF_LAB = ".jp-OutputArea-output"
MOST_TABS = 200
"""Presses of the Tab key after which something counts as out of reach."""

WIDGETS = (
    "from chatearthnet_explorer import Explorer\nExplorer(source='simulated')",
    """from chatearthnet_explorer import Browser
from chatearthnet_explorer.sample.sample_catalog import open_sample
sample = open_sample()
Browser(sample.catalog, release=sample.release, labels='simulated')""",
    """from chatearthnet_explorer.widgets.review.spot_check_view import SpotCheck
SpotCheck(sample.catalog, release=sample.release, labels='simulated', link='pairs=6')""",
)
"""Cells that show our widgets in a notebook."""

# Collects the sentences of live regions as they change, in all shadow roots, as a screen reader would speak them.
LISTEN = """() => {
  window.spoken = [];
  const seen = new WeakMap();
  const regions = (root) => [...root.querySelectorAll("*")].flatMap((one) => [
    ...(one.matches("[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]") ? [one] : []),
    ...(one.shadowRoot ? regions(one.shadowRoot) : [])]);
  const look = (say) => { for (const one of regions(document)) {
    const words = one.textContent.trim();
    if (say && words && seen.get(one) !== words && one.checkVisibility()) window.spoken.push(words);
    seen.set(one, words);
  } };
  look(false);
  setInterval(() => look(true), 50);
}"""

# The longest time that anything moves, with what moves, in all shadow roots.
MOTION = """() => {
  const findings = [];
  const longest = (value) => Math.max(...value.split(",").map((one) => parseFloat(one) * (/ms/.test(one) ? 1 : 1000)));
  const walk = (root) => { for (const one of root.querySelectorAll("*")) {
    const style = getComputedStyle(one);
    const animated = style.animationName === "none" ? 0 : longest(style.animationDuration);
    const moves = Math.max(longest(style.transitionDuration), animated);
    if (moves > 1) findings.push(`${moves} ms: ${one.localName}.${one.getAttribute("class")}`);
    if (one.shadowRoot) walk(one.shadowRoot);
  } };
  walk(document);
  return [...new Set(findings)];
}"""


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("walk", page_states.WALKS)
def test_axe_finds_nothing_grave_and_parts_are_large_enough(
    browser: Browser, app: str, walk: str, device: str, tmp_path: Path
) -> None:
    findings: list[str] = []
    with servers.watched_page(browser, **DEVICES[device]) as tab:
        page = tab.page
        for state in page_states.WALKS[walk](page, app):
            remarks = accessibility.grave(page)
            page.screenshot(path=tmp_path / f"{state}.png")
            accessibility.use_colours(page, "dark")
            remarks += [f"dark: {one}" for one in accessibility.grave(page, rules=["color-contrast"])]
            page.screenshot(path=tmp_path / f"{state}-dark.png")
            accessibility.use_colours(page, "light")
            if accessibility.scrolls_sideways(page):
                remarks.append("scrolls sideways")
            if device == "phone":
                remarks += accessibility.small_parts(page)
            findings += [f"{state}: {one}" for one in remarks]
        assert tab.errors == []
    assert not findings, "\n".join(findings)


def _tab_to(page: Page, target: Locator, *, back: bool = False) -> None:
    target.wait_for()
    for _ in range(MOST_TABS):
        if target.evaluate("(one) => one.matches(':focus')"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    pytest.fail(f"the Tab key does not lead to {target}")


def _follow(page: Page, name: str) -> None:
    # the fastest way to the navigation is to load the page anew: then the focus is at its beginning
    page.reload()
    _tab_to(page, page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/{name.lower()}"))
    page.locator(".site-stage[data-state=live]").wait_for()  # before, the focus may be on what will be taken away


def test_keyboard_alone_leads_from_a_place_to_a_quiz(browser: Browser, app: str) -> None:
    with servers.watched_page(browser, **DESKTOP) as tab:
        page, keys = tab.page, tab.page.keyboard
        page.goto(servers.page_of(app, "explore"))
        before = servers.caption(page)
        page.locator(".cen-next-steps").wait_for()
        keys.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        keys.press("Enter")
        expect(page.locator("main")).to_be_focused()

        _tab_to(page, page.get_by_role("combobox", name="Find a place"))
        keys.press("Control+a")
        keys.type("Augsburg")
        page.get_by_role("option", name=re.compile("Augsburg, ")).first.wait_for()
        keys.press("ArrowDown")
        keys.press("Enter")
        expect(page.locator(".cen-explorer")).to_contain_text("near Augsburg, Germany")
        expect(page.locator(".cen-caption .cen-text").first).not_to_have_text(before)

        _tab_to(page, page.get_by_role("tab", name="GPT-3.5 style"))
        keys.press("ArrowRight")
        expect(page.get_by_role("tab", name="GPT-4V style")).to_be_focused()
        expect(page.locator(".cen-explorer .cen-byline")).to_contain_text("GPT-4V")
        _tab_to(page, page.get_by_role("button", name="Check this caption"))
        keys.press("Enter")
        page.locator(".cen-counts").wait_for()

        _follow(page, "Browse")
        _tab_to(page, page.locator(".cen-gallery .cen-tile").first)
        keys.press("ArrowRight")
        keys.press("Enter")
        heading = page.locator(".cen-pair-head h3")
        expect(heading).to_be_focused()
        keys.press("Escape")
        expect(page.locator(".cen-gallery .cen-tile").nth(1)).to_be_focused()

        _follow(page, "Learn")
        _tab_to(page, page.get_by_role("link", name=re.compile("^Quiz")))
        keys.press("Enter")
        page.wait_for_url(re.compile("/learn/quiz"))
        page.locator(".site-stage[data-state=live]").wait_for()
        question = make_quiz(1).questions[0]
        _tab_to(page, page.locator(".cen-option").nth(question.answer))
        keys.press("Enter")
        expect(page.locator(".cen-verdict")).to_have_text(re.compile("^Right"))
        _tab_to(page, page.locator(".cen-next"))
        keys.press("Enter")
        expect(page.locator(".cen-question")).to_be_focused()
        expect(page.locator(".cen-question")).to_have_text(make_quiz(1).questions[1].prompt)
        assert tab.errors == []


def _expect_spoken(page: Page, words: str) -> None:
    page.wait_for_function("(words) => window.spoken.some((one) => new RegExp(words).test(one))", arg=words)
    page.evaluate("window.spoken = []")


def test_changes_are_announced_and_pictures_are_described_by_their_shares(browser: Browser, app: str) -> None:
    with servers.watched_page(browser, **DESKTOP) as tab:
        page = tab.page
        page.goto(servers.page_of(app, "explore"))
        servers.caption(page)
        picture = page.locator(".cen-explorer .cen-stage")
        expect(picture).to_have_attribute("aria-label", re.compile(r"\d+ %"))
        first = picture.get_attribute("aria-label") or ""
        page.evaluate(LISTEN)
        page.get_by_role("combobox", name="Find a place").fill("48.14, 11.58")
        page.keyboard.press("Enter")
        expect(picture).not_to_have_attribute("aria-label", first)
        expect(picture).to_have_attribute("aria-label", re.compile(r"\d+ %"))
        _expect_spoken(page, "Munich")

        page.goto(servers.page_of(app, "browse"))
        page.locator(".cen-gallery .cen-tile img").first.wait_for()
        before = browsing.total(page)
        page.evaluate(LISTEN)
        page.get_by_role("searchbox", name="Words in the captions").fill("water")
        page.keyboard.press("Enter")
        _expect_spoken(page, rf"\b{browsing.new_total(page, before):,}\b")

        page.goto(f"{servers.page_of(app, 'learn/quiz')}&seed=7")
        page.locator(".cen-option").first.wait_for()
        page.evaluate(LISTEN)
        page.locator(".cen-option").nth(make_quiz(7).questions[0].answer).click()
        _expect_spoken(page, "^Right")


@pytest.mark.parametrize("walk", ["explore", "browse"])
def test_reduced_motion_stops_transitions_and_animations(browser: Browser, app: str, walk: str) -> None:
    with servers.watched_page(browser, **DESKTOP, reduced_motion="reduce") as tab:
        for state in page_states.WALKS[walk](tab.page, app):
            assert tab.page.evaluate(MOTION) == [], state


@pytest.fixture(scope="module", params=["Light", "Dark"])
def themed_lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.lab(tmp_path_factory.mktemp("lab"), theme=f"JupyterLab {request.param}") as address:
        yield address


def test_axe_finds_nothing_grave_in_outputs_of_jupyterlab(browser: Browser, themed_lab: str, tmp_path: Path) -> None:
    size: dict[str, Any] = {"viewport": {"width": 1280, "height": 1800}}
    with servers.watched_page(browser, **size) as tab:
        page = tab.page
        page.goto(servers.store(themed_lab, "widgets", *WIDGETS))
        servers.run_all(page)
        ready = (".cen-explorer .cen-caption .cen-text", ".cen-gallery .cen-tile img", ".cen-plan-form .cen-outlook")
        for selector in ready:
            part = page.locator(selector).first
            part.wait_for()
            part.evaluate("one => one.scrollIntoView()")  # it may be drawn anew before it is ever still
            servers.wait_idle(page)
            page.screenshot(path=tmp_path / f"{len(list(tmp_path.iterdir()))}.png")
        findings = accessibility.grave(page, within=PARTS_OF_LAB)
        page.get_by_role("button", name="Check this caption").click()
        page.locator(".cen-counts").first.wait_for()
        page.locator(".cen-gallery .cen-tile").first.click()
        expect(page.locator(".cen-pair-head")).to_contain_text("_patch")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Draw the sample").click()
        desk = page.locator(".cen-verdict-pad:not(.cen-waiting) [data-verdict=correct]:enabled")
        desk.wait_for()
        desk.evaluate("one => one.scrollIntoView()")
        page.screenshot(path=tmp_path / "desk.png")
        findings += accessibility.grave(page, within=PARTS_OF_LAB)
        assert not findings, "\n".join(findings)
