"""The page Explore of an app whose owner has a model, with the model chosen."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from rig import servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

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
    expect(page.locator(".cen-ask")).to_be_visible()


def open_options(page: Page) -> None:
    button = page.get_by_role("button", name="Options")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
