"""The release from folders and servers, and everything it may hold; tests/test_zenodo.py has its record."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rig.range_server import Fault, RangeServer

from chatearthnet_explorer.chip import BANDS, Chip
from chatearthnet_explorer.errors import ReleaseError, SettingError
from chatearthnet_explorer.net.byte_ranges import open_ranges
from chatearthnet_explorer.net.zip_members import read_directory
from chatearthnet_explorer.record import ARCHIVES, MARKER, Record
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.sources.release.chip_pngs import pixels_of, reflectance
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.sources.release.release_source import NO_CHIP, NO_LABELS, ReleaseSource
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chatearthnet_explorer.sources.release.release_reader import Release

NAMES = ("1314_3172_patch11", "3886_3141_patch00")
ENTRIES = [{"image_id": f"{name}.png", "caption": [f"The chip {name}."]} for name in NAMES]


@pytest.fixture
def folder(tmp_path: Path, realdata: Path) -> Path:
    """A release of the two real chips; the other bands are those of the same picture, darker."""
    folder = tmp_path / "release"
    folder.mkdir()
    with zipfile.ZipFile(folder / "json_files.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for style in ("35", "4v"):
            for split in ("train", "val", "test"):
                entries = ENTRIES if split == "train" else []
                archive.writestr(f"json_files/ChatEarthNet_caps_{style}_{split}.json", json.dumps(entries))
    for number, name in enumerate(ARCHIVES):
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            for chip in NAMES:
                content = (realdata / "chatearthnet" / "chips" / f"{chip}.png").read_bytes()
                if number:
                    content = _png(np.asarray(Image.open(BytesIO(content))) // (number + 1))
                archive.writestr(f"s2_images/{chip}.png", content)
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[RangeServer]:
    with RangeServer(folder.parent) as server:
        yield server


def _png(pixels: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _unzip(folder: Path) -> Path:
    target = folder.parent / "unzipped"
    for path in folder.glob("*.zip"):
        deeper = target if path.name == "json_files.zip" else target / path.stem / path.stem  # one level deeper
        with zipfile.ZipFile(path) as archive:
            archive.extractall(deeper)
    return target


def _check(release: Release, realdata: Path) -> None:
    assert list(release.entries("3.5", "train")) == ENTRIES
    assert list(release.entries("4v", "test")) == []
    pixels, missing = release.images([*NAMES, "1_1_patch00"])
    assert list(missing) == ["1_1_patch00"]
    assert list(pixels) == list(NAMES)
    for name in NAMES:
        with Image.open(realdata / "chatearthnet" / "chips" / f"{name}.png") as image:
            np.testing.assert_array_equal(pixels[name], np.asarray(image))
    bands = release.bands(NAMES[0])
    assert tuple(bands) == BANDS[3:]
    np.testing.assert_array_equal(bands["B06"], pixels[NAMES[0]][..., 1] // 2)
    np.testing.assert_array_equal(bands["B12"], pixels[NAMES[0]][..., 2] // 3)
    assert not release.simulated


def test_opens_folder_with_zips(folder: Path, realdata: Path) -> None:
    _check(open_release(folder), realdata)


def test_opens_folder_above_the_zips(folder: Path, realdata: Path) -> None:
    _check(open_release(str(folder.parent)), realdata)


def test_opens_folder_with_unzipped_files(folder: Path, realdata: Path) -> None:
    _check(open_release(_unzip(folder)), realdata)


def test_opens_server_that_honours_range(server: RangeServer, realdata: Path) -> None:
    _check(open_release(f"{server.url}/release/"), realdata)


def test_only_the_json_is_downloaded_whole_and_only_once(server: RangeServer, folder: Path) -> None:
    steps: list[tuple[int, int]] = []
    for _ in range(2):
        open_release(f"{server.url}/release", progress=lambda *progress: steps.append(progress))
    assert [request.path for request in server.log] == ["/release/json_files.zip"]
    size = (folder / "json_files.zip").stat().st_size
    assert steps[-1] == (size, size)


def test_a_signature_behind_the_address_goes_with_every_file(server: RangeServer) -> None:
    release = open_release(f"{server.url}/release?sig=topsecret")
    release.images(NAMES)
    assert {request.query for request in server.log} == {"sig=topsecret"}
    assert "topsecret" not in release.name
    server.fail("/release/s2_rgb_images.zip", Fault(status=404))
    _, missing = open_release(f"{server.url}/release?sig=topsecret").images(NAMES)
    assert all("404" in why and "topsecret" not in why for why in missing.values())


def test_stops_at_first_answer_of_server_without_ranges(server: RangeServer) -> None:
    for name in ARCHIVES:
        server.fail(f"/release/{name}.zip", Fault(ignore_range=True))
    release = open_release(f"{server.url}/release")
    server.reset()
    pixels, missing = release.images(NAMES)
    assert not pixels
    assert all("download the file and give its folder" in why for why in missing.values())
    assert server.requests == 1


def test_a_page_of_24_in_three_round_trips_and_in_one_with_the_catalogs_ranges(
    server: RangeServer, folder: Path, realdata: Path
) -> None:
    content = (realdata / "chatearthnet" / "chips" / f"{NAMES[0]}.png").read_bytes()
    names = [f"{number}_1_patch00" for number in range(24)]
    with zipfile.ZipFile(folder / "s2_rgb_images.zip", "w") as archive:
        for name in names:
            archive.writestr(f"s2_images/{name}.png", content)
            archive.writestr(f"{name}.bin", bytes(70_000))  # so that no two share a request
    directory = read_directory(open_ranges(folder / "s2_rgb_images.zip"))
    members = {name: member for name in names if (member := directory.get(f"{name}.png"))}
    release = open_release(f"{server.url}/release")
    server.latency = 0.4
    server.reset()
    cold = release.images(names)
    assert len(cold.pixels) == 24
    assert server.requests <= 2 + 24
    assert server.trips <= 3
    server.reset()
    warm = release.images(names, members=members)
    assert len(warm.pixels) == 24
    assert server.requests == 24
    assert server.trips == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html>",
        b"\x89PNG\r\n\x1a\n",
        _png(np.zeros((128, 128, 3), np.uint8)),
        _png(np.zeros((256, 256), np.uint8)),
        _png(np.zeros((256, 256, 3), np.uint8))[:-200],
    ],
)
def test_names_file_that_is_not_a_chip_and_reads_the_others(folder: Path, content: bytes) -> None:
    with zipfile.ZipFile(folder / "s2_rgb_images.zip", "a") as archive:
        archive.writestr("s2_images/7_7_patch00.png", content)
    pixels, missing = open_release(folder).images([*NAMES, "7_7_patch00.png"])
    assert list(pixels) == list(NAMES)
    assert "7_7_patch00.png" in missing["7_7_patch00.png"]


def test_a_png_of_four_gigapixels_is_not_unpacked() -> None:
    header = struct.pack(">IIBBBBB", 65_536, 65_536, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )
    with pytest.raises(ReleaseError, match="a PNG of 65536 x 65536 pixels"):
        pixels_of(b"\x89PNG\r\n\x1a\n" + chunks, "bomb.png")


def test_an_opaque_fourth_channel_is_left_out() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (256, 256, 4), np.uint8)
    np.testing.assert_array_equal(pixels_of(_png(pixels), "a.png"), pixels[..., :3])


def test_a_name_never_leads_out_of_the_folder(folder: Path) -> None:
    target = _unzip(folder)
    (target.parent / "secret.png").write_bytes(b"secret")
    _, missing = open_release(target).images(["../../../secret.png", "/etc/passwd", "..\\secret"])
    assert len(missing) == 3


def _rewrite(folder: Path, content: bytes) -> None:
    (folder / "json_files.zip").unlink()
    (folder / "ChatEarthNet_caps_35_train.json").write_bytes(content)


@pytest.mark.parametrize("cut", [1, 30, 200, 2_500_000])
def test_yields_entries_before_json_breaks_off(folder: Path, cut: int) -> None:
    entries = [{"image": f"{number}_1_patch00.png", "caption": "word " * 200} for number in range(4000)]
    _rewrite(folder, json.dumps(entries).encode()[:-cut])
    read = open_release(folder).entries("3.5", "train")
    expected: list[object] = []
    with pytest.raises(ReleaseError, match=r"breaks off or is not JSON after \d+ entries"):
        expected.extend(read)
    assert expected == entries[: len(expected)]
    assert len(expected) >= 4000 - 1 - cut // 1000


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[]", []),
        (b'\xef\xbb\xbf [ 1 ,\n null, "x", [ ], 12345 ] ', [1, None, "x", [], 12345]),
        ('["🌍 \\u00e9 é"]'.encode(), ["🌍 é é"]),
        (b'["\xff\xfe"]', ["��"]),
    ],
)
def test_yields_entries_of_any_kind(folder: Path, content: bytes, expected: list[object]) -> None:
    _rewrite(folder, content)
    assert list(open_release(folder).entries("3.5", "train")) == expected


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"[1 2]", b"[1,,2]", b"[1,", b"[" * 100_000])
def test_refuses_json_that_is_not_a_list(folder: Path, content: bytes) -> None:
    _rewrite(folder, content)
    with pytest.raises(ReleaseError, match=r"is not a list|is not JSON"):
        list(open_release(folder).entries("3.5", "train"))


def test_gives_up_on_endless_entry(folder: Path) -> None:
    _rewrite(folder, b'["' + b"x" * 12_000_000)
    with pytest.raises(ReleaseError, match="after 0 entries"):
        list(open_release(folder).entries("3.5", "train"))


def test_refuses_damaged_json_zip(folder: Path) -> None:
    content = bytearray((folder / "json_files.zip").read_bytes())
    content[80:84] = b"\xff\xff\xff\xff"
    (folder / "json_files.zip").write_bytes(content)
    with pytest.raises(ReleaseError, match="damaged"):
        list(open_release(folder).entries("3.5", "train"))
    (folder / "json_files.zip").write_bytes(content[:300])
    with pytest.raises(ReleaseError, match="is not a ZIP, or is cut short"):
        open_release(folder)


def test_refuses_folder_without_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"contains no json_files\.zip"):
        open_release(tmp_path)
    with pytest.raises(ReleaseError, match="is not a folder"):
        open_release(tmp_path / "none")
    with pytest.raises(SettingError, match="needs a root"):
        open_source("release")


def test_names_missing_style_or_archive(folder: Path) -> None:
    (folder / "s2_band_5_6_7_images.zip").unlink()
    release = open_release(folder)
    with pytest.raises(ReleaseError, match=r"has no s2_band_5_6_7_images\.zip"):
        release.bands(NAMES[0])
    with pytest.raises(ReleaseError, match="no captions of style 5"):
        list(release.entries("5", "train"))


def test_the_marker_of_a_simulated_release_is_seen(folder: Path) -> None:
    target = _unzip(folder)
    (target / "json_files" / MARKER).write_text("{}", "utf-8")
    assert open_release(target).simulated
    with zipfile.ZipFile(folder / "json_files.zip", "a") as archive:
        archive.writestr(f"json_files/{MARKER}", "{}")
    assert open_release(folder).simulated


def test_the_source_gives_the_released_chip_of_a_place(folder: Path) -> None:
    tile = Tile.from_name(NAMES[1])
    chip = open_source("release", root=folder).chip_at(*tile.center)
    assert chip.tile == tile
    assert chip.source == "release"
    assert not chip.simulated
    assert chip.rgb is not None
    assert chip.labels is None
    assert chip.missing == (NO_LABELS,)
    assert chip.scene is not None
    assert chip.scene.item == NAMES[1]
    assert any("CC BY 4.0" in thanks for thanks in chip.attribution)


def test_the_source_reads_bands_as_approximate_reflectance(folder: Path) -> None:
    chip = open_source("release", root=folder).chip_at(*Tile.from_name(NAMES[1]).center, bands=True)
    assert chip.rgb is not None
    assert tuple(chip.bands) == BANDS
    np.testing.assert_allclose(chip.bands["B04"], chip.rgb[..., 0] * (0.3558 / 255), rtol=1e-6)
    np.testing.assert_allclose(chip.bands["B05"], (chip.rgb[..., 0] // 2) * 0.0032, rtol=1e-6)
    assert chip.scene is not None
    assert "approximate" in chip.scene.radiometry


def test_indices_of_rescaled_bands_are_right_where_naive_ones_are_not() -> None:
    """Dense vegetation: reflectance 0.05 in red and 0.30 in near infrared has an NDVI of 0.71."""
    red, near = np.uint8([round(0.05 / 0.3558 * 255)]), np.uint8([round(0.30 * 10_000 / 32)])
    a, b = reflectance(near, "B08"), reflectance(red, "B04")
    assert ((a - b) / (a + b)).item() == pytest.approx(0.71, abs=0.01)


def _locate(tile: Tile) -> Record | None:
    tile_of_chip = Tile.from_name(NAMES[0])
    return Record(name=f"{NAMES[0]}.png", captions={}, splits={}, tile=tile) if tile == tile_of_chip else None


def _label_chip(tile: Tile, year: int) -> Chip:
    return Chip(
        tile=tile,
        source="test",
        labels=np.full((256, 256), 3, np.uint8),
        label_version=f"of {year}",
        attribution=("mappers",),
    )


@pytest.mark.parametrize("locate", [None, _locate])
def test_names_place_without_released_chip(folder: Path, locate: Callable[[Tile], Record | None] | None) -> None:
    source = open_source("release", root=folder, locate=locate)
    assert source.chip_at(*Tile.from_name(NAMES[0]).center).rgb is not None
    chip = source.chip_at(13.4, 52.5)
    assert chip.rgb is None
    assert chip.scene is None
    assert (NO_CHIP if locate else "no '") in chip.missing[0]


def test_reads_labels_from_the_given_source(folder: Path) -> None:
    chip = ReleaseSource(open_release(folder), labels=_label_chip).chip_at(*Tile.from_name(NAMES[0]).center, year=2021)
    assert chip.labels is not None
    assert chip.label_version == "of 2021"
    assert "mappers" in chip.attribution
    assert chip.missing == ()


def test_years_and_scenes_that_are_not_there_are_refused(folder: Path) -> None:
    source = open_source("release", root=folder)
    with pytest.raises(SettingError, match="2019"):
        source.chip_at(0, 0, year=2019)
    with pytest.raises(SettingError, match="leave the scene out"):
        source.chip_at(0, 0, scene="S2A")
