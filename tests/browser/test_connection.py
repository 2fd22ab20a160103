"""The page and its server: behind proxies, refused, gone and back, with the place kept."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from rig import servers, stage
from rig.ports import free_port
from rig.reverse_proxy import reverse_proxy
from rig.servers import serving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

PREFIX = "/user/x/proxy/5007"
BAR = ".cen-connection"
POINT = "Point at the picture or at the list."


def _through(address: str, port: int, prefix: str = "", host: str = "localhost") -> str:
    """Return an address of the app as it is behind a proxy."""
    return f"http://{host}:{port}{prefix}/?{urlsplit(address).query}"


@pytest.mark.parametrize("width", [1280, 360])
def test_bar_reports_lost_server_and_page_returns_to_its_place(browser: Browser, tmp_path: Path, width: int) -> None:
    token, port = {"CHATEARTHNET_TOKEN": "the-same-at-each-start"}, free_port()
    with servers.watched_page(browser, width=width) as tab:
        page = tab.page
        with serving(tmp_path / "first", f"--port={port}", **token) as server:
            page.goto(f"{server.address}&year=2021")
            servers.caption(page)
            page.get_by_role("tab", name="GPT-4V style").click()
            page.get_by_role("combobox", name="Find a place").fill("41.9, 12.5")
            page.get_by_role("button", name="Go", exact=True).click()
            heading = page.locator(".cen-status").get_by_text("Italy")
            expect(heading).to_be_visible()
            page.wait_for_function("location.search === '?lon=12.5&lat=41.9&year=2021&style=4v'")
            expect(page.locator(BAR)).to_have_count(0)
            place = page.url
            assert "token" not in place
            with page.expect_event("requestfailed", lambda request: "/status?" in request.url):  # before it is back
                server.process.kill()
                server.process.wait()
        expect(page.locator(BAR)).to_contain_text("Lost the connection to the server")
        expect(page.get_by_role("button", name="Reload")).to_have_count(0)
        expect(page.locator(".cen-caption .cen-text").first).to_be_visible()  # what is there can still be read
        _fits(page, width)
        with serving(tmp_path / "second", f"--port={port}", **token):
            expect(page.locator(BAR)).to_contain_text("The server is back")
            _fits(page, width)
            page.get_by_role("button", name="Reload").click()
            expect(page.locator(BAR)).to_have_count(0)
            expect(heading).to_be_visible()
            expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v")
            assert page.url == place
    # 404: a picture that the first server had not sent yet is asked for again at the second
    expected = ("WebSocket", "ERR_CONNECTION", "not connected so cannot send", "status of 404")
    assert not [error for error in tab.errors if not any(one in error for one in expected)]


def test_a_server_with_another_token_leads_to_the_same_place(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with servers.watched_page(browser) as tab:
        page = tab.page
        with serving(tmp_path / "first", f"--port={port}") as server:
            page.goto(servers.page_of(server.address, "browse"))
            page.locator(".cen-facet-view .cen-value").filter(has_text="Africa").first.click()
            page.wait_for_function("location.search.includes('continent=Africa')")
            server.process.kill()
            server.process.wait()
        with serving(tmp_path / "second", f"--port={port}") as server:
            expect(page.locator(BAR)).to_contain_text("needs its new token")
            page.get_by_role("button", name="Enter the token").click()
            page.get_by_label("Token").fill("not-the-token")
            page.get_by_role("button", name="Open").click()
            expect(page.get_by_text("This token is wrong")).to_be_visible()
            page.get_by_label("Token").fill(urlsplit(server.address).query.partition("=")[2])
            page.get_by_role("button", name="Open").click()
            expect(page.locator(".cen-pill", has_text="Africa").first).to_be_visible()
            assert parse_qs(urlsplit(page.url).query)["continent"] == ["Africa"]
            assert "token" not in page.url


def _go(page: Page, place: str) -> None:
    page.get_by_role("combobox", name="Find a place").fill(place)
    page.get_by_role("button", name="Go", exact=True).click()


def _has_picture(page: Page) -> bool:
    return bool(
        page.locator(".cen-chip-view .cen-picture").evaluate(
            "canvas => canvas.getContext('2d').getImageData(0, 0, 256, 256).data.some((value) => value > 0)"
        )
    )


def test_picture_is_loaded_again_after_the_network_failed_for_a_moment(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(app)
        expect(page.locator(".cen-chip-view .cen-readout")).to_have_text(POINT)  # the first picture is there
        page.route("**/pictures/*.png", lambda route: route.abort())
        _go(page, "41.9, 12.5")
        wait = page.locator(".cen-chip-view .cen-wait")
        expect(wait).to_have_text("Loading the picture …")
        expect(page.locator(".cen-chip-view.cen-loading")).to_have_count(1)  # the picture of the place before
        page.unroute("**/pictures/*.png")
        expect(wait).to_be_hidden()
        expect(page.locator(".cen-chip-view.cen-loading")).to_have_count(0)
        expect(page.locator(".cen-chip-view .cen-readout")).to_have_text(POINT)
        expect(page.get_by_text("The picture did not arrive.")).to_be_hidden()
        assert _has_picture(page)
        assert [error for error in tab.errors if "ERR_FAILED" in error]
        assert not [error for error in tab.errors if "ERR_FAILED" not in error]


def test_picture_that_never_arrives_leaves_no_picture_of_another_place(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(app)
        servers.caption(page)
        expect(page.locator(".cen-chip-view .cen-readout")).to_have_text(POINT)
        assert _has_picture(page)
        page.route("**/pictures/*.png", lambda route: route.fulfill(status=404))
        _go(page, "41.9, 12.5")
        expect(
            page.locator(".cen-chip-view").get_by_text("The picture did not arrive. Reload the page to see it.")
        ).to_be_visible()
        assert not _has_picture(page)
        assert not [error for error in tab.errors if "404" not in error]
        page.unroute("**/pictures/*.png")
        page.reload()
        expect(page.locator(".cen-chip-view .cen-readout")).to_have_text(POINT)
        assert _has_picture(page)
        expect(page.get_by_text("The picture did not arrive.")).to_be_hidden()


@pytest.mark.parametrize("part", ["**/parts/*.json", "**/ipywidgets_bokeh*.js"])
def test_incomplete_page_offers_to_reload(browser: Browser, app: str, part: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.route(part, lambda route: route.fulfill(status=502))
        page.goto(app)
        expect(page.locator(BAR)).to_contain_text("A part of this page did not arrive.")
        page.unroute(part)
        page.get_by_role("button", name="Reload").click()
        servers.caption(page)
        expect(page.locator(BAR)).to_have_count(0)


def test_hostile_places_in_an_address_are_passed_over(browser: Browser, app: str) -> None:
    hostile = [
        "?lon=nan&lat=inf&year=1&style=<script>alert(1)</script>",
        "?lon=1e999&lat=0&lon=5",
        "?lon=" + "9" * 5000 + "&lat=1",
        "?lon=500&lat=89.9&year=2021%00",
        "?lon=%FF&lat=%F0%28",
        "browse?page=-1&bbox=a,b&continent=<img src=x onerror=alert(1)>",
        "browse?polygon=" + "1,2 " * 3000,
    ]
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(app)
        base = app.partition("?")[0]
        for address in hostile:
            page.goto(base + address)
            if address.startswith("browse"):
                page.locator(".cen-gallery .cen-head h3").wait_for()
            else:
                expect(page.locator(".cen-status")).to_contain_text("São Tomé")
        assert tab.dialogs == []
        assert not [error for error in tab.errors if "status of 414" not in error]
        page.goto(f"{base}?lon=12.5&lat=41.9&year=2021&style=4v")
        expect(page.locator(".cen-status")).to_contain_text("Italy")
        expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v")


@pytest.mark.parametrize("host", ["localhost", "explorer.example.test"])
@pytest.mark.parametrize("rewrite", [True, False])
@pytest.mark.parametrize("prefix", ["", PREFIX])
def test_works_behind_proxies(browser: Browser, tmp_path: Path, host: str, prefix: str, *, rewrite: bool) -> None:
    with (
        serving(tmp_path, f"--allow-host={host}") as server,
        reverse_proxy(server.port, prefix=prefix, rewrite_host=rewrite) as port,
        stage.rebound(browser, host) as another,
    ):
        page = another.new_page()
        page.goto(_through(server.address, port, prefix, host))
        servers.caption(page)
        servers.click_map(page)
        assert page.url.startswith(f"http://{host}:{port}{prefix}/?lon=")
        [cookie] = page.context.cookies()
        assert cookie.get("path") == (prefix or "/")
        page.get_by_role("link", name="Browse").click()
        page.locator(".cen-gallery .cen-tile").first.wait_for()
        expect(page.locator(BAR)).to_have_count(0)


def test_refused_page_names_the_option_that_allows_it(tmp_path: Path, browser: Browser) -> None:
    with serving(tmp_path) as server, reverse_proxy(server.port, rewrite_host=True) as port:
        page = browser.new_page(viewport={"width": 360, "height": 640})
        page.goto(_through(server.address, port))
        expect(page.locator(BAR)).to_contain_text(f"start it with --allow-host localhost:{port}")
        _fits(page, 360)
        page.close()


def test_a_name_that_was_bound_to_this_computer_gets_nothing(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path, "--no-token") as server, stage.rebound(browser, "evil.example.test") as another:
        page = another.new_page(viewport={"width": 360, "height": 640})
        answer = page.goto(f"http://evil.example.test:{server.port}/")
        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_text("start the server with --allow-host evil.example.test.")).to_be_visible()
        _fits(page, 360)


def test_other_sites_cannot_embed_the_app(browser: Browser, tmp_path: Path) -> None:
    # a page that Playwright makes up would count as a public one, which browsers keep from loopback anyway
    folder = tmp_path / "site"
    folder.mkdir()
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    port = site.server_address[1]
    with serving(tmp_path, "--no-token", f"--embed-in=http://course.example.test:{port}") as server:
        frame = f"<iframe src='http://127.0.0.1:{server.port}/' style='width:900px;height:700px'></iframe>"
        (folder / "index.html").write_text(frame)
        for name, is_embedded in (("course.example.test", True), ("evil.example.test", False)):
            with stage.rebound(browser, name) as another:
                page = another.new_page()
                words = page.frame_locator("iframe").locator(".cen-caption .cen-text").first
                if is_embedded:
                    page.goto(f"http://{name}:{port}/")
                    words.wait_for()
                else:
                    # which may be heard of only after the page around it is loaded
                    with page.expect_event("requestfailed", lambda one: one.failure == "net::ERR_BLOCKED_BY_RESPONSE"):
                        page.goto(f"http://{name}:{port}/")
                    expect(words).to_have_count(0)
    site.shutdown()
    site.server_close()


def _fits(page: Page, width: int) -> None:
    """Check that nothing of what is said runs out of the page."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_page_that_cannot_connect_stays_readable(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        tab.page.clock.install()
        tab.page.route_web_socket("**/ws*", lambda socket: socket.close())
        tab.page.goto(app)
        expect(tab.page.locator(BAR)).to_be_visible()
        tab.page.clock.run_for(30_000)  # longer than the page waits for its widgets
        expect(tab.page.locator("#site-first")).to_be_visible()
        expect(tab.page.locator("#site-first")).to_contain_text("São Tomé")
