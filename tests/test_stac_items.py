"""Items as real catalogues write them, answers as real servers give them: a click over real HTTP for each."""

from __future__ import annotations

import copy
import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from affine import Affine
from rig.cogs import pattern, write_cog, write_scene
from rig.range_server import Fault, RangeServer
from rig.stac_api import Reply, ScriptedApi, landing, rustac, scene_item, search_result, searching

from chatearthnet_explorer.cards.provenance import provenance
from chatearthnet_explorer.errors import RasterError, SceneError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.net import connections, private_networks
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.stac.reflectance import true_colour
from chatearthnet_explorer.sources.stac.scene_pixels import COMPOSITE_NOTE, NOT_COUNTED, NOTHING_TO_COUNT
from chatearthnet_explorer.sources.stac.stac_source import NOT_ALL_LISTED, StacSource
from chatearthnet_explorer.sources.stac.worldcover import IN_PART, NOT_HERE, LabelReader
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rig.cogs import SceneFiles
    from rig.stac_api import Request

    from chatearthnet_explorer.chip import Chip

TILE = Tile.at(6.73, 0.336)
NAME = "S2A_32NKF_20200612_0_L2A"

Item = dict[str, Any]


class Place:
    """One scene on a server of its own, and a click on it."""

    def __init__(self, files: SceneFiles, server: RangeServer, cache: Path) -> None:
        self.files, self.server, self._cache, self._clicks = files, server, cache, 0

    def item(self, **properties: object) -> Item:
        fields: dict[str, Any] = {"s2:processing_baseline": "05.00", "grid:code": "MGRS-32NKF", **properties}
        return scene_item(
            NAME, self.files, f"{self.server.url}/scene", acquisition_time="2020-06-12T10:00:00Z", **fields
        )

    def click(self, *items: object, **request: Any) -> Chip:
        return self.click_on(searching(search_result(*items)), **request)  # type: ignore[arg-type]

    def click_on(self, answer: Callable[[Request], Reply | None], **request: Any) -> Chip:
        with ScriptedApi(answer) as api:
            return self.source(f"{api.url}#sentinel-2-l2a").chip_at(*TILE.center, **request)

    def source(self, *catalogues: str) -> StacSource:
        self._clicks += 1
        cache = self._cache / str(self._clicks)
        return StacSource(Settings(catalogues=catalogues, worldcover=self.server.url, cache=cache))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SceneFiles:
    return write_scene(tmp_path_factory.mktemp("files") / "scene", TILE, size=512)


@pytest.fixture
def place(files: SceneFiles, realdata: Path, tmp_path: Path) -> Iterator[Place]:
    folders = {"v100/2020/map": realdata / "worldcover", "scene": files.paths["TCI"].parent}
    with RangeServer(folders) as server:
        yield Place(files, server, tmp_path)


def changed_assets(item: Item, change: Callable[[str, Item], tuple[str, Item]]) -> Item:
    item["assets"] = dict(change(name, asset) for name, asset in item["assets"].items())
    return item


def assert_whole(chip: Chip) -> None:
    assert chip.missing == ()
    assert chip.rgb is not None
    assert chip.scl is not None
    assert chip.labels is not None
    truth = np.moveaxis(pattern(TILE)["TCI"], 0, 2).astype(int)
    assert np.abs(chip.rgb.astype(int) - truth).mean() < 4


def assert_sentences(chip: Chip) -> None:
    for sentence in chip.missing:
        assert sentence.endswith(".")
        assert len(sentence) < 300


# addresses of files


def test_relative_hrefs_are_resolved_against_self_link(place: Place) -> None:
    item = changed_assets(place.item(), lambda name, asset: (name, {"href": f"./{asset['href'].rpartition('/')[2]}"}))
    item["links"] = [{"rel": "self", "href": f"{place.server.url}/scene/item.json"}]
    assert_whole(place.click(item))


def test_relative_hrefs_are_resolved_against_page_without_self_link(files: SceneFiles, place: Place) -> None:
    item = changed_assets(
        place.item(), lambda name, asset: (name, {"href": f"files/{asset['href'].rpartition('/')[2]}"})
    )

    def answer(request: Request) -> Reply | None:
        if request.path == "/stac/v1/search":
            return Reply(body=search_result(item))
        if request.path.startswith("/stac/v1/files/"):
            content = files.paths[request.path.rpartition("/")[2].removesuffix(".tif")].read_bytes()
            first, last = map(int, request.span.removeprefix("bytes=").split("-"))
            part = content[first : last + 1]
            headers = {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(content)}"}
            return Reply(status=206, body=part, headers=headers)
        return Reply(body=landing(f"http://{request.host}/stac/v1")) if request.path == "/stac/v1" else None

    with ScriptedApi(answer) as api:
        assert_whole(place.source(f"{api.url}/stac/v1#x").chip_at(*TILE.center))


def test_alternate_href_is_taken_where_own_is_a_bucket(place: Place) -> None:
    def rename_asset(name: str, asset: Item) -> tuple[str, Item]:
        return name, {"href": f"s3://eodata/{name}.jp2", "alternate": {"https": {"href": asset["href"]}}}

    assert_whole(place.click(changed_assets(place.item(), rename_asset)))


def test_public_bucket_is_read_on_the_web(place: Place) -> None:
    item = changed_assets(place.item(), lambda name, _: (name, {"href": f"s3://sentinel-cogs/scene/{name}.tif"}))
    with ScriptedApi(searching(search_result(item))) as api:
        (scene,) = place.source(f"{api.url}#x").scenes_at(*TILE.center)
    there = "https://sentinel-cogs.s3.us-west-2.amazonaws.com/scene"
    assert scene.items[0].assets["visual"].href == f"{there}/visual.tif"
    assert scene.items[0].assets["B12"].href == f"{there}/B12.tif"


def test_names_requester_pays_bucket(place: Place) -> None:
    item = changed_assets(place.item(), lambda name, _: (name, {"href": f"s3://sentinel-s2-l2a/{name}.tif"}))
    chip = place.click(item)
    assert chip.rgb is None
    assert chip.labels is not None
    assert "lists one scene here, but it cannot be used: it has files in a bucket whose reader pays" in chip.missing[-1]
    assert_sentences(chip)


def test_unusable_scenes_are_counted_by_reason(place: Place) -> None:
    jpeg = changed_assets(place.item(), lambda name, _: (name, {"href": f"https://files.example/{name}.jp2"}))
    pays = changed_assets(place.item(), lambda name, _: (name, {"href": f"s3://sentinel-s2-l2a/{name}.tif"}))
    items = [jpeg, jpeg, jpeg, pays, pays, {**place.item(), "geometry": None, "bbox": None}, None]
    chip = place.click(*items)
    assert chip.rgb is None
    assert "lists 7 scenes here, but none can be used" in chip.missing[-1]
    assert "JPEG 2000, which cannot be read in parts (3), " in chip.missing[-1]
    assert "(s3://sentinel-s2-l2a) (2), no outline (1), an invalid item (1)" in chip.missing[-1]
    assert not any("No scene catalogue has a scene" in sentence for sentence in chip.missing)
    with ScriptedApi(searching(search_result(*items))) as api, pytest.raises(SceneError, match="7 scenes"):  # type: ignore[arg-type]
        place.source(f"{api.url}#x").scenes_at(*TILE.center)


# names of files


def test_copernicus_names_are_used(place: Place) -> None:
    names = {"visual": "TCI_10m", "SCL": "SCL_20m", **{f"B0{n}": f"B0{n}_10m" for n in (2, 3, 4, 8)}}
    item = changed_assets(place.item(), lambda name, asset: (names.get(name, f"{name}_20m"), asset))
    # coarser versions stand beside them and are not taken
    item["assets"] |= {name: {"href": f"{place.server.url}/none.tif"} for name in ("TCI_60m", "B02_60m", "SCL_60m")}
    chip = place.click(item, bands=True)
    assert_whole(chip)
    assert len(chip.bands) == 9


def test_true_colour_is_composed_where_there_is_no_file(place: Place) -> None:
    item = place.item()
    del item["assets"]["visual"]
    chip = place.click(item, bands=True)
    assert chip.missing == ()
    assert chip.rgb is not None
    assert chip.scene
    assert (
        "True colour is made of B04, B03 and B02, white at 0.2: Reflectance is numbers times" in chip.scene.radiometry
    )
    assert (chip.rgb == true_colour(chip.bands["B04"], chip.bands["B03"], chip.bands["B02"])).all()
    plain = place.click(item)
    assert plain.rgb is not None
    assert (plain.rgb == chip.rgb).all()
    assert not plain.bands


def test_true_colour_follows_the_formula() -> None:
    light = np.array([[-0.1, 0.0, 0.1, 0.2, 1.4, np.nan]], np.float32)
    ones = np.full_like(light, 0.1)
    picture = true_colour(light, ones, ones)
    assert picture[0, :, 0].tolist() == [1, 1, 128, 255, 255, 0]
    assert picture[0, :, 1].tolist() == [128, 128, 128, 128, 128, 0]
    assert picture.dtype == np.uint8
    assert picture.shape == (1, 6, 3)


@pytest.mark.parametrize("bands", [False, True])
def test_missing_true_colour_file_is_made_up_for(place: Place, *, bands: bool) -> None:
    place.server.fail("/scene/TCI.tif", Fault(status=404))
    chip = place.click(place.item(), bands=bands)
    assert chip.rgb is not None
    assert chip.missing[0] == COMPOSITE_NOTE
    assert "TCI.tif is not there (404)" in chip.missing[1]
    assert len(chip.bands) == (9 if bands else 0)
    assert_sentences(chip)


# what items say of themselves


@pytest.mark.parametrize(
    "change",
    [
        {
            "properties": {
                "datetime": None,
                "start_datetime": "2020-06-12T10:00:00Z",
                "end_datetime": "2020-06-12T10:01:00Z",
            }
        },
        {"properties": {"datetime": None, "end_datetime": "2020-06-12T10:00:00Z"}},
        {"geometry": None},
        {"geometry": None, "bbox": "six"},
        {"links": None},
        {"links": [{"rel": "self"}, {"href": 3}, None]},
        {"stac_extensions": None},
        {"properties": {"proj:epsg": None, "proj:code": "EPSG:None"}},
        {"properties": {"eo:cloud_cover": None}},
        {"properties": {"title": "São Tomé"}},
    ],
    ids=str,
)
def test_item_with_gaps_is_used(place: Place, change: dict[str, Any]) -> None:
    item = copy.deepcopy(place.item())
    if change.get("bbox") == "six":
        west, south, east, north = item["bbox"]
        change = {**change, "bbox": [west, south, -10.0, east, north, 900.0]}
    for name, value in change.items():
        item[name] = item[name] | value if name == "properties" else value
    chip = place.click(item)
    assert_whole(chip)
    assert chip.scene
    assert str(chip.scene.acquisition_time) == "2020-06-12 10:00:00+00:00"


def test_real_api_serves_such_items(place: Place, tmp_path: Path) -> None:
    item = changed_assets(place.item(), lambda name, asset: ({"visual": "TCI_10m"}.get(name, name), asset))
    item["properties"] |= {
        "datetime": None,
        "start_datetime": "2020-06-12T10:00:00Z",
        "end_datetime": "2020-06-12T10:00:09Z",
    }
    with rustac([item], tmp_path / "api", options=["--create-collections"]) as url:
        assert_whole(place.source(f"{url}#sentinel-2-l2a").chip_at(*TILE.center))


# how servers answer


def answer_in(encoding: str, **headers: str) -> Callable[[Any], Reply]:
    return lambda page: Reply(body=json.dumps(page, ensure_ascii=False).encode(encoding), headers=headers)


ENCODINGS: dict[str, Callable[[Any], Reply]] = {
    "a byte order mark": answer_in("utf-8-sig"),
    "UTF-16": answer_in("utf-16"),
    "UTF-16 without a mark": answer_in("utf-16-le"),
    "UTF-32": answer_in("utf-32"),
    "Latin-1": answer_in("latin-1", **{"Content-Type": "application/json; charset=ISO-8859-1"}),
    "Latin-1, not said": answer_in("latin-1", **{"Content-Type": "application/json"}),
    "gzip": lambda page: Reply(body=gzip.compress(json.dumps(page).encode()), headers={"Content-Encoding": "gzip"}),
    "NaN": lambda page: Reply(body=json.dumps(page | {"context": float("nan")}).encode()),
}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_json_is_read_in_any_encoding(place: Place, encode: Callable[[Any], Reply]) -> None:
    item = place.item(title="São Tomé")

    def answer(request: Request) -> Reply | None:
        return encode(
            search_result(item) if request.path == "/search" else landing(f"http://{request.host}", title="Catálogo")
        )

    assert_whole(place.click_on(answer))


LANDINGS: dict[str, Callable[[str], dict[str, Any]]] = {
    "conformsTo null": lambda url: landing(url, conformsTo=None),
    "conformsTo of another kind": lambda url: landing(url, conformsTo="none"),
    "links null": lambda url: landing(url) | {"links": None},
    "no links": lambda url: {"stac_version": "1.0.0", "id": "x", "url": url},
    "links without href": lambda url: landing(url) | {"links": [{"rel": "self"}, None, *landing(url)["links"]]},
    "a relative search link": lambda url: landing(url) | {"links": [{"rel": "search", "href": "./search"}]},
    "a search link elsewhere": lambda _: landing("http://stac-internal:8080"),
}


@pytest.mark.parametrize("page", LANDINGS.values(), ids=LANDINGS)
def test_first_page_with_gaps_is_used(place: Place, page: Callable[[str], dict[str, Any]]) -> None:
    def answer(request: Request) -> Reply | None:
        return Reply(body=search_result(place.item()) if request.path == "/search" else page(f"http://{request.host}"))

    assert_whole(place.click_on(answer))


@pytest.mark.parametrize(
    "links", [None, [], "none", [{"rel": "next", "href": None}], [{"rel": "next"}], [3, None]], ids=str
)
def test_page_without_next_link_is_the_last(place: Place, links: object) -> None:
    assert_whole(place.click_on(searching({"type": "FeatureCollection", "features": [place.item()], "links": links})))


BROKEN_PAGES: dict[str, Reply | str] = {
    "500": Reply(status=500),
    "404": Reply(status=404),
    "HTML": Reply(body=b"<html>"),
    "cut short": Reply(body=b'{"type": "FeatureCollection", "features": ['),
    "a list": Reply(body=[]),
    "features of another kind": Reply(body={"type": "FeatureCollection", "features": 3}),
    "another server": "http://stac-internal:8080/search?token=2",
    "a private network": "http://10.0.0.1/search?token=2",
    "a file": "file:///etc/passwd",
}


@pytest.mark.parametrize("second", BROKEN_PAGES.values(), ids=BROKEN_PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_page_that_was_read_is_used_where_the_next_fails(place: Place, second: Reply | str, method: str) -> None:
    def answer(request: Request) -> Reply | None:
        if not request.path.startswith("/search"):
            return Reply(body=landing(f"http://{request.host}"))
        if "token" in request.path or "token" in (request.body or {}):
            assert isinstance(second, Reply)
            return second
        href = second if isinstance(second, str) else "/search" + ("?token=2" if method == "GET" else "")
        link = {"rel": "next", "href": href, "method": method, "body": {"token": 2}}
        return Reply(body=search_result(place.item(), links=[link]))

    chip = place.click_on(answer)
    assert chip.rgb is not None
    assert chip.missing[0] == NOT_ALL_LISTED
    assert len(chip.missing) == 2
    assert_sentences(chip)


def test_cloudy_scene_of_a_broken_list_is_not_called_the_best_of_all(place: Place, tmp_path: Path) -> None:
    cloudy = {**pattern(TILE), "SCL": np.full((256, 256), 9, np.uint8)}
    write_scene(tmp_path / "cloudy", TILE, {name: cloudy[name] for name in ("TCI", "SCL")}, size=512)
    place.server.folders["cloudy"] = tmp_path / "cloudy"
    item = changed_assets(
        place.item(), lambda name, asset: (name, {"href": asset["href"].replace("/scene/", "/cloudy/")})
    )

    def answer(request: Request) -> Reply | None:
        if request.path != "/search":
            return Reply(body=landing(f"http://{request.host}")) if request.path == "/" else Reply(status=500)
        return Reply(body=search_result(item, links=[{"rel": "next", "href": "/next"}]))

    chip = place.click_on(answer)
    assert any(sentence.startswith("The 1 clearest scenes of 2020 are cloudy") for sentence in chip.missing)
    assert any(sentence.startswith("Every scene of 2020 is cloudy") for sentence in place.click(item).missing)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_moved_search_stays_a_post(place: Place, status: int) -> None:
    def answer(request: Request) -> Reply | None:
        if request.path == "/search":
            return Reply(status=status, headers={"Location": f"http://{request.host}/search/"})
        if request.path == "/search/":
            assert request.body["datetime"].startswith("2020")
            return Reply(body=search_result(place.item())) if request.method == "POST" else Reply(status=405)
        return Reply(body=landing(f"http://{request.host}"))

    assert_whole(place.click_on(answer))


@pytest.mark.parametrize("status", [404, 405, 501])
def test_searches_by_get_where_post_is_not_supported(place: Place, status: int) -> None:
    requests: list[Request] = []

    def answer(request: Request) -> Reply | None:
        if not request.path.startswith("/search"):
            return Reply(body=landing(f"http://{request.host}"))
        requests.append(request)
        return Reply(status=status) if request.method == "POST" else Reply(body=search_result(place.item()))

    with ScriptedApi(answer) as api:
        source = place.source(f"{api.url}#sentinel-2-l2a")
        assert_whole(source.chip_at(*TILE.center))
        source.scenes_at(*TILE.center)
    assert [one.method for one in requests] == ["POST", "GET", "GET"]  # once is enough to know
    assert "collections=sentinel-2-l2a" in requests[1].path
    assert "intersects=%7B%22type%22" in requests[1].path


def test_first_page_that_moved_is_followed(place: Place) -> None:
    def answer(request: Request) -> Reply | None:
        return {
            "/": Reply(status=301, headers={"Location": "/v1/"}),
            "/v1/": Reply(body=landing(f"http://{request.host}/v1") | {"links": [{"rel": "search", "href": "search"}]}),
            "/v1/search": Reply(body=search_result(place.item())),
        }.get(request.path)

    assert_whole(place.click_on(answer))


# files missing in part


CLOUDS: dict[str, Fault] = {
    "404": Fault(status=404),
    "403": Fault(status=403),
    "500": Fault(status=500),
    "HTML": Fault(body=b"<html>Sign in</html>" * 2000),
    "cut short": Fault(cut=1000),
    "not in parts": Fault(ignore_range=True),
}


@pytest.mark.parametrize("fault", CLOUDS.values(), ids=CLOUDS)
@pytest.mark.parametrize("scene", [None, NAME], ids=["any scene", "named scene"])
def test_clouds_that_cannot_be_counted_do_not_cost_the_picture(place: Place, fault: Fault, scene: str | None) -> None:
    place.server.fail("/scene/SCL.tif", fault)
    chip = place.click(place.item(), scene=scene)
    assert chip.rgb is not None
    assert chip.scl is None
    assert chip.scene
    assert chip.scene.cloud_share is None
    assert chip.missing[0] == NOT_COUNTED
    assert "SCL.tif" in chip.missing[1]
    assert dict(provenance(chip))["Clouds over the chip"] == "not counted"
    assert_sentences(chip)


def test_notes_scene_without_classification(place: Place) -> None:
    item = place.item()
    del item["assets"]["SCL"]
    assert place.click(item).missing == (NOTHING_TO_COUNT,)


def test_scene_with_few_counted_clouds_is_preferred(place: Place) -> None:
    unknown = place.item() | {"id": "unknown"}
    unknown["properties"] |= {"eo:cloud_cover": 0.0, "datetime": "2020-05-01T10:00:00Z"}
    unknown["assets"]["SCL"] = {"href": f"{place.server.url}/scene/none.tif"}
    with_classes = place.item() | {"id": "counted"}
    with_classes["properties"]["eo:cloud_cover"] = 40.0
    chip = place.click(unknown, with_classes)
    assert chip.scene
    assert chip.scene.item == "counted"
    assert chip.missing == ()


CODES = {"N45E009": 10, "N45E012": 50, "N42E009": 80, "N42E012": 40}
"""WorldCover's codes in four files that meet at 12° E, 45° N."""


@pytest.fixture
def corner(tmp_path: Path) -> Iterator[tuple[RangeServer, Tile]]:
    """The tile that holds the corner of four files, each of one code."""
    middle = Tile.at(12.0, 45.0)
    tile = next(
        tile
        for tile in (Tile(middle.x + i, middle.y + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
        if tile.bounds[0] < 12 < tile.bounds[2] and tile.bounds[1] < 45 < tile.bounds[3]
    )
    for name, code in CODES.items():
        lat, lon = int(name[1:3]), int(name[4:])
        write_cog(
            tmp_path / "v100" / "2020" / "map" / f"ESA_WorldCover_10m_2020_v100_{name}_Map.tif",
            np.full((1, 1200, 1200), code, np.uint8),
            crs="EPSG:4326",
            transform=Affine(3 / 1200, 0, lon, 0, -3 / 1200, lat + 3),
            nodata=0,
        )
    with RangeServer(tmp_path) as server:
        yield server, tile


def corners_of(chip: Chip) -> list[int]:
    assert chip.labels is not None
    return [CLASSES[index].code for index in chip.labels[[0, 0, -1, -1], [0, -1, 0, -1]]]


NEIGHBOURS = {**CLOUDS, "never": Fault(stall=60), "another kind": None}


@pytest.mark.parametrize("fault", NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_failing_neighbour_does_not_cost_the_labels(
    corner: tuple[RangeServer, Tile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault | None
) -> None:
    server, tile = corner
    monkeypatch.setattr("chatearthnet_explorer.sources.stac.stac_source.LABEL_SECONDS", 5.0)
    path = "/v100/2020/map/ESA_WorldCover_10m_2020_v100_N42E012_Map.tif"
    server.fail(path, fault or Fault(body=b"II*\0" + b"\xff" * 40_000))
    with ScriptedApi(searching(search_result())) as api:
        settings = Settings(catalogues=(f"{api.url}#x",), worldcover=server.url, cache=tmp_path / "cache")
        source = StacSource(settings)
        chip = source.chip_at(*tile.center)
        assert corners_of(chip) == [10, 50, 80, 0]
        assert_sentences(chip)
        if fault and fault.status == 404:  # the sea is not mapped
            assert IN_PART not in chip.missing
            return
        assert chip.missing[0] == IN_PART
        assert "N42E012" in chip.missing[1]
        if fault and fault.stall:
            return
        with pytest.raises(RasterError, match="N42E012"):
            LabelReader(prefix=server.url)(tile)  # half a map must not be counted as a whole one
        server.fail(path)
        assert corners_of(source.chip_at(*tile.center)) == [10, 50, 80, 40]


def test_labels_that_fail_everywhere_are_an_error(corner: tuple[RangeServer, Tile], tmp_path: Path) -> None:
    server, tile = corner
    for name in CODES:
        server.fail(f"/v100/2020/map/ESA_WorldCover_10m_2020_v100_{name}_Map.tif", Fault(status=403))
    with ScriptedApi(searching(search_result())) as api:
        settings = Settings(catalogues=(f"{api.url}#x",), worldcover=server.url, cache=tmp_path / "cache")
        chip = StacSource(settings).chip_at(*tile.center)
    assert chip.labels is None
    assert chip.missing[0] == "The labels could not be read."
    assert NOT_HERE not in chip.missing


# private networks


@pytest.fixture
def public_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = private_networks.may_reach
    monkeypatch.setattr(
        private_networks, "may_reach", lambda address, *, local: address == "127.0.0.1" or real(address, local=local)
    )
    connections._pool.cache_clear()
    yield
    connections._pool.cache_clear()


TARGETS = (
    "http://10.0.0.1/x",
    "http://[::1]/x",
    "http://169.254.169.254/latest",
    "http://2130706434/x",
    "http://127.9/x",
)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.usefixtures("public_loopback")
def test_item_of_public_catalogue_leads_into_no_private_network(place: Place, target: str) -> None:
    item = changed_assets(place.item(), lambda name, _: (name, {"href": f"{target}/{name}.tif"}))
    chip = place.click(item)
    assert chip.rgb is None
    assert chip.labels is not None
    assert "private network" in chip.missing[-1]
    assert_sentences(chip)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.usefixtures("public_loopback")
def test_redirect_of_a_file_leads_into_no_private_network(place: Place, target: str) -> None:
    for name in ("TCI", "SCL", "B02", "B03", "B04"):
        place.server.fail(f"/scene/{name}.tif", Fault(status=302, location=target))
    chip = place.click(place.item())
    assert chip.rgb is None
    assert "private network" in chip.missing[-1]
    assert_sentences(chip)


@pytest.mark.usefixtures("public_loopback")
def test_public_catalogue_that_redirects_into_private_network_is_not_followed(place: Place) -> None:
    chip = place.click_on(lambda _: Reply(status=302, headers={"Location": "http://10.0.0.1/stac"}))
    assert chip.rgb is None
    assert "10.0.0.1 lies in a private network" in chip.missing[-1]


@pytest.mark.usefixtures("public_loopback")
def test_self_link_into_private_network_is_not_followed(place: Place) -> None:
    item = changed_assets(place.item(), lambda name, asset: (name, {"href": asset["href"].rpartition("/")[2]}))
    item["links"] = [{"rel": "self", "href": "http://10.0.0.1/item.json"}]
    chip = place.click(item)
    assert chip.rgb is None
    assert "10.0.0.1 lies in a private network" in chip.missing[-1]
