"""The offer of the real captions on the page: refused offline, cancelled, accepted in two tabs, kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from rig import browsing, full_size, servers
from rig.zenodo import Zenodo

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = 3000
SLOWLY = 20_000
"""Bytes a second while somebody decides: the download does not end by itself before."""
QUERY = "/browse?continent=Africa&sort=lat"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("zenodo") / "release"
    full_size.write_release(folder, records=RECORDS, archives=1)
    return folder


def _open(page: Page, address: str) -> Locator:
    page.goto(servers.page_of(address, "browse") + f"&{QUERY.partition('?')[2]}")
    page.locator(".cen-gallery .cen-tile").first.wait_for()
    return page.locator(".cen-catalog-offer")


def _shows_real_pairs(page: Page) -> None:
    expect(page.locator(".cen-browser .cen-status").first).to_contain_text(f"of {RECORDS:,} pairs")
    expect(page.locator(".cen-gallery .cen-made-up")).to_be_hidden()
    expect(page.locator(".cen-pill", has_text="Africa")).to_be_visible()
    assert browsing.total(page) > 100


def test_offer_is_refused_offline_cancelled_accepted_in_two_tabs_and_kept(
    browser: Browser, release: Path, tmp_path: Path
) -> None:
    with Zenodo(release, limit=10_000) as zenodo:
        zenodo.bandwidth = SLOWLY
        addresses = {"CHATEARTHNET_ZENODO": zenodo.url, "CHATEARTHNET_MIRROR": f"{zenodo.url}/no/mirror"}
        with (
            servers.serving(tmp_path, **addresses) as server,
            servers.watched_page(browser, height=800) as first,
            servers.watched_page(browser, height=800) as second,
        ):
            offer = _open(first.page, server.address)
            expect(offer).to_contain_text("These pairs are simulated")
            expect(first.page.locator(".cen-gallery .cen-made-up")).to_be_visible()
            load = offer.get_by_role("button", name="Load the 163,488 real captions")
            load.click()
            step = offer.locator(".cen-step-words")
            expect(step).to_contain_text(re.compile(r"\d+ % · Downloading the captions: [\d.]+ of [\d.]+ MB"))
            offer.get_by_role("button", name="Cancel").click()
            expect(load).to_be_visible()
            expect(offer.get_by_role("progressbar")).to_be_hidden()
            expect(first.page.locator(".cen-gallery .cen-made-up")).to_be_visible()

            other_offer = _open(second.page, server.address)
            load.click()
            expect(offer).to_have_attribute("data-state", "loading")
            other_offer.get_by_role("button", name="Load").click()
            expect(other_offer).to_have_attribute("data-state", "loading")
            zenodo.bandwidth = None
            for page in (first.page, second.page):
                _shows_real_pairs(page)
            for one in (offer, other_offer):
                expect(one).to_be_hidden()
            first.page.reload()
            first.page.locator(".cen-gallery .cen-tile").first.wait_for()
            _shows_real_pairs(first.page)
            expect(first.page.locator(".cen-catalog-offer")).to_have_count(0)
            assert [first.errors, second.errors, first.foreign] == [[], [], []]
        requests = zenodo.requests
        with servers.serving(tmp_path, **addresses) as server, servers.watched_page(browser, height=800) as tab:
            _open(tab.page, server.address)
            _shows_real_pairs(tab.page)
        assert all("s2_rgb" in one.path for one in zenodo.log[requests:])


def test_offer_offline_gives_the_reason_and_the_way_out(browser: Browser, tmp_path: Path) -> None:
    nowhere = {"CHATEARTHNET_ZENODO": "http://127.0.0.1:9", "CHATEARTHNET_MIRROR": "http://127.0.0.1:9/mirror"}
    with servers.serving(tmp_path, **nowhere) as server, servers.watched_page(browser, width=360, height=740) as tab:
        offer = _open(tab.page, server.address)
        offer.get_by_role("button", name="Load the 163,488 real captions").click()
        expect(offer.get_by_role("status")).to_contain_text("you may be offline")
        expect(offer).to_contain_text("try again when you are online")
        offer.get_by_text("Why").click()
        expect(offer).to_contain_text("http://127.0.0.1:9/api/records/")
        expect(offer.get_by_role("button", name="Try again")).to_be_visible()
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert tab.errors == []


def test_visitors_from_elsewhere_get_no_offer(browser: Browser, tmp_path: Path) -> None:
    with (
        servers.serving(tmp_path, "--allow-host", "pairs.example") as server,
        servers.watched_page(browser, height=800) as tab,
    ):
        _open(tab.page, server.address)
        expect(tab.page.locator(".cen-gallery .cen-made-up")).to_be_visible()
        expect(tab.page.locator(".cen-catalog-offer")).to_have_count(0)
