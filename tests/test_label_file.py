"""Label files: indices, colours and codes in, one map out; anything else one sentence."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from data.label_maps import label_map
from PIL import Image
from rasterio.transform import from_origin

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.label_file import read_labels
from chatearthnet_explorer.legend import codes_of_indices, palette

LABELS = label_map(3)


def _geotiff(path: Path, codes: np.ndarray) -> Path:
    height, width = codes.shape
    profile = {"driver": "GTiff", "width": width, "height": height, "count": 1, "dtype": codes.dtype}
    with rasterio.open(path, "w", **profile, crs="EPSG:4326", transform=from_origin(6, 3, 1e-4, 1e-4)) as file:
        file.write(codes, 1)
    return path


def test_every_way_of_writing_a_map_gives_the_same_labels(tmp_path: Path) -> None:
    Image.fromarray(LABELS).save(tmp_path / "indices.png")
    Image.fromarray(palette()[LABELS]).save(tmp_path / "colours.png")
    Image.fromarray(palette()[LABELS]).convert("RGBA").save(tmp_path / "alpha.PNG")
    np.save(tmp_path / "map.npy", LABELS.astype(np.int64))
    _geotiff(tmp_path / "codes.tif", codes_of_indices(LABELS))
    for name in ("indices.png", "colours.png", "alpha.PNG", "map.npy", "codes.tif"):
        assert (read_labels(tmp_path / name) == LABELS).all(), name


def test_other_sizes_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((274, 274), np.uint8)).save(tmp_path / "a.png")
    np.save(tmp_path / "b.npy", np.zeros((10, 256), np.uint8))
    np.save(tmp_path / "c.npy", np.zeros((1, 256, 256), np.uint8))
    _geotiff(tmp_path / "d.tif", np.zeros((128, 256), np.uint8))
    for name, said in (
        ("a.png", "274 x 274"),
        ("b.npy", "256 x 10"),
        ("c.npy", "3 dimensions"),
        ("d.tif", "256 x 128"),
    ):
        with pytest.raises(LabelError, match=said):
            read_labels(tmp_path / name)


def test_unknown_codes_colours_and_indices_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.full((256, 256), 200, np.uint8)).save(tmp_path / "a.png")
    Image.fromarray(np.full((256, 256, 3), 9, np.uint8)).save(tmp_path / "b.png")
    np.save(tmp_path / "c.npy", np.full((256, 256), -1))
    np.save(tmp_path / "d.npy", np.full((256, 256), 1.5))
    _geotiff(tmp_path / "e.tif", np.full((256, 256), 11, np.uint8))
    for name, said in (
        ("a.png", "200"),
        ("b.png", r"\(9, 9, 9\)"),
        ("c.npy", "-1"),
        ("d.npy", "whole numbers"),
        ("e.tif", "code 11"),
    ):
        with pytest.raises(LabelError, match=said):
            read_labels(tmp_path / name)


def test_broken_and_foreign_files_are_refused(tmp_path: Path) -> None:
    Image.fromarray(LABELS).save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:300])
    (tmp_path / "html.png").write_text("<html>")
    (tmp_path / "html.tif").write_text("<html>")
    np.save(tmp_path / "pickled.npy", np.array([{"a": 1}], object), allow_pickle=True)
    (tmp_path / "words.txt").write_text("water")
    for name in ("cut.png", "html.png", "html.tif", "pickled.npy", "words.txt", "none.png"):
        with pytest.raises(LabelError) as caught:
            read_labels(tmp_path / name)
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(LabelError, match=r"bomb\.png"):
        read_labels(tmp_path / "bomb.png")
