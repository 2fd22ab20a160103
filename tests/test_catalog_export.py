"""A selection leaves the catalog in files and objects that others read, and says that it is simulated."""

from __future__ import annotations

import csv
import json
import os
import pickle
import sys
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pytest
from PIL import Image
from rig.pairs import ListedRelease, one, paraphrased_release

from chatearthnet_explorer.catalog import PairDataset, Query, build_catalog
from chatearthnet_explorer.errors import CatalogError, PlaceError
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.sources.release.release_reader import Release

QUERY = Query(style="both", sortby="lat", descending=True, size=3)
FORMULA = "=HYPERLINK(1)+trees"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    release = paraphrased_release(120, seed=2)
    release.files["3.5", "val"].append(one("-1+1|calc", FORMULA))
    release.files["4v", "val"].append(one("-1+1|calc", '@x, "quoted"\nline two'))
    return build_catalog(release, tmp_path_factory.mktemp("catalog"))


def test_csv_has_every_pair_and_no_formula(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    assert catalog.export(QUERY, path=path) == catalog.search(QUERY).total > 20
    assert path.read_bytes().startswith(b"\xef\xbb\xbfname,")  # Excel takes it for UTF-8 only then
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = list(catalog.pairs(QUERY))
    assert [row["name"].removeprefix("'") for row in rows] == [pair.record.name for pair in pairs]
    for row, pair in zip(rows, pairs, strict=True):
        assert row["caption_4v"].removeprefix("'") == pair.record.captions["4v"]
        assert row["classes_35"] == "; ".join(pair.classes["3.5"])
        assert row["simulated"] == "yes"
        if pair.record.tile:
            assert float(row["lon"]) == pair.record.tile.center[0]
        for name, cell in row.items():
            assert name in {"lon", "lat", "west", "south", "east", "north"} or not cell.startswith(("=", "+", "-", "@"))
    assert f"'{FORMULA}" in {row["caption_35"] for row in rows}


def test_json_lines_have_every_field(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    catalog.export(QUERY, path=path)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line, pair in zip(lines, catalog.pairs(QUERY), strict=True):
        claims = {style: [dict(claim) for claim in rows] for style, rows in pair.claims.items()}
        assert line == {**json.loads(json.dumps(pair.to_dict())), "claims": claims, "simulated": True}


@pytest.mark.parametrize("name", ["pairs.geojson", "pairs.parquet"])
def test_footprints_lie_where_the_chips_do(catalog: Catalog, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    catalog.export(QUERY, path=path)
    frame = geopandas.read_parquet(path) if name.endswith("parquet") else geopandas.read_file(path)
    pairs = list(catalog.pairs(QUERY))
    assert list(frame["name"]) == [pair.record.name for pair in pairs]
    for shape, pair in zip(frame.geometry, pairs, strict=True):
        assert (shape is None) == (pair.record.tile is None)
        if pair.record.tile:
            assert shape.bounds == pytest.approx(pair.record.tile.bounds, abs=1e-9)


def test_the_releases_own_layout_can_be_built_again(catalog: Catalog, tmp_path: Path) -> None:
    catalog.export(path=tmp_path / "release", format="release")
    release = open_release(tmp_path / "release")
    assert release.simulated
    again = build_catalog(release, tmp_path / "again")
    assert {pair.record.name: pair.record.captions for pair in again.pairs()} == {
        pair.record.name: pair.record.captions for pair in catalog.pairs()
    }
    assert {pair.record.name: pair.record.splits for pair in again.pairs()} == {
        pair.record.name: pair.record.splits for pair in catalog.pairs()
    }


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.geojson", "x.parquet", "x.geoparquet", "x"])
def test_empty_result_gives_an_empty_file(catalog: Catalog, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert catalog.export(Query(words="nosuchword"), path=path, format="" if "." in name else "release") == 0
    assert [file.name for file in tmp_path.iterdir()] == [name]
    if name == "x.geojson":
        assert json.loads(path.read_text())["features"] == []
    if name == "x.csv":
        assert path.read_text("utf-8-sig").startswith("name,lon,lat")


def test_failed_export_raises_and_leaves_no_file(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="There is no format 'xlsx' to export to"):
        catalog.export(path=tmp_path / "x", format="xlsx")
    for name, start in (("x.docx", "The ending '.docx'"), ("x", "A name without ending")):
        with pytest.raises(CatalogError, match=rf"{start} .*\.csv, \.jsonl, \.geojson, \.parquet"):
            catalog.export(path=tmp_path / name)
    (tmp_path / "file").write_text("")
    for name in ("file/x.csv", "file/x.parquet"):
        with pytest.raises(CatalogError, match="cannot be written"):
            catalog.export(path=tmp_path / name)
    ahead = tmp_path / f"y.parquet.{os.getpid()}.part"
    ahead.mkdir()
    with pytest.raises(CatalogError, match="The GeoParquet file cannot be written"):
        catalog.export(path=tmp_path / "y.parquet")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    for kind in ("release", "csv"):
        with pytest.raises(CatalogError, match="cannot be written"):
            catalog.export(path=tmp_path / "taken", format=kind)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]


def test_geopandas_has_the_selection_in_its_order(catalog: Catalog) -> None:
    frame = catalog.to_geopandas(QUERY)
    assert list(frame["name"]) == [pair.record.name for pair in catalog.pairs(QUERY)]
    assert frame.crs is not None


def test_xarray_has_the_chip_on_its_grid_with_the_captions(catalog: Catalog) -> None:
    with_place, without_place = (
        catalog.search(Query(flag=(flag,), style="both")).pairs[0] for flag in ("-no place", "no place")
    )
    chip = catalog.to_xarray(with_place.record, source=SimulatedSource())
    assert chip.attrs["caption_4v"] == with_place.record.captions["4v"]
    assert chip.attrs["simulated"] == "yes"
    assert chip.rio.crs.to_epsg() == 3857
    assert chip["labels"].shape == (256, 256)
    with pytest.raises(PlaceError, match="gives no location"):
        catalog.to_xarray(without_place.record, source=SimulatedSource())


# --- as a dataset


@pytest.fixture(scope="module")
def catalog_with_pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalog, Release]:
    folder = tmp_path_factory.mktemp("pictured")
    with zipfile.ZipFile(folder / "s2_rgb_images.zip", "w") as file:
        for number in range(3):
            pixels = np.random.default_rng(number).integers(0, 256, (256, 256, 3), np.uint8)
            with file.open(f"s2_images/1000_200{number}_patch00.png", "w") as member:
                Image.fromarray(pixels).save(member, "PNG")
    entries = [one(f"1000_200{number}_patch00.png", f"Caption {number} of trees.") for number in range(5)]
    (folder / "ChatEarthNet_caps_35_train.json").write_text(json.dumps(entries))
    release = open_release(folder)
    return build_catalog(release, folder / "catalog"), release


def test_a_dataset_gives_pixels_caption_mask_and_bounds(catalog_with_pictures: tuple[Catalog, Release]) -> None:
    catalog, release = catalog_with_pictures
    source = SimulatedSource()
    dataset = PairDataset(
        catalog, Query(sortby="name"), pictures=release, labels_at=lambda tile: source.chip_at(*tile.center).labels
    )
    assert len(dataset) == 3  # two have no picture
    for number in range(3):
        sample = dataset[number]
        pixels = np.random.default_rng(number).integers(0, 256, (256, 256, 3), np.uint8)
        assert sample["caption"] == f"Caption {number} of trees."
        assert sample["bounds"] == Tile.from_name(f"1000_200{number}_patch00").bounds
        assert sample["image"].dtype == np.float32
        assert np.array_equal(np.rint(sample["image"] * 255).astype(np.uint8), np.moveaxis(pixels, 2, 0))
        assert sample["mask"].shape == (256, 256)
        assert sample["mask"].dtype == np.int64
    assert dataset[-1]["name"] == dataset[2]["name"]
    with pytest.raises(IndexError, match="There is no sample 3"):
        dataset[3]
    assert [sample["name"][:9] for sample in dataset] == ["1000_2000", "1000_2001", "1000_2002"]  # type: ignore[attr-defined]
    assert "mask" not in PairDataset(catalog, pictures=release)[0]
    loud = PairDataset(catalog, pictures=release, transform=lambda sample: {"text": sample["caption"].upper()})
    assert set(loud[0]) == {"text"}


def test_a_catalog_is_sent_to_workers_as_its_folder(catalog_with_pictures: tuple[Catalog, Release]) -> None:
    catalog, _ = catalog_with_pictures
    copy = pickle.loads(pickle.dumps(catalog))
    assert copy.version == catalog.version
    assert copy.search().to_dict() == catalog.search().to_dict()


def test_only_tensors_need_torch(
    catalog_with_pictures: tuple[Catalog, Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, release = catalog_with_pictures
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed
    with pytest.raises(CatalogError, match="pip install torch"):
        PairDataset(catalog, pictures=release, tensors=True)
    arrays: list[Any] = []
    monkeypatch.setitem(
        sys.modules, "torch", SimpleNamespace(from_numpy=lambda array: arrays.append(array) or "tensor")
    )
    sample = PairDataset(catalog, pictures=release, tensors=True)[0]
    assert sample["image"] == "tensor"
    assert arrays[0].shape == (3, 256, 256)


def test_picture_that_cannot_be_read_raises(tmp_path: Path) -> None:
    catalog = build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)
    nothing = SimpleNamespace(pixels={}, missing={"1000_2000_patch00": "It is gone; look elsewhere."})
    dataset = PairDataset(catalog, pictures=SimpleNamespace(images=lambda *_args, **_options: nothing))  # type: ignore[arg-type]
    with pytest.raises(CatalogError, match=r"^It is gone; look elsewhere\.$"):
        dataset[0]
