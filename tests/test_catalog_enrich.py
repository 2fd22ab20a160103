"""Shares of real labels come into the catalog, and a run that is stopped goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas
import numpy as np
import pytest
from rig.pairs import ListedRelease, one

from chatearthnet_explorer.catalog import Query, build_catalog, enrich, enrich_catalog, open_catalog
from chatearthnet_explorer.errors import CatalogError, RasterError, SettingError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.sources.simulated_chips import SimulatedLabels, SimulatedSource
from chatearthnet_explorer.sources.stac.raster_windows import Read, read_layers
from chatearthnet_explorer.sources.stac.worldcover import labels_of, worldcover_layer
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rig.sao_tome import SaoTome

CENTER = Tile.at(6.73, 0.336)
TILES = [Tile(CENTER.x + dx, CENTER.y + dy) for dx in range(-5, 5) for dy in range(-5, 5)]


def label_map(tile: Tile) -> NDArray[np.uint8] | None:
    """Return labels that follow from the tile; every tenth place is not mapped."""
    if (tile.x + tile.y) % 10 == 0:
        return None
    return np.random.default_rng([tile.x, tile.y]).integers(0, 12, (256, 256), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    entries = [one(f"{tile.name}.png") for tile in TILES] + [one("nowhere")]
    build_catalog(ListedRelease({("3.5", "train"): entries}), tmp_path)
    return tmp_path


def test_real_labels_of_sao_tome(folder: Path, sao_tome: SaoTome) -> None:
    def labels_at(tile: Tile) -> NDArray[np.uint8] | None:
        read = read_layers({"labels": worldcover_layer(tile, 2020, sao_tome.server.url)}, tile)["labels"]
        assert isinstance(read, Read)
        return labels_of(read)[0]

    catalog = enrich_catalog(folder, labels_at, labels="WorldCover 2020 v100", workers=4)
    assert catalog.info()["enriched"] == len(TILES)
    assert catalog.info()["labels"] == "WorldCover 2020 v100"
    forest = Query(classes=("tree",), min_share=0.9, sortby="share", descending=True, size=1000)
    result = catalog.search(forest)
    assert 5 < result.total < len(TILES)
    falling = []
    for pair in result.pairs:
        assert pair.shares is not None
        assert pair.record.tile is not None
        truth = labels_at(pair.record.tile)
        assert truth is not None
        overall = shares(truth)["overall"]
        assert pair.shares == pytest.approx({land.name: overall.get(land.name, 0.0) for land in CLASSES[1:]}, abs=1e-6)
        falling.append(pair.shares["tree"])
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] >= 0.9
    assert catalog.search(forest.without("class")).facets["class"]["tree"] == result.total
    frame = geopandas.read_parquet(catalog.path)
    assert int((frame["share_tree"] >= 0.9).sum()) == result.total
    assert frame["share_tree"].isna().sum() == 1  # the pair without a place
    # what was known before is as it was
    assert catalog.search(Query(words="trees")).total == len(TILES) + 1


def test_enriching_a_region_first_reads_no_label_twice(folder: Path) -> None:
    west = Query(bbox=(6.0, 0.0, CENTER.center[0] - 0.01, 1.0))
    read: list[Tile] = []

    def labels_at(tile: Tile) -> NDArray[np.uint8] | None:
        read.append(tile)
        return label_map(tile)

    some = enrich_catalog(folder, labels_at, labels="made", query=west)
    assert 0 < some.info()["enriched"] == len(read) == some.search(west).total < len(TILES)
    whole = enrich_catalog(folder, labels_at, labels="made")
    assert len(read) == len(TILES) == len(set(read)) == whole.info()["enriched"]
    again = enrich_catalog(folder, labels_at, labels="made")
    assert again.version == whole.version
    assert len(read) == len(TILES)
    # other labels replace them
    assert enrich_catalog(folder, lambda _tile: None, labels="other").version != whole.version
    pair = open_catalog(folder).pair(0)
    assert pair.shares == dict.fromkeys((land.name for land in CLASSES[1:]), 0.0)
    assert open_catalog(folder).search(Query(classes=("tree",), min_share=0.0)).total == 0


def test_labels_that_cannot_be_read_stay_unknown_and_are_tried_again(folder: Path) -> None:
    def fails(tile: Tile) -> NDArray[np.uint8] | None:
        if tile.x % 2:
            msg = "The server is busy; try again later."
            raise RasterError(msg)
        return label_map(tile)

    first = enrich_catalog(folder, fails, labels="made")
    assert first.info()["enriched"] == 50
    assert first.info()["labels_missing"] == ["The server is busy; try again later."]
    read: list[Tile] = []
    second = enrich_catalog(folder, lambda tile: read.append(tile) or label_map(tile), labels="made")
    assert second.info()["enriched"] == len(TILES)
    assert second.info()["labels_missing"] == []
    assert len(read) == 50


def test_a_run_that_is_killed_goes_on_where_it_was(folder: Path) -> None:
    code = """
import sys, pathlib, threading
sys.path.insert(0, sys.argv[2])
import test_catalog_enrich as tests
from chatearthnet_explorer.catalog import enrich
enrich.PARTITION = 10
def stop(step, done, total):
    if done >= 60:
        pathlib.Path(sys.argv[1], "here").touch()
        sys.stdin.read()
enrich.enrich_catalog(sys.argv[1], tests.label_map, labels="made", workers=2, progress=stop)
"""
    command = [sys.executable, "-c", code, str(folder), str(Path(__file__).parent)]
    before = open_catalog(folder).version
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (folder / "here").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with pytest.raises(CatalogError, match="Another build, enrichment or audit"):
            enrich_catalog(folder, label_map, labels="made")
        os.kill(process.pid, signal.SIGKILL)
    assert open_catalog(folder).version == before
    read: list[Tile] = []
    catalog = enrich_catalog(folder, lambda tile: read.append(tile) or label_map(tile), labels="made", workers=2)
    assert catalog.info()["enriched"] == len(TILES)
    assert 40 <= len(read) <= len(TILES) - 40  # two partitions were under way
    alone = enrich_catalog(_copy_of(folder), label_map, labels="made", workers=2)
    assert alone.version == catalog.version


def _copy_of(folder: Path) -> Path:
    other = folder.parent / f"{folder.name}-other"
    entries = [one(f"{tile.name}.png") for tile in TILES] + [one("nowhere")]
    build_catalog(ListedRelease({("3.5", "train"): entries}), other)
    return other


def fails_always(_tile: Tile) -> NDArray[np.uint8] | None:
    msg = "The server is busy; try again later."
    raise RasterError(msg)


def test_stops_after_consecutive_failures_and_keeps_labels_read_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrich, "PARTITION", 10)
    monkeypatch.setattr(enrich, "FIRST_PLACES", 5)
    before = open_catalog(folder).version
    tiles_read: list[Tile] = []

    def works_at_first(tile: Tile) -> NDArray[np.uint8] | None:
        tiles_read.append(tile)
        return label_map(tile) if len(tiles_read) <= 30 else fails_always(tile)

    with pytest.raises(CatalogError, match=r"30 pairs were read and are kept for the next run\. The server is busy"):
        enrich_catalog(folder, works_at_first, labels="made", workers=1)
    assert len(tiles_read) == 30 + 3 * 5
    assert open_catalog(folder).version == before
    read: list[Tile] = []
    catalog = enrich_catalog(folder, lambda tile: read.append(tile) or label_map(tile), labels="made", workers=3)
    assert len(read) == len(TILES) - 30
    assert catalog.info()["enriched"] == len(TILES)


def test_fails_soon_if_nothing_can_be_read(folder: Path) -> None:
    tiles_read: list[Tile] = []
    with pytest.raises(CatalogError, match="0 pairs were read"):
        enrich_catalog(folder, lambda tile: tiles_read.append(tile) or fails_always(tile), labels="made")
    assert len(tiles_read) <= 2 * enrich.FIRST_PLACES
    few = Query(bbox=(6.0, 0.0, CENTER.center[0] - 0.08, 1.0))
    with pytest.raises(CatalogError, match="The server is busy"):
        enrich_catalog(folder, fails_always, labels="made", query=few)


def test_one_region_that_cannot_be_read_does_not_stop_the_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrich, "PARTITION", 5)
    south = CENTER.y + 3
    catalog = enrich_catalog(
        folder, lambda tile: fails_always(tile) if tile.y >= south else label_map(tile), labels="made", workers=4
    )
    assert catalog.info()["enriched"] == sum(tile.y < south for tile in TILES)
    assert catalog.notes[-1].startswith("Some labels could not be read")


def test_progress_reports_every_place(folder: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    enrich_catalog(folder, label_map, labels="made", workers=4, progress=lambda *step: steps.append(step))
    assert steps == [("labels", count, len(TILES)) for count in range(len(TILES) + 1)]


def test_simulated_labels_are_those_of_the_simulated_chips(folder: Path) -> None:
    few = Query(bbox=(CENTER.center[0] - 0.03, CENTER.center[1] - 0.03, CENTER.center[0], CENTER.center[1]))
    catalog = enrich_catalog(folder, SimulatedLabels(2020), labels="simulated 2020", query=few, workers=2)
    pairs = [pair for pair in catalog.pairs(few) if pair.record.tile]
    assert pairs
    for pair in pairs:
        labels = SimulatedSource().chip_at(*pair.record.tile.center).labels
        overall = shares(np.zeros((256, 256), np.uint8) if labels is None else labels)["overall"]
        assert pair.shares == pytest.approx({land.name: overall.get(land.name, 0.0) for land in CLASSES[1:]}, abs=1e-6)


def test_a_cluster_gives_the_same(folder: Path) -> None:
    dask_distributed = pytest.importorskip("distributed")
    with dask_distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp://", host="127.0.0.1"
    ) as cluster:
        catalog = enrich_catalog(folder, label_map, labels="made", scheduler=cluster.scheduler_address, workers=2)
    assert catalog.version == enrich_catalog(_copy_of(folder), label_map, labels="made").version


def test_missing_schedulers_raise(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatearthnet_explorer.parallel.dask_cluster.PATIENCE", 1)
    for scheduler in ("http://127.0.0.1:9", "tcp://127.0.0.1:9"):
        with pytest.raises(SettingError, match="No Dask scheduler answers"):
            enrich_catalog(folder, label_map, labels="made", scheduler=scheduler)
    with pytest.raises(CatalogError, match="There is no catalog in"):
        enrich_catalog(folder / "deeper", label_map, labels="made")
