"""Reading windows from a real Range server: right pixels, few requests, and every fault in one sentence."""

from __future__ import annotations

import asyncio
import re
import struct
import threading
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import rioxarray
from affine import Affine
from rasterio.warp import Resampling
from rig.cogs import SceneFiles, pattern, write_cog, write_scene
from rig.range_server import Fault, RangeServer
from rig.stac_api import Reply, Request, ScriptedApi

from chatearthnet_explorer.errors import RasterError
from chatearthnet_explorer.sources.stac.raster_windows import Layer, Read, read_layers
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TILE = Tile.at(6.73, 0.336)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> SceneFiles:
    return write_scene(tmp_path_factory.mktemp("scene"), TILE)


@pytest.fixture
def server(scene: SceneFiles, tmp_path: Path) -> Iterator[RangeServer]:
    """A server with the scene under ``/scene`` and an empty folder at the root."""
    with RangeServer({"scene": scene.paths["TCI"].parent, "": tmp_path}) as running:
        yield running


def _read(href: str, *, timeout: float = 30, resampling: str = "bilinear", optional: bool = False) -> Read:
    layer = Layer(hrefs=(href,), resampling=resampling, optional=optional)
    read = read_layers({"it": layer}, TILE, timeout=timeout)["it"]
    if isinstance(read, RasterError):
        raise read
    return read


def _error(href: str, *, timeout: float = 30) -> str:
    """Return the sentence of the error, which is one sentence and keeps secrets."""
    with pytest.raises(RasterError) as error:
        _read(href, timeout=timeout)
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "secret" not in sentence
    assert error.value.__cause__ is None
    return sentence


def _small(path: Path, **options: str | float) -> bytes:
    """Write a small COG over the tile and return its bytes."""
    data = np.arange(512 * 512, dtype=np.uint16).reshape(1, 512, 512) + 1
    write_cog(path, data, crs="EPSG:32632", transform=Affine(10, 0, 245_300, 0, -10, 40_200), nodata=0, **options)
    return path.read_bytes()


def test_reads_eleven_assets_at_once_like_rasterio(scene: SceneFiles, server: RangeServer) -> None:
    layers = {
        name: Layer(hrefs=(f"{server.url}/scene/{name}.tif",), resampling="nearest" if name == "SCL" else "bilinear")
        for name in scene.paths
    }
    reads = read_layers(layers, TILE)
    assert server.requests == 2 * len(layers)
    for name, read in reads.items():
        assert isinstance(read, Read), read
        expected = (
            rioxarray.open_rasterio(scene.paths[name])
            .rio.reproject(
                "EPSG:3857",
                transform=Affine(*TILE.transform),
                shape=(256, 256),
                resampling=Resampling.nearest if name == "SCL" else Resampling.bilinear,
            )
            .values
        )
        assert read.valid.all()
        assert read.nodata == 0
        assert read.data.dtype == expected.dtype
        if name == "SCL":
            np.testing.assert_array_equal(read.data, expected)
        else:
            assert np.abs(read.data.astype(int) - expected).max() <= 2
        assert np.abs(read.data.astype(float) - pattern(TILE)[name]).mean() < 25


@pytest.mark.parametrize("site", ["282D_485L_3_3", "38D_378R_2_3", "433D_629L_3_1"])
def test_real_sentinel_2_pixels(realdata: Path, tmp_path: Path, server: RangeServer, site: str) -> None:
    for folder in ("S2L2A", "S2RGB"):
        with rasterio.open(realdata / "sentinel2" / folder / f"{site}.tif") as file:
            data, crs, transform = file.read(), file.crs.to_string(), file.transform
            lon, lat = file.lnglat()
        path = write_cog(tmp_path / f"{folder}.tif", data, crs=crs, transform=transform)
        tile = Tile.at(lon, lat)
        layer = Layer(hrefs=(f"{server.url}/{folder}.tif",), resampling="bilinear")
        read = read_layers({"it": layer}, tile)["it"]
        assert isinstance(read, Read), read
        reference = rioxarray.open_rasterio(path, masked=True).rio.reproject(
            "EPSG:3857", transform=Affine(*tile.transform), shape=(256, 256), resampling=Resampling.bilinear
        )
        has_data = ~np.isnan(reference.values[0])
        assert 0.2 < read.valid.mean() < 1
        assert (has_data == read.valid).mean() > 0.995
        both = has_data & read.valid
        off = np.abs(read.data[:, both].astype(float) - reference.values[:, both])
        # GDAL places pixels to an eighth of one; real edges are steep
        assert off.mean() < 0.002 * max(read.data.max(), 255)


def test_returns_scale_and_offset_without_applying_them(tmp_path: Path, server: RangeServer) -> None:
    path = tmp_path / "plain.tif"
    with rasterio.open(
        path, "w", driver="GTiff", tiled=True, blockxsize=256, blockysize=256, width=512, height=512, count=1,
        dtype="uint16", crs="EPSG:32632", transform=Affine(10, 0, 245_300, 0, -10, 40_200), compress="deflate",
    ) as file:  # fmt: skip
        file.write(np.full((1, 512, 512), 1200, np.uint16))
        file.scales, file.offsets = (0.0001,), (-0.1,)
    read = _read(f"{server.url}/plain.tif")
    assert (read.scale, read.offset, read.nodata) == (0.0001, -0.1, None)
    assert set(np.unique(read.data)) == {1200}


def test_masks_and_alpha_mark_valid_pixels(tmp_path: Path, server: RangeServer) -> None:
    transform = Affine(10, 0, 245_300, 0, -10, 40_200)
    options = {
        "driver": "GTiff", "tiled": True, "blockxsize": 256, "blockysize": 256, "width": 512, "height": 512,
        "dtype": "uint8", "crs": "EPSG:32632", "transform": transform, "compress": "deflate",
    }  # fmt: skip
    opaque = np.zeros((512, 512), np.uint8)
    opaque[:, :256] = 255
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(tmp_path / "mask.tif", "w", count=3, **options) as f:
        f.write(np.full((3, 512, 512), 9, np.uint8))
        f.write_mask(opaque)
    with rasterio.open(tmp_path / "alpha.tif", "w", count=4, photometric="RGB", alpha="yes", **options) as file:
        file.write(np.concatenate([np.full((3, 512, 512), 9, np.uint8), opaque[None]]))
    for name in ("mask", "alpha"):
        read = _read(f"{server.url}/{name}.tif")
        assert read.data.shape == (3, 256, 256)
        assert 0.4 < read.valid.mean() < 0.6
        assert read.valid[:, :100].all()
        assert not read.valid[:, -100:].any()
        assert set(np.unique(read.data[:, read.valid])) == {9}


def test_blocks_left_out_of_a_sparse_file_are_no_data(tmp_path: Path, server: RangeServer) -> None:
    with rasterio.open(
        tmp_path / "sparse.tif", "w", driver="GTiff", tiled=True, blockxsize=256, blockysize=256, width=512, height=512,
        count=1, dtype="uint16", crs="EPSG:32632", transform=Affine(10, 0, 245_300, 0, -10, 40_200), nodata=0,
        compress="deflate", sparse_ok=True,
    ) as file:  # fmt: skip
        file.write(np.full((256, 256), 7, np.uint16), 1, window=rasterio.windows.Window(0, 0, 256, 256))
    read = _read(f"{server.url}/sparse.tif")
    assert 0.1 < read.valid.mean() < 0.9
    assert set(np.unique(read.data)) == {0, 7}


def test_a_mosaic_takes_the_first_with_data(tmp_path: Path, server: RangeServer) -> None:
    west = write_scene(tmp_path / "west", TILE, {"B04": np.full((256, 256), 100, np.uint16)}, shift=(-5200, 0))
    east = write_scene(tmp_path / "east", TILE, {"B04": np.full((256, 256), 200, np.uint16)}, epsg=32631)
    assert west.paths
    assert east.paths
    hrefs = tuple(f"{server.url}/{side}/B04.tif" for side in ("west", "east"))
    read = read_layers({"it": Layer(hrefs=hrefs, resampling="bilinear")}, TILE)["it"]
    assert isinstance(read, Read), read
    assert read.valid.all()
    assert (read.data[0, :, 0] == 100).all()
    assert (read.data[0, :, -1] == 200).all()


def test_file_of_another_place_has_no_data(tmp_path: Path, server: RangeServer) -> None:
    write_scene(tmp_path, Tile.at(12, 47), {"B04": np.full((256, 256), 100, np.uint16)}, size=512)
    read = _read(f"{server.url}/B04.tif")
    assert read.data.shape == (1, 256, 256)
    assert not read.valid.any()
    assert server.requests == 1


def test_absent_files_of_optional_layer_are_empty(server: RangeServer) -> None:
    read = _read(f"{server.url}/none.tif?sig=secret", optional=True)
    assert read.data.shape == (0, 256, 256)
    assert not read.valid.any()
    assert read.absent == (f"{server.url}/none.tif",)
    assert "not there (404)" in _error(f"{server.url}/none.tif?sig=secret")


def test_one_failing_layer_leaves_the_others(server: RangeServer) -> None:
    server.fail("/scene/SCL.tif", Fault(status=403))
    layers = {
        name: Layer(hrefs=(f"{server.url}/scene/{name}.tif",), resampling="nearest") for name in ("TCI", "SCL", "B02")
    }
    reads = read_layers(layers, TILE)
    assert list(reads) == ["TCI", "SCL", "B02"]
    assert isinstance(reads["SCL"], RasterError)
    assert isinstance(reads["TCI"], Read)
    assert isinstance(reads["B02"], Read)


def test_a_signed_address_keeps_its_query_and_its_user(tmp_path: Path, server: RangeServer) -> None:
    path = "a b/c%2Bd"
    _small(tmp_path / "a b" / "c+d.tif")
    read = _read(f"{server.url.replace('://', '://me:secret@')}/{path.replace(' ', '%20')}.tif?sig=secret%2Fx%3D&se=1")
    assert read.valid.all()
    assert {request.query for request in server.log} == {"sig=secret%2Fx%3D&se=1"}
    assert {request.path for request in server.log} == {"/a%20b/c%2Bd.tif"}
    assert {request.authorization for request in server.log} == {"Basic bWU6c2VjcmV0"}
    assert "403" in _error(f"{_failing(server, 403).replace('://', '://me:secret@')}?sig=secret")


def _failing(server: RangeServer, status: int) -> str:
    server.fail("/scene/B02.tif", Fault(status=status))
    return f"{server.url}/scene/B02.tif"


@pytest.mark.parametrize(
    ("status", "words"), [(401, "permission"), (403, "permission"), (404, "not there"), (410, "not there")]
)
def test_does_not_retry_refused_request(server: RangeServer, status: int, words: str) -> None:
    assert words in _error(f"{_failing(server, status)}?sig=secret")
    assert server.requests == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_retries_busy_server_three_times(server: RangeServer, status: int) -> None:
    server.fail("/scene/B03.tif", Fault(status=status, times=2, retry_after=0))
    assert _read(f"{server.url}/scene/B03.tif").valid.all()
    server.reset()
    assert str(status) in _error(f"{_failing(server, status)}?sig=secret")
    assert server.requests == 4


def test_gives_up_on_stalling_server(server: RangeServer) -> None:
    server.fail("/scene/B02.tif", Fault(stall=60))
    assert "within 2 seconds" in _error(f"{server.url}/scene/B02.tif?sig=secret", timeout=2)
    assert server.requests == 1


def test_names_closed_port() -> None:
    with RangeServer({}) as server:
        href = f"{server.url}/x.tif?sig=secret"
    assert "could not be reached" in _error(href)


def test_names_host_that_does_not_exist() -> None:
    assert "no server of this name" in _error("http://nobody.invalid/x.tif?sig=secret")


def test_a_server_without_ranges_is_left_before_it_has_sent_all(tmp_path: Path, server: RangeServer) -> None:
    with (tmp_path / "huge.tif").open("wb") as file:
        file.truncate(2_000_000_000)
    server.fail("/huge.tif", Fault(ignore_range=True))
    assert "byte ranges" in _error(f"{server.url}/huge.tif?sig=secret")
    assert server.bytes_sent < 50_000_000


@pytest.mark.parametrize(
    "href", ["file:///etc/passwd", "/etc/passwd", "ftp://secret@x/y.tif", "http://", "s3://b/k", "http://[", ""]
)
def test_only_the_web_is_read(href: str) -> None:
    assert "not an http or https address" in _error(href)


def test_redirects_lead_to_the_web_only(server: RangeServer) -> None:
    server.fail("/moved.tif", Fault(status=302, location=f"{server.url}/scene/B02.tif"))
    assert _read(f"{server.url}/moved.tif").valid.all()
    server.fail("/away.tif", Fault(status=302, location="file:///etc/passwd"))
    _error(f"{server.url}/away.tif")
    server.fail("/round.tif", Fault(status=302, location=f"{server.url}/round.tif"))
    server.reset()
    _error(f"{server.url}/round.tif")
    assert server.requests <= 50


@pytest.mark.parametrize(
    ("content_range", "words"),
    [
        ("bytes {first}-{last}/{size}", ""),
        ("bytes {first}-{last}/*", ""),
        ("bytes  {first}-{last}/* ", ""),
        (None, "does not say which part it sends"),
        ("", "does not say which part it sends"),
        ("bytes */{size}", "does not say which part it sends"),
        ("items {first}-{last}/{size}", "does not say which part it sends"),
        ("bytes 7-{last}/{size}", "came with another part"),
        ("bytes {first}-99999999999/{size}", "came with another part"),
        ("bytes {last}-{first}/{size}", "came with another part"),
        ("bytes {first}-{first}/*", "not a TIFF|damaged|cut short"),
    ],
    ids=str,
)
def test_checks_content_range(tmp_path: Path, content_range: str | None, words: str) -> None:
    content = _small(tmp_path / "whole.tif")

    def answer(request: Request) -> Reply:
        first, last = map(int, request.span.removeprefix("bytes=").split("-"))
        last = min(last, len(content) - 1)
        headers = (
            {}
            if content_range is None
            else {"Content-Range": content_range.format(first=first, last=last, size=len(content))}
        )
        return Reply(status=206, body=content[first : last + 1], headers=headers)

    with ScriptedApi(answer) as api:
        if words:
            assert re.search(words, _error(f"{api.url}/whole.tif?sig=secret"))
        else:
            assert _read(f"{api.url}/whole.tif").valid.all()


def test_page_instead_of_a_file_is_named() -> None:
    with ScriptedApi(lambda _: Reply(body=b"<html>Sign in</html>", headers={"Content-Type": "text/html"})) as api:
        assert "is a web page, not a file" in _error(f"{api.url}/x.tif?sig=secret")


def test_refuses_html_page(tmp_path: Path, server: RangeServer) -> None:
    (tmp_path / "page.tif").write_text("<html>Please log in</html>")
    assert "not a TIFF" in _error(f"{server.url}/page.tif")
    (tmp_path / "empty.tif").write_bytes(b"")
    _error(f"{server.url}/empty.tif")


@pytest.mark.parametrize("share", [0.0001, 0.001, 0.02, 0.3, 0.95])
def test_refuses_truncated_file(tmp_path: Path, server: RangeServer, share: float) -> None:
    raw = _small(tmp_path / "whole.tif", blocksize=512)
    (tmp_path / "cut.tif").write_bytes(raw[: int(len(raw) * share)])
    _error(f"{server.url}/cut.tif?sig=secret")


def test_retries_body_that_breaks_off(server: RangeServer) -> None:
    server.fail("/scene/B08.tif", Fault(cut=1000, times=1))
    assert _read(f"{server.url}/scene/B08.tif").valid.all()
    server.fail("/scene/B08.tif", Fault(cut=1000))
    _error(f"{server.url}/scene/B08.tif?sig=secret", timeout=20)


def test_refuses_tiff_without_coordinates(tmp_path: Path, server: RangeServer) -> None:
    options = {"driver": "GTiff", "tiled": True, "blockxsize": 256, "blockysize": 256, "width": 256, "height": 256}
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        file = rasterio.open(tmp_path / "plain.tif", "w", count=1, dtype="uint8", **options)
    with file:
        file.write(np.ones((1, 256, 256), np.uint8))
    assert "no coordinate reference system" in _error(f"{server.url}/plain.tif")
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        file = rasterio.open(tmp_path / "nowhere.tif", "w", count=1, dtype="uint8", crs="EPSG:32632", **options)
    with file:
        file.write(np.ones((1, 256, 256), np.uint8))
    assert "no transform from pixels to coordinates" in _error(f"{server.url}/nowhere.tif")
    local = 'ENGCRS["site",EDATUM["here"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    with rasterio.open(
        tmp_path / "local.tif", "w", count=1, dtype="uint8", crs=local, transform=Affine(10, 0, 0, 0, -10, 0), **options
    ) as file:
        file.write(np.ones((1, 256, 256), np.uint8))
    assert "local coordinate system" in _error(f"{server.url}/local.tif")


@pytest.mark.parametrize(
    "options",
    [
        {"compress": "lzw"},
        {"compress": "lzw", "predictor": "yes"},
        {"compress": "zstd", "predictor": "yes"},
        {"compress": "none"},
        {"compress": "deflate", "predictor": "yes"},
    ],
    ids=str,
)
def test_every_usual_compression_gives_the_same_pixels(
    tmp_path: Path, server: RangeServer, options: dict[str, str]
) -> None:
    _small(tmp_path / "plain.tif")
    _small(tmp_path / "other.tif", **options)
    plain, other = _read(f"{server.url}/plain.tif"), _read(f"{server.url}/other.tif")
    assert (plain.data == other.data).all()
    assert (plain.valid == other.valid).all()
    assert other.valid.all()


@pytest.mark.parametrize("compress", ["jpeg", "webp", "lzw"])
def test_pictures_of_three_channels_in_other_compressions(tmp_path: Path, server: RangeServer, compress: str) -> None:
    rows, columns = np.mgrid[0:512, 0:512]
    data = np.stack([rows // 3, columns // 3, (rows + columns) // 5]).astype(np.uint8) + 20
    place = {"crs": "EPSG:32632", "transform": Affine(10, 0, 245_300, 0, -10, 40_200)}
    write_cog(tmp_path / "plain.tif", data, **place)
    write_cog(tmp_path / "other.tif", data, **place, compress=compress, quality=95)
    plain, other = _read(f"{server.url}/plain.tif"), _read(f"{server.url}/other.tif")
    assert other.data.shape == (3, 256, 256)
    assert np.abs(plain.data.astype(int) - other.data.astype(int)).mean() < 3


def test_a_big_endian_file_and_one_in_planes(tmp_path: Path, server: RangeServer) -> None:
    data = np.arange(3 * 512 * 512, dtype=np.uint32).reshape(3, 512, 512).astype(np.uint16) + 1
    for name, options in {
        "plain": {},
        "big": {"ENDIANNESS": "BIG", "compress": "lzw", "predictor": 2},
        "planes": {"interleave": "band", "compress": "lzw"},
    }.items():
        profile = {"driver": "GTiff", "width": 512, "height": 512, "count": 3, "dtype": "uint16", "tiled": True,
                   "blockxsize": 256, "blockysize": 256, "compress": "deflate", "crs": "EPSG:32632",
                   "transform": Affine(10, 0, 245_300, 0, -10, 40_200)}  # fmt: skip
        with rasterio.open(tmp_path / f"{name}.tif", "w", **{**profile, **options}) as file:
            file.write(data)
    plain = _read(f"{server.url}/plain.tif")
    for name in ("big", "planes"):
        assert (_read(f"{server.url}/{name}.tif").data == plain.data).all(), name


def test_a_damaged_block_of_another_compression_is_refused(tmp_path: Path, server: RangeServer) -> None:
    raw = bytearray(_small(tmp_path / "whole.tif", compress="zstd", overviews="NONE"))
    frame = raw.index(b"\x28\xb5\x2f\xfd")  # the mark with which zstd begins
    raw[frame + 4 : frame + 3000] = b"\xff" * 2996
    (tmp_path / "damaged.tif").write_bytes(raw)
    _error(f"{server.url}/damaged.tif")


def test_names_strips_and_unsupported_compressions(tmp_path: Path, server: RangeServer) -> None:
    with rasterio.open(
        tmp_path / "strips.tif", "w", driver="GTiff", width=512, height=512, count=1, dtype="uint16",
        crs="EPSG:32632", transform=Affine(10, 0, 245_300, 0, -10, 40_200),
    ) as file:  # fmt: skip
        file.write(np.ones((1, 512, 512), np.uint16))
    assert "strips" in _error(f"{server.url}/strips.tif")
    _small(tmp_path / "lzma.tif", compress="lzma")
    assert "LZMA" in _error(f"{server.url}/lzma.tif")


def test_tables_that_lead_in_circles_or_out_of_memory(tmp_path: Path, server: RangeServer) -> None:
    raw = _small(tmp_path / "whole.tif")
    (first,) = struct.unpack_from("<I", raw, 4)
    (entries,) = struct.unpack_from("<H", raw, first)
    link = first + 2 + 12 * entries
    (tmp_path / "circle.tif").write_bytes(raw[:link] + struct.pack("<I", first) + raw[link + 4 :])
    assert "circle" in _error(f"{server.url}/circle.tif")
    # the count of values of the first tag
    (tmp_path / "greedy.tif").write_bytes(raw[: first + 6] + b"\xff\xff\xff\xff" + raw[first + 10 :])
    assert "values for one tag" in _error(f"{server.url}/greedy.tif")


@pytest.mark.parametrize("tag", [256, 257, 258, 262, 277, 34737])
@pytest.mark.parametrize("options", [{}, {"bigtiff": "yes"}], ids=str)
def test_tables_without_a_needed_tag_are_refused_before_a_library_panics(
    tmp_path: Path, server: RangeServer, capfd: pytest.CaptureFixture[str], tag: int, options: dict[str, str]
) -> None:
    raw = bytearray(_small(tmp_path / "whole.tif", **options))
    first, count, size = struct.unpack_from("<Q", raw, 8)[0], 8, 20
    if not options:
        first, count, size = struct.unpack_from("<I", raw, 4)[0], 2, 12
    entries = int.from_bytes(raw[first : first + count], "little")
    places = range(first + count, first + count + entries * size, size)
    (place,) = [one for one in places if struct.unpack_from("<H", raw, one)[0] == tag]
    raw[place : place + 2] = struct.pack("<H", 65000)
    (tmp_path / "lacking.tif").write_bytes(raw)
    assert "its tables are damaged" in _error(f"{server.url}/lacking.tif")
    assert "panicked" not in capfd.readouterr().err


@pytest.mark.parametrize(("key", "number"), [(0, 7), (1, 7), (3, 900), (6, 9999), (7, 60000)])
def test_geotiff_keys_outside_their_tables_are_refused_before_a_library_panics(
    tmp_path: Path, server: RangeServer, capfd: pytest.CaptureFixture[str], key: int, number: int
) -> None:
    raw = bytearray(_small(tmp_path / "whole.tif"))
    start = raw.index(struct.pack("<4H", 1, 1, 0, struct.unpack_from("<H", raw, raw.index(b"\x01\0\x01\0\0\0") + 6)[0]))
    if key > 3:  # count and position of the first key whose text lies in the table of texts
        text = next(at for at in range(start + 8, start + 200, 8) if struct.unpack_from("<H", raw, at + 2)[0] == 34737)
        place = text + 2 * (key - 4)
    else:
        place = start + 2 * key
    raw[place : place + 2] = struct.pack("<H", number)
    (tmp_path / "odd.tif").write_bytes(raw)
    assert "its tables are damaged" in _error(f"{server.url}/odd.tif")
    assert "panicked" not in capfd.readouterr().err


def test_a_block_that_unpacks_to_gigabytes_is_cut_off(tmp_path: Path, server: RangeServer) -> None:
    """A tile of 512 x 512 whose deflate stream holds 200 MB: read as far as its own pixels go."""
    raw = _small(tmp_path / "whole.tif", blocksize=512, overviews="NONE")
    bomb = zlib.compress(b"\x01" * 200_000_000, 9)
    with rasterio.open(tmp_path / "whole.tif") as file:
        at = int(file.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))
    assert len(bomb) < len(raw) - at
    (tmp_path / "bomb.tif").write_bytes(raw[:at] + bomb + raw[at + len(bomb) :])
    read = _read(f"{server.url}/bomb.tif")
    assert read.data.max() == 0x0101


def test_damage_anywhere_in_the_tables_is_survived(tmp_path: Path, server: RangeServer) -> None:
    raw = _small(tmp_path / "whole.tif")
    random = np.random.default_rng(3)
    layers = {}
    for number in range(60):
        content = bytearray(raw)
        for place in random.integers(0, 600, 2):
            content[place] = random.integers(0, 256)
        (tmp_path / f"{number}.tif").write_bytes(bytes(content))
        layers[str(number)] = Layer(hrefs=(f"{server.url}/{number}.tif",), resampling="nearest")
    reads = read_layers(layers, TILE, timeout=20)
    assert {isinstance(read, RasterError) for read in reads.values()} == {True, False}


def test_several_threads_and_a_running_loop(server: RangeServer) -> None:
    results: list[bool] = []

    def read() -> None:
        results.append(bool(_read(f"{server.url}/scene/B04.tif").valid.all()))

    async def in_a_notebook() -> None:
        read()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    asyncio.run(in_a_notebook())
    for thread in threads:
        thread.join(20)
    assert results == [True] * 5


def test_connections_are_kept(server: RangeServer) -> None:
    for _ in range(3):
        _read(f"{server.url}/scene/B04.tif")
    assert server.requests == 6
    assert server.connections <= 2
