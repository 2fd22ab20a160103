"""StacApis: what they answered once, what they may answer, and what they must not do to a click."""

from __future__ import annotations

import copy
import itertools
import json
import socket
import time
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from rig.stac_api import Reply, Request, ScriptedApi, item, landing, rustac, search_result, searching

from chatearthnet_explorer.errors import SceneError, StacError
from chatearthnet_explorer.sources.stac import stac_search
from chatearthnet_explorer.sources.stac.footprint import cover, rings_of
from chatearthnet_explorer.sources.stac.scenes import scenes_over
from chatearthnet_explorer.sources.stac.stac_client import SceneList, StacApis
from chatearthnet_explorer.sources.stac.stac_http import LARGEST, StacUnreachableError, read
from chatearthnet_explorer.sources.stac.stac_item import ASSETS, StacItem, UnusableItemError, stac_item
from chatearthnet_explorer.sources.stac.stac_search import MOST_PAGES, PAGE
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TILE = Tile.at(9.5, 47.5)
HREFS = {name: f"http://127.0.0.1:9/{name}.tif" for name in ASSETS}


def make_item(
    name: str = "S2A_32TNT_20200601_0_L2A", bbox: tuple[float, ...] = (9, 47, 10, 48), **properties: object
) -> dict[str, Any]:
    west, south, east, north = bbox
    return item(name, HREFS, (west, south, east, north), **cast("Any", properties))


def parse(*raw: dict[str, Any]) -> list[StacItem]:
    return [stac_item(one, catalogue="http://127.0.0.1:9") for one in raw]


def usable(raw: object) -> bool:
    try:
        stac_item(raw, catalogue="x")
    except UnusableItemError:
        return False
    return True


def outcome(*addresses: str, patience: float = 3.0, tile: Tile = TILE) -> list[Any]:
    """What each catalogue answers: its scenes, or its error."""
    answers = StacApis(addresses, patience=patience).scenes(tile, year=2020)
    return [one.scenes if isinstance(one, SceneList) else one for one in answers]


def listing(*addresses: str) -> SceneList:
    """What one catalogue lists."""
    (answer,) = StacApis(addresses).scenes(TILE, year=2020)
    assert isinstance(answer, SceneList), answer
    return answer


def assert_sentence(error: object) -> None:
    assert isinstance(error, StacError)
    properties = str(error)
    assert properties.endswith(".")
    assert len(properties) < 200
    assert not {"\n", "Traceback", "Error(", "object at"} & {properties, *properties.split()}


def load(realdata: Path, name: str) -> dict[str, Any]:
    return json.loads((realdata / "stac" / name).read_text())


# what the catalogues really answered


def test_earth_search_calls_bands_by_colour_and_applies_the_offset(realdata: Path) -> None:
    raw = load(realdata, "earth-search-v1/item_S2A_32TMT_20200305_1_L2A.json")
    (one,) = parse(raw)
    assert set(one.assets) == set(ASSETS)
    assert one.assets["B05"].href == raw["assets"]["rededge1"]["href"]
    assert one.assets["B08"].href == raw["assets"]["nir"]["href"]
    assert one.assets["B12"].href == raw["assets"]["swir22"]["href"]
    assert one.assets["visual"].href.endswith("TCI.tif")
    assert (one.assets["B04"].scale, one.assets["B04"].offset) == (0.0001, -0.1)
    assert one.offset_applied is True
    assert (one.grid, one.baseline, one.platform) == ("32TMT", "05.00", "sentinel-2a")
    assert one.cloud_share == pytest.approx(0.999852)


def test_planetary_computer_calls_bands_by_number_and_gives_no_scale(realdata: Path) -> None:
    raw = load(realdata, "planetary-computer/item_S2B_MSIL2A_20200705T101559_R065_T32TMT.json")
    (one,) = parse(raw)
    assert set(one.assets) == set(ASSETS)
    assert one.assets["SCL"].href == raw["assets"]["SCL"]["href"]
    assert one.assets["B04"].scale is None
    assert one.offset_applied is None
    assert (one.grid, one.baseline, one.platform) == ("32TMT", "02.12", "sentinel-2b")


def test_reads_baseline_of_old_item_from_product_name(realdata: Path) -> None:
    (one,) = parse(load(realdata, "odc-stac/S2A_28QCH_20200714_0_L2A.json"))
    assert (one.grid, one.baseline) == ("28QCH", "02.14")


def test_uses_only_sentinel_2_items_of_a_mixed_response(realdata: Path) -> None:
    raw = load(realdata, "earth-search-v1/search_mixed_collections_cql2_page1_POST.json")["features"]
    collections_used = [one["collection"] for one in raw if usable(one)]
    assert len(collections_used) < len(raw)
    assert set(collections_used) == {"sentinel-2-c1-l2a", "sentinel-2-l2a"}


def test_all_recorded_items_of_planetary_computer_are_understood(realdata: Path) -> None:
    raw = load(realdata, "planetary-computer/search_sentinel-2-l2a_POST.json")["features"]
    assert len(parse(*raw)) == 33


def test_the_newest_of_two_versions_is_kept(realdata: Path) -> None:
    raw = load(realdata, "earth-search-v1/search_page1_POST.json")["features"]
    tile = Tile.at(9.2, 47.4)
    scenes = scenes_over(parse(*raw), tile)
    ids = {one.id for scene in scenes for one in scene.items}
    assert ids
    assert all(name.endswith("_1_L2A") for name in ids)


def replay(realdata: Path, api: str, *, root: dict[str, Any] | None = None) -> Callable[[Request], Reply | None]:
    """Earth Search as recorded, its links turned to loopback."""
    there = "https://earth-search.aws.element84.com/v1"
    names = ("search_page1_POST", "search_page2_POST", "search_page3_empty_POST")
    pages = [
        json.loads((realdata / "stac" / "earth-search-v1" / f"{name}.json").read_text().replace(there, api))
        for name in names
    ]
    answer_of_search = searching(*pages)

    def answer(request: Request) -> Reply | None:
        if root is not None and request.path in {"", "/"}:
            return Reply(body=json.loads(json.dumps(root).replace(there, api)))
        return answer_of_search(request)

    return answer


def test_the_pages_of_earth_search_are_followed(realdata: Path) -> None:
    with ScriptedApi(lambda _: None) as api:
        api.answer = replay(realdata, api.url)
        (scenes,) = outcome(f"{api.url}#sentinel-2-l2a")
        bodies = [request.body for request in api.requests if request.method == "POST"]
        assert len(bodies) == 3
        assert bodies[0]["collections"] == ["sentinel-2-l2a"]
        assert bodies[0]["datetime"] == "2020-01-01T00:00:00Z/2020-12-31T23:59:59Z"
        assert bodies[0]["limit"] == PAGE
        assert bodies[0]["intersects"]["type"] == "Polygon"
        assert "sortby" not in bodies[0]
        assert bodies[1]["next"].startswith("2020-03-02T10:27:44")
        assert scenes


def test_reads_one_page_of_an_api_that_sorts(realdata: Path) -> None:
    with ScriptedApi(lambda _: None) as api:
        api.answer = replay(realdata, api.url, root=load(realdata, "earth-search-v1/root.json"))
        (scenes,) = outcome(f"{api.url}#sentinel-2-l2a")
        (bodies,) = [request.body for request in api.requests if request.method == "POST"]
        assert bodies["sortby"] == [{"field": "properties.eo:cloud_cover", "direction": "asc"}]
        assert scenes


def test_takes_first_sentinel_2_collection_of_earth_search(realdata: Path) -> None:
    collections = load(realdata, "earth-search-v1/collections.json") | {"links": []}
    requested_collections = []
    for left_out in ({}, {"sentinel-2-c1-l2a"}, {"sentinel-2-c1-l2a", "sentinel-2-l2a"}):
        collection_list = [one for one in collections["collections"] if one["id"] not in left_out]
        with ScriptedApi(lambda _: None) as api:
            answer_of_search = searching(search_result(make_item()))

            def answer(
                request: Request,
                collection_list: list[dict[str, Any]] = collection_list,
                answer_of_search: Callable[[Request], Reply | None] = answer_of_search,
            ) -> Reply | None:
                return (
                    Reply(body={"collections": collection_list, "links": []})
                    if request.path == "/collections"
                    else answer_of_search(request)
                )

            api.answer = answer
            assert outcome(api.url) != [()]
            requested_collections += [request.body["collections"] for request in api.requests if request.body]
    assert requested_collections == [["sentinel-2-c1-l2a"], ["sentinel-2-l2a"], ["sentinel-2-pre-c1-l2a"]]


def test_planetary_computer_declares_sorting(realdata: Path) -> None:
    for name in ("planetary-computer", "earth-search-v1"):
        conforms = load(realdata, f"{name}/root.json")["conformsTo"]
        assert any(stac_search._SORTS.fullmatch(one) for one in conforms), name


def test_searches_again_where_sorting_fails() -> None:
    sorts = {"conformsTo": ["https://api.stacspec.org/v1.0.0/item-search#sort"]}
    with ScriptedApi(searching(Reply(status=400, body={}), search_result(make_item()), **sorts)) as api:
        (scenes,) = outcome(f"{api.url}#x")
        assert [scene.id for scene in scenes] == ["S2A_32TNT_20200601_0_L2A"]


# a real STAC API


@pytest.fixture(scope="module")
def real_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    items = [
        make_item("S2A_32TNT_20200601_0_L2A", cloud=40.0),
        make_item("S2A_32TNT_20200701_0_L2A", acquisition_time="2020-07-01T10:00:00Z", cloud=4.0),
        make_item("S2A_32TNT_20210701_0_L2A", acquisition_time="2021-07-01T10:00:00Z", cloud=1.0),
        make_item("S2A_32TPT_20200701_0_L2A", (11, 47, 12, 48), acquisition_time="2020-07-01T10:00:00Z", cloud=0.0),
        make_item("LC08_20200701", acquisition_time="2020-07-01T10:00:00Z", cloud=0.0, collection="landsat"),
    ]
    with rustac(items, tmp_path_factory.mktemp("api"), options=["--create-collections"]) as url:
        yield url


@pytest.mark.parametrize("collection", ["#sentinel-2-l2a", ""])
def test_a_real_api_is_searched_by_place_and_year(real_api: str, collection: str) -> None:
    (scenes,) = outcome(f"{real_api}{collection}")
    assert [scene.id for scene in scenes] == ["S2A_32TNT_20200701_0_L2A", "S2A_32TNT_20200601_0_L2A"]
    assert scenes[0].catalogue == real_api
    assert scenes[0].covered_share == 1
    assert str(scenes[0].day) == "2020-07-01"


def test_finds_scene_by_id_in_real_api(real_api: str) -> None:
    request = StacApis((f"{real_api}#sentinel-2-l2a",))
    (here,) = request.scenes_by_id(TILE, "S2A_32TNT_20210701_0_L2A")
    assert isinstance(here, SceneList)
    assert [scene.id for scene in here.scenes] == ["S2A_32TNT_20210701_0_L2A"]
    (elsewhere,) = request.scenes_by_id(TILE, "S2A_32TPT_20200701_0_L2A")
    assert isinstance(elsewhere, SceneList)
    assert elsewhere.scenes == ()
    assert "does not reach this place" in elsewhere.why_none


def test_a_real_api_without_collections_is_searched_all_the_same(tmp_path: Path) -> None:
    with rustac([make_item(collection=None)], tmp_path) as url:
        (scenes,) = outcome(url)
        assert [scene.id for scene in scenes] == ["S2A_32TNT_20200601_0_L2A"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "a+" * 9 + "a", "<script>", "x" * 200, "a++b"])
def test_does_not_send_invalid_scene_ids(name: str) -> None:
    with pytest.raises(SceneError, match="not an identifier"):
        StacApis(("http://127.0.0.1:9#x",)).scenes_by_id(TILE, name)


# catalogues that fail


HOSTILE_BODIES = {
    "html": b"<html><body>Sign in</body></html>",
    "cut short": b'{"type": "Catalog", "links": [',
    "empty": b"",
    "not utf-8": b"\xff\xfe\x00",
    "a list": b"[]",
    "a number": b"3",
    "no links": b"{}",
    "links of another kind": b'{"links": "none"}',
    "links that are none": b'{"links": [3]}',
    "too deep": b"[" * 200_000,
    "null": b"null",
}


@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES)
def test_refuses_landing_page_that_is_not_stac(body: bytes) -> None:
    with ScriptedApi(lambda _: Reply(body=body)) as api:
        (error,) = outcome(f"{api.url}#x")
        assert_sentence(error)
        assert "not STAC" in str(error)


@pytest.mark.parametrize(
    "page",
    [[], 3, None, {"features": 3}, {"features": {"a": 1}}, {"features": "abc"}, {"links": [{}], "features": [{}]}],
    ids=str,
)
def test_refuses_search_answer_that_is_not_stac(page: object) -> None:
    with ScriptedApi(searching(page)) as api:
        (answer,) = outcome(f"{api.url}#x")
        if answer:
            assert_sentence(answer)


@pytest.mark.parametrize(
    ("status", "words"),
    [(429, "busy"), (504, "busy"), (500, "busy"), (403, "permission"), (400, "answered")],
)
def test_names_status_of_refused_search(status: int, words: str) -> None:
    with ScriptedApi(searching(Reply(status=status, headers={"Retry-After": "0"}))) as api:
        (error,) = outcome(f"{api.url}#x")
        assert_sentence(error)
        assert words in str(error)
        assert str(status) in str(error)


def test_retries_busy_api_after_requested_wait() -> None:
    with ScriptedApi(searching(Reply(status=429, headers={"Retry-After": "1"}), search_result(make_item()))) as api:
        start = time.monotonic()
        (scenes,) = outcome(f"{api.url}#x")
        assert scenes
        assert time.monotonic() - start >= 1


def test_does_not_wait_an_hour_for_busy_api() -> None:
    with ScriptedApi(searching(Reply(status=429, headers={"Retry-After": "3600"}))) as api:
        (error,) = outcome(f"{api.url}#x", patience=20.0)
        assert_sentence(error)
        assert "asks to wait 60 minutes" in str(error)
        assert len([one for one in api.requests if one.path.startswith("/search")]) == 1


def test_busy_api_gets_no_request_before_its_time() -> None:
    with ScriptedApi(searching(Reply(status=429, headers={"Retry-After": "3600"}))) as api:
        outcome(f"{api.url}#x")
        searches = len([one for one in api.requests if one.path.startswith("/search")])
        (error,) = outcome(f"{api.url}#x")
        assert "takes no more requests for 60 minutes" in str(error)
        assert len([one for one in api.requests if one.path.startswith("/search")]) == searches == 1


def test_gives_up_on_slow_search() -> None:
    with ScriptedApi(searching(Reply(stall=30))) as api:
        (error,) = outcome(f"{api.url}#x", patience=2.0)
        assert_sentence(error)
        assert "in time" in str(error)
        assert api.reply_count == 1  # the landing page; the search still stalls


def test_server_that_never_answers_is_reported_as_slow() -> None:
    with (
        ScriptedApi(lambda _: Reply(stall=30)) as api,
        pytest.raises(StacUnreachableError, match="did not answer in time"),
    ):
        read(api.url, deadline=time.monotonic() + 0.3)


def test_gives_up_on_response_that_arrives_byte_by_byte() -> None:
    drops: list[bytes] = []

    def drip() -> Iterator[bytes]:
        while len(drops) < 600:  # half a minute
            time.sleep(0.05)
            drops.append(b" ")
            yield drops[-1]

    with ScriptedApi(searching(Reply(body=drip()))) as api:
        (error,) = outcome(f"{api.url}#x", patience=0.5)
        assert_sentence(error)
        assert len(drops) < 600


def test_stops_reading_endless_response() -> None:
    chunks = []

    def flood() -> Iterator[bytes]:
        while True:
            chunks.append(1)
            yield b" " * 1_000_000

    with ScriptedApi(searching(Reply(body=flood()))) as api:
        (error,) = outcome(f"{api.url}#x", patience=10)
        assert_sentence(error)
        assert "32 MB" in str(error)
        assert len(chunks) < 2 * LARGEST / 1_000_000


def test_stops_following_endless_pages() -> None:
    with ScriptedApi(lambda _: None) as api:
        link = {"rel": "next", "href": f"{api.url}/search", "method": "POST", "body": {"next": "again"}}
        api.answer = searching(search_result(make_item(), links=[link]))
        (scenes,) = outcome(f"{api.url}#x")
        assert len(scenes) == 1
        assert len([request for request in api.requests if request.method == "POST"]) == MOST_PAGES


@pytest.mark.parametrize("href", ["file:///etc/passwd", "/etc/passwd", "http://127.0.0.2:9/search", "ftp://127.0.0.1/"])
def test_does_not_follow_next_page_on_another_host(href: str) -> None:
    with ScriptedApi(searching(search_result(make_item(), links=[{"rel": "next", "href": href}]))) as api:
        answer = listing(f"{api.url}#x")
        assert [scene.id for scene in answer.scenes] == ["S2A_32TNT_20200601_0_L2A"]
        assert "another server" in answer.broken_off or "is not there (404)" in answer.broken_off
        assert all(request.host == api.url.removeprefix("http://") for request in api.requests)


def test_does_not_search_at_another_host() -> None:
    def answer(request: Request) -> Reply | None:
        page = landing("http://127.0.0.2:9") if request.path == "/" else search_result(make_item())
        return Reply(body=page)

    with ScriptedApi(answer) as api:
        (scenes,) = outcome(f"{api.url}#x")
        assert scenes
        assert [request.path for request in api.requests] == ["/", "/search"]


def test_stops_at_redirect_loop() -> None:
    with ScriptedApi(lambda _: Reply(status=302, headers={"Location": "/again"})) as api:
        (error,) = outcome(f"{api.url}#x")
        assert_sentence(error)


def test_names_closed_port() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        (error,) = outcome(f"http://127.0.0.1:{closed.getsockname()[1]}#x")
    assert_sentence(error)
    assert "could not be reached" in str(error)


def test_reports_host_that_does_not_exist() -> None:
    (error,) = outcome("http://nobody.invalid/stac#x")
    assert_sentence(error)
    assert "nobody.invalid could not be found" in str(error)


def test_error_does_not_show_password_of_address() -> None:
    (error,) = outcome("http://me:secret@127.0.0.1:9/#x")
    assert_sentence(error)
    assert "secret" not in str(error)


def test_a_password_in_an_address_reaches_no_scene() -> None:
    with ScriptedApi(searching(search_result(make_item()))) as api:
        (scenes,) = outcome(f"{api.url.replace('//', '//me:secret@')}#x")
        assert scenes[0].catalogue == api.url


def test_tries_next_api_after_failure() -> None:
    with (
        ScriptedApi(searching(Reply(status=504))) as broken_api,
        ScriptedApi(searching(search_result(make_item()))) as sound,
    ):
        error, scenes = outcome(f"{broken_api.url}#x", f"{sound.url}#x")
        assert_sentence(error)
        assert scenes[0].catalogue == sound.url


def test_skips_other_collection_of_server_that_is_down() -> None:
    with ScriptedApi(lambda _: Reply(status=503)) as down:
        answers = outcome(f"{down.url}#a", f"{down.url}#b")
        assert len(answers) == 1
        assert len(down.requests) == 3  # once, and twice more because it is busy


def test_skips_other_collection_of_server_that_stops_answering() -> None:
    with ScriptedApi(searching(search_result(make_item()), Reply(stall=30))) as api:
        request = StacApis((f"{api.url}#a", f"{api.url}#b"), patience=0.5)
        assert len(list(request.scenes(TILE, year=2020))) == 2  # well at first, then silent
        requests, replies = len(api.requests), api.reply_count
        (error,) = request.scenes(TILE, year=2020)
        assert_sentence(error)
        assert len(api.requests) == requests + 1  # of the first collection alone
        assert api.reply_count == replies


def test_reads_landing_page_once() -> None:
    with ScriptedApi(searching(search_result(make_item()))) as api:
        request = StacApis((f"{api.url}#x",))
        for _ in range(2):
            list(request.scenes(TILE, year=2020))
        assert [one.method for one in api.requests] == ["GET", "POST", "POST"]


# items that lie


def break_item(**changes: object) -> dict[str, Any]:
    return {**make_item(), **changes}


def changed_item(**changes: object) -> dict[str, Any]:
    raw = make_item()
    raw["properties"].update(changes)
    return raw


def with_link(href: object, name: str = "visual") -> dict[str, Any]:
    raw = copy.deepcopy(make_item())
    raw["assets"][name]["href"] = href
    return raw


def with_visual_at(href: object) -> dict[str, Any]:
    """An item all of whose files are at an address."""
    raw = make_item()
    raw["assets"] = {name: {"href": href} for name in raw["assets"]}
    return raw


UNUSABLE = {
    "none": None,
    "text": "Feature",
    "no properties": break_item(properties=None),
    "no id": break_item(id=None),
    "script in the id": break_item(id="<script>alert(1)</script>"),
    "joined id": break_item(id="a+b"),
    "long id": break_item(id="a" * 1000),
    "newline in the id": break_item(id="a\n"),
    "no geometry and no bbox": break_item(geometry=None, bbox=None),
    "numbers beyond all floats": break_item(
        geometry={"type": "Polygon", "coordinates": [[[0, 0], [10**400, 0], [0, 1]]]}
    ),
    "a bbox beyond all floats": break_item(geometry=None, bbox=[0, 0, 1, 10**400]),
    "a bbox upside down": break_item(geometry=None, bbox=[9, 48, 10, 47]),
    "a bbox of words": break_item(geometry=None, bbox=["a", "b", "c", "d"]),
    "a point": break_item(geometry={"type": "Point", "coordinates": [9, 47]}),
    "infinite": break_item(geometry={"type": "Polygon", "coordinates": [[[0, 0], [1e999, 0], [0, 1], [0, 0]]]}),
    "ragged": break_item(geometry={"type": "Polygon", "coordinates": [[[0], [1, 1], [0, 1]]]}),
    "text for numbers": break_item(geometry={"type": "Polygon", "coordinates": [["abc", "def", "ghi"]]}),
    "a bomb": break_item(geometry={"type": "Polygon", "coordinates": [[[0, 0]] * 20_000]}),
    "line": break_item(geometry={"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}),
    "a collection": break_item(geometry={"type": "GeometryCollection", "geometries": []}),
    "no time": changed_item(datetime=None),
    "another time": changed_item(datetime="yesterday"),
    "a number for a time": changed_item(datetime=3),
    "year 1": changed_item(datetime="0001-01-01T00:00:00+14:00"),
    "no assets": break_item(assets=[]),
    "a file": with_visual_at("file:///etc/passwd"),
    "a path": with_visual_at("/etc/passwd"),
    "a bucket of an account": with_visual_at("s3://eodata/key.tif"),
    "script": with_visual_at("javascript:alert(1)"),
    "no host": with_visual_at("http:///x"),
    "bad host": with_visual_at("http://[::1/x"),
    "long address": with_visual_at("http://127.0.0.1/" + "x" * 5000),
    "no text": with_visual_at(3),
}


@pytest.mark.parametrize("raw", UNUSABLE.values(), ids=UNUSABLE)
def test_an_item_that_cannot_be_used_is_left_out(raw: object) -> None:
    with pytest.raises(UnusableItemError) as error:
        stac_item(raw, catalogue="x")
    assert len(str(error.value)) < 80


@pytest.mark.parametrize("cloud", [None, "many", -1, 101, float("nan"), True, [3]])
def test_invalid_cloud_cover_is_unknown(cloud: object) -> None:
    (one,) = parse(changed_item(**{"eo:cloud_cover": cloud}))
    assert one.cloud_share is None


def test_a_band_elsewhere_than_on_the_web_is_left_out() -> None:
    (one,) = parse(with_link("ftp://127.0.0.1/B05.tif", "B05"))
    assert "B05" not in one.assets
    assert "B06" in one.assets


def test_scale_and_offset_are_found_where_newer_items_have_them() -> None:
    raw = copy.deepcopy(make_item())
    raw["assets"]["B04"] |= {"bands": [{"name": "B04", "raster:scale": 0.0001, "raster:offset": -0.1}]}
    raw["assets"]["B03"] |= {"raster:scale": 0.0002, "raster:offset": 0}
    (one,) = parse(raw)
    assert (one.assets["B04"].scale, one.assets["B04"].offset) == (0.0001, -0.1)
    assert (one.assets["B03"].scale, one.assets["B03"].offset) == (0.0002, 0)


# footprints


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def covered_by(tile: Tile, *polygons: list[list[list[float]]]) -> float:
    rings = rings_of({"type": "MultiPolygon", "coordinates": list(polygons)})
    assert rings is not None
    return float(cover(rings, tile).mean())


EASTMOST, WESTMOST = Tile.at(179.999, -17), Tile.at(-179.999, -17)


@pytest.mark.parametrize("tile", [EASTMOST, WESTMOST], ids=["east", "west"])
def test_a_footprint_across_the_antimeridian_holds_both_sides(tile: Tile) -> None:
    assert covered_by(tile, [[[179.5, -18], [-179.5, -18], [-179.5, -16], [179.5, -16], [179.5, -18]]]) == 1
    assert covered_by(tile, [box(179.5, -18, 180.5, -16)]) == 1
    assert covered_by(tile, [box(-180.5, -18, -179.5, -16)]) == 1
    assert covered_by(tile, [box(179.5, -18, 180, -16)], [box(-180, -18, -179.5, -16)]) == 1


def test_a_footprint_across_the_antimeridian_does_not_hold_the_other_side_of_the_earth() -> None:
    wide = [[[179.5, -18], [-179.5, -18], [-179.5, -16], [179.5, -16], [179.5, -18]]]
    assert covered_by(Tile.at(0, -17), wide) == 0
    assert covered_by(Tile.at(170, -17), wide) == 0


def test_hole_of_a_footprint_is_not_covered() -> None:
    west, south, east, north = TILE.bounds
    hole = box(west - 0.001, south - 0.001, (west + east) / 2, north + 0.001)
    assert covered_by(TILE, [box(9, 47, 10, 48), hole]) == pytest.approx(0.5, abs=0.1)


def test_footprints_agree_with_shapely() -> None:
    shapely = pytest.importorskip("shapely")
    random = np.random.default_rng(0)
    west, south, east, north = TILE.bounds
    inset = (np.linspace(0, 255, 9) + 0.5) / 256
    lons, lats = np.meshgrid(west + inset * (east - west), north - inset * (north - south))
    partly = 0
    for _ in range(60):
        angles = np.sort(random.uniform(0, 2 * np.pi, 7))
        middle = random.uniform((west, south), (east, north))
        corners = np.stack([np.cos(angles), np.sin(angles)], 1) * random.uniform(0.005, 0.03) + middle
        ring = [*corners.tolist(), corners[0].tolist()]
        expected = shapely.contains_xy(shapely.Polygon(ring), lons, lats)
        rings = rings_of({"type": "Polygon", "coordinates": [ring]})
        assert rings is not None
        assert (cover(rings, TILE) == expected).all()
        partly += 0 < expected.sum() < 81
    assert partly > 20


# scenes of items


def half(name: str, *, west: bool, **properties: object) -> dict[str, Any]:
    left, south, right, north = TILE.bounds
    middle = (left + right) / 2
    bbox = (
        (left - 0.1, south - 0.1, middle + 0.0001, north + 0.1) if west else (middle, south - 0.1, right + 1, north + 1)
    )
    return make_item(name, bbox, **properties)


def test_two_halves_of_one_day_make_a_scene() -> None:
    items = parse(
        half("west", west=True),
        half("east", west=False, acquisition_time="2020-06-01T10:00:14Z"),
        make_item("clouded", cloud=99.0),
    )
    (scene,) = scenes_over(items, TILE)
    assert scene.id == "clouded"  # it holds all of the chip
    (scene,) = scenes_over(items[:2], TILE)
    assert scene.covered_share == 1
    assert set(scene.id.split("+")) == {"west", "east"}


def test_a_scene_that_holds_the_whole_chip_goes_first() -> None:
    items = parse(
        half("west", west=True, cloud=0.0),
        make_item("whole", acquisition_time="2020-07-01T10:00:00Z", cloud=60.0),
        make_item("far", (0, 0, 1, 1)),
    )
    assert [scene.id for scene in scenes_over(items, TILE)] == ["whole", "west"]


def test_halves_of_two_days_stay_apart() -> None:
    items = parse(half("west", west=True), half("east", west=False, acquisition_time="2020-06-02T10:00:00Z"))
    assert [scene.id for scene in scenes_over(items, TILE)] == ["west", "east"]


def test_halves_that_count_light_differently_are_not_mixed() -> None:
    items = parse(
        half("west", west=True, **{"s2:processing_baseline": "03.01"}),
        half("east", west=False, **{"s2:processing_baseline": "04.00"}),
    )
    (scene,) = scenes_over(items, TILE)
    assert len(scene.items) == 1


def test_parts_of_one_pass_are_not_taken_for_versions() -> None:
    grid = {"grid:code": "MGRS-32TNT"}
    items = parse(half("first", west=True, **grid), half("second", west=False, **grid))
    (scene,) = scenes_over(items, TILE)
    assert scene.covered_share == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_version_with_the_newest_baseline_wins(order: tuple[int, ...]) -> None:
    grid = {"grid:code": "MGRS-32TNT"}
    versions = [
        make_item("old", cloud=1.0, **grid, **{"s2:processing_baseline": "02.14"}),
        make_item("new", cloud=5.0, **grid, **{"s2:processing_baseline": "05.00", "s2:sequence": "0"}),
        make_item("newest", cloud=9.0, **grid, **{"s2:processing_baseline": "05.00", "s2:sequence": "1"}),
    ]
    (scene,) = scenes_over(parse(*(versions[place] for place in order)), TILE)
    assert scene.id == "newest"


def test_a_solar_day_is_one_day_at_the_antimeridian() -> None:
    # 22:30 and 00:10 UTC are the late morning of one day in Fiji
    fiji = Tile.at(178.5, -18)
    bbox = (178, -19, 179, -17)
    items = parse(
        make_item("a", bbox, acquisition_time="2020-05-31T22:30:00Z", cloud=50.0),
        make_item("b", bbox, acquisition_time="2020-06-01T00:10:00Z", cloud=10.0),
    )
    (scene,) = scenes_over(items, fiji)
    assert scene.id == "b"
