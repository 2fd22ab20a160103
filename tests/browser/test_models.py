"""Models on a served page, in a real browser with a real service: asked by a press alone, with the right key."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from rig import servers
from rig.chat_server import TEXT, chat_server

from chatearthnet_explorer.captioners.service.endpoint import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page
    from rig.chat_server import ChatServer

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

OWN, PAGE_KEY = "sk-owner-4f9c0a17e2b85d63", "sk-typed-0b1c2d3e4f5a6978"


@contextmanager
def open_explorer(
    browser: Browser, folder: Path, service: ChatServer, *options: str, width: int = 1280
) -> Iterator[servers.WatchedPage]:
    """Open a page of an app whose owner has a service and a key."""
    variables = {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": OWN}
    with (
        servers.serving(folder, *options, **variables) as server,
        servers.watched_page(browser, width=width) as tab,
    ):
        tab.page.goto(server.address)
        servers.caption(tab.page)
        yield tab
        assert OWN not in server.log.read_text("utf-8", "replace")
        assert PAGE_KEY not in server.log.read_text("utf-8", "replace")


def choose_chat(page: Page) -> None:
    """Open the options, choose the chat model, and wait until it is offered."""
    open_options(page)
    page.get_by_label("Caption by").select_option(label="A chat model")
    expect(page.locator(".cen-ask")).to_be_visible(timeout=servers.SLOW)


def open_options(page: Page) -> None:
    button = page.get_by_role("button", name="Options")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    expect(button).to_have_attribute("aria-expanded", "true", timeout=servers.SLOW)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def ask(page: Page, service: ChatServer, *, button: str = ".cen-ask") -> None:
    """Press a button that sends a request, and wait until the service has it and the caption is on the page.

    A press that reaches the server while a change of the address is under way does nothing, so it is repeated once.
    """
    before = len(service.requests)
    for _ in range(2):
        page.locator(button).click()
        deadline = time.monotonic() + servers.SLOW / 2000
        while len(service.requests) == before and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        if len(service.requests) > before:
            break
    assert len(service.requests) == before + 1
    expect(page.locator(".cen-ask")).to_be_enabled(timeout=servers.SLOW)
    expect(page.locator(".cen-caption .cen-text")).to_have_text(TEXT, timeout=servers.SLOW)


def test_only_a_press_sends_a_request_to_the_model(browser: Browser, tmp_path: Path) -> None:
    with chat_server() as service, open_explorer(browser, tmp_path, service) as tab:
        page = tab.page
        choose_chat(page)
        expect(page.locator(".cen-ask")).to_have_text("Ask gpt-6-luna")
        expect(page.locator(".cen-caption .cen-text")).to_have_count(0, timeout=servers.SLOW)
        page.get_by_role("tab", name="GPT-4V style").click()
        expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v", timeout=servers.SLOW)
        assert service.requests == []
        ask(page, service)
        assert service.keys == [OWN]
        # an answer that takes its time: the button waits, Cancel ends it
        service.modes = ["slow"]
        page.locator(".cen-ask").click()
        expect(page.locator(".cen-ask")).to_be_disabled(timeout=servers.SLOW)
        expect(page.locator(".cen-prompt-view .cen-primary")).to_be_disabled(timeout=servers.SLOW)
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".cen-ask")).to_be_enabled(timeout=servers.SLOW)
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
        expect(page.locator(".cen-key-host")).to_contain_text(other.base_url.split("/")[2], timeout=servers.SLOW)
        assert key.input_value() == ""
        ask(page, other, button=".cen-prompt-view .cen-primary")
        assert other.keys == [PLACEHOLDER, PAGE_KEY]
        assert OWN not in json.dumps(other.headers)
        assert PAGE_KEY not in page.content()
        assert not [frame for frame in frames if PAGE_KEY in frame or OWN in frame]
        address.fill("")
        address.press("Enter")
        expect(key).to_be_visible(timeout=servers.SLOW)  # the key was that of the other address
        ask(page, service)
        assert service.keys == [OWN]


def test_strangers_have_the_owners_model_and_no_other(browser: Browser, tmp_path: Path) -> None:
    options = ("--allow-host=explorer.example", "--offer-models", "--model-requests=1", "--model=llama3")
    with chat_server() as service, open_explorer(browser, tmp_path, service, *options, width=360) as tab:
        page = tab.page
        choose_chat(page)
        open_options(page)
        expect(field(page, "Send")).to_be_visible(timeout=servers.SLOW)
        for label in ("Model", "Service", "API key", "Token limit (0 = default)"):
            expect(field(page, label)).to_have_count(0)
        expect(page.get_by_role("button", name="Edit")).to_have_count(0)
        ask(page, service)
        assert [request["model"] for request in service.requests] == ["llama3"]
        page.locator(".cen-ask").click()
        expect(page.locator(".cen-caption-view .cen-error, .cen-grounding-view .cen-error")).to_contain_text(
            "as often as it may be", timeout=servers.SLOW
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
        expect(page.locator(".cen-ask")).to_be_visible(timeout=servers.SLOW)
        open_options(page)
        address = field(page, "Service")
        address.fill(service.base_url)
        address.press("Enter")
        page.locator(".cen-key").fill(PAGE_KEY)
        page.locator(".cen-key").press("Enter")
        expect(page.locator(".cen-key-host")).to_be_visible(timeout=servers.SLOW)
        ask(page, service)
        assert service.keys == [PAGE_KEY]
        choose(page, "Settings", "Save Widget State Automatically")
        notebook_file = tmp_path / "notebooks" / "keys.ipynb"
        deadline = time.monotonic() + servers.SLOW / 1000
        while "application/vnd.jupyter.widget-state+json" not in notebook_file.read_text("utf-8"):
            assert time.monotonic() < deadline
            choose(page, "File", "Save Notebook")  # again: the setting takes a moment to hold
            page.wait_for_timeout(1000)
        text = notebook_file.read_text("utf-8")
        assert "key_host" in text  # the state of the field is there, and the key is not in it
        for file in tmp_path.rglob("*"):
            if file.is_file():
                assert PAGE_KEY.encode() not in file.read_bytes(), file
