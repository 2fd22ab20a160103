"""A caption that is written while a person looks on, in a real browser: it grows, has its colours, and can be ended."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING

import pytest
from rig import stage
from rig.chat_server import chat_server
from rig.model_page import choose_chat, open_explorer
from rig.streams import Stream, chunks_of, events_of, stream_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

TEXT = " ".join(f"Part {number} has trees, water, crops and some built-up land." for number in range(40))
LIVE = ".cen-live .cen-text"

# every state of the text, as long as it is written; views live in shadow roots
RECORD = """() => {
  window.texts = [];
  const find = (root) => {
    for (const one of root.querySelectorAll('*')) {
      if (one.matches('.cen-live .cen-text')) return one;
      const inside = one.shadowRoot && find(one.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const look = () => {
    const text = find(document)?.textContent;
    if (text && text !== window.texts.at(-1)) window.texts.push(text);
    requestAnimationFrame(look);
  };
  look();
}"""


def without_end(_request: object) -> Stream:
    """Write half of the text, and then hold the connection: who cancels has all the time they need."""
    words = events_of(chunks_of(TEXT)[:250], has_end_mark=False)
    return Stream(itertools.chain(words, itertools.repeat(b": keep-alive\n\n")), pause=0.03)


def begin(page: Page) -> None:
    page.evaluate(RECORD)
    page.locator(".cen-ask").click()
    expect(page.locator(LIVE)).to_contain_text("Part 2")


@pytest.mark.parametrize("width", [1280, 360])
def test_text_grows_in_colours_and_cancel_ends_it(browser: Browser, tmp_path: Path, width: int) -> None:
    with chat_server() as service, open_explorer(browser, tmp_path, service, width=width) as tab:
        page = tab.page
        choose_chat(page)
        service.modes = [without_end]
        begin(page)
        words = page.locator(f"{LIVE} .cen-word")
        expect(words.first).to_have_text("trees")
        assert words.first.get_attribute("title").startswith("tree: Forests")
        page.locator(".cen-live").scroll_into_view_if_needed()
        page.screenshot(path=str(tmp_path / "writing.png"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator(".cen-caption-view .cen-cancel").click()
        expect(page.locator(".cen-live .cen-remark")).to_contain_text("Cancelled: incomplete")
        deadline = time.monotonic() + stage.SLOW / 1000
        while not service.hangups:  # which ends the request: the stream has no end of its own
            assert time.monotonic() < deadline
            page.wait_for_timeout(5)
        expect(page.locator(".cen-ask")).to_be_enabled()
        expect(page.locator(".cen-caption-view .cen-cancel")).to_be_hidden()
        page.screenshot(path=str(tmp_path / "cancelled.png"))
        incomplete = page.locator(LIVE).inner_text()
        assert TEXT.startswith(incomplete)
        expect(page.locator(".cen-caption-view .cen-byline")).to_have_count(0)  # it is no caption
        texts = page.evaluate("window.texts")
        assert all(TEXT.startswith(text) for text in texts)
        # asked again, it is written to its end, and is then a caption as any other
        service.modes = [stream_of(TEXT)]
        page.locator(".cen-ask").click()
        caption = page.locator(".cen-caption .cen-text")
        expect(caption).to_have_text(TEXT)
        expect(page.locator(".cen-live")).to_be_hidden()
        assert page.locator(".cen-caption .cen-word").count() == 160
        assert tab.errors == []


def test_a_busy_service_counts_down_and_can_be_cancelled(browser: Browser, tmp_path: Path) -> None:
    with chat_server() as service, open_explorer(browser, tmp_path, service) as tab:
        page = tab.page
        choose_chat(page)
        service.modes = [(429, {"retry-after": "30"}, b"{}")]
        page.locator(".cen-ask").click()
        view = page.locator(".cen-caption-view")
        expect(view).to_contain_text(re.compile(r"is busy; trying again in [12]?\d s\."))
        view.locator(".cen-cancel").click()
        expect(page.locator(".cen-ask")).to_be_enabled()
        page.wait_for_timeout(300)
        assert len(service.requests) == 1
        assert tab.errors == []
