"""Label files: indices, colours and codes in, one map out; anything else one sentence."""

import os
import socket
from pathlib import Path

import numpy as np
import pytest
import rasterio
from data.label_maps import label_map
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.label_files import read_labels
from chatearthnet_explorer.landcover.legend import CLASSES, codes_of_indices, palette
from chatearthnet_explorer.sources import open_source

LABELS = label_map(3)


def _geotiff(path: Path, codes: np.ndarray) -> Path:
    height, width = codes.shape
    profile = {"driver": "GTiff", "width": width, "height": height, "count": 1, "dtype": codes.dtype}
    with rasterio.open(path, "w", **profile, crs="EPSG:4326", transform=from_origin(6, 3, 1e-4, 1e-4)) as file:
        file.write(codes, 1)
    return path


def test_every_format_gives_the_same_labels(tmp_path: Path) -> None:
    Image.fromarray(LABELS).save(tmp_path / "indices.png")
    Image.fromarray(palette()[LABELS]).save(tmp_path / "colours.png")
    Image.fromarray(palette()[LABELS]).convert("RGBA").save(tmp_path / "alpha.PNG")
    np.save(tmp_path / "map.npy", LABELS.astype(np.int64))
    _geotiff(tmp_path / "codes.tif", codes_of_indices(LABELS))
    for name in ("indices.png", "colours.png", "alpha.PNG", "map.npy", "codes.tif"):
        assert (read_labels(tmp_path / name) == LABELS).all(), name


def test_refuses_other_sizes(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((274, 274), np.uint8)).save(tmp_path / "a.png")
    np.save(tmp_path / "b.npy", np.zeros((10, 256), np.uint8))
    np.save(tmp_path / "c.npy", np.zeros((1, 256, 256), np.uint8))
    _geotiff(tmp_path / "d.tif", np.zeros((128, 256), np.uint8))
    for name, message in (
        ("a.png", "274 x 274"),
        ("b.npy", "256 x 10"),
        ("c.npy", "3 dimensions"),
        ("d.tif", "256 x 128"),
    ):
        with pytest.raises(LabelError, match=message):
            read_labels(tmp_path / name)


def test_refuses_unknown_codes_colours_and_indices(tmp_path: Path) -> None:
    Image.fromarray(np.full((256, 256), 200, np.uint8)).save(tmp_path / "a.png")
    Image.fromarray(np.full((256, 256, 3), 9, np.uint8)).save(tmp_path / "b.png")
    np.save(tmp_path / "c.npy", np.full((256, 256), -1))
    np.save(tmp_path / "d.npy", np.full((256, 256), 1.5))
    _geotiff(tmp_path / "e.tif", np.full((256, 256), 11, np.uint8))
    for name, message in (
        ("a.png", "200"),
        ("b.png", r"\(9, 9, 9\)"),
        ("c.npy", "-1"),
        ("d.npy", "whole numbers"),
        ("e.tif", "code 11"),
    ):
        with pytest.raises(LabelError, match=message):
            read_labels(tmp_path / name)


def test_refuses_broken_files_and_other_formats(tmp_path: Path) -> None:
    Image.fromarray(LABELS).save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:300])
    (tmp_path / "html.png").write_text("<html>")
    (tmp_path / "html.tif").write_text("<html>")
    np.save(tmp_path / "pickled.npy", np.array([{"a": 1}], object), allow_pickle=True)
    (tmp_path / "words.txt").write_text("water")
    for name in ("cut.png", "html.png", "html.tif", "pickled.npy", "words.txt", "none.png"):
        with pytest.raises(LabelError) as error:
            read_labels(tmp_path / name)
        assert name in str(error.value)
        assert "\n" not in str(error.value)


def test_refuses_a_decompression_bomb_before_it_is_unpacked(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(LabelError, match=r"bomb\.png"):
        read_labels(tmp_path / "bomb.png")


def _quarters() -> np.ndarray:
    """Trees in the west, crops in the north-east, water in the south-east."""
    labels = np.full((256, 256), 3, np.uint8)
    labels[:128, 128:], labels[128:, 128:] = 6, 1
    return labels


def _palette_picture(positions: np.ndarray, colours: list[tuple[int, ...]]) -> Image.Image:
    picture = Image.fromarray(positions.astype(np.uint8)).convert("P")
    picture.frombytes(positions.astype(np.uint8).tobytes())
    picture.putpalette([value for colour in colours for value in colour])
    return picture


@pytest.mark.parametrize("legend", ["chatearthnet", "worldcover"])
@pytest.mark.parametrize("labels", [_quarters(), LABELS, label_map(7)], ids=["quarters", "3", "7"])
def test_reads_palettes_by_colour_in_any_order(tmp_path: Path, legend: str, labels: np.ndarray) -> None:
    rgb = Image.fromarray(palette(legend)[labels])
    pictures = {
        "median cut": rgb.quantize(colors=16, method=Image.Quantize.MEDIANCUT),
        "octree": rgb.quantize(colors=16, method=Image.Quantize.FASTOCTREE),
        "adaptive": rgb.convert("P", palette=Image.Palette.ADAPTIVE, colors=16),
        "by index": _palette_picture(labels, palette(legend).tolist()),
        "backwards": _palette_picture(11 - labels, palette(legend)[::-1].tolist()),
        "full colour": rgb,
    }
    for name, picture in pictures.items():
        picture.save(tmp_path / f"{name}.png")
        assert np.array_equal(read_labels(tmp_path / f"{name}.png"), labels), name


def test_reads_slightly_different_colours_and_lists_unknown_ones(tmp_path: Path) -> None:
    labels = _quarters()
    off = (palette().astype(int) + np.array([3, -4, 4])).clip(0, 255)
    off[0] = 0
    _palette_picture(labels, off.tolist()).save(tmp_path / "off.png")
    assert np.array_equal(read_labels(tmp_path / "off.png"), labels)
    strange = palette().copy()
    strange[3], strange[6] = (0, 186, 0), (1, 2, 3)
    _palette_picture(labels, strange.tolist()).save(tmp_path / "strange.png")
    with pytest.raises(LabelError, match=r"\(0, 186, 0\), \(1, 2, 3\)"):
        read_labels(tmp_path / "strange.png")
    assert np.array_equal(read_labels(tmp_path / "strange.png", values="indices"), labels)


def test_reads_grey_pixels_as_indices(tmp_path: Path) -> None:
    ones = np.ones((256, 256), np.uint8)
    Image.fromarray(np.dstack([ones] * 3)).save(tmp_path / "ones.png")
    with pytest.raises(LabelError, match=r"\(1, 1, 1\)"):
        read_labels(tmp_path / "ones.png")
    # Pillow's own conversion gives a palette in which position 3 is the grey (3, 3, 3)
    Image.fromarray(LABELS).convert("P").save(tmp_path / "ramp.png")
    assert np.array_equal(read_labels(tmp_path / "ramp.png"), LABELS)


@pytest.mark.parametrize("name", ["a.png", "a.npy"])
@pytest.mark.parametrize("present", [[10], [0, 10]])
def test_refuses_numbers_that_fit_codes_and_indices(tmp_path: Path, name: str, present: list[int]) -> None:
    numbers = np.resize(np.array(present, np.uint8), (256, 256))
    if name == "a.npy":
        np.save(tmp_path / name, numbers)
    else:
        Image.fromarray(numbers).save(tmp_path / name)
    with pytest.raises(LabelError, match=r"indices \(mangroves\) or codes \(tree\)"):
        read_labels(tmp_path / name)
    assert read_labels(tmp_path / name, values="codes").max() == 3
    assert read_labels(tmp_path / name, values="indices").max() == 10
    with pytest.raises(LabelError, match="indices or codes"):
        read_labels(tmp_path / name, values="colours")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32])
def test_reads_codes_if_only_codes_fit(tmp_path: Path, dtype: type) -> None:
    codes = codes_of_indices(LABELS)
    np.save(tmp_path / "a.npy", codes.astype(dtype))
    assert np.array_equal(read_labels(tmp_path / "a.npy"), LABELS)
    if dtype in {np.uint8, np.uint16}:
        Image.fromarray(codes.astype(dtype)).save(tmp_path / "a.png")
        assert np.array_equal(read_labels(tmp_path / "a.png"), LABELS)


def test_reads_a_map_without_labels(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((256, 256), np.uint8)).save(tmp_path / "a.png")
    assert not read_labels(tmp_path / "a.png").any()


def test_transparent_pixels_have_no_label(tmp_path: Path) -> None:
    labels, hole = _quarters(), np.zeros((256, 256), bool)
    hole[:40] = True
    expected = np.where(hole, 0, labels)
    alpha = np.where(hole, 0, 255).astype(np.uint8)
    Image.fromarray(np.dstack([palette()[labels], alpha])).save(tmp_path / "rgba.png")
    Image.fromarray(np.dstack([labels, alpha])).save(tmp_path / "la.png")
    Image.fromarray(np.where(hole, 200, labels).astype(np.uint8)).save(tmp_path / "grey.png", transparency=200)
    colours = [*palette().tolist(), (9, 8, 7)]
    _palette_picture(np.where(hole, 12, labels), colours).save(tmp_path / "palette.png", transparency=12)
    for name in ("rgba.png", "la.png", "grey.png", "palette.png"):
        assert np.array_equal(read_labels(tmp_path / name), expected), name


def test_reads_16_bit_greys_like_8_bit_greys(tmp_path: Path) -> None:
    codes = codes_of_indices(LABELS).astype(np.uint16)
    Image.fromarray(codes).save(tmp_path / "numbers.png")
    Image.fromarray(257 * codes).save(tmp_path / "greys.png")
    for name in ("numbers.png", "greys.png"):
        assert np.array_equal(read_labels(tmp_path / name), LABELS), name
    Image.fromarray(LABELS.astype(np.uint16) * 1000).save(tmp_path / "other.png")
    with pytest.raises(LabelError, match="000"):
        read_labels(tmp_path / "other.png")


def _bands(path: Path, layers: dict[str, np.ndarray], **profile: object) -> Path:
    first = next(iter(layers.values()))
    with rasterio.open(
        path, "w", driver="GTiff", width=256, height=256, count=len(layers), dtype=first.dtype, crs="EPSG:3857",
        **({"transform": from_origin(0, 0, 10, 10)} | profile),
    ) as file:  # fmt: skip
        for number, (name, layer) in enumerate(layers.items(), start=1):
            file.write(layer, number)
            file.set_band_description(number, name)
    return path


def test_reads_the_geotiff_of_a_chip(tmp_path: Path) -> None:
    for lon, lat in ((6.73, 0.336), (-60.0, -4.0)):
        chip = open_source("simulated").chip_at(lon, lat)
        chip.to_geotiff(tmp_path / "chip.tif")
        assert np.array_equal(read_labels(tmp_path / "chip.tif"), chip.labels)


def test_reads_the_geotiff_of_a_rainforest_chip_as_trees(tmp_path: Path) -> None:
    red = np.zeros((256, 256), np.uint8)
    _bands(tmp_path / "a.tif", {"red": red, "worldcover": np.full((256, 256), 10, np.uint8)})
    assert (read_labels(tmp_path / "a.tif") == 3).all()


@pytest.mark.parametrize("name", ["labels", "Land-cover map", "LULC 2020", "class_index", "worldcover_2021"])
def test_reads_the_band_that_is_described_as_labels(tmp_path: Path, name: str) -> None:
    other = np.full((256, 256), 77, np.uint8)
    numbers = codes_of_indices(LABELS) if "cover" in name else LABELS
    _bands(tmp_path / "a.tif", {"red": other, "SCL scene classification": other, name: numbers, "nir": other})
    assert np.array_equal(read_labels(tmp_path / "a.tif"), LABELS)
    with rasterio.open(_bands(tmp_path / "b.tif", {"": other, "x": numbers}), "r+") as file:
        file.update_tags(2, long_name=name)
    assert np.array_equal(read_labels(tmp_path / "b.tif"), LABELS)


def test_refuses_a_band_of_labels_that_fits_codes_and_indices(tmp_path: Path) -> None:
    _bands(tmp_path / "a.tif", {"labels": np.full((256, 256), 10, np.uint8)})
    with pytest.raises(LabelError, match="--values"):
        read_labels(tmp_path / "a.tif")
    assert (read_labels(tmp_path / "a.tif", values="codes") == 3).all()


def test_refuses_files_without_exactly_one_band_of_labels(tmp_path: Path) -> None:
    _bands(tmp_path / "none.tif", {"a": LABELS, "b": LABELS})
    _bands(tmp_path / "two.tif", {"labels": LABELS, "labels_2021": LABELS})
    for name, words in (("none.tif", "2 bands and none"), ("two.tif", "bands 1, 2")):
        with pytest.raises(LabelError, match=words):
            read_labels(tmp_path / name)


def test_reads_a_geotiff_by_its_colours(tmp_path: Path) -> None:
    rgb = dict(zip("rgb", np.moveaxis(palette("worldcover")[LABELS], 2, 0), strict=True))
    _bands(tmp_path / "rgb.tif", rgb, photometric="RGB")
    assert np.array_equal(read_labels(tmp_path / "rgb.tif"), LABELS)
    tables = {
        "order.tif": (11 - LABELS, {11 - land.index: land.chatearthnet for land in CLASSES}),
        "codes.tif": (codes_of_indices(LABELS), {land.code: land.worldcover for land in CLASSES}),
        "other.tif": (codes_of_indices(LABELS), {land.code: (land.code, 7, 200) for land in CLASSES}),
    }
    for name, (numbers, table) in tables.items():
        with rasterio.open(_bands(tmp_path / name, {"": numbers}), "r+") as file:
            file.colorinterp = [ColorInterp.palette]
            file.write_colormap(1, table)
    assert np.array_equal(read_labels(tmp_path / "order.tif"), LABELS)
    assert np.array_equal(read_labels(tmp_path / "codes.tif"), LABELS)
    # the same codes mean other classes in other products, whose colours differ
    with pytest.raises(LabelError, match="7, 200"):
        read_labels(tmp_path / "other.tif")
    assert np.array_equal(read_labels(tmp_path / "other.tif", values="codes"), LABELS)


def test_nodata_of_a_geotiff_has_no_label_and_north_is_up(tmp_path: Path) -> None:
    hole = np.zeros((256, 256), bool)
    hole[:9] = True
    _bands(tmp_path / "a.tif", {"labels": np.where(hole, 255, LABELS).astype(np.uint8)}, nodata=255)
    assert np.array_equal(read_labels(tmp_path / "a.tif"), np.where(hole, 0, LABELS))
    reals = np.where(hole, np.nan, codes_of_indices(LABELS)).astype(np.float32)
    _bands(tmp_path / "b.tif", {"worldcover": reals}, nodata=np.nan)
    assert np.array_equal(read_labels(tmp_path / "b.tif"), np.where(hole, 0, LABELS))
    upside_down = rasterio.Affine(10, 0, 0, 0, 10, 0)
    _bands(tmp_path / "c.tif", {"labels": LABELS[::-1].copy()}, transform=upside_down)
    assert np.array_equal(read_labels(tmp_path / "c.tif"), LABELS)


def test_refuses_special_files_without_opening_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may have 107 bytes
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.tif").mkdir()
    (tmp_path / "zero.npy").symlink_to("/dev/zero")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.png")
        for name, words in (
            ("pipe.png", "a pipe"),
            ("folder.tif", "is a folder"),
            ("zero.npy", "a device"),
            ("s.png", "a socket"),
            ("loop.png", "cannot be reached"),
            ("none.png", "is not there"),
            (f"{'a' * 300}.png", "cannot be reached"),
            ("a\0b.png", "cannot be reached"),
        ):
            with pytest.raises(LabelError, match=words):
                read_labels(tmp_path / name)
