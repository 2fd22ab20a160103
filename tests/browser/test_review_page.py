"""A spot-check on the site, without a notebook: at a desk, on a phone, by keyboard, in two tabs, after a reload."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from rig import servers

from chatearthnet_explorer.review.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
SMALL_TARGETS = """() => {
  const inside = (one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])];
  const all = (root) => [...root.querySelectorAll('*')].flatMap(inside);
  return all(document.querySelector('main')).filter((one) => one.closest('.cen-spot-check, .cen-view') &&
      one.matches('.cen-verdict-pad button, .cen-plan-form button, .cen-plan-form input, .cen-plan-form select, ' +
        '.cen-ledger-files button, .cen-review-steps button') && one.checkVisibility())
    .filter((one) => { const box = one.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
    .map((one) => one.outerHTML.slice(0, 80));
}"""


@dataclass
class Reviewer:
    """Somebody with a page of their own."""

    page: Page
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stays: bool = False
    """Whether they stay when the page warns them."""

    def open(self, address: str, link: str = "") -> None:
        parts = urlsplit(address)
        query = "&".join(filter(None, (parts.query, link)))
        self.page.goto(parts._replace(path="/review", query=query).geturl())
        self.page.locator(".cen-plan-form select option").first.wait_for(state="attached")

    def draw(self, name: str, *, pairs: int | None = None) -> None:
        self.page.get_by_label("Your name").fill(name)
        if pairs:
            self.page.get_by_label("How many captions").fill(str(pairs))
        self.page.get_by_role("button", name="Draw the sample").click()
        self.ready()

    def ready(self) -> None:
        self.page.locator(".cen-verdict-pad:not(.cen-waiting) [data-verdict=correct]:enabled").wait_for()

    def judge(self, *verdicts: str) -> None:
        pad = self.page.locator(".cen-verdict-pad")
        for verdict in verdicts:
            count = int(pad.get_attribute("data-judged") or 0)
            self.page.locator(f".cen-verdict-pad [data-verdict={verdict}]").click()
            if verdict != "correct":
                self.ready()
                self.page.locator(".cen-verdict-pad [data-cause=caption]").click()
            self.wait_judged(count + 1)

    def wait_judged(self, count: int) -> None:
        expect(self.page.locator(".cen-verdict-pad")).to_have_attribute("data-judged", str(count))
        self.ready()

    def report(self) -> str:
        self.page.locator("[data-step=report]").click()
        self.page.locator(".cen-spot-check .cen-methods").wait_for()
        return self.page.locator(".cen-spot-check .cen-card").first.inner_text()

    def download(self, label: str, folder: Path) -> Path:
        self.page.get_by_role("button", name="Download", exact=True).click()
        with self.page.expect_download() as event:
            self.page.get_by_role("button", name=label).click()
        path = folder / event.value.suggested_filename
        event.value.save_as(path)
        return path


@contextmanager
def reviewer(browser: Browser, size: str = "desktop", *, script: str = "", plain: bool = False) -> Iterator[Reviewer]:
    """A browser profile of its own."""
    width, height = SIZES[size]
    is_phone = size == "phone"
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=is_phone,
        is_mobile=is_phone,
        java_script_enabled=not plain,
    )
    if script:
        context.add_init_script(script)
    person = Reviewer(context.new_page())

    def on_dialog(dialog: Dialog) -> None:
        person.warnings.append(dialog.type)
        if person.stays:
            dialog.dismiss()
        else:
            dialog.accept()

    person.page.on("dialog", on_dialog)
    person.page.on("pageerror", lambda error: person.errors.append(str(error)))
    try:
        yield person
    finally:
        context.close()


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for others than whoever serves."""
    with servers.app(tmp_path_factory.mktemp("public"), "--address=0.0.0.0") as address:
        yield address


@pytest.mark.parametrize("size", SIZES)
def test_ten_verdicts_a_reload_and_a_report(browser: Browser, public: str, tmp_path: Path, size: str) -> None:
    with reviewer(browser, size) as person:
        page = person.page
        person.open(public)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        page.get_by_role("button", name="20", exact=True).click()
        expect(page.locator(".cen-outlook")).to_contain_text("±22 points")
        page.screenshot(path=tmp_path / f"plan-{size}.png", full_page=True)
        person.draw("Ada")
        expect(page.locator(".cen-spot-check .cen-guide")).to_contain_text("misleads no one")
        person.judge("correct", "major", "correct")
        first = page.locator(".cen-headline").inner_text()
        if size == "phone":
            # the buttons are in reach while the picture is on screen, and nothing scrolls sideways
            page.locator("[data-step=judge]").scroll_into_view_if_needed()
            expect(page.locator(".cen-review .cen-stage")).to_be_in_viewport(ratio=0.9)
            expect(page.locator(".cen-verdict-pad [data-verdict=major]")).to_be_in_viewport(ratio=1)
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            assert page.evaluate(SMALL_TARGETS) == []
        else:
            expect(page.locator(".cen-review .cen-text")).to_be_in_viewport(ratio=0.2)
            expect(page.locator(".cen-verdict-pad [data-verdict=major]")).to_be_in_viewport(ratio=1)
        page.screenshot(path=tmp_path / f"judge-{size}.png")

        page.reload()
        assert person.warnings == ["beforeunload"]
        person.wait_judged(3)
        expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-position", "3")
        expect(page.locator(".cen-summary")).to_contain_text("judged by Ada")
        person.judge("correct", "minor", "correct", "correct", "correct", "correct", "correct")
        last = page.locator(".cen-headline").inner_text()
        print(f"\n{size}: after 3 verdicts {first}; after 10 {last}")
        width = [int(text.split()[6]) - int(text.split()[4]) for text in (first, last)]
        assert width[1] < width[0]

        text = person.report()
        assert "20.0 % of the captions have an error" in text
        assert "10 of the 20 captions of the plan have been judged so far." in text
        page.screenshot(path=tmp_path / f"report-{size}.png", full_page=True)
        assert len(Ledger(person.download("Verdicts, to go on", tmp_path)).verdicts) == 10
        assert "<h3>How good are the captions?</h3>" in person.download("Report (HTML)", tmp_path).read_text("utf-8")
        assert person.download("Verdicts as a table", tmp_path).read_text("utf-8-sig").count("\n") == 11
        assert len(json.loads(person.download("Plan (JSON)", tmp_path).read_text())["pairs"]) == 20
        page.reload()  # everything is saved, so nothing warns
        assert person.warnings == ["beforeunload"]
        person.wait_judged(10)
        assert person.errors == []


def test_leaving_with_verdicts_that_are_nowhere_else_warns(browser: Browser, public: str) -> None:
    with reviewer(browser) as person:
        person.open(public)
        person.draw("Ada", pairs=5)
        person.judge("correct")
        person.stays = True
        with person.page.expect_event("dialog"):
            person.page.locator(".site-header a", has_text="Browse").click()
        assert person.warnings == ["beforeunload"]
        person.judge("correct")
        person.stays = False


def test_a_link_in_another_profile_gives_the_same_sample_and_ledgers_are_merged(
    browser: Browser, public: str, tmp_path: Path
) -> None:
    with reviewer(browser) as ada, reviewer(browser, "phone") as bo:
        for person, name in ((ada, "Ada"), (bo, "<b>Bo</b>")):
            person.open(public, "pairs=6&seed=7&style=4v&by=continent")
            expect(person.page.get_by_label("How many captions")).to_have_value("6")
            person.draw(name)
        ada.judge("correct", "correct", "correct", "major", "major", "major")
        bo.judge("correct", "correct", "correct", "correct", "major", "major")
        path = ada.download("Verdicts, to go on", tmp_path)
        bo.page.locator("input[type=file]").set_input_files(path)
        expect(bo.page.locator(".cen-ledger-files .cen-message")).to_contain_text("by Ada added")
        text = bo.report()
        assert "Cohen's kappa" in text
        assert "0.67 [" in text
        assert "<b>Bo</b>: correct" in text
        wrong = tmp_path / "wrong.jsonl"
        wrong.write_bytes(b"\x89PNG" * 1000)
        bo.page.locator("input[type=file]").set_input_files(wrong)
        expect(bo.page.locator(".cen-ledger-files .cen-error")).to_contain_text("no ledger")
        assert ada.errors == bo.errors == []


def test_the_address_has_the_sample_and_back_returns_to_the_earlier_one(browser: Browser, public: str) -> None:
    with reviewer(browser) as person:
        page = person.page
        person.open(public, "pairs=many&country=Indonesia&x=%3Cb%3E")
        notice = page.get_by_text("This was left out of the link:")
        expect(notice).to_contain_text("pairs 'many'")
        expect(page.get_by_label("Country")).to_have_value("Indonesia")
        person.draw("Ada", pairs=3)
        expect(page).to_have_url(re.compile(r"/review\?pairs=3&seed=0&style=3.5&country=Indonesia$"))
        person.judge("correct")
        page.locator("[data-step=plan]").click()
        page.locator(".cen-plan-form summary").click()
        page.get_by_label("Sample number (seed)").fill("5")
        page.get_by_role("button", name="Draw the sample").click()
        expect(page).to_have_url(re.compile("seed=5"))
        person.ready()
        page.go_back()
        person.wait_judged(1)
        expect(page.locator(".cen-summary")).to_contain_text("sample 0")
        page.go_forward()
        expect(page.locator(".cen-summary")).to_contain_text("sample 5")
        assert "Ada" not in page.url
        assert person.errors == []


def test_a_large_ledger_arrives_in_pieces(browser: Browser, public: str, tmp_path: Path) -> None:
    with reviewer(browser) as person:
        person.open(public)
        person.draw("Ada", pairs=5)
        person.judge("correct")
        line = person.download("Verdicts, to go on", tmp_path).read_bytes()
        large = tmp_path / "large.jsonl"
        large.write_bytes(line + b"damaged, and of no use\n" * 19_000)  # longer than the longest frame
        person.page.locator("input[type=file]").set_input_files(large)
        message = person.page.locator(".cen-ledger-files .cen-message")
        expect(message).to_contain_text("19,000 damaged lines left out")
        person.judge("correct")


def test_by_keyboard_alone(browser: Browser, public: str) -> None:
    with reviewer(browser) as person:
        page, keys = person.page, person.page.keyboard
        person.open(public, "pairs=3")
        page.get_by_label("Your name").focus()
        keys.type("Ada")
        keys.press("Enter")
        person.ready()
        expect(page.locator(".cen-verdict-pad")).to_be_focused()  # a moment after it is seen
        keys.press("1")
        person.wait_judged(1)
        keys.press("3")
        person.wait_judged(2)
        keys.press("l")
        expect(page.locator(".cen-verdict-pad")).to_have_attribute("data-position", "2")
        person.ready()
        keys.press("1")
        person.wait_judged(3)
        expect(page.locator(".cen-interval-view .cen-sentence", has_text="Every caption is judged:")).to_be_visible()


def test_browser_that_refuses_storage(browser: Browser, public: str) -> None:
    script = (
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    with reviewer(browser, script=script) as person:
        person.open(public)
        expect(person.page.locator(".cen-ledger-files .cen-notice")).to_contain_text("does not let this page remember")
        person.draw("Ada", pairs=5)
        person.judge("correct")
        assert person.errors == []


def test_meanings_are_readable_without_javascript(browser: Browser, public: str) -> None:
    with reviewer(browser, plain=True) as person:
        person.page.goto(servers.page_of(public, "review"))
        expect(person.page.locator("main")).to_contain_text("A small mistake that misleads no one")
        expect(person.page.locator("main")).to_contain_text("There is no lake.")


def test_verdicts_of_who_serves_are_kept_and_shared_by_tabs(browser: Browser, tmp_path: Path) -> None:
    with servers.app(tmp_path / "app") as address:
        with reviewer(browser) as ada, reviewer(browser) as bo:
            for person, name in ((ada, "Ada"), (bo, "Bo")):
                person.open(address)
                expect(person.page.locator(".cen-ledger-files .cen-notice")).to_contain_text("are kept in")
                person.draw(name, pairs=4)
            ada.judge("correct", "major")
            bo.judge("correct", "correct")
            assert "2 reviewers judged 2" in ada.report()
            ada.page.reload()
            ada.wait_judged(2)
            assert ada.warnings == []
        with reviewer(browser) as later:
            later.open(address)
            later.page.get_by_role("button", name="2 of 4 judged by").click()
            later.wait_judged(2)
        folder = tmp_path / "app" / "home" / ".local" / "share" / "chatearthnet_explorer" / "reviews"
        (ledger,) = folder.glob("*.jsonl")
        assert len(Ledger(ledger).verdicts) == 4
