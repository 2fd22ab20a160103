"""A release of the real one's size on a server: its catalog built by the command line, then browsed in JupyterLab."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from rig import browsing, full_size, servers
from rig.range_server import RangeServer, Request

from chatearthnet_explorer.catalog import Query, open_catalog
from chatearthnet_explorer.catalog.permalink import from_url
from chatearthnet_explorer.record import ARCHIVES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from chatearthnet_explorer.catalog import Catalog

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

LATENCY = 0.4
"""Seconds before each answer: longer than it takes to send 24 requests, so that round trips can be told apart."""

WORDS = '"top left" mangrove* -snow'
MOST_MEMORY = 500_000_000
SIZE = 24

BROWSE = """
from pathlib import Path

from chatearthnet_explorer.catalog import open_catalog
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.widgets.browse.browser import Browser

release = open_release({url!r}, settings=Settings(cache=Path({cache!r})))
browser = Browser(open_catalog({catalog!r}), release=release, labels="simulated")
browser
"""
MEMORY = """
import psutil

print("resident", psutil.Process().memory_info().rss)
"""


class Full(NamedTuple):
    """A release on a server, and its catalog."""

    server: RangeServer
    folder: Path
    report: dict
    requests: list[Request]
    trips: int
    bytes_sent: int

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog"


def _command(folder: Path, *arguments: str) -> dict:
    """Run the command as a user does, and return the JSON it prints."""
    script = Path(sys.executable).with_name("chatearthnet-explorer")
    report = subprocess.run(
        [str(script), *arguments],
        env={**os.environ, "CHATEARTHNET_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.returncode == 0, report.stderr
    return json.loads(report.stdout)


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    folder = tmp_path_factory.mktemp("full")
    real = Path(os.environ.get("CHATEARTHNET_REALDATA", Path(__file__).parents[3] / "shared" / "realdata"))
    chips = [path.read_bytes() for path in sorted((real / "chatearthnet" / "chips").glob("*.png"))]
    full_size.write_release(folder / "release", chips=chips)
    with RangeServer(folder / "release", latency=LATENCY) as server:
        report = _command(folder, "catalog", "build", server.url, str(folder / "catalog"))
        yield Full(server, folder, report, list(server.log), server.trips, server.bytes_sent)


def test_every_pair_is_in_the_catalog_and_none_is_broken(full: Full) -> None:
    splits = {f"{style}/{split}": count for style, of in full_size.COUNTS.items() for split, count in of.items()}
    assert sum(splits.values()) == 163_488 + 10_000
    assert full.report["entries"] == splits
    assert full.report["captions"] == {"3.5": 163_488, "4v": 10_000}
    assert full.report["rows"] == full.report["placed"] == 163_488
    assert full.report["broken"] == []
    assert full.report["left_out"] == 0
    assert full.report["flags"]["no picture"] == full.report["flags"]["no place"] == 0
    assert not full.report["simulated"]


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_the_command_line_counts_each_style_and_split(full: Full, style: str) -> None:
    result = _command(full.folder, "catalog", "search", str(full.catalog), "--style", style, "--size", "1", "--json")
    assert result["total"] == full.report["captions"][style]
    assert result["facets"]["split"] == full_size.COUNTS[style]


def test_build_requests_only_captions_and_directories(full: Full) -> None:
    texts, *images = full.requests
    assert (texts.path, texts.span) == ("/json_files.zip", "")
    assert [request.path for request in images] == [f"/{name}.zip" for name in ARCHIVES for _ in range(2)]
    directories = 0
    for name, (tail, directory) in zip(ARCHIVES, zip(images[::2], images[1::2], strict=True), strict=True):
        with zipfile.ZipFile(full.folder / "release" / f"{name}.zip") as archive:
            start = archive.start_dir
        assert re.fullmatch(r"bytes=-\d{5}", tail.span)
        assert int(directory.span.removeprefix("bytes=").split("-")[0]) == start
        directories += (full.folder / "release" / f"{name}.zip").stat().st_size - start
    texts_size = (full.folder / "release" / "json_files.zip").stat().st_size
    assert full.bytes_sent < texts_size + directories + len(ARCHIVES) * 70_000
    assert full.trips == len(full.requests) == 1 + 2 * len(ARCHIVES)


@pytest.fixture(scope="module")
def catalog(full: Full) -> Iterator[Catalog]:
    with open_catalog(full.catalog) as catalog:
        yield catalog


def _agree(page: Page, catalog: Catalog, total: int) -> None:
    """What the page says is what the catalog says of the link that the page gives."""
    assert browsing.total(page) == total
    assert catalog.search(from_url(browsing.link(page))).total == total


def _clear(page: Page) -> None:
    """Take every choice back, one after the other."""
    for left in range(page.locator(".cen-pill").count(), 0, -1):
        page.locator(".cen-pill").first.click()
        expect(page.locator(".cen-pill")).to_have_count(left - 1)
    browsing.expect_total(page, full_size.RECORDS)


def _filter(page: Page, catalog: Catalog) -> None:
    """Choose a class, and another within it: each finds as many pairs as it promised."""
    water = browsing.choose(page, "wetland")
    assert 0 < water < full_size.RECORDS
    browsing.expect_total(page, water)
    _agree(page, catalog, water)
    africa = browsing.choose(page, "Africa")
    assert 0 < africa < water
    browsing.expect_total(page, africa)
    _agree(page, catalog, africa)
    _clear(page)


def _search(page: Page, catalog: Catalog) -> None:
    words = page.locator(".cen-search-bar .cen-words")
    words.fill(WORDS)
    words.press("Enter")
    expect(page.locator(".cen-pill", has_text="mangrove*")).to_have_count(1)
    expected = catalog.search(Query(words=WORDS)).total
    assert 0 < expected < full_size.RECORDS
    browsing.expect_total(page, expected)
    _agree(page, catalog, expected)
    _clear(page)


def _draw(page: Page, catalog: Catalog) -> None:
    browsing.draw_box(page)
    expect(page.locator(browsing.HEAD)).not_to_have_text(re.compile(" of 163,488$"))
    inside = browsing.total(page)
    assert 0 < inside < full_size.RECORDS
    _agree(page, catalog, inside)
    assert from_url(browsing.link(page)).bbox is not None
    _clear(page)


def _turn_pages(page: Page, catalog: Catalog) -> None:
    """On by one, far by a number, to the end: the pairs are those that the catalog has there."""
    head = page.locator(browsing.HEAD)
    page.get_by_role("button", name="Next page").click()
    expect(head).to_have_text("Pairs 25 to 48 of 163,488")
    number = page.locator(".cen-gallery .cen-page")
    number.fill("5000")  # JupyterLab would have Enter for itself
    number.press("Enter")
    expect(head).to_have_text("Pairs 119,977 to 120,000 of 163,488")
    titles = [tile.get_attribute("title") or "" for tile in page.locator(".cen-gallery .cen-tile").all()]
    names = [pair.record.name for pair in catalog.search(from_url(browsing.link(page))).pairs]
    assert [title.partition("\n")[0] for title in titles] == names
    page.get_by_role("button", name="Last page").click()
    expect(head).to_have_text("Pairs 163,465 to 163,488 of 163,488")
    _wait_for_pictures(page)  # or the requests of this page would be counted with those of the next


def _wait_for_pictures(page: Page) -> None:
    """Wait until each pair of the page has its picture, or the reason why there is none."""
    expect(page.locator(".cen-gallery .cen-photo:is(:has(img), :has(.cen-note:not(:empty)))")).to_have_count(SIZE)


def _see_pictures(page: Page, server: RangeServer) -> int:
    """A page of pictures comes in at most three round trips, the page after it too; return how many pairs there are."""
    page.locator('.cen-facet-view [data-at="country summary"]').click()
    page.locator('.cen-facet-view [data-at="country search"]').fill(full_size.COUNTRY_WITH_PICTURES)
    server.reset()
    count = browsing.choose(page, full_size.COUNTRY_WITH_PICTURES)
    photos = page.locator(".cen-gallery .cen-photo img")
    browsing.expect_total(page, count)
    expect(photos).to_have_count(SIZE)
    first = server.trips, server.requests
    server.reset()
    page.get_by_role("button", name="Next page").click()
    expect(page.locator(browsing.HEAD)).to_contain_text("Pairs 25 to 48")
    expect(photos).to_have_count(SIZE)
    print(f"\nround trips and requests of a page of pictures: {first}, {(server.trips, server.requests)}")
    for trips, requests in (first, (server.trips, server.requests)):
        assert 1 <= trips <= 3
        assert requests <= SIZE
    assert {request.path for request in server.log} == {"/s2_rgb_images.zip"}
    return count


def _open_one(page: Page, server: RangeServer) -> None:
    """An open pair shows the picture that is there already, and what its caption says."""
    server.reset()
    tile = page.locator(".cen-gallery .cen-tile").nth(3)
    where = tile.locator(".cen-where").inner_text()
    tile.click()
    expect(page.locator(".cen-pair-head h3")).to_contain_text(where)
    assert len(servers.caption(page)) > 100
    expect(page.get_by_role("img", name=re.compile("picture of a square"))).to_be_visible()
    assert server.requests == 0
    page.locator(".cen-pair-head").get_by_role("button", name="Close").click()
    expect(page.locator(".cen-pair-head h3")).to_be_hidden()


def _return_by_link(page: Page, count: int) -> None:
    address, choices = browsing.link(page), browsing.pills(page)
    assert f"country={full_size.COUNTRY_WITH_PICTURES}" in address
    assert "page=2" in address
    _clear(page)
    browsing.follow(page, address)
    expect(page.locator(browsing.HEAD)).to_have_text(f"Pairs 25 to 48 of {count:,}")
    assert browsing.pills(page) == choices


def test_the_whole_of_it_is_browsed_in_little_memory(browser: Browser, lab: str, full: Full, catalog: Catalog) -> None:
    source = BROWSE.format(url=full.server.url, cache=str(full.folder / "cache"), catalog=str(full.catalog))
    with servers.watched_page(browser, width=1400, height=1300) as tab:
        page = tab.page
        page.goto(servers.store(lab, "full_size", source, MEMORY))
        full.server.reset()
        servers.run_cell(page, 0)
        page.locator(".cen-gallery .cen-tile").first.wait_for()
        _agree(page, catalog, full_size.RECORDS)
        assert {request.path for request in full.server.log} <= {"/s2_rgb_images.zip"}

        _filter(page, catalog)
        _search(page, catalog)
        _draw(page, catalog)
        _turn_pages(page, catalog)
        count = _see_pictures(page, full.server)
        _open_one(page, full.server)
        _return_by_link(page, count)

        servers.run_cell(page, 1)
        output = page.locator(".jp-OutputArea-output", has_text=re.compile(r"^resident \d+"))
        output.wait_for()
        resident = int(output.inner_text().split()[1])
        print(f"memory of the kernel with browser and catalog: {resident / 1e6:.0f} MB")
        assert resident < MOST_MEMORY
        assert tab.foreign == []
        assert tab.errors == []
