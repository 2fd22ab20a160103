"""Share and Download in a real browser: what a person finds in the downloads folder, and in the clipboard."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from rig import servers

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

FILES = {
    "Web page (HTML)": b"<!DOCTYPE html>",
    "Picture with caption (PNG)": b"\x89PNG",
    "All facts (JSON)": b"{",
    "For a map program (GeoTIFF)": b"II*\0",
}


def save(page: Page, folder: Path, label: str) -> Path:
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.mark.parametrize("width", [1280, 360])
def test_files_of_a_place_arrive_whole(browser: Browser, app: str, tmp_path: Path, width: int) -> None:
    with servers.watched_page(browser, width=width) as tab:
        page = tab.page
        page.goto(app)
        caption = servers.caption(page)
        for label, beginning in FILES.items():
            path = save(page, tmp_path, label)
            assert path.read_bytes().startswith(beginning)
            assert path.name.startswith("chatearthnet-simulated-0.3360n-6.7300e.")
            expect(page.locator(".cen-download-message")).to_contain_text("Saved")
        [facts] = tmp_path.glob("*.json")
        assert json.loads(facts.read_text("utf-8"))["caption"]["text"] == caption
        saved_page = browser.new_page()
        saved_page.goto(next(tmp_path.glob("*.html")).as_uri())
        expect(saved_page.locator("body")).to_contain_text(caption)
        saved_page.close()
        page.get_by_role("button", name="Download", exact=True).click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Download", exact=True)).to_be_focused()
        expect(page.get_by_role("button", name="All facts (JSON)")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert tab.errors == []


def test_files_of_a_search_arrive_whole(browser: Browser, app: str, tmp_path: Path) -> None:
    with servers.watched_page(browser) as tab:
        page = tab.page
        page.goto(app)
        page.goto(servers.page_of(app, "browse").partition("?")[0] + "?continent=Africa&style=both")
        page.locator(".cen-gallery .cen-tile").first.wait_for()
        lines = save(page, tmp_path, "(CSV)").read_text("utf-8-sig")
        names = {row["name"] for row in csv.DictReader(io.StringIO(lines))}
        heading = page.locator(".cen-gallery .cen-head")
        expect(heading).to_contain_text(f"of {len(names):,}")
        expect(page.locator(".cen-download-message").last).to_have_text(
            f"Saved {len(names):,} pairs. They are simulated."
        )
        features = json.loads(save(page, tmp_path, "(GeoJSON)").read_text("utf-8"))["features"]
        assert {one["properties"]["name"] for one in features} == names
        assert save(page, tmp_path, "(GeoParquet)").read_bytes()[:4] == b"PAR1"
        assert tab.errors == []


def test_share_copies_the_link_of_the_place(browser: Browser, app: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    try:
        page = context.new_page()
        page.goto(app)
        servers.caption(page)
        page.get_by_role("button", name="Share").click()
        expect(page.locator(".cen-share-message")).to_contain_text("Link copied.")
        link = page.evaluate("navigator.clipboard.readText()")
        assert link == page.url
        assert "lon=6.73&lat=0.336" in link
        assert "token" not in link
    finally:
        context.close()


def test_share_shows_the_link_where_nothing_may_be_copied(browser: Browser, app: str) -> None:
    with servers.watched_page(browser, width=360, height=740) as tab:
        page = tab.page
        page.add_init_script(
            "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;"
        )
        page.goto(app)
        servers.caption(page)
        page.get_by_role("button", name="Share").click()
        expect(page.locator(".cen-share-message")).to_have_text("Copy this link:")
        field = page.get_by_label("Link to this page")
        expect(field).to_have_value(page.url)
        expect(field).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert tab.errors == []
