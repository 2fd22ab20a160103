"""The page that compares writers, as a teacher uses it: a link, a press, a rule left out, a reload."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from rig import servers
from rig.accessibility import grave, scrolls_sideways
from rig.chat_server import TEXT, chat_server
from rig.streams import stream_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

LONG = " ".join(f"Part {number} has trees, water, crops and some built-up land." for number in range(60))
NAMES = ["small-model, style 3.5 (1)", "small-model, style 3.5 (2)"]
QUERY = "lon=6.73&lat=0.336&by=template@3.5&by=chat:small-model@3.5,seed=2,without-rules=4"
OWN = "sk-owner-4f9c0a17e2b85d63"


def wait_for_captions(page: Page, count: int) -> None:
    expect(page.locator(".cen-column .cen-caption .cen-text:visible")).to_have_count(count)


@pytest.mark.parametrize("width", [1280, 360])
def test_link_press_and_reload(browser: Browser, tmp_path: Path, width: int) -> None:
    variables = {"OPENAI_API_KEY": OWN}
    with (
        chat_server() as service,
        servers.serving(tmp_path, OPENAI_BASE_URL=service.base_url, **variables) as server,
        servers.watched_page(browser, width=width, height=800) as tab,
    ):
        page = tab.page
        page.goto(f"{servers.page_of(server.address, 'compare')}&{QUERY}")
        wait_for_captions(page, 1)  # fixed sentences
        assert service.requests == []
        expect(page.locator(".cen-writer")).to_have_count(2)
        service.modes = ["stream"]
        page.get_by_role("button", name="Ask the model").click()
        wait_for_captions(page, 2)
        expect(page.locator(".cen-column .cen-text:visible").nth(1)).to_contain_text("cover most of the square")
        expect(page.locator(".cen-column").nth(1).locator(".cen-claim").first).to_be_visible()
        assert len(service.requests) == 1
        assert service.requests[0]["stream"] is True
        assert service.keys == [OWN]
        assert "five rules" in service.requests[0]["messages"][0]["content"]
        expect(page.locator(".cen-comparison-table")).to_contain_text("price unknown")
        assert not scrolls_sideways(page)
        assert grave(page) == [], "\n".join(grave(page))
        page.reload()
        wait_for_captions(page, 2)  # what was paid for is there again
        expect(page.locator(".cen-column h3")).to_have_text(
            ["fixed sentences, style 3.5", "small-model, style 3.5, seed 2, without rule 4"]
        )
        assert len(service.requests) == 1  # a link asks no model
        page.goto(f"{servers.page_of(server.address, 'compare')}&{QUERY.replace('seed=2', 'seed=3')}")
        wait_for_captions(page, 1)
        assert len(service.requests) == 1
        assert TEXT not in page.locator(".cen-writer-columns").inner_text()
        assert tab.errors == []
        assert tab.foreign == []
        assert OWN not in server.log.read_text("utf-8", "replace")


@pytest.mark.parametrize("width", [1280, 360])
def test_reload_while_answers_are_written_keeps_those_that_are_complete(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    with (
        chat_server() as service,
        servers.serving(tmp_path, OPENAI_BASE_URL=service.base_url) as server,
        servers.watched_page(browser, width=width, height=800) as tab,
    ):
        page = tab.page
        twice = "by=chat:small-model@3.5&by=chat:small-model@3.5"
        page.goto(f"{servers.page_of(server.address, 'compare')}&lon=6.73&lat=0.336&{twice}")
        expect(page.locator(".cen-column h3")).to_have_text(NAMES)
        service.modes = ["stream", stream_of(LONG, pause=0.05)]
        page.get_by_role("button", name="Ask 2 models").click()
        second = page.locator(".cen-column").nth(1)
        expect(second.locator(".cen-live .cen-text")).to_contain_text("Part 2")
        page.reload()
        wait_for_captions(page, 1)
        expect(page.locator(".cen-column h3")).to_have_text(NAMES)
        expect(page.locator(".cen-column").first.locator(".cen-text")).to_contain_text("cover most of the square")
        expect(second).to_contain_text("No caption of this model yet.")
        assert len(service.requests) == 2
        deadline = time.monotonic() + servers.READY_SECONDS
        while not service.hangups and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        assert service.hangups  # the page that was left waits for nothing
        # the other is asked once more, alone, and cancelled where it is written
        page.get_by_role("button", name="Ask the model").click()
        expect(second.locator(".cen-live .cen-text")).to_contain_text("Part 2")
        second.locator(".cen-cancel").click()
        expect(second.locator(".cen-live .cen-remark")).to_contain_text("Cancelled: incomplete")
        expect(page.locator(".cen-column").first.locator(".cen-caption .cen-text")).to_be_visible()
        assert len(service.requests) == 3
        assert tab.errors == []
