"""The stac source: real labels, the clearest scene, and a sentence for everything that is not to be had."""

from __future__ import annotations

import errno
import json
import os
import time
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pytest
from rig.cogs import pattern, write_cog, write_scene
from rig.range_server import Fault, RangeServer
from rig.sao_tome import CLEAR, CLOUDY, DECEIVING, LAT, LON, OLDER
from rig.stac_api import Reply, ScriptedApi, item, landing, scene_item, search_result, searching

from chatearthnet_explorer.errors import PlaceError, SceneError, SettingError, StacError
from chatearthnet_explorer.landcover.legend import indices_of_codes
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import chip_cache
from chatearthnet_explorer.sources.stac import scene_pixels, stac_source
from chatearthnet_explorer.sources.stac.scene_pixels import COMPOSITE_NOTE, NOT_COUNTED
from chatearthnet_explorer.sources.stac.stac_source import StacSource
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from rig.sao_tome import SaoTome
    from rig.stac_api import Request

    from chatearthnet_explorer.chip import Chip

CLOSED_PORT = "http://127.0.0.1:9"
"""The discard port, on which nothing listens."""


def assert_sentences(chip: Chip) -> None:
    for sentence in chip.missing:
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence
        assert len(sentence) < 300


def source(settings: Settings) -> StacSource:
    return StacSource(settings)


def warped_labels(path: Path, tile: Tile) -> NDArray[np.uint8]:
    """WorldCover's codes on the tile's grid, by rioxarray."""
    rioxarray = pytest.importorskip("rioxarray")
    affine = pytest.importorskip("affine")
    west, south, east, north = tile.bounds
    with rioxarray.open_rasterio(path) as file:
        part = file.rio.clip_box(west - 0.01, south - 0.01, east + 0.01, north + 0.01)
        codes = part.rio.reproject(
            "EPSG:3857", transform=affine.Affine(*tile.transform), shape=(256, 256), resampling=0
        )
        classes: NDArray[np.uint8] = codes.to_numpy()[0]
    return indices_of_codes(classes)


# a click on São Tomé


@pytest.mark.parametrize(("year", "version"), [(2020, "v100"), (2021, "v200")])
def test_sao_tome_has_its_real_labels(
    sao_tome: SaoTome, realdata: Path, tmp_path: Path, year: int, version: str
) -> None:
    chip = source(sao_tome.settings(tmp_path)).chip_at(6.73, 0.336, year=year)
    path = realdata / "worldcover" / f"ESA_WorldCover_10m_{year}_{version}_N00E006_Map.tif"
    assert chip.labels is not None
    assert (chip.labels == warped_labels(path, chip.tile)).all()
    assert len(np.unique(chip.labels)) >= 5
    assert chip.label_version == f"{version}/{year}"


def test_the_clearest_over_the_chip_is_taken(sao_tome: SaoTome, tmp_path: Path) -> None:
    chip = source(sao_tome.settings(tmp_path)).chip_at(LON, LAT)
    scene = chip.scene
    assert scene
    assert scene.item == CLEAR  # others are clearer over the whole granule, and cloudy, older or empty here
    assert scene.catalogue == sao_tome.api
    assert scene.cloud_share == pytest.approx(26 / 256, abs=0.01)
    assert scene.tile_cloud_share == 0.2
    assert scene.baseline == "05.00"
    assert str(scene.acquisition_time) == "2020-06-12 10:00:01.587000+00:00"
    assert chip.missing == ()
    assert chip.rgb is not None
    assert chip.scl is not None
    truth = np.moveaxis(sao_tome.truth["TCI"], 0, 2).astype(int)
    assert np.abs(chip.rgb.astype(int) - truth).mean() < 3  # warped to UTM and back
    assert (chip.scl == sao_tome.truth["SCL"]).mean() > 0.95
    assert "Contains modified Copernicus Sentinel data 2020" in chip.attribution
    assert any("WorldCover" in one for one in chip.attribution)
    assert any("127.0.0.1" in one for one in chip.attribution)


def test_nine_bands_on_demand(sao_tome: SaoTome, tmp_path: Path) -> None:
    chip = source(sao_tome.settings(tmp_path)).chip_at(LON, LAT, bands=True)
    assert chip.missing == ()
    assert chip.scene
    assert "minus 0.1" in chip.scene.radiometry
    for name, band in chip.bands.items():
        true = sao_tome.truth[name] * 1e-4 - 0.1
        assert np.nanmean(np.abs(band - true)) < 0.01, name


def test_scenes_are_listed_and_chosen_by_name(sao_tome: SaoTome, tmp_path: Path) -> None:
    stac = source(sao_tome.settings(tmp_path))
    scenes = stac.scenes_at(LON, LAT, year=2020)
    assert CLEAR in [scene.id for scene in scenes]
    assert OLDER not in [scene.id for scene in scenes]
    shares = [scene.cloud_share for scene in scenes]
    assert shares == sorted(shares, key=lambda share: 1.0 if share is None else share)
    scene = next(scene for scene in scenes if scene.id == DECEIVING)
    assert str(scene.day) == "2020-03-01"
    chip = stac.chip_at(LON, LAT, scene=DECEIVING)
    assert chip.scene
    assert chip.scene.item == DECEIVING
    assert chip.scene.cloud_share == 1
    assert chip.missing == ()  # whoever chooses a cloud sees it
    other_year = next(iter(CLOUDY))
    chip = stac.chip_at(LON, LAT, scene=other_year)
    assert chip.scene
    assert chip.scene.item == other_year
    assert chip.label_version == "v100/2020"


def test_takes_least_cloudy_scene_and_notes_that_all_are_cloudy(sao_tome: SaoTome, tmp_path: Path) -> None:
    chip = source(sao_tome.settings(tmp_path)).chip_at(LON, LAT, year=2021)
    assert chip.scene
    assert chip.scene.item == min(CLOUDY, key=lambda name: CLOUDY[name])
    assert chip.missing == ("Every scene of 2021 is cloudy here; this is the least cloudy: 83 %.",)
    assert chip.rgb is not None


@pytest.mark.parametrize("name", ["nothing_of_that_name", "<script>alert(1)</script>", "a b", "x" * 5000])
def test_invalid_scene_id_gives_chip_without_image(sao_tome: SaoTome, tmp_path: Path, name: str) -> None:
    chip = source(sao_tome.settings(tmp_path)).chip_at(LON, LAT, scene=name)
    assert chip.labels is not None
    assert chip.rgb is None
    assert "scene" in chip.missing[0]
    assert_sentences(chip)


# the cache


def test_second_click_sends_no_request(sao_tome: SaoTome, tmp_path: Path) -> None:
    settings = sao_tome.settings(tmp_path)
    first = source(settings).chip_at(LON, LAT)
    sao_tome.server.reset()
    again = source(settings).chip_at(LON, LAT)
    assert sao_tome.server.requests == 0
    assert np.array_equal(again.rgb, first.rgb)
    assert np.array_equal(again.labels, first.labels)
    assert again.scene == first.scene


def test_returns_chip_on_a_full_disk(
    sao_tome: SaoTome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(chip_cache.tempfile, "mkstemp", full)
    chip = source(sao_tome.settings(tmp_path)).chip_at(LON, LAT)
    assert chip.rgb is not None
    assert chip.missing == ()
    assert "No space left" in caplog.text


def test_returns_chip_without_a_cache_folder(sao_tome: SaoTome, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert source(sao_tome.settings(tmp_path / "file")).chip_at(LON, LAT).rgb is not None


def test_retries_what_failed_before(sao_tome: SaoTome, tmp_path: Path) -> None:
    settings = sao_tome.settings(tmp_path)
    path = "/v100/2020/map/ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    sao_tome.server.fail(path, Fault(status=403))
    try:
        chip = source(settings).chip_at(LON, LAT)
    finally:
        sao_tome.server.fail(path)
    assert chip.labels is None
    assert chip.rgb is not None
    assert_sentences(chip)
    assert any("403" in sentence for sentence in chip.missing)
    assert source(settings).chip_at(LON, LAT).labels is not None


# labels without scenes, scenes without labels


@pytest.mark.parametrize("catalogue", ["refused", "html", "504", "429", "slow"])
def test_labels_do_not_wait_for_a_catalogue(
    sao_tome: SaoTome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: str
) -> None:
    answers: dict[str, Callable[[Request], Reply]] = {
        "html": lambda _: Reply(body=b"<html>"),
        "504": lambda _: Reply(status=504),
        "429": lambda _: Reply(status=429, headers={"Retry-After": "0"}),
        "slow": lambda _: Reply(stall=30),
    }
    with ScriptedApi(answers.get(catalogue, lambda _: Reply())) as api:
        address = CLOSED_PORT if catalogue == "refused" else api.url
        stac = source(sao_tome.settings(tmp_path, catalogues=(address,)))
        monkeypatch.setattr(stac._apis, "_patience", 1.5)
        start = time.monotonic()
        chip = stac.chip_at(LON, LAT)
        assert time.monotonic() - start < 25  # the slow one answers after 30
        assert chip.labels is not None
        assert chip.rgb is None
        assert chip.scene is None
        assert chip.missing[0] == "Could not reach a scene catalogue, so there are no pixels."
        assert len(chip.missing) == 2
        assert_sentences(chip)
        with pytest.raises(StacError):
            stac.scenes_at(LON, LAT)


def test_names_year_without_scenes(sao_tome: SaoTome, tmp_path: Path) -> None:
    with ScriptedApi(searching(search_result())) as api:
        stac = source(sao_tome.settings(tmp_path, catalogues=(f"{api.url}#x",)))
        chip = stac.chip_at(LON, LAT)
        assert chip.labels is not None
        (sentence,) = chip.missing
        assert sentence.startswith("No scene catalogue has a scene of 2020 here")
        with pytest.raises(SceneError, match="2020"):
            stac.scenes_at(LON, LAT)


def test_takes_scene_from_the_next_catalogue(sao_tome: SaoTome, tmp_path: Path) -> None:
    with ScriptedApi(searching(search_result())) as api:
        settings = sao_tome.settings(
            tmp_path, catalogues=(CLOSED_PORT, f"{api.url}#x", f"{sao_tome.api}#sentinel-2-l2a")
        )
        chip = source(settings).chip_at(LON, LAT)
        assert chip.scene
        assert chip.scene.catalogue == sao_tome.api
        assert chip.missing == ()


def test_missing_labels_are_not_water(sao_tome: SaoTome, tmp_path: Path) -> None:
    chip = source(sao_tome.settings(tmp_path)).chip_at(-20, 0.5)  # open sea: no file, 404
    assert chip.labels is None
    assert chip.label_version is None
    assert any("not the same as water" in sentence for sentence in chip.missing)
    assert_sentences(chip)


def test_scene_without_land_cover_map_has_no_labels(sao_tome: SaoTome, tmp_path: Path) -> None:
    chip = source(sao_tome.settings(tmp_path, worldcover=f"{sao_tome.server.url}/nowhere")).chip_at(LON, LAT)
    assert chip.labels is None
    assert chip.rgb is not None
    assert any("not the same as water" in sentence for sentence in chip.missing)
    assert not any("WorldCover" in credit for credit in chip.attribution)


def test_returns_chip_without_pixels_and_labels(tmp_path: Path) -> None:
    chip = source(Settings(catalogues=(CLOSED_PORT,), worldcover=CLOSED_PORT, cache=tmp_path)).chip_at(LON, LAT)
    assert chip.labels is None
    assert chip.rgb is None
    assert len(chip.missing) >= 3
    assert_sentences(chip)
    assert not list(tmp_path.rglob("*.npz"))


@pytest.mark.parametrize("lat", [-75.0, -84.9, 84.9])
def test_chips_at_the_poles_have_no_pixels_and_explain_why(sao_tome: SaoTome, tmp_path: Path, lat: float) -> None:
    chip = source(sao_tome.settings(tmp_path)).chip_at(10, lat)
    assert chip.labels is None
    assert chip.rgb is None
    assert_sentences(chip)
    if abs(lat) > 84:
        assert any("84 degrees" in sentence for sentence in chip.missing)


def test_places_and_years_are_checked(tmp_path: Path) -> None:
    stac = source(Settings(catalogues=(CLOSED_PORT,), worldcover=CLOSED_PORT, cache=tmp_path))
    for ask in (stac.chip_at, stac.scenes_at):
        with pytest.raises(PlaceError):
            ask(0, 86)
        with pytest.raises(PlaceError):
            ask(float("nan"), 0)
        with pytest.raises(SettingError):
            ask(0, 0, year=2019)


# scenes whose files are not what they seem


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two scenes of one tile on disk: the whole of it, and its western half."""
    folder = tmp_path_factory.mktemp("little")
    tile = Tile.at(6.73, 0.336)
    whole = write_scene(folder / "whole", tile, size=512)
    # 512 pixels of 10 m around the middle, moved west until the edge runs through the chip
    west = write_scene(folder / "west", tile, size=512, shift=(-2560, 0))
    east = write_scene(folder / "east", tile, size=512, shift=(2560, 0))
    lon_west, _, lon_east, _ = whole.bbox
    middle = (lon_west + lon_east) / 2
    return {"folder": folder, "tile": tile, "whole": whole, "west": west, "east": east, "middle": middle}


def click(little: dict[str, Any], tmp_path: Path, *items: dict[str, Any], server: RangeServer, **request: Any) -> Chip:
    with ScriptedApi(searching(search_result(*items))) as api:
        settings = Settings(catalogues=(f"{api.url}#x",), worldcover=f"{server.url}/none", cache=tmp_path)
        lon, lat = little["tile"].center
        return source(settings).chip_at(lon, lat, **request)


def make_item(little: dict[str, Any], server: RangeServer, name: str, **sentence: Any) -> dict[str, Any]:
    return scene_item(sentence.pop("id", name), little[name], f"{server.url}/{name}", **sentence)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=404),
        Fault(status=403),
        Fault(cut=100),
        None,
        Fault(body=b"<html>no picture</html>" * 2000),
        Fault(body=b"II*\0" + b"\xff" * 40_000),
        Fault(body=b""),
    ],
    ids=["404", "403", "connection lost", "cut short", "not a TIFF", "a broken TIFF", "empty"],
)
def test_true_colour_that_cannot_be_read_costs_one_scene(
    little: dict[str, Any], tmp_path: Path, fault: Fault | None
) -> None:
    with RangeServer(little["folder"]) as server:
        for name in ("TCI", "B02", "B03", "B04"):
            content = little["west"].paths[name].read_bytes()
            server.fail(f"/west/{name}.tif", fault or Fault(body=content[: len(content) * 2 // 3]))
        # it claims to hold the chip and to be the clearest
        bad_item = scene_item("broken", little["west"], f"{server.url}/west", cloud=0.0)
        bad_item["geometry"] = make_item(little, server, "whole")["geometry"]
        chip = click(little, tmp_path, bad_item, server=server)
        assert chip.rgb is None
        assert chip.missing[-2] == "No scene could be used here, so there are no pixels."
        assert_sentences(chip)
        good = make_item(little, server, "whole", cloud=50.0, acquisition_time="2020-07-01T10:00:00Z")
        chip = click(little, tmp_path, bad_item, good, server=server)
        assert chip.scene
        assert chip.scene.item == "whole"
        assert chip.rgb is not None


def test_gives_up_on_files_that_never_arrive(
    little: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_pixels, "READ_SECONDS", 0.5)
    monkeypatch.setattr(stac_source, "LABEL_SECONDS", 0.5)
    with RangeServer(little["folder"]) as server:
        labels = "/none/v100/2020/map/ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
        for path in (*(f"/whole/{name}.tif" for name in ("SCL", "TCI", "B02", "B03", "B04")), labels):
            server.fail(path, Fault(stall=30))
        chip = click(little, tmp_path, make_item(little, server, "whole"), server=server)
        assert chip.rgb is None
        assert chip.labels is None
        assert sum("did not arrive" in sentence for sentence in chip.missing) == 2
        assert_sentences(chip)


def chip_of(little: dict[str, Any], tmp_path: Path, name: str, data: NDArray[Any], **sentence: Any) -> Chip:
    """A click where one file of the scene is replaced by an array."""
    whole = little["whole"]
    with RangeServer({"": little["folder"], "own": tmp_path / "own"}) as server:
        options = {"crs": f"EPSG:{whole.epsg}", "transform": whole.transform, **sentence}
        write_cog(tmp_path / "own" / f"{name}.tif", data, **options)
        raw = make_item(little, server, "whole")
        raw["assets"]["visual" if name == "TCI" else name]["href"] = f"{server.url}/own/{name}.tif"
        return click(little, tmp_path, raw, server=server)


def test_skips_scene_without_data(little: dict[str, Any], tmp_path: Path) -> None:
    empty = np.zeros((1, 512, 512), np.uint8)
    chip = chip_of(little, tmp_path, "SCL", empty, nodata=0)
    assert chip.rgb is None
    assert any("pixels of this place" in sentence for sentence in chip.missing)
    chip = chip_of(little, tmp_path, "TCI", empty.repeat(3, 0), nodata=0)
    assert chip.rgb is None
    assert any("pixels of this place" in sentence for sentence in chip.missing)
    assert_sentences(chip)


def test_skips_scene_of_another_place(little: dict[str, Any], tmp_path: Path) -> None:
    chip = chip_of(little, tmp_path, "SCL", np.full((1, 512, 512), 4, np.uint8), crs="EPSG:32733", nodata=0)
    assert chip.rgb is None
    assert any("pixels of this place" in sentence for sentence in chip.missing)


def test_names_file_without_coordinate_system(little: dict[str, Any], tmp_path: Path) -> None:
    data = np.full((3, 512, 512), 4, np.uint8)
    chip = chip_of(little, tmp_path, "TCI", data, crs='LOCAL_CS["nowhere",UNIT["metre",1]]')
    assert chip.rgb is not None
    assert chip.missing[-2] == COMPOSITE_NOTE
    assert "local coordinate system" in chip.missing[-1]
    assert_sentences(chip)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("SCL", np.full((1, 512, 512), 77, np.uint8)),
        ("SCL", np.full((1, 512, 512), 4, np.uint16)),
        ("SCL", np.full((2, 512, 512), 4, np.uint8)),
        ("TCI", np.full((1, 512, 512), 4, np.uint8)),
        ("TCI", np.full((3, 512, 512), 4, np.uint16)),
    ],
    ids=["code 77", "16 bits", "two bands", "grey", "16-bit colours"],
)
def test_skips_layer_with_file_of_another_type(
    little: dict[str, Any], tmp_path: Path, name: str, data: NDArray[Any]
) -> None:
    chip = chip_of(little, tmp_path, name, data)
    assert chip.rgb is not None
    assert chip.missing[-2] == (COMPOSITE_NOTE if name == "TCI" else NOT_COUNTED)
    assert "choose another scene" in chip.missing[-1]
    assert_sentences(chip)


def test_scene_without_classification_has_no_cloud_share(little: dict[str, Any], tmp_path: Path) -> None:
    with RangeServer(little["folder"]) as server:
        raw = make_item(little, server, "whole")
        del raw["assets"]["SCL"]
        chip = click(little, tmp_path, raw, server=server)
        assert chip.rgb is not None
        assert chip.scl is None
        assert chip.scene
        assert chip.scene.cloud_share is None


def test_names_missing_band(little: dict[str, Any], tmp_path: Path) -> None:
    with RangeServer(little["folder"]) as server:
        server.fail("/whole/B11.tif", Fault(status=404))
        raw = make_item(little, server, "whole")
        del raw["assets"]["B05"]
        chip = click(little, tmp_path, raw, server=server, bands=True)
        assert chip.rgb is not None
        assert sorted(chip.bands) == ["B02", "B03", "B04", "B06", "B07", "B08", "B12"]
        assert any("B05" in sentence for sentence in chip.missing)
        assert any("B11" in sentence for sentence in chip.missing)
        assert_sentences(chip)
        assert not list(tmp_path.rglob("*.npz"))


def test_two_items_of_one_day_are_mosaicked(little: dict[str, Any], tmp_path: Path) -> None:
    with RangeServer(little["folder"]) as server:
        west = make_item(little, server, "west")
        east = make_item(little, server, "east", acquisition_time="2020-06-01T10:00:14Z")
        chip = click(little, tmp_path, west, east, server=server, bands=True)
        whole = click(little, tmp_path, make_item(little, server, "whole"), server=server, bands=True)
        assert chip.scene
        assert set(chip.scene.item.split("+")) == {"west", "east"}
        assert chip.missing == whole.missing
        assert chip.rgb is not None
        assert whole.rgb is not None
        assert np.abs(chip.rgb.astype(int) - whole.rgb).mean() < 1
        for name, band in chip.bands.items():
            assert np.isfinite(band).all()
            assert np.abs(band - whole.bands[name]).mean() < 0.002
        half = click(little, tmp_path, west, server=server)
        assert half.rgb is not None
        assert any("of the chip; the rest is black" in sentence for sentence in half.missing)
        share = (half.rgb > 0).any(2).mean()
        assert 0.3 < share < 0.7


def test_reads_scene_across_the_antimeridian(tmp_path: Path) -> None:
    # Fiji: a footprint that runs over 180 degrees, as catalogues write it
    for lon in (179.99, -179.99):
        tile = Tile.at(lon, -17)
        layers = {name: pattern(tile)[name] for name in ("TCI", "SCL")}
        files = write_scene(tmp_path / f"scene{lon}", tile, layers, size=512, epsg=32760 if lon > 0 else 32701)
        ring = [[179.5, -17.5], [-179.5, -17.5], [-179.5, -16.5], [179.5, -16.5], [179.5, -17.5]]
        with RangeServer(tmp_path / f"scene{lon}") as server:
            hrefs = {"visual": f"{server.url}/TCI.tif", "SCL": f"{server.url}/SCL.tif"}
            raw = item("over", hrefs, files.bbox, geometry={"type": "Polygon", "coordinates": [ring]})
            chip = click({"tile": tile}, tmp_path / "cache", raw, server=server)
            assert chip.tile == tile
            assert chip.rgb is not None
            assert (chip.rgb > 0).mean() > 0.999  # the rig's own scene ends on the line


def test_more_scenes_are_looked_at_while_all_are_cloudy(little: dict[str, Any], tmp_path: Path) -> None:
    with RangeServer({"": little["folder"], "own": tmp_path / "own"}) as server:
        cloudy = np.full((1, 512, 512), 9, np.uint8)
        whole = little["whole"]
        write_cog(tmp_path / "own" / "SCL.tif", cloudy, crs=f"EPSG:{whole.epsg}", transform=whole.transform, nodata=0)
        items = []
        for day in range(1, 21):
            raw = make_item(
                little,
                server,
                "whole",
                id=f"s{day:02}",
                acquisition_time=f"2020-06-{day:02}T10:00:00Z",
                cloud=float(day),
            )
            if day != 12:
                raw["assets"]["SCL"]["href"] = f"{server.url}/own/SCL.tif"
            items.append(raw)
        chip = click(little, tmp_path, *items, server=server)
        assert chip.scene
        assert chip.scene.item == "s12"
        chip = click(little, tmp_path, *(one for one in items if one["id"] != "s12"), server=server)
        assert chip.missing[-1] == "The 15 clearest scenes of 2020 are cloudy; this is the least cloudy: 100 %."


def test_a_hostile_item_reaches_no_file_and_no_chip(little: dict[str, Any], tmp_path: Path) -> None:
    with RangeServer(little["folder"]) as server:
        raw = make_item(little, server, "whole")
        hostile = json.loads(json.dumps(raw))
        hostile["id"] = "<img src=x onerror=alert(1)>"
        leading = json.loads(json.dumps(raw)) | {"id": "leading"}
        for asset in leading["assets"].values():
            asset["href"] = "file:///etc/passwd"
        chip = click(little, tmp_path, hostile, leading, server=server)
        assert chip.rgb is None
        assert server.requests == 1  # WorldCover


def test_reads_landing_page_once_and_resolves_links_of_each_answer(little: dict[str, Any], tmp_path: Path) -> None:
    with RangeServer(little["folder"]) as server:
        raw = make_item(little, server, "whole")

        def answer(request: Request) -> Reply:
            return Reply(body=search_result(raw) if request.path == "/search" else landing(f"http://{request.host}"))

        with ScriptedApi(answer) as api:
            settings = Settings(catalogues=(f"{api.url}#x",), worldcover=f"{server.url}/none", cache=tmp_path)
            stac = source(settings)
            lon, lat = little["tile"].center
            stac.chip_at(lon, lat)
            stac.scenes_at(lon, lat)
            assert [request.method for request in api.requests] == ["GET", "POST", "POST"]
