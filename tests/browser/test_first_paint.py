"""The page before its widgets, the change to them, the next visit, the theme, and the site under ``panel serve``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from rig import servers
from rig.ports import free_port

import chatearthnet_explorer.app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

LIVE = ".site-stage[data-state=live]"
NEXT_VISIT = 100_000
"""Bytes that a second visit to a page may be sent."""


@contextmanager
def _profile(browser: Browser, **options: object) -> Iterator[BrowserContext]:
    """Open a fresh profile; it has no routes, which would switch off the cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)  # type: ignore[arg-type]
    try:
        yield context
    finally:
        context.close()


def _open_when_warm(page: Page, address: str, wait_until: Literal["commit", "load"] = "load") -> None:
    """Open a page, again if its server has no first paint yet; widgets may have taken its place since."""
    deadline = time.monotonic() + servers.READY_SECONDS
    while time.monotonic() < deadline:
        response = page.goto(address, wait_until=wait_until)
        assert response is not None
        if "<img" in response.text().partition('id="site-first"')[2].partition('id="site-live"')[0]:
            return
    pytest.fail(f"{address} has no first paint")


def test_without_javascript_picture_caption_pairs_and_lesson_can_be_read(browser: Browser, app: str) -> None:
    with _profile(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(app)  # takes the token
        _open_when_warm(page, servers.page_of(app.partition("?")[0], "explore?lon=11.58&lat=48.14"))
        expect(page.get_by_text("need JavaScript")).to_be_visible()
        expect(page.locator(".site-first")).to_contain_text("Germany")
        assert page.locator(".site-first img").first.evaluate("image => image.naturalWidth") == 256
        assert len(page.locator(".site-first .cen-text").first.inner_text()) > 100
        _open_when_warm(page, servers.page_of(app.partition("?")[0], "browse"))
        expect(page.locator(".site-pair")).to_have_count(24)
        page.goto(servers.page_of(app.partition("?")[0], "learn/what-a-chip-is"))
        assert len(page.locator(".site-first").inner_text()) > 1000


@pytest.mark.parametrize("path", ["explore", "browse"])
def test_widgets_take_over_without_a_jump(browser: Browser, app: str, path: str) -> None:
    with _profile(browser) as context:
        page = context.new_page()
        page.goto(app)
        page.add_init_script(
            """window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries())
            if (!one.hadRecentInput) window.shift += one.value; }).observe({ type: "layout-shift", buffered: true });"""
        )
        _open_when_warm(page, servers.page_of(app.partition("?")[0], path))
        page.evaluate("scrollTo(0, 120)")
        page.locator(LIVE).wait_for()
        page.locator("#site-first > *").first.wait_for(state="detached")  # a second later, and with it the least height
        assert page.evaluate("scrollY") == 120
        assert page.evaluate("window.shift") < 0.1
        expect(page.locator(".site-first")).to_be_hidden()


def test_focus_moves_to_the_page_when_the_first_paint_goes(browser: Browser, app: str) -> None:
    with _profile(browser) as context:
        page = context.new_page()
        page.goto(app)
        address = app.partition("?")[0] + "explore"
        scripts: list[Route] = []

        def hold(script: Route) -> None:
            scripts.append(script)

        page.route("**/start.js", hold)
        _open_when_warm(page, address, "commit")
        summary = page.locator(".site-first summary").first
        summary.focus()
        expect(summary).to_be_focused()
        expect(page.locator(LIVE)).to_have_count(0)
        scripts[-1].continue_()
        page.locator(LIVE).wait_for()
        assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["explore", "browse", "learn"])
def test_next_visit_is_sent_little(browser: Browser, app: str, path: str) -> None:
    with _profile(browser) as context:
        sizes: list[int] = []
        for _ in range(2):
            page = context.new_page()
            network = context.new_cdp_session(page)
            network.send("Network.enable")
            sizes.append(0)

            def count(event: dict[str, float], at: int = len(sizes) - 1) -> None:
                sizes[at] += int(event["encodedDataLength"])

            network.on("Network.loadingFinished", count)
            page.goto(servers.page_of(app, path))
            page.locator(LIVE).wait_for()
            page.wait_for_load_state("networkidle")
            page.close()
        assert 500_000 < sizes[0] < 2_500_000
        assert sizes[1] < NEXT_VISIT


def test_theme_follows_the_system_until_it_is_switched_and_is_kept(browser: Browser, app: str) -> None:
    with _profile(browser, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(app)
        switch = page.get_by_role("button", name="Dark")
        background = "getComputedStyle(document.body).backgroundColor"
        expect(switch).to_have_attribute("aria-pressed", "true")
        dark = page.evaluate(background)
        switch.click()
        expect(switch).to_have_attribute("aria-pressed", "false")
        light = page.evaluate(background)
        assert light != dark
        page.reload()
        assert page.evaluate(background) == light
        page.emulate_media(color_scheme="light")
        switch.click()
        assert page.evaluate(background) == dark


def test_theme_can_be_switched_where_the_browser_refuses_storage(browser: Browser, app: str) -> None:
    with _profile(browser, color_scheme="light") as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } });"
        )
        page.goto(app)
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert errors == []


def test_page_without_a_connection_offers_a_reload_that_keeps_the_place(browser: Browser, app: str) -> None:
    with _profile(browser) as context:
        page = context.new_page()
        page.add_init_script(
            """window.sockets = []; const Native = WebSocket;
            window.WebSocket = class extends Native { constructor(...all) { super(...all); sockets.push(this); } };"""
        )
        page.goto(app)
        page.goto(app.partition("?")[0] + "explore?lon=12.5&lat=41.9&year=2021&style=4v")
        servers.caption(page)
        address = page.url
        page.evaluate("sockets.forEach((socket) => socket.close())")
        expect(page.locator(".cen-connection")).to_contain_text("The connection ended")
        page.get_by_role("button", name="Reload").click()
        expect(page.locator(".cen-connection")).to_have_count(0)  # the page that is left has a caption, too
        servers.caption(page)
        expect(page.locator(".cen-connection")).to_have_count(0)
        assert page.url == address


@contextmanager
def _panel_serve(folder: Path) -> Iterator[str]:
    """Run ``panel serve`` over the files of the site; gives the address."""
    files = sorted(
        str(file) for file in (Path(chatearthnet_explorer.app.__file__).parent / "panel_serve").glob("[a-z]*.py")
    )
    plugin = ["--plugins", "chatearthnet_explorer.app.panel_plugin", "--index", "explore"]
    port = free_port()
    command = [sys.executable, "-m", "panel", "serve", *files, *plugin, "--port", str(port)]
    environment = {**os.environ, "HOME": str(folder), "CHATEARTHNET_STAC": "http://127.0.0.1:9"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            deadline = time.monotonic() + servers.READY_SECONDS
            while time.monotonic() < deadline:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5).close()
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def test_panel_serve_shows_the_site(browser: Browser, tmp_path: Path) -> None:
    with _panel_serve(tmp_path) as address, servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(address.replace("127.0.0.1", "localhost") + "/explore?lon=12.5&lat=41.9")
        assert len(servers.caption(page)) > 100
        page.get_by_role("link", name="Learn", exact=True).click()
        page.wait_for_url("**/learn")
        page.locator(LIVE).wait_for()
        page.goto(address.replace("127.0.0.1", "localhost") + "/learn/quiz?seed=7")
        expect(page).to_have_title(re.compile("^Quiz"))
        page.locator(LIVE).wait_for()
        expect(page.locator(".cen-quiz-choices").first).to_be_visible()
        assert tab.foreign == []
        assert tab.errors == []
