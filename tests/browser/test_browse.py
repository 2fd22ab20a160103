"""The second notebook in JupyterLab, as somebody without network browses: choose, draw, turn pages, open, come back."""

from playwright.sync_api import Browser, Page, expect
from rig import browsing, servers

NOTEBOOK = "02_browse_the_dataset.ipynb"
HOSTILE = """
import dataclasses, tempfile, types
from pathlib import Path
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.widgets.browse.browser import Browser

BAD = "<img src=x onerror=alert('pair')><script>alert('script')</script> tree"
sample = open_sample()
honest = sample.catalog.search


def search(query):
    found = honest(query)
    def spoilt(pair):
        texts = types.MappingProxyType({"3.5": BAD, "4v": BAD})
        record = dataclasses.replace(pair.record, name=BAD, captions=texts)
        country = pair.country and dataclasses.replace(pair.country, name=BAD)
        return dataclasses.replace(pair, record=record, country=country)
    facets = {**found.facets, "country": {BAD: 3}}
    return dataclasses.replace(found, pairs=tuple(map(spoilt, found.pairs)), facets=facets)


sample.catalog.search = search
browser = Browser(sample.catalog, release=sample.release, labels="simulated")
browser
"""


def _open(page: Page, lab: str) -> None:
    """Open the notebook and run the cell that shows the browser."""
    page.goto(lab.replace("01_click_to_caption.ipynb", NOTEBOOK).replace("/lab/tree/", "/lab/workspaces/browse/tree/"))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    servers.wait_idle(page)
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
    page.keyboard.press("Shift+Enter")
    page.locator(".cen-gallery .cen-tile").first.wait_for()


def _choose(page: Page) -> int:
    """Make a choice: as many pairs as it promised."""
    count = browsing.choose(page, "Africa")
    expect(page.locator(".cen-pill")).to_have_count(1)
    browsing.expect_total(page, count)
    return count


def _draw(page: Page, before: int) -> int:
    """Draw a box on the map, then write one; return how many pairs match."""
    browsing.draw_box(page)
    inside = browsing.new_total(page, before)
    entry = page.locator(".cen-box-entry input")
    expect(entry).not_to_have_value("")
    entry.fill("-20, -35, 52, 15")
    entry.press("Enter")
    expect(page.locator(".cen-pill", has_text="box -20, -35, 52, 15")).to_have_count(1)
    return browsing.new_total(page, inside)


def _move_by_keys(page: Page) -> None:
    """Go along the page, to the next one, and into a pair and out of it."""
    tiles = page.locator(".cen-gallery .cen-tile")
    tiles.first.focus()
    page.keyboard.press("End")
    expect(tiles.nth(23)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("PageDown")
    expect(page.locator(browsing.HEAD)).to_contain_text("Pairs 25 to")
    expect(tiles.first).to_be_focused()
    where = tiles.first.locator(".cen-where").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".cen-pair-head h3")).to_contain_text(where)
    assert len(servers.caption(page)) > 50
    page.get_by_role("button", name="Load labels").click()
    expect(page.locator(".cen-prompt-view")).to_contain_text("Style 3.5")
    page.locator(".cen-pair-head").get_by_role("button", name="Caption again").click()
    expect(page.locator(".cen-caption")).to_have_count(2)
    expect(page.locator(".cen-compare-view")).to_contain_text("They agree on")
    page.locator(".cen-pair-head h3").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".cen-pair-head h3")).to_be_hidden()
    expect(tiles.first).to_be_focused()


def _follow_link(page: Page) -> None:
    """Take the link along, clear everything, and come back by it."""
    link = browsing.link(page)
    assert "continent=Africa" in link
    assert "page=2" in link
    pills = browsing.pills(page)
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".cen-pill")).to_have_count(0)
    browsing.follow(page, link)
    expect(page.locator(".cen-pill")).to_have_count(len(pills))
    expect(page.locator(browsing.HEAD)).to_contain_text("Pairs 25 to")
    assert browsing.pills(page) == pills


def _ask_for_nothing(page: Page) -> None:
    """Words that nothing has say what to leave out."""
    words = page.locator(".cen-search-bar .cen-words")
    words.fill("zyxwvu")
    words.press("Enter")
    expect(page.locator(".cen-nothing")).to_contain_text("Without “words: zyxwvu”")
    page.locator(".cen-nothing button").first.click()
    expect(page.locator(".cen-pill", has_text="words")).to_have_count(0)


def test_filter_draw_page_open_and_return_by_link(browser: Browser, lab: str) -> None:
    with servers.watched_page(browser, width=1400, height=1300) as tab:
        page = tab.page
        _open(page, lab)
        expect(page.locator(".cen-pill")).to_have_count(2)
        browsing.expect_total(page, 113)
        page.get_by_role("button", name="Clear all").click()
        browsing.expect_total(page, 2000)
        expect(page.locator(".cen-pill")).to_have_count(0)
        photos = page.locator(".cen-gallery .cen-photo img")
        expect(photos).to_have_count(24)
        expect(page.locator(".cen-made-up")).to_be_visible()

        count = _choose(page)
        assert 24 < _draw(page, count) < count
        _move_by_keys(page)
        _follow_link(page)
        _ask_for_nothing(page)
        assert tab.foreign == []
        assert tab.errors == []


def test_names_and_captions_of_others_are_text(browser: Browser, lab: str) -> None:
    with servers.watched_page(browser, width=1400, height=1300) as tab:
        page = tab.page
        page.goto(servers.store(lab, "hostile_pairs", HOSTILE))
        servers.run_all(page)
        tile = page.locator(".cen-gallery .cen-tile").first
        tile.wait_for()
        expect(tile).to_contain_text("<img src=x onerror")
        expect(page.locator(".cen-facet-view")).to_contain_text("<script>alert('script')</script>")
        tile.click()
        expect(page.locator(".cen-pair-head h3")).to_contain_text("<img src=x onerror")
        assert "<script>alert('script')</script>" in servers.caption(page)
        assert tab.dialogs == []
        assert page.locator("img[src=x]").count() == 0
        assert tab.foreign == []
