"""Links in a real browser: what the address holds comes back by Back, Forward, a reload, and on another machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rig import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]").expect

SAO_TOME = "lon=6.73&lat=0.336&year=2020&style=3.5"
BEEMSTER = "lon=4.92&lat=52.55&year=2021&style=4v&source=simulated&seed=3"


@pytest.fixture
def tab(browser: Browser) -> Iterator[servers.WatchedPage]:
    with servers.watched_page(browser) as page:
        yield page


def link_to(app: str, name: str, query: str) -> str:
    address = servers.page_of(app, name)
    return f"{address}{'&' if '?' in address else '?'}{query}"


def wait_for_query(page: Page, query: str) -> None:
    page.wait_for_function("query => location.search === `?${query}`", arg=query)


def wait_for_country(page: Page, country: str) -> None:
    expect(page.locator(".cen-chip-view")).to_contain_text(country)


def test_back_and_forward_lead_through_places_and_pages(tab: servers.WatchedPage, app: str) -> None:
    page = tab.page
    page.goto(app)
    wait_for_country(page, "São Tomé")
    wait_for_query(page, SAO_TOME)
    servers.click_map(page)
    page.wait_for_function("query => location.search !== `?${query}`", arg=SAO_TOME)
    second = page.evaluate("location.search.slice(1)")
    page.get_by_role("tab", name="GPT-4V style").click()
    second_style = second.replace("style=3.5", "style=4v")
    wait_for_query(page, second_style)
    page.get_by_role("link", name="Browse").first.click()
    page.locator(".cen-gallery .cen-tile").first.wait_for()
    page.wait_for_function("location.search.includes('sort=random')")

    page.go_back()
    wait_for_query(page, second_style)
    expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v")
    page.go_back()
    wait_for_query(page, SAO_TOME)
    wait_for_country(page, "São Tomé")
    expect(page.locator(".cen-prompt-view")).to_contain_text("Style 3.5")
    page.reload()
    wait_for_country(page, "São Tomé")
    wait_for_query(page, SAO_TOME)
    page.go_forward()
    wait_for_query(page, second_style)
    expect(page.locator(".cen-prompt-view")).to_contain_text("Style 4v")
    assert tab.errors == []


def test_copied_link_opens_the_same_in_a_fresh_profile(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as tab, servers.watched_page(browser, width=360, height=740) as phone:
        tab.page.goto(link_to(app, "explore", BEEMSTER))
        wait_for_country(tab.page, "Netherlands")
        wait_for_query(tab.page, BEEMSTER)
        caption = servers.caption(tab.page)
        token = app.partition("?")[2]
        phone.page.goto(f"{tab.page.url}&{token}")
        wait_for_country(phone.page, "Netherlands")
        assert servers.caption(phone.page) == caption
        wait_for_query(phone.page, BEEMSTER)
        assert tab.errors == phone.errors == []


def test_query_page_and_pair_are_restored(tab: servers.WatchedPage, app: str) -> None:
    page = tab.page
    heading = page.locator(".cen-gallery .cen-head h3")
    page.goto(link_to(app, "browse", "continent=Africa&page=2"))
    expect(heading).to_contain_text("Pairs 25 to 48 of")
    page.get_by_role("button", name="Next").first.click()
    expect(heading).to_contain_text("Pairs 49 to 72 of")
    wait_for_query(page, "continent=Africa&page=3")
    page.locator(".cen-gallery .cen-tile").nth(2).click()
    expect(page.locator(".cen-pair-head")).to_contain_text("_patch")
    page.wait_for_function("location.search.includes('&pair=')")
    name = page.evaluate("new URLSearchParams(location.search).get('pair')")
    page.reload()
    pair = page.locator(".cen-pair-head").filter(has_text=name.removesuffix(".png"))
    expect(pair).to_be_visible()
    page.go_back()
    expect(pair).to_be_hidden()  # the gallery has its heading behind the pair as well
    expect(heading).to_contain_text("Pairs 49 to 72 of")
    page.go_back()
    expect(heading).to_contain_text("Pairs 25 to 48 of")
    page.go_forward()
    page.go_forward()
    expect(pair).to_be_visible()
    assert page.evaluate("new URLSearchParams(location.search).get('pair')") == name
    assert tab.errors == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lon=999&lat=95&style=3.5", "lon '999' (a number from -180 to 180 is needed); lat '95'"),
        (
            "lon=6.73&lat=0.336&x=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&%3Cscript%3Ealert(1)%3C/script%3E=1",
            "<script>",
        ),
        ("style=LONG", "all of it (100,006 characters, and at most 60,000 are read)"),
    ],
)
def test_hostile_link_opens_and_reports_what_was_left_out(
    tab: servers.WatchedPage, app: str, query: str, words: str
) -> None:
    page = tab.page
    page.goto(app)
    wait_for_country(page, "São Tomé")
    page.goto(page.url.partition("?")[0] + "?" + query.replace("LONG", "x" * 100_000))
    wait_for_country(page, "São Tomé")
    notice = page.locator(".cen-link-notice")
    expect(notice).to_contain_text("This was left out of the link: ")
    expect(notice).to_contain_text(words)
    wait_for_query(page, SAO_TOME)
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_be_hidden()
    assert tab.dialogs == []
    assert tab.errors == []


def test_two_tabs_keep_their_own_addresses(browser: Browser, app: str) -> None:
    with servers.watched_page(browser) as one, servers.watched_page(browser) as other:
        one.page.goto(app)
        other.page.goto(link_to(app, "explore", BEEMSTER))
        wait_for_query(one.page, SAO_TOME)
        wait_for_query(other.page, BEEMSTER)
        servers.click_map(one.page)
        one.page.wait_for_function("query => location.search !== `?${query}`", arg=SAO_TOME)
        assert other.page.evaluate("location.search") == f"?{BEEMSTER}"
        assert one.errors == other.errors == []


def test_back_is_followed_before_the_widgets_are_connected(tab: servers.WatchedPage, app: str) -> None:
    page = tab.page
    page.goto(app)  # takes the token
    page.goto(link_to(app.partition("?")[0], "explore", SAO_TOME))
    page.evaluate("query => history.pushState(null, '', `?${query}`)", BEEMSTER)
    page.add_init_script(
        """const listen = window.addEventListener;
        window.addEventListener = function (kind, ...rest) {
          if (kind === "popstate") window.isListening = true;
          return listen.call(this, kind, ...rest);
        };"""
    )
    maps: list[Route] = []
    holds_back = True

    def hold(route: Route) -> None:
        if holds_back:
            maps.append(route)
        else:  # what the script asks for itself
            route.continue_()

    scripts = "**/jupyter-leaflet*/**"
    page.route(scripts, hold)  # widgets are connected when each of them has its script
    with page.expect_request(scripts):
        page.reload(wait_until="commit")
    page.wait_for_function("window.isListening")
    page.evaluate("history.back()")
    wait_for_query(page, SAO_TOME)
    holds_back = False
    assert maps
    for route in maps:
        route.continue_()
    wait_for_country(page, "São Tomé")
    assert page.url.endswith(SAO_TOME)
    assert tab.errors == []
