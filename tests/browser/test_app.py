"""The app that Panel serves, as somebody without network opens it."""

from __future__ import annotations

import re
import urllib.error
from typing import TYPE_CHECKING

import pytest
from rig import servers

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

FIRST_PAGE = re.compile(r"Pairs 1 to 24 of \d+")


def test_a_click_becomes_a_caption(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(app)
        assert len(servers.caption(page)) > 100
        expect(page.locator(".cen-status")).to_contain_text("São Tomé")
        print(f"\nclick to visible caption in the app: {servers.click_map(page):.3f} s")

        page.locator(".cen-chip-view input[type=range]").fill("100")
        expect(page.locator(".cen-chip-view .cen-labels")).to_have_css("opacity", "1")
        page.get_by_role("tab", name="GPT-4V style").click()
        expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v")
        assert tab.foreign == []
        assert tab.errors == []


def test_the_dataset_is_browsed_on_a_page_of_its_own(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(app)
        page.get_by_role("link", name="Browse").click()
        page.locator(".cen-gallery .cen-tile").first.wait_for()
        heading = page.locator(".cen-gallery .cen-head h3")
        expect(heading).to_have_text(FIRST_PAGE)
        expect(page.locator(".cen-gallery .cen-tile img")).to_have_count(24)
        expect(page.locator(".cen-gallery")).to_contain_text("Simulated")
        # nothing of what the widgets were told before the page was there is lost
        expect(page.locator(".leaflet-land-pane path").first).to_be_attached()
        expect(page.locator(".cen-facet-view select").first).to_have_value("all")
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
        expect(page.locator(".cen-filters .cen-side")).to_be_visible()
        africa = page.locator(".cen-facet-view .cen-value").filter(has_text="Africa").first
        count = africa.locator(".cen-count").inner_text()
        africa.click()
        expect(heading).to_have_text(re.compile(rf" of {count}$"))
        page.locator(".cen-gallery .cen-tile").first.click()
        expect(page.locator(".cen-pair-head")).to_contain_text("_patch")
        assert len(servers.caption(page)) > 100
        page.get_by_role("link", name="Explore", exact=True).click()
        page.wait_for_url(re.compile("/explore"))  # the pair that is left has a caption, too
        assert len(servers.caption(page)) > 100
        assert tab.foreign == []
        assert tab.errors == []


def test_two_tabs_and_a_reload_in_the_first_second_each_show_the_whole_sample(browser: Browser, tmp_path: Path) -> None:
    with (
        servers.app(tmp_path) as address,
        servers.watched_page(browser) as one,
        servers.watched_page(browser, width=360) as other,
    ):
        one.page.goto(servers.page_of(address, "browse"), wait_until="commit")
        other.page.goto(servers.page_of(address, "browse"), wait_until="commit")
        one.page.reload(wait_until="commit")
        for tab in (one, other):
            heading = tab.page.locator(".cen-gallery .cen-head h3")
            expect(heading).to_have_text(FIRST_PAGE)
            expect(tab.page.locator(".cen-gallery .cen-tile img")).to_have_count(24)
            expect(tab.page.locator(".leaflet-land-pane path").first).to_be_attached()
            assert tab.errors == []
        one.page.get_by_role("button", name="Next").click()
        expect(one.page.locator(".cen-gallery .cen-head h3")).to_have_text(re.compile(r"Pairs 25 to 48 of \d+"))
        expect(one.page.locator(".cen-gallery .cen-tile img")).to_have_count(24)
        log = (tmp_path / "home" / "log").read_text("utf-8")
        assert "Traceback" not in log


def test_each_tab_has_an_explorer_of_its_own(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as one, servers.watched_page(browser) as other:
        one.page.goto(app)
        other.page.goto(app)
        first, second = servers.caption(one.page), servers.caption(other.page)
        assert first == second
        servers.click_map(one.page)
        assert servers.caption(one.page) != first
        assert servers.caption(other.page) == second


@pytest.mark.parametrize(
    "path",
    [
        *("assets/0/widgets/bqplot@^0.13/dist/index", "assets/0/widgets/..%2F..@1/dist/index"),
        *("assets/0/widgets/anywidget@1/dist/../extension", "assets/0/page.html", "assets/0/..%2Fserver.py"),
    ],
)
def test_only_known_files_are_served(app: str, path: str) -> None:
    client = servers.client_of(app)
    with client.open(servers.page_of(app, "assets/0/widgets/anywidget@~0.9.*/dist/index")) as script:
        assert b"AnyModel" in script.read()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        client.open(servers.page_of(app, path))
