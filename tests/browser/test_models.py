"""Models on a served page, in a real browser with a real service: asked by a press alone, with the right key."""

from __future__ import annotations

import itertools
import json
import time
from typing import TYPE_CHECKING

import pytest
from rig import servers, stage
from rig.chat_server import TEXT, chat_server, completion, json_reply
from rig.model_page import OWN, PAGE_KEY, choose_chat, open_explorer, open_options

from chatearthnet_explorer.captioners.service.endpoint import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page
    from rig.chat_server import ChatServer

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect


ANSWERS = itertools.count(1)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def ask(page: Page, service: ChatServer, *, button: str = ".cen-ask") -> None:
    """Press a button that sends a request, and wait until the service has it and its answer is on the page.

    A press that reaches the server while a change of the address is under way does nothing, and the page says so.
    """
    before, text = len(service.requests), f"{TEXT} This is answer {next(ANSWERS)}."
    service.modes = [json_reply(completion(text))]  # no answer before has these words
    page.locator(button).click()
    again = page.locator(".cen-explorer .cen-status", has_text="because the page was still changing")
    wait_until(page, lambda: len(service.requests) > before or again.count() > 0)
    if len(service.requests) == before:
        page.locator(button).click()
    expect(page.locator(".cen-caption .cen-text")).to_have_text(text)
    expect(page.locator(".cen-ask")).to_be_enabled()
    assert len(service.requests) == before + 1


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for something outside of the page."""
    deadline = time.monotonic() + stage.SLOW / 1000
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def test_only_a_press_sends_a_request_to_the_model(browser: Browser, tmp_path: Path) -> None:
    with chat_server() as service, open_explorer(browser, tmp_path, service) as tab:
        page = tab.page
        choose_chat(page)
        expect(page.locator(".cen-ask")).to_have_text("Ask gpt-6-luna")
        expect(page.locator(".cen-caption .cen-text")).to_have_count(0)
        page.get_by_role("tab", name="GPT-4V style").click()
        expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v")
        assert service.requests == []
        ask(page, service)
        assert service.keys == [OWN]
        # an answer that takes its time: the button waits, Cancel ends it
        service.modes = ["slow"]
        page.locator(".cen-ask").click()
        expect(page.locator(".cen-ask")).to_be_disabled()
        expect(page.locator(".cen-prompt-view .cen-primary")).to_be_disabled()
        wait_until(page, service.waiting.is_set)
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".cen-ask")).to_be_enabled()
        assert len(service.requests) == 2
        assert tab.errors == []


def test_a_typed_address_gets_a_typed_key_or_none(browser: Browser, tmp_path: Path) -> None:
    with chat_server() as service, chat_server() as other, open_explorer(browser, tmp_path, service) as tab:
        page = tab.page
        frames: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(str(data))))
        page.reload()
        servers.caption(page)
        choose_chat(page)
        open_options(page)
        address = field(page, "Service")
        address.fill(other.base_url)
        address.press("Enter")
        ask(page, other)
        assert other.keys == [PLACEHOLDER]
        key = page.locator(".cen-key")
        expect(key).to_have_attribute("type", "password")
        key.fill(PAGE_KEY)
        key.press("Enter")
        expect(page.locator(".cen-key-host")).to_contain_text(other.base_url.split("/")[2])
        assert key.input_value() == ""
        ask(page, other, button=".cen-prompt-view .cen-primary")
        assert other.keys == [PLACEHOLDER, PAGE_KEY]
        assert OWN not in json.dumps(other.headers)
        assert PAGE_KEY not in page.content()
        assert not [frame for frame in frames if PAGE_KEY in frame or OWN in frame]
        address.fill("")
        address.press("Enter")
        expect(key).to_be_visible()  # the key was that of the other address
        ask(page, service)
        assert service.keys == [OWN]


def test_strangers_have_the_owners_model_and_no_other(browser: Browser, tmp_path: Path) -> None:
    options = ("--allow-host=explorer.example", "--offer-models", "--model-requests=1", "--model=llama3")
    with chat_server() as service, open_explorer(browser, tmp_path, service, *options, width=360) as tab:
        page = tab.page
        choose_chat(page)
        open_options(page)
        expect(field(page, "Send")).to_be_hidden()  # a chat model gets words alone
        for label in ("Model", "Service", "API key", "Token limit (0 = default)"):
            expect(field(page, label)).to_have_count(0)
        expect(page.get_by_role("button", name="Edit")).to_have_count(0)
        ask(page, service)
        assert [request["model"] for request in service.requests] == ["llama3"]
        page.locator(".cen-ask").click()
        expect(page.locator(".cen-caption-view .cen-error, .cen-grounding-view .cen-error")).to_contain_text(
            "as often as it may be"
        )
        assert len(service.requests) == 1


def choose(page: Page, menu: str, entry: str) -> None:
    """Choose an entry of one of JupyterLab's menus."""
    page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
    page.locator(".lm-Menu-itemLabel", has_text=entry).first.click()


CELLS = ("from chatearthnet_explorer import Explorer\nExplorer(source='simulated', captioner='chat')",)


def test_a_key_typed_in_a_notebook_is_not_saved_with_it(browser: Browser, tmp_path: Path) -> None:
    with chat_server() as service, servers.lab(tmp_path) as lab, servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(servers.store(lab, "keys", *CELLS))
        servers.run_cell(page, 0)
        expect(page.locator(".cen-ask")).to_be_visible()
        open_options(page)
        address = field(page, "Service")
        address.fill(service.base_url)
        address.press("Enter")
        page.locator(".cen-key").fill(PAGE_KEY)
        page.locator(".cen-key").press("Enter")
        expect(page.locator(".cen-key-host")).to_be_visible()
        ask(page, service)
        assert service.keys == [PAGE_KEY]
        choose(page, "Settings", "Save Widget State Automatically")
        notebook_file = tmp_path / "notebooks" / "keys.ipynb"
        deadline = time.monotonic() + stage.SLOW / 1000
        while "application/vnd.jupyter.widget-state+json" not in notebook_file.read_text("utf-8"):
            assert time.monotonic() < deadline
            choose(page, "File", "Save Notebook")  # again: the setting takes a moment to hold
            page.wait_for_timeout(1000)
        text = notebook_file.read_text("utf-8")
        assert "key_host" in text  # the state of the field is there, and the key is not in it
        for file in tmp_path.rglob("*"):
            if file.is_file():
                assert PAGE_KEY.encode() not in file.read_bytes(), file
