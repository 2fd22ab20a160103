"""The browser on no screen: one question goes round, pairs open, late answers are dropped, errors are sentences."""

from __future__ import annotations

import asyncio
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from rig.chat_server import chat_server
from rig.hostile import Page
from rig.pairs import ListedRelease, one, paraphrased_release
from rig.sample_chips import chip
from rig.samples import press, press_tile, small_sample

from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.catalog import Query, build_catalog, open_catalog
from chatearthnet_explorer.catalog.first_query import first_query
from chatearthnet_explorer.catalog_audit import audit_catalog
from chatearthnet_explorer.errors import ExplorerError, QueryError, SceneError
from chatearthnet_explorer.render import data_url
from chatearthnet_explorer.review.checks import CHECKS
from chatearthnet_explorer.sample.on_demand_release import DrawnRelease
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.sample.simulated_records import image_of
from chatearthnet_explorer.sources.release.release_reader import PICTURE
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.browse.density_image import COLOURS, coarser, density_png, frame_of
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.shared.composite import descendants

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.widgets.browse.pair_captions import CaptionsOfPair, PairCaptions
    from chatearthnet_explorer.widgets.browse.region_map import RegionMap

WORLD = (-180.0, -80.0, 180.0, 80.0)


def browse(**options: Any) -> Browser:
    sample = small_sample()
    options = {"catalog": sample.catalog, "release": sample.release, "labels": "simulated", **options}
    return Browser(options.pop("catalog"), **options)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody of it
            await asyncio.sleep(0.005)


def look_at(region_map: RegionMap, *view: float, zoom: int) -> None:
    """Do what the browser does when the map has been moved."""
    west, south, east, north = view
    region_map.map.zoom = zoom
    region_map.map.set_trait("bounds", ((south, west), (north, east)))


def click(region_map: RegionMap, lon: float, lat: float) -> None:
    event = {"event": "interaction", "type": "click", "coordinates": [lat, lon]}
    region_map.map._handle_leaflet_event(None, event, [])


def draw(region_map: RegionMap, *corners: tuple[float, float]) -> None:
    """Do what Leaflet's pencil does: a closed ring of longitude and latitude."""
    ring = [list(corner) for corner in (*corners, corners[0])]
    shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    region_map._pencil._handle_leaflet_event(None, {"event": "draw:created", "geo_json": shape}, [])


def test_everything_is_there_at_first() -> None:
    browser = browse()
    total = len(small_sample().catalog)
    assert browser.status.message == f"All {total:,} pairs."
    assert len(browser.gallery.items) == 24
    assert browser.gallery.simulated
    assert browser.facet_view.result is browser.gallery.result


def test_one_question_goes_round() -> None:
    browser = browse()
    press(browser.facet_view, "continent", "Africa")
    press(browser.search_bar, "words", "grass")
    assert browser.query == browser.map.query == browser.gallery.query == Query(continent=("Africa",), words="grass")
    result = small_sample().catalog.search(browser.query)
    assert browser.status.message.startswith(f"{result.total:,} of ")
    assert {item["name"] for item in browser.gallery.items} == {pair.record.name for pair in result.pairs}
    press(browser.gallery, "page", 2)
    assert browser.search_bar.query.page == 2
    press(browser.facet_view, "continent", "Africa")
    assert browser.query.page == 1


def test_a_link_brings_everything_back() -> None:
    first = browse(query=Query(classes=("tree",), bbox=(-20.0, -35.0, 52.0, 38.0), sortby="lat", page=2))
    second = browse(query=first.search_bar.link)
    assert second.query == first.query
    assert [item["name"] for item in second.gallery.items] == [item["name"] for item in first.gallery.items]
    assert len(second.map._region.locations) == 4


@pytest.mark.filterwarnings("error")
def test_invalid_link_is_refused_at_once() -> None:
    with pytest.raises(QueryError, match="lava"):
        browse(query="class=lava")


def test_a_country_that_is_none_is_a_sentence_and_the_next_question_works() -> None:
    browser = browse()
    browser.query = Query(country=("<b>Atlantis</b>",))
    assert browser.status.kind == "error"
    assert "<b>Atlantis" in browser.status._text.message  # as text
    assert "<b>" not in browser.status._text.card()._repr_html_()
    browser.query = Query()
    assert browser.status.kind == "done"


def test_empty_result_counts_results_without_each_filter() -> None:
    browser = browse(query=Query(continent=("Africa",), words="zyxwvu"))
    africa = small_sample().catalog.search(Query(continent=("Africa",))).total
    assert browser.gallery.alternative_rows == [["words: zyxwvu", africa]]
    press(browser.gallery, "relax", 0)
    assert browser.query == Query(continent=("Africa",))
    assert browser.gallery.alternative_rows == []


def test_pictures_are_from_the_release_and_missing_or_blank_ones_have_a_note() -> None:
    browser = browse()
    assert set(browser.gallery.notes) <= {"", "This sample has no picture of this pair."}
    assert any(browser.gallery.notes)
    press(browser.facet_view, "flag", "no picture")
    press(browser.facet_view, "flag", "no picture")
    assert browser.query.flag == ("-no picture",)
    assert len(browser.gallery.items) == 12
    assert all(browser.gallery.thumbnails)
    assert sorted(filter(None, browser.gallery.notes)) == ["This picture is all black.", "This picture is all white."]


def test_what_an_audit_found_is_a_facet_an_order_and_stands_at_the_pair(tmp_path: Path) -> None:
    browser = browse()
    assert "worst" in browser.search_bar.disabled_sorts
    assert next(one for one in browser.facet_view.facets if one["key"] == "finding")["values"] == []
    press(browser.search_bar, "sort", "worst")
    assert browser.status.kind == "error"
    build_catalog(paraphrased_release(40, seed=5), tmp_path)
    catalog = audit_catalog(tmp_path).catalog
    browser = browse(catalog=catalog)
    facet = next(one for one in browser.facet_view.facets if one["key"] == "finding")
    assert {value[0]: value[3] for value in facet["values"]} == catalog.search().facets["finding"]
    name, label, hint, count, *_ = facet["values"][0]
    assert (label, hint) == (name, CHECKS[name].description)
    press(browser.facet_view, "finding", name)
    assert browser.query.finding == (name,)
    assert browser.search_bar.choices == [f"found: {name}"]
    assert browser.gallery.result.total == count
    press(browser.search_bar, "sort", "worst")
    press_tile(browser.gallery, 0)
    assert any(
        "Checks found problems in the " in remark and name in remark for remark in browser.pair_view.head.remarks
    )
    press(browser.facet_view, "finding", name)
    assert browser.query.finding == (f"-{name}",)
    assert browser.gallery.result.total == len(catalog) - count
    assert "worst" not in browser.search_bar.disabled_sorts


def test_without_a_release_notes_name_what_to_do() -> None:
    browser = browse(release=None)
    assert set(browser.gallery.notes) == {"No pictures; name their release with --release, or release= in Python."}


def test_a_pair_opens_with_its_captions_compared() -> None:
    browser = browse(query="style=both")
    press_tile(browser.gallery, 0)
    view, pair = browser.pair_view, browser.gallery.result.pairs[0]
    assert browser.pair is view.pair is browser.map.pair is pair
    assert [one.text for one in view.caption_view.captions] == list(pair.record.captions.values())
    assert view.compare_view.names == ["the 3.5 caption", "the 4V caption"]
    assert "agree on" in view.compare_view.summary
    assert "cen-pair-open" in browser._dom_classes
    assert browser.gallery.open_position == 0
    press(view.head, "back")
    assert browser.pair is None
    assert "cen-pair-open" not in browser._dom_classes
    assert browser.gallery.open_position == -1


def test_simulated_caption_is_never_attributed_to_gpt() -> None:
    browser = browse()
    browser.gallery.open_at(0)
    (caption, *_) = browser.pair_view.caption_view.captions
    assert caption.byline == "Written by rules of this program, in the style of GPT-3.5"
    assert caption.notes == ("Simulated: no language model wrote this caption.",)
    assert browser.pair_view.chip_view.simulated


def test_next_and_previous_go_through_all_pages() -> None:
    browser = browse(query="size=3&continent=Oceania")
    pairs = small_sample().catalog.search(Query(continent=("Oceania",), size=1000)).pairs
    names = [pair.record.name for pair in pairs]
    browser.gallery.open_at(0)
    head = browser.pair_view.head
    assert "previous" not in head.possible
    for name in names[1:]:
        press(head, "next")
        assert browser.pair.record.name == name
        assert browser.gallery.result.pairs[browser.gallery.open_position].record.name == name
    assert browser.query.page == browser.gallery.result.pages > 1
    assert "next" not in head.possible
    press(head, "next")  # what is not offered is not done
    for name in names[-2::-1]:
        press(head, "previous")
        assert browser.pair.record.name == name
    assert browser.query.page == 1


def test_pair_of_the_next_page_replaces_the_open_one_only_when_it_is_there() -> None:
    async def run() -> None:
        browser = browse(query="size=3")
        await _until(lambda: browser.gallery.result is not None)
        browser.gallery.open_at(2)
        before = browser.pair
        press(browser.pair_view.head, "next")
        assert browser.pair is before
        await _until(lambda: browser.query.page == 2 and browser.pair is not before)
        assert browser.pair is browser.gallery.result.pairs[0]
        browser.query = Query(words="grass", size=3)
        assert browser.pair is None
        browser.close()

    asyncio.run(run())


def test_next_and_previous_stay_on_a_page_without_neighbours() -> None:
    total = small_sample().catalog.search(Query(continent=("Oceania",))).total
    browser = browse(query=f"size={total}&continent=Oceania")
    names = [item["name"] for item in browser.gallery.items][:3]
    browser.gallery.open_at(0)
    head = browser.pair_view.head
    browser.gallery.open_at(0)
    head = browser.pair_view.head
    assert "previous" not in head.possible
    press(head, "next")
    press(head, "next")
    assert browser.pair.record.name == names[2]
    press(head, "previous")
    assert browser.pair.record.name == names[1]


def test_labels_prompt_and_a_new_caption_on_demand() -> None:
    browser = browse(query="flag=-no+picture&flag=-blank")
    browser.gallery.open_at(0)
    view = browser.pair_view
    assert view.chip_view.chip.rgb is not None
    assert view.chip_view.chip.labels is None
    assert view.prompt_view.prompt is None
    assert "caption" not in view.head.possible
    press(view.head, "labels")
    assert view.chip_view.chip.labels is not None
    assert view.chip_view.chip.rgb is not None
    assert view.prompt_view.prompt.style == "3.5"
    view.style.value = "4v"
    assert view.prompt_view.prompt.style == "4v"
    press(view.head, "caption")
    *old_captions, fresh = view.caption_view.captions
    assert [one.captioner for one in old_captions] == ["release"] * len(old_captions)
    assert fresh.captioner == "template"
    press(view.head, "caption")
    assert len(view.caption_view.captions) == len(old_captions) + 1


def test_new_caption_stays_when_the_catalog_answers_later() -> None:
    class LateCaptions:
        def __init__(self, captions: PairCaptions) -> None:
            self.own, self._captions, self.gate = captions.own, captions, threading.Event()

        def of(self, pair: Pair) -> CaptionsOfPair:
            self.gate.wait(60)
            return self._captions.of(pair)

    async def run() -> None:
        browser = browse(query="flag=-no+picture&flag=-blank")
        view = browser.pair_view
        view._captions = late = LateCaptions(view._captions)
        await _until(lambda: browser.gallery.result is not None)
        browser.gallery.open_at(0)
        press(view.head, "labels")
        await _until(lambda: "caption" in view.head.possible)
        press(view.head, "caption")
        await _until(lambda: view.caption_view.captions[-1].captioner == "template")
        late.gate.set()
        await _until(lambda: not view._lookup_task.busy)
        assert view.caption_view.captions[-1].captioner == "template"
        browser.gallery.open_at(1)
        assert {one.captioner for one in view.caption_view.captions} == {"release"}
        browser.close()

    asyncio.run(run())


def test_keys_of_an_open_pair_are_known_when_its_heading_takes_the_focus() -> None:
    browser = browse(query="size=3")
    head, possible = browser.pair_view.head, []
    head.observe(lambda _: possible.append(list(head.possible)), "opening")
    browser.gallery.open_at(0)
    browser.gallery.open_at(1)
    assert [ways[:3] for ways in possible] == [["back", "next", "map"], ["back", "previous", "next"]]


def test_a_model_writes_a_pair_anew_by_a_press_that_names_its_cost_and_once_at_a_time() -> None:
    async def run() -> None:
        with chat_server() as server:
            writer = open_captioner("chat", base_url=server.base_url)
            browser = browse(query="flag=-no+picture&flag=-blank", captioner=writer)
            view = browser.pair_view
            await _until(lambda: browser.gallery.result is not None)
            browser.gallery.open_at(0)
            await _until(lambda: view.chip_view.chip is not None and view.chip_view.chip.rgb is not None)
            press(view.head, "labels")
            await _until(lambda: view.prompt_view.prompt is not None)
            view.style.value = "4v"
            assert view.prompt_view.ask_label == "Ask gpt-6-luna"
            assert "$" in view.prompt_view.cost
            press(view.head, "caption")
            assert server.requests == []
            await _until(lambda: not view.status.busy)
            server.modes = ["slow"]
            view.prompt_view.presses += 1
            await _until(server.waiting.is_set)
            assert view.prompt_view.busy
            view.prompt_view.presses += 1
            view.status._cancel.click()
            server.modes = ["normal"]
            view.prompt_view.presses += 1
            await _until(lambda: view.caption_view.captions[-1].captioner == "chat")
            assert len(server.requests) == 2
            browser.close()

    asyncio.run(run())


def test_captions_are_checked_once_labels_are_loaded() -> None:
    browser = browse(query="flag=-no+picture&flag=-blank")
    browser.gallery.open_at(0)
    view = browser.pair_view
    assert {column["verification"] for column in view.caption_view.columns} == {None}
    press(view.head, "labels")
    counts = [
        {one["result"]: one["count"] for one in column["verification"]["counts"]}
        for column in view.caption_view.columns
    ]
    assert all(count["supported"] > count["contradicted"] == 0 for count in counts)
    view.caption_view.set_state({"highlight": 3, "within": ["top left"]})
    assert (view.chip_view.highlight, view.chip_view.within) == (3, ["top left"])
    browser.gallery.open_at(1)
    assert {column["verification"] for column in view.caption_view.columns} == {None}
    assert view.chip_view.within == []


def test_simulated_captions_are_not_checked_against_real_labels() -> None:
    class Real:
        name = "stac"

        def chip_at(self, *_: float, **__: object) -> Chip:
            return chip()

    browser = browse(query="flag=-no+picture", labels=Real())
    browser.gallery.open_at(0)
    press(browser.pair_view.head, "labels")
    assert browser.pair_view.chip_view.chip.labels is not None
    assert browser.pair_view.caption_view.columns[0]["verification"] is None


def test_a_source_without_labels_there_is_a_sentence() -> None:
    class Nowhere:
        name = "stac"

        def chip_at(self, lon: float, lat: float, **_: object) -> Chip:
            assert Tile.at(lon, lat)
            msg = "No scene of this place; try another year."
            raise SceneError(msg)

    browser = browse(labels=Nowhere())
    browser.gallery.open_at(0)
    press(browser.pair_view.head, "labels")
    assert browser.pair_view.status.message == "No scene of this place; try another year."
    assert browser.pair_view.prompt_view.prompt is None


def test_pair_without_a_place_opens_and_offers_no_map() -> None:
    browser = browse(query="flag=no+place")
    browser.gallery.open_at(0)
    head = browser.pair_view.head
    assert head.heading == "place unknown"
    assert not {"map", "labels"} & set(head.possible)
    assert "gives no location" in browser.pair_view.chip_view.remarks[-1]
    assert browser.map._square.locations == []
    browser.map.show_pair(browser.pair)


def test_show_by_name_and_a_surprise() -> None:
    browser = browse()
    name = browser.gallery.items[5]["name"]
    assert browser.show(name).record.name == name
    with pytest.raises(ExplorerError, match="no pair called"):
        browser.show("<script>")
    press(browser.search_bar, "random")
    assert browser.pair is not None
    browser.query = Query(words="zyxwvu")
    assert browser.pair is None
    press(browser.search_bar, "random")
    assert browser.pair is None
    assert browser.status.kind == "error"


def test_only_the_latest_question_is_answered() -> None:
    async def run() -> None:
        browser = browse()
        await _until(lambda: not browser._search_task.busy)
        gate, search = threading.Event(), browser.catalog.search

        class Slow:
            def __getattr__(self, name: str) -> object:
                return getattr(small_sample().catalog, name)

            def __len__(self) -> int:
                return len(small_sample().catalog)

            def search(self, query: Query) -> object:
                if query.words:
                    assert gate.wait(60)
                return search(query)

        browser.catalog = Slow()
        browser.query = Query(words="grass")
        browser.query = Query(classes=("tree",))
        await _until(lambda: browser.gallery.result.query == Query(classes=("tree",)))
        gate.set()
        await asyncio.sleep(0.1)
        assert browser.gallery.result.query == Query(classes=("tree",))
        browser.close()

    asyncio.run(run())


def test_unexpected_error_gives_a_sentence_and_a_log_entry(caplog: pytest.LogCaptureFixture) -> None:
    browser = browse()

    def fail(*_: object) -> object:
        raise ZeroDivisionError

    browser.catalog = type("Broken", (), {"search": fail})()
    browser.query = Query(words="x")
    assert "Unexpected error" in browser.status.message
    assert "ZeroDivisionError" in caplog.text


def test_what_is_only_read_is_harmless() -> None:
    browser = browse()
    page = Page(browser._repr_html_())
    page.assert_harmless()
    assert browser.gallery.items[0]["name"] in page.text
    browser.gallery.open_at(0)
    page = Page(browser._repr_html_())
    page.assert_harmless()
    assert browser.pair.record.captions["3.5"][:40] in page.text


def test_closing_lets_go_of_every_widget() -> None:
    browser = browse()
    widgets = descendants(browser)
    assert {browser.map.map, browser.pair_view.chip_view, browser.gallery} <= widgets
    browser.close()
    assert all(widget.comm is None for widget in widgets)


def test_every_pair_of_the_sample_has_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATEARTHNET_CACHE", str(tmp_path))
    browser = Browser.sample()
    first = browser.query
    assert first == first_query(open_sample().catalog)
    assert browser.status.message == f"{browser.gallery.result.total} of 2,000 pairs match."
    assert browser.search_bar.choices == ["with both captions", "only pairs with a picture"]
    assert {tuple(item["styles"]) for item in browser.gallery.items} == {("3.5", "4v")}
    assert browser.gallery.simulated
    assert len(browser.gallery.thumbnails) == 24
    for query in (first, first.but(page=2), Query(size=4), Query(country=("Brazil",), size=4)):
        browser.query = query
        assert all(browser.gallery.thumbnails)
        assert not any(browser.gallery.notes)


def test_first_query_is_of_the_best_pairs_that_a_catalog_has(tmp_path: Path) -> None:
    catalog, day = open_sample().catalog, date(2026, 11, 27)
    query = first_query(catalog, day)
    assert query == Query(style="both", flag=("-no picture",), sortby="random", seed=day.toordinal())
    assert query == first_query(catalog, day) != first_query(catalog, date(2026, 11, 28))
    pictures_but_no_two_captions = small_sample().catalog
    random_order = Query(sortby="random", seed=day.toordinal())
    assert first_query(pictures_but_no_two_captions, day) == random_order.but(flag=("-no picture",))
    folder = tmp_path / "no pictures"
    build_catalog(ListedRelease({("3.5", "train"): [one("8192_8192_patch00.png")]}), folder)
    assert first_query(open_catalog(folder), day) == random_order.but(flag=("-no picture",))


def test_pictures_are_drawn_some_at_a_time_and_a_superseded_page_is_not_drawn_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATEARTHNET_CACHE", str(tmp_path))
    batches: list[list[str]] = []
    there: list[int] = []
    go_on = threading.Event()

    class Slow(DrawnRelease):
        batch = 2

        def contents(self, names: Sequence[str], **_: Any) -> Any:
            batches.append(list(names))
            go_on.wait(60)
            return [image_of(chip(), PICTURE) for _ in names]

    async def run() -> None:
        sample = open_sample()
        browser = Browser(sample.catalog, release=Slow(), labels="simulated", query=Query(size=6))
        browser.gallery.observe(lambda change: there.append(sum(map(bool, change["new"]))), "thumbnails")
        await _until(lambda: bool(batches))
        browser.query = Query(size=5, sortby="lat")
        await _until(lambda: len(batches) == 2)
        go_on.set()
        await _until(lambda: all(browser.gallery.thumbnails))
        await asyncio.sleep(0.05)
        assert [len(names) for names in batches] == [2, 2, 2, 1]
        assert [name for names in batches[1:] for name in names] == [item["name"] for item in browser.gallery.items]
        assert there[-3:] == [2, 4, 5]

    asyncio.run(run())


def test_what_a_build_could_not_read_stands_where_the_catalog_is_browsed(tmp_path: Path) -> None:
    release = ReleaseWithNotes({("3.5", "train"): [one("<b>1</b>.png"), None]})
    browser = browse(catalog=build_catalog(release, tmp_path), release=None)
    (notes,) = [widget for widget in descendants(browser) if "cen-notes" in getattr(widget, "_dom_classes", ())]
    assert "&lt;i&gt;s2_rgb_images.zip&lt;/i&gt; is cut short" in notes.value
    assert "6 entries or files of the release are not in the catalog" in notes.value
    assert "<i>" not in notes.value
    assert len(notes.value) < 1200
    browser = browse(catalog=open_sample().catalog, release=None)
    (notes,) = [widget for widget in descendants(browser) if "cen-notes" in getattr(widget, "_dom_classes", ())]
    assert (notes.value, notes.layout.display) == ("", "none")


class ReleaseWithNotes(ListedRelease):
    notes = ("<i>s2_rgb_images.zip</i> is cut short" + " and long" * 200,)


def test_in_the_explorer_a_click_on_a_released_chip_shows_its_captions_first() -> None:
    catalog = small_sample().catalog
    pair = catalog.search(Query(style="both", size=1)).pairs[0]
    explorer = Explorer(source="simulated", place=None, catalog=catalog)
    explorer.go(*pair.record.tile.center)
    *old_captions, fresh = explorer.caption_view.captions
    assert [one.text for one in old_captions] == list(pair.record.captions.values())
    assert fresh is explorer.result.caption
    explorer.go(-140.0, 0.0)
    assert explorer.caption_view.captions == ()
    assert Explorer(source="simulated").caption_view.captions[0].captioner == "template"


# The map.


def test_a_rectangle_becomes_a_box_and_another_shape_a_polygon() -> None:
    browser = browse()
    draw(browser.map, (10.0, 40.0), (10.0, 50.0), (30.0, 50.0), (30.0, 40.0))
    assert browser.query == Query(bbox=(10.0, 40.0, 30.0, 50.0))
    assert browser.map._entry.value == "10, 40, 30, 50"
    draw(browser.map, (10.0, 40.0), (20.0, 60.0), (30.0, 40.0))
    assert browser.query == Query(polygon=((10.0, 40.0), (20.0, 60.0), (30.0, 40.0)))
    assert browser.map._entry.value == ""
    browser.map._clear.click()
    assert browser.query == Query()
    assert browser.map._region.locations == []


def test_a_shape_over_the_antimeridian_is_drawn_in_one_piece() -> None:
    browser = browse()
    draw(browser.map, (170.0, -20.0), (190.0, -20.0), (180.0, 10.0))
    assert browser.query.polygon == ((170.0, -20.0), (-170.0, -20.0), (-180.0, 10.0))
    assert [lon for _, lon in browser.map._region.locations] == [170.0, 190.0, 180.0]
    browser.query = Query(bbox=(170.0, -20.0, -170.0, 10.0))
    assert {lon for _, lon in browser.map._region.locations} == {170.0, 190.0}


@pytest.mark.parametrize(
    "shape", [{}, {"geometry": None}, {"geometry": {"type": "Polygon", "coordinates": [[["x", 1], [2, 3], [4, 5]]]}}]
)
def test_what_is_no_shape_changes_nothing(shape: dict[str, object]) -> None:
    browser = browse()
    browser.map._pencil._handle_leaflet_event(None, {"event": "draw:created", "geo_json": shape}, [])
    assert browser.query == Query()


def test_a_box_can_be_written() -> None:
    browser = browse()
    browser.map._entry.value = "5, 45, 10, 48.5"
    assert browser.query == Query(bbox=(5.0, 45.0, 10.0, 48.5))
    assert tuple(browser.map.map.center) == pytest.approx((46.78, 7.5), abs=0.01)
    browser.map._entry.value = "here <b>"
    assert "four numbers" in browser.status.message
    browser.map._entry.value = "5, 60, 10, 48"
    assert browser.status.kind == "error"
    assert browser.query == Query(bbox=(5.0, 45.0, 10.0, 48.5))


def test_what_the_map_shows_is_the_region_while_it_is_followed() -> None:
    browser = browse()
    look_at(browser.map, 0.0, 40.0, 20.0, 50.0, zoom=5)
    assert browser.query.bbox is None
    browser.map.follow = True
    assert browser.query.bbox == (0.0, 40.0, 20.0, 50.0)
    look_at(browser.map, 360.0, 30.0, 380.0, 50.0, zoom=5)
    assert browser.query.bbox == (0.0, 30.0, 20.0, 50.0)
    assert browser.map._region.locations == []
    look_at(browser.map, -300.0, -88.0, 300.0, 88.0, zoom=1)
    assert browser.query.bbox == (-180.0, -88.0, 180.0, 88.0)
    browser.map.follow = False
    look_at(browser.map, 0.0, 40.0, 20.0, 50.0, zoom=5)
    assert browser.query.bbox == (-180.0, -88.0, 180.0, 88.0)


def test_from_near_chips_have_outlines_and_a_click_opens_one() -> None:
    browser = browse()
    pair = browser.gallery.result.pairs[0]
    lon, lat = pair.record.tile.center
    look_at(browser.map, lon - 0.2, lat - 0.1, lon + 0.2, lat + 0.1, zoom=12)
    cells, outlines = browser.map._pairs.layers
    near = small_sample().catalog.search(Query(bbox=(lon - 0.3, lat - 0.15, lon + 0.3, lat + 0.15))).total
    assert len(outlines.locations) >= near >= 1
    assert cells.url.startswith("data:image/gif")
    click(browser.map, lon, lat)
    assert browser.pair.record.name == pair.record.name
    browser.pair = None
    click(browser.map, lon + 360.0, lat)
    assert browser.pair.record.name == pair.record.name


def test_a_click_where_nothing_matches_opens_nothing() -> None:
    browser = browse()
    pair = browser.gallery.result.pairs[0]
    lon, lat = pair.record.tile.center
    look_at(browser.map, lon - 0.2, lat - 0.1, lon + 0.2, lat + 0.1, zoom=12)
    click(browser.map, lon + 0.19, lat - 0.09)
    click(browser.map, float("nan"), 0.0)
    click(browser.map, 0.0, 90.0)
    assert browser.pair is None
    browser.query = Query(bbox=(lon + 1, lat - 1, lon + 2, lat + 1))
    click(browser.map, lon, lat)
    assert browser.pair is None


def test_show_on_map_goes_there_and_marks_it() -> None:
    browser = browse()
    browser.gallery.open_at(0)
    press(browser.pair_view.head, "map")
    tile = browser.pair.record.tile
    assert tuple(browser.map.map.center) == pytest.approx(tile.center[::-1])
    assert browser.map.map.zoom >= 12
    assert len(browser.map._square.locations) == 4


def overlay(counts: np.ndarray) -> np.ndarray:
    from io import BytesIO

    return np.asarray(Image.open(BytesIO(density_png(counts))).convert("RGBA"))


def test_the_overlay_is_transparent_where_no_pair_is_and_has_a_colour_for_each_step() -> None:
    pixels = overlay(np.array([[0, 1, 3, 4, 15, 16, 64, 9999]], np.uint32))[0]
    colours = ["" if pixel[3] == 0 else "#" + bytes(pixel[:3].tolist()).hex() for pixel in pixels]
    assert colours == ["", COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[2], COLOURS[3], COLOURS[4], COLOURS[4]]


@pytest.mark.parametrize("zoom", range(1, 18))
@pytest.mark.parametrize("middle", [(0.0, 0.0), (179.0, 60.0), (-500.0, -80.0), (12.3, 84.9)])
def test_a_frame_holds_its_view_in_whole_cells_and_can_be_drawn(zoom: int, middle: tuple[float, float]) -> None:
    lon, lat = middle
    half = 360.0 * 900 / 256 / 2**zoom / 2
    frame = frame_of((lon - half, max(lat - half / 2, -89.0), lon + half, min(lat + half / 2, 89.0)), zoom)
    columns, rows = frame.size
    assert columns % 2 == rows % 2 == 0
    assert max(columns, rows) <= 1500
    assert frame.east - frame.west <= 360.0
    if half < 120:
        assert frame.west <= lon - half
        assert frame.east >= lon + half
    counts = small_sample().catalog.density(Query(), (frame.west, frame.south, frame.east, frame.north), frame.size)
    assert counts.shape == (rows, columns)
    assert coarser(counts).sum() == counts.sum()


def test_every_place_is_under_a_cell_of_the_world() -> None:
    frame = frame_of(WORLD, 2)
    counts = small_sample().catalog.density(Query(), (frame.west, frame.south, frame.east, frame.north), frame.size)
    assert counts.sum() == len(small_sample().catalog) - small_sample().catalog.search(Query(flag=("no place",))).total
    assert len(data_url(density_png(counts))) < 200_000


def _find(browser: Browser, text: str) -> None:
    """Write a text into the field over the map and press Go."""
    browser.map.field.request = {"what": "go", "value": text, "turn": 1}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("deutschland", {"country": ("Germany",)}),
        ("africa", {"continent": ("Africa",)}),
    ],
)
def test_country_or_continent_of_the_place_field_is_the_filter(text: str, fields: dict[str, tuple[str, ...]]) -> None:
    browser = browse()
    browser.query = browser.query.but(bbox=(0, 0, 1, 1), continent=("Asia",), words="forest")
    _find(browser, text)
    for name in ("country", "continent"):
        assert getattr(browser.query, name) == fields.get(name, ())
    assert (browser.query.bbox, browser.query.words) == (None, "forest")
    assert browser.map.problem == ""
    browser.close()


def test_other_area_of_the_place_field_is_a_box_and_a_town_no_filter() -> None:
    browser = browse()
    _find(browser, "bavaria")
    west, south, east, north = browser.query.bbox
    assert (west, south, east, north) == pytest.approx((9, 47.3, 13.8, 50.6), abs=0.5)
    assert browser.map.field.note == "Only pairs in a box around Bavaria are listed."
    _find(browser, "lisbon")
    assert browser.query.bbox == (west, south, east, north)
    assert tuple(browser.map.map.center) == pytest.approx((38.7, -9.1), abs=0.1)
    browser.close()


def test_map_brings_the_open_pair_into_view() -> None:
    browser = browse()
    pair = browser.gallery.result.pairs[0]
    lon, lat = pair.record.tile.center
    look_at(browser.map, lon + 1.0, lat + 1.0, lon + 2.0, lat + 2.0, zoom=6)
    browser.pair = pair
    assert tuple(browser.map.map.center) == (lat, lon)
    browser.pair = None
    look_at(browser.map, lon - 1.0, lat - 1.0, lon + 1.0, lat + 1.0, zoom=6)
    browser.map.map.center = (lat + 0.5, lon)
    browser.pair = pair
    assert tuple(browser.map.map.center) == (lat + 0.5, lon)
