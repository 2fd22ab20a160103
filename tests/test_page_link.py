"""The address of a page: follows the Explorer and the Browser, and leads them."""

from __future__ import annotations

import pytest

pytest.importorskip("anywidget", reason="anywidget is not installed: pip install .[ui]")

from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.widgets.browse.browse_history import BrowseHistory, browse_query
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.explore.explore_history import ExploreHistory
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.shared.page_link import PageLink

MUNICH = "lon=11.58&lat=48.14&year=2021&style=4v&source=simulated&seed=3"


def go_to(link: PageLink, query: object, turn: object = 1) -> None:
    """Do what the script does at Back and Forward."""
    link.visit = {"query": query, "turn": turn}


def history_of(link: PageLink) -> list[str]:
    """Collect the entries of the history, as a browser would."""
    entries = [link.query]

    def follow(change: dict[str, dict[str, object]]) -> None:
        if change["new"]["steps"] == change["old"]["steps"]:
            entries.pop()
        entries.append(str(change["new"]["query"]))

    link.observe(follow, "address")
    return entries


def explorer_at(query: str) -> tuple[Explorer, ExploreHistory]:
    explorer = Explorer(source="simulated", place=None)
    return explorer, ExploreHistory(explorer, query)


def test_writes_the_address_and_begins_an_entry_only_where_it_is_new() -> None:
    link = PageLink("a=1")
    entries = history_of(link)
    link.write("a=1", new=True)
    assert entries == ["a=1"]
    link.write("a=2")
    link.write("a=3", new=True)
    assert entries == ["a=2", "a=3"]


def test_following_back_begins_no_entry() -> None:
    link = PageLink("a=1")
    link.on_visit(lambda query: link.write(f"{query}&more=1", new=True))
    go_to(link, "a=0")
    assert link.address == {"query": "a=0&more=1", "steps": 0, "turn": 1}


@pytest.mark.parametrize("query", [None, 7, ["x"], {"a": 1}])
def test_ignores_visits_that_no_script_of_ours_sends(query: object) -> None:
    link = PageLink("a=1")
    link.on_visit(pytest.fail)
    go_to(link, query)
    go_to(link, "a=2", turn="x")
    link.visit = {}
    assert link.query == "a=1"


def test_notice_shows_what_would_act_unseen() -> None:
    link = PageLink()
    link.show_left_out(["'\u202e<b>' (unknown field)"])
    assert link.notice == "This was left out of the link: '⟨U+202E⟩<b>' (unknown field)."
    link.show_left_out([])
    assert link.notice == ""


def test_explorer_opens_at_its_link() -> None:
    explorer, history = explorer_at(MUNICH)
    assert explorer.result is not None
    assert (explorer.result.lon, explorer.result.lat) == (11.58, 48.14)
    assert explorer.result.prompt is not None
    assert explorer.result.prompt.style == "4v"
    assert (explorer.options.year, explorer.options.seed) == (2021, 3)
    assert history.link.query == MUNICH
    assert history.link.notice == ""


def test_explorer_opens_at_the_first_place_and_reports_what_was_left_out() -> None:
    explorer, history = explorer_at("lon=999&lat=1&style=4v&x=<b>")
    assert explorer.result is not None
    assert explorer.options.style == "4v"
    assert explorer.result.country is not None
    assert explorer.result.country.name == "São Tomé and Príncipe"
    assert "lon '999'" in history.link.notice
    assert "'x' (unknown field)" in history.link.notice
    assert history.link.query.startswith("lon=6.73&lat=0.336&")


def test_a_place_is_an_entry_of_the_history_and_an_option_is_not() -> None:
    explorer, history = explorer_at(MUNICH)
    entries = history_of(history.link)
    explorer.options.style = "3.5"
    explorer.map.go(6.73, 0.336)
    explorer.options.year = 2020
    assert [entry.partition("&source")[0] for entry in entries] == [
        "lon=11.58&lat=48.14&year=2021&style=3.5",
        "lon=6.73&lat=0.336&year=2020&style=3.5",
    ]


def test_explorer_follows_back_to_a_place_with_its_options() -> None:
    explorer, history = explorer_at(MUNICH)
    explorer.options.seed = 9
    explorer.map.go(6.73, 0.336)
    entries = history_of(history.link)
    go_to(history.link, MUNICH)
    assert entries == [MUNICH]
    assert explorer.result is not None
    assert explorer.result.lon == 11.58
    assert explorer.options.seed == 3


def test_explorer_keeps_the_scene_of_its_link_until_another_place() -> None:
    explorer, history = explorer_at(f"{MUNICH}&scene=S2A_1")
    assert explorer.options.scene == "S2A_1"
    assert "scene=S2A_1" in history.link.query
    explorer.map.go(6.73, 0.336)
    assert "scene" not in history.link.query


def test_explorer_computes_once_for_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    explorer, history = explorer_at(MUNICH)
    calls: list[tuple[object, ...]] = []
    fetch = explorer._fetching

    def count(**options: object) -> object:
        job = fetch(**options)
        return lambda step: calls.append(explorer.map.lonlat) or job(step)

    monkeypatch.setattr(explorer, "_fetching", count)
    go_to(history.link, "lon=6.73&lat=0.336&year=2020&style=3.5&source=simulated")
    assert calls == [(6.73, 0.336)]


def browser_at(query: str, first: Query = Query()) -> tuple[Browser, BrowseHistory]:  # noqa: B008 - frozen
    browser = Browser.sample(query=browse_query(query, first))
    return browser, BrowseHistory(browser, query)


def test_browser_opens_at_its_link_page_and_pair() -> None:
    browser, _ = browser_at("")
    browser.query = Query(continent=("Africa",), page=2)
    assert browser.gallery.result is not None
    pair = browser.gallery.result.pairs[3]
    browser.pair = pair
    name = pair.record.name
    other, history = browser_at(f"continent=Africa&page=2&pair={name}")
    assert other.query == browser.query
    assert other.pair is not None
    assert other.pair.record.name == name
    assert history.link.query == f"continent=Africa&page=2&pair={name}"
    assert history.link.notice == ""


def test_browser_shows_its_first_query_where_the_link_has_none_and_writes_it() -> None:
    first = Query(style="both", sortby="random", seed=5)
    browser, history = browser_at("utm_source=x", first)
    assert browser.query == first
    assert browse_query(history.link.query, Query()) == first


def test_everything_and_the_first_query_are_different_links() -> None:
    first = Query(style="both")
    browser, history = browser_at("", first)
    browser.query = Query()
    assert browse_query(history.link.query, first) == Query()


def test_browser_reports_that_a_pair_is_not_there() -> None:
    browser, history = browser_at("continent=Africa&pair=<i>none</i>")
    assert browser.pair is None
    assert history.link.notice == ("This was left out of the link: pair '<i>none</i>' (this catalog does not have it).")
    assert history.link.query == "continent=Africa"


def test_query_page_and_pair_are_entries_and_the_order_is_not() -> None:
    browser, history = browser_at("continent=Africa")
    entries = history_of(history.link)
    browser.query = browser.query.but(sortby="country")
    browser.query = browser.query.but(page=2)
    assert browser.gallery.result is not None
    browser.pair = browser.gallery.result.pairs[0]
    browser.pair = None
    name = browser.gallery.result.pairs[0].record.name
    page = "continent=Africa&page=2&sort=country"
    assert entries == ["continent=Africa&sort=country", page, f"{page}&pair={name}", page]


def test_browser_follows_back_through_pair_and_query() -> None:
    browser, history = browser_at("continent=Africa")
    browser.query = Query(continent=("Asia",))
    assert browser.gallery.result is not None
    name = browser.gallery.result.pairs[0].record.name
    entries = history_of(history.link)
    go_to(history.link, f"continent=Asia&pair={name}", 1)
    assert browser.pair is not None
    assert browser.pair.record.name == name
    go_to(history.link, "continent=Africa", 2)
    assert browser.pair is None
    assert browser.query == Query(continent=("Africa",))
    assert entries == ["continent=Africa"]


def test_next_pair_on_the_next_page_is_one_entry() -> None:
    browser, history = browser_at("continent=Africa")
    assert browser.gallery.result is not None
    browser.pair = browser.gallery.result.pairs[-1]
    entries = history_of(history.link)
    browser._act("next")
    assert browser.query.page == 2
    assert browser.pair is not None
    assert entries[1:] == [f"continent=Africa&page=2&pair={browser.pair.record.name}"]
