"""Words below the heading of a page that the glossary explains: by keyboard, by touch, and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rig import servers, tour

if TYPE_CHECKING:
    from playwright.sync_api import Browser

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect


@pytest.mark.parametrize(
    "device",
    [tour.DESKTOP, tour.PHONE, {**tour.DESKTOP, "java_script_enabled": False}],
    ids=["desktop", "phone", "without scripts"],
)
def test_term_is_explained_until_escape_is_pressed(browser: Browser, app: str, device: dict[str, Any]) -> None:
    with servers.watched_page(browser, **device) as tab:
        page = tab.page
        page.goto(app)
        term = page.locator(".site-term", has_text="question")
        note = page.locator(".site-definition", has_text="prompt:")
        expect(note).to_be_hidden()
        if device is tour.PHONE:
            term.tap()
        else:
            term.focus()
            page.keyboard.press("Enter")
        expect(note).to_be_visible()
        expect(note).to_contain_text("The text that a person or program gives to a language model")
        page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        expect(term).to_be_focused()
