"""Browse on a phone and on a desktop: pictures first, filters in a drawer, a pair that is read and left by keys."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect
from rig import browsing, servers

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
SMALLEST = 44  # pixels of a target on a touch screen
MEASURE = """(selector) => {
  const isVisible = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length;
  const all = (root, found = []) => { for (const one of root.querySelectorAll('*')) {
    if (one.matches(selector) && isVisible(one)) found.push(one);
    if (one.shadowRoot) all(one.shadowRoot, found); } return found; };
  return all(document).map((one) => { const { width, height } = one.getBoundingClientRect();
    return { text: (one.getAttribute('aria-label') || one.innerText || one.className).slice(0, 60), width, height,
      size: parseFloat(getComputedStyle(one).fontSize), words: one.innerText?.trim() ? 1 : 0 }; });
}"""


@contextmanager
def _phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**PHONE, reduced_motion="reduce")  # what moves cannot be measured
    context.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort())
    try:
        yield context.new_page()
    finally:
        context.close()


def _open(page: Page, app: str, query: str = "") -> None:
    page.goto(servers.page_of(app, "browse") + query)
    page.locator(".cen-gallery .cen-tile img").first.wait_for()
    for part in (".cen-facet-view .cen-value", ".cen-where-map .leaflet-container", ".cen-search-bar .cen-words"):
        page.locator(part).first.wait_for(state="attached")


def _has_no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def _small_targets(page: Page, inside: str) -> list[str]:
    # what lies on the map is drawn by Leaflet, in its own sizes
    names = ("button", "select", "input[type=search]", "input[type=number]", "summary")
    measures = page.evaluate(MEASURE, ", ".join(f"{inside} {name}:not(.leaflet-container *)" for name in names))
    assert measures
    return [one["text"] for one in measures if min(one["width"], one["height"]) < SMALLEST - 0.5]


def test_phone_shows_pictures_first_and_opens_filters_in_a_drawer(browser: Browser, app: str) -> None:
    with _phone(browser) as page:
        _open(page, app)
        assert _has_no_sideways_scroll(page)
        assert page.locator(".cen-gallery .cen-photo").first.bounding_box()["width"] >= 150
        expect(page.locator(".cen-facet-view .cen-value").first).to_be_hidden()
        expect(page.locator(".cen-where-map")).to_be_hidden()
        assert _small_targets(page, ".cen-search-bar") == _small_targets(page, ".cen-gallery") == []
        texts = page.evaluate(MEASURE, ".cen-browser .cen-view :is(p, button, span, label, select, summary)")
        # the two letters of a class are a mark beside its name
        assert [one for one in texts if one["words"] and one["size"] < 16 and len(one["text"]) > 2] == []

        opener = page.get_by_role("button", name="Filters (2)")
        opener.tap()
        drawer = page.get_by_role("dialog", name="Filters")
        expect(drawer).to_be_visible()
        box = drawer.bounding_box()
        assert (box["x"], round(box["y"] + box["height"])) == (0, PHONE["viewport"]["height"])
        assert _small_targets(page, ".cen-drawer") == []
        open_facets = drawer.locator("details.cen-facet[open] > summary")
        assert open_facets.all_inner_texts()[:3] == ["Land cover in the captions", "Continent", "Captions"]
        for _ in range(60):  # the focus stays inside, or goes to the browser's own controls
            page.keyboard.press("Tab")
            assert drawer.evaluate("one => one.contains(one.getRootNode().activeElement)") or page.evaluate(
                "document.activeElement === document.body"
            )
        value = drawer.get_by_role("checkbox", name="grass, ")
        count = value.locator(".cen-count").inner_text()
        value.tap()
        show_pairs = drawer.get_by_role("button", name=f"Show {count} pairs")
        expect(show_pairs).to_be_visible()
        expect(value).to_have_attribute("aria-checked", "true")
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
        expect(page.get_by_role("button", name="Filters (3)")).to_be_focused()
        browsing.expect_total(page, int(count))
        page.get_by_role("button", name="Map", exact=True).tap()
        expect(page.locator(".cen-where-map")).to_be_visible()
        assert page.locator(".cen-where-map .leaflet-container").bounding_box()["width"] > 300
        assert _has_no_sideways_scroll(page)


def test_phone_shows_a_pair_alone_and_goes_back_to_its_picture(browser: Browser, app: str) -> None:
    with _phone(browser) as page:
        _open(page, app)
        tile = page.locator(".cen-gallery .cen-tile").nth(3)
        tile.tap()
        heading = page.locator(".cen-pair-head h3")
        expect(heading).to_be_in_viewport()
        expect(page.locator(".cen-gallery")).to_be_hidden()
        expect(page.locator(".cen-search-bar")).to_be_hidden()
        assert len(servers.caption(page)) > 50
        assert _has_no_sideways_scroll(page)
        assert _small_targets(page, ".cen-pair-head") == []
        first = heading.inner_text()
        page.get_by_role("button", name="Next").tap()
        expect(heading).not_to_have_text(first)
        page.get_by_role("button", name="Back").tap()
        expect(page.locator(".cen-gallery")).to_be_visible()
        expect(page.locator(".cen-gallery .cen-tile").nth(4)).to_be_focused()
        expect(page.locator(".cen-gallery .cen-tile").nth(4)).to_be_in_viewport()


def test_desktop_shows_a_pair_beside_the_gallery_and_the_arrows_go_on_over_pages(browser: Browser, app: str) -> None:
    with servers.watched_page(browser, height=800) as tab:
        page = tab.page
        _open(page, app, "&continent=Europe&size=3")
        expect(page.locator(".cen-facet-view .cen-value").first).to_be_visible()
        tiles = page.locator(".cen-gallery .cen-tile")
        tiles.nth(1).focus()
        page.keyboard.press("Enter")
        heading = page.locator(".cen-pair-head h3")
        expect(heading).to_be_focused()
        expect(tiles.nth(1)).to_have_attribute("aria-current", "true")
        gallery, pair = page.locator(".cen-results").bounding_box(), page.locator(".cen-pair").bounding_box()
        assert gallery["x"] + gallery["width"] <= pair["x"]
        expect(tiles.nth(1)).to_be_in_viewport()
        expect(page.locator(".cen-facet-view .cen-value").first).to_be_hidden()
        page.keyboard.press("ArrowRight")
        expect(tiles.nth(2)).to_have_attribute("aria-current", "true")
        page.keyboard.press("ArrowRight")
        expect(page.locator(browsing.HEAD)).to_contain_text("Pairs 4 to 6")
        expect(tiles.first).to_have_attribute("aria-current", "true")
        expect(heading).to_be_focused()
        page.keyboard.press("ArrowLeft")
        expect(page.locator(browsing.HEAD)).to_contain_text("Pairs 1 to 3")
        expect(tiles.nth(2)).to_have_attribute("aria-current", "true")
        opener = page.get_by_role("button", name="Filters (1)")
        opener.click()  # they are in the drawer meanwhile
        expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Filters")).to_be_hidden()
        expect(opener).to_be_focused()  # which comes a moment after the drawer has gone
        expect(heading).to_be_visible()
        heading.focus()
        page.keyboard.press("Escape")
        expect(heading).to_be_hidden()
        expect(tiles.nth(2)).to_be_focused()
        expect(page.locator(".cen-facet-view .cen-value").first).to_be_visible()
        assert tab.errors == []


def test_desktop_folds_its_filters_away(browser: Browser, app: str) -> None:
    with servers.watched_page(browser, height=800) as tab:
        page = tab.page
        _open(page, app)
        opener = page.get_by_role("button", name="Filters (2)")
        expect(opener).to_have_attribute("aria-expanded", "true")
        before = page.locator(".cen-results").bounding_box()["width"]
        opener.click()
        expect(opener).to_have_attribute("aria-expanded", "false")
        expect(page.locator(".cen-facet-view .cen-value").first).to_be_hidden()
        assert page.locator(".cen-results").bounding_box()["width"] > before + 100
        opener.click()
        expect(page.locator(".cen-facet-view .cen-value").first).to_be_visible()


def test_pictures_are_described_for_those_who_do_not_see_them(browser: Browser, app: str) -> None:
    with servers.watched_page(browser, height=800) as tab:
        _open(tab.page, app)
        pictures = tab.page.locator(".cen-gallery .cen-tile img")
        expect(pictures).to_have_count(24)
        descriptions = [one.get_attribute("alt") or "" for one in pictures.all()]
        assert len(descriptions) == 24
        assert all(one.startswith("Satellite picture: ") and "%" in one for one in descriptions)
        expect(tab.page.get_by_role("button", name=descriptions[0]).first).to_be_visible()
