"""The sample: in the package, whole, rebuilt byte for byte, and unpacked by many at once without harm."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from chatearthnet_explorer.cancellation import cancelled_by, checkpoint
from chatearthnet_explorer.catalog import Query, enrich_catalog, open_catalog
from chatearthnet_explorer.catalog.first_query import BEST, first_query
from chatearthnet_explorer.catalog.pixel_counts import counts_of
from chatearthnet_explorer.errors import Cancelled, CatalogError
from chatearthnet_explorer.record import ARCHIVES
from chatearthnet_explorer.sample import sample_catalog as sample_module
from chatearthnet_explorer.sample.on_demand_release import CACHE_SIZE, DrawnRelease
from chatearthnet_explorer.sample.sample_catalog import ARCHIVE, open_sample
from chatearthnet_explorer.sample.simulated_release import write_release
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.sources.simulated_chips import SimulatedLabels, SimulatedSource
from chatearthnet_explorer.widgets.browse.gallery import thumbnail

if TYPE_CHECKING:
    from types import ModuleType

    from chatearthnet_explorer.catalog import Catalog

SCRIPT = Path(__file__).parents[1] / "docs" / "sample" / "build_sample.py"
EVERY = 40
STALE = "The sample is not what this code makes any more; run docs/sample/build_sample.py."


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("cache")
    return folder


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = spec_from_file_location("build_sample", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["build_sample"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def open_shipped(cache: Path) -> Catalog:
    return open_sample(settings=Settings(cache=cache)).catalog


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_sample_is_small_complete_and_marked_as_simulated(cache: Path) -> None:
    assert len(ARCHIVE.read_bytes()) < 2_500_000
    catalog = open_shipped(cache)
    assert len(catalog) == 2000
    assert catalog.simulated
    assert catalog.notes == ()
    assert catalog.search(Query(flag=("no place",))).total == catalog.search(Query(flag=("no picture",))).total == 0
    assert catalog.info()["enriched"] == 2000
    assert str(SCRIPT.parents[2]) not in json.dumps(catalog.info()["release"])


def test_captions_and_shares_are_those_of_the_maps_that_this_code_makes(cache: Path, script: ModuleType) -> None:
    catalog, records = open_shipped(cache), script.records()
    assert len({tile.name for tile in records.tiles} ^ {pair.record.name[:-4] for pair in catalog.pairs()}) == 0, STALE
    for number in range(0, script.RECORDS, EVERY):
        tile = records.tiles[number]
        row = catalog.row_at(tile)
        assert row is not None
        labels = SimulatedLabels(script.YEAR)(tile)
        records_made = script.make(number)
        captions = {style.replace(".", ""): text for style, text in catalog.pair(row).record.captions.items()}
        assert captions == records_made.captions, STALE
        assert (catalog.files.counts[row] == counts_of(labels)).all(), STALE


def test_the_same_captions_are_packed_into_the_same_bytes(
    cache: Path, script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, records = open_shipped(cache), script.records()
    rows = [catalog.row_at(tile) for tile in records.tiles]
    captions = [
        {style.replace(".", ""): text for style, text in catalog.pair(row).record.captions.items()} for row in rows
    ]
    counts = dict(zip(records.tiles, catalog.files.counts[rows], strict=True))
    records_made = [script.PairData(one, b"") for one in captions]
    # the counts stand for the maps, which take a minute to make
    monkeypatch.setattr(
        script,
        "enrich_catalog",
        lambda folder, _labels_at, **how: _enrich_shipped(folder, counts, how["labels"]),
    )
    script.write(tmp_path / "sample.zip", records_made)
    with zipfile.ZipFile(tmp_path / "sample.zip") as new, zipfile.ZipFile(io.BytesIO(ARCHIVE.read_bytes())) as old:
        assert new.namelist() == old.namelist(), STALE
        if json.loads(old.read(script.MADE_WITH)) == script.made_with():
            for name in old.namelist():
                assert new.read(name) == old.read(name), f"{STALE} ({name})"
        new.extractall(tmp_path / "new")
    fresh = open_catalog(tmp_path / "new")
    assert [pair.to_dict() for pair in fresh.pairs()] == [pair.to_dict() for pair in catalog.pairs()], STALE
    for query in (Query(words='"dry land" grass* -crop'), Query(continent=("Asia",)), Query(classes=("tree",))):
        assert fresh.rows(query).tolist() == catalog.rows(query).tolist(), STALE


def _enrich_shipped(folder: Path, counts: dict[Any, np.ndarray], labels: str) -> Catalog:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chatearthnet_explorer.catalog.enrich.counts_of", lambda counts: counts)
        return enrich_catalog(folder, counts.__getitem__, labels=labels)


def test_first_page_of_every_day_has_its_thumbnails_in_the_package(cache: Path) -> None:
    sample = open_sample(settings=Settings(cache=cache))
    pages = [
        [pair.record.name for pair in sample.catalog.search(first_query(sample.catalog, date(2026, 11, day))).pairs]
        for day in range(1, 31)
    ]
    assert len({tuple(page) for page in pages}) == len(pages)
    assert {name for page in pages for name in page} <= set(sample.release.thumbnails)
    names = [pair.record.name for pair in sample.catalog.pairs(BEST)]
    assert set(sample.release.thumbnails) == set(names)
    for name in names[::24]:
        tiles_drawn = thumbnail(sample.release.images([name]).pixels[name])
        shipped_pixels, fresh_pixels = (
            np.asarray(Image.open(io.BytesIO(one)), float) for one in (sample.release.thumbnails[name], tiles_drawn)
        )
        assert np.abs(shipped_pixels - fresh_pixels).mean() < 1.0, STALE  # other versions of libjpeg round otherwise


def test_a_drawn_picture_is_the_one_that_a_written_release_holds(tmp_path: Path) -> None:
    write_release(tmp_path, records=3, images=3)
    written_release, tiles_drawn = open_release(tmp_path), DrawnRelease()
    names = [member.name.rpartition("/")[2] for member in written_release.directory("s2_rgb_images")]
    for archive in ARCHIVES:
        assert written_release.contents(names, archive=archive) == tiles_drawn.contents(names, archive=archive)
    assert tiles_drawn.bands(names[0]).keys() == written_release.bands(names[0]).keys()
    (why,) = tiles_drawn.images(["chip 3 of nowhere.png"]).missing.values()
    assert "gives no location" in why
    assert tiles_drawn.simulated


def test_pictures_drawn_once_are_kept_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    tiles_drawn: list[tuple[float, float]] = []
    chip = SimulatedSource().chip_at(6.73, 0.336)

    def draw(_self: object, *place: float, **_how: object) -> object:
        tiles_drawn.append(place)
        return chip

    monkeypatch.setattr(SimulatedSource, "chip_at", draw)
    release = DrawnRelease()
    names = [f"{tile.name}.png" for x in range(60) for tile in chip.tile.__class__(x * 2, 5000).siblings][
        : CACHE_SIZE + 4
    ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: release.contents(names[:2]), range(16)))
    assert len(tiles_drawn) == 2
    release.contents(names)
    assert len(release._cache) == CACHE_SIZE
    assert len(tiles_drawn) == CACHE_SIZE + 4


def test_cancelled_caller_stops_only_its_own_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    chip = SimulatedSource().chip_at(6.73, 0.336)
    began, go_on = threading.Event(), threading.Event()

    def draw(_self: object, *_place: float, **_how: object) -> object:
        began.set()
        go_on.wait(60)
        checkpoint()
        return chip

    def stop() -> None:
        if go_on.is_set():
            raise Cancelled

    def leave() -> object:
        with cancelled_by(stop):
            return release.contents([chip.tile.name])

    monkeypatch.setattr(SimulatedSource, "chip_at", draw)
    release = DrawnRelease()
    with ThreadPoolExecutor(2) as pool:
        leaving = pool.submit(leave)
        assert began.wait(60)
        staying = pool.submit(release.contents, [chip.tile.name])
        go_on.set()
        with pytest.raises(Cancelled):
            leaving.result(10)
        (image,) = staying.result(10)
    assert image.startswith(b"\x89PNG")
    with cancelled_by(stop), pytest.raises(Cancelled):
        release.contents(["1_1_patch00", "2_2_patch00", "3_3_patch00"])


UNPACK = """
import sys, pathlib
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.settings import Settings
catalog = open_sample(settings=Settings(cache=pathlib.Path(sys.argv[1]))).catalog
catalog.check()
print(catalog.search().total, catalog.folder)
"""


def test_threads_and_programs_that_start_at_once_find_the_same_whole_sample(tmp_path: Path) -> None:
    programs = [
        subprocess.Popen([sys.executable, "-c", UNPACK, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    barrier = threading.Barrier(8)

    def visit(_: int) -> tuple[int, Path]:
        barrier.wait()
        catalog = open_shipped(tmp_path)
        catalog.check()
        return catalog.search(Query(words="grass")).total, catalog.folder

    with ThreadPoolExecutor(8) as pool:
        visits = set(pool.map(visit, range(8)))
    assert len(visits) == 1
    ((_, folder),) = visits
    assert folder.parent == tmp_path
    for program in programs:
        answer, _ = program.communicate(timeout=120)
        assert program.returncode == 0
        assert answer.split() == ["2000", str(folder)]
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")] == [folder.name]


def test_killed_unpacking_does_not_block_the_next_one(tmp_path: Path) -> None:
    code = """
import pathlib, sys, zipfile
def stop(self, folder, names):
    for name in names[:4]:
        self.extract(name, folder)
    pathlib.Path(sys.argv[1], "here").touch()
    sys.stdin.read()
zipfile.ZipFile.extractall = stop
"""
    command = [sys.executable, "-c", code + UNPACK, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        _wait_for(tmp_path / "here", process)
        assert list(tmp_path.glob(".sample-*.part"))
        os.kill(process.pid, signal.SIGKILL)
    catalog = open_shipped(tmp_path)
    catalog.check()
    assert catalog.search().total == 2000
    assert catalog.folder.parent == tmp_path
    assert not list(tmp_path.glob(".sample-*.part"))


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("harm", ["cut", "gone", "flipped", "pointer", "file instead"])
def test_a_damaged_copy_in_the_cache_is_replaced(tmp_path: Path, harm: str) -> None:
    catalog = open_shipped(tmp_path)
    whole, folder, version = files_of(catalog.folder), catalog.folder, catalog.version
    rows = folder / version / "rows.bin"
    if harm == "cut":
        rows.write_bytes(rows.read_bytes()[:-10])
    elif harm == "gone":
        rows.unlink()
    elif harm == "flipped":
        content = bytearray(rows.read_bytes())
        content[5000] ^= 1
        rows.write_bytes(content)
    elif harm == "pointer":
        (folder / "catalog.json").write_text("{")
    else:
        shutil.rmtree(folder)
        folder.write_text("not a folder")
    open_shipped(tmp_path).check()
    assert files_of(folder) == whole
    assert not list(tmp_path.glob(".sample-*.part"))


def test_changes_of_the_sample_stay(tmp_path: Path) -> None:
    catalog = open_shipped(tmp_path)
    there = Query(country=("Iceland",))
    enriched_catalog = enrich_catalog(catalog.folder, lambda _tile: None, labels="none", query=there)
    assert enriched_catalog.version != catalog.version
    assert open_shipped(tmp_path).version == enriched_catalog.version


def test_works_without_a_writable_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sample_module._folder_here.cache_clear()
    (tmp_path / "cache").write_text("a file where the cache should be")
    with ThreadPoolExecutor(4) as pool:
        folders = {one.folder for one in pool.map(open_shipped, [tmp_path / "cache" / "deeper"] * 4)}
    assert len(folders) == 1
    assert next(iter(folders)).parent == tmp_path
    sample_module._folder_here.cache_clear()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "cache"))
    with pytest.raises(CatalogError, match="free some room, or set CHATEARTHNET_CACHE"):
        open_shipped(tmp_path / "cache" / "deeper")
    sample_module._folder_here.cache_clear()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no ZIP", ARCHIVE.read_bytes()[:100_000]])
def test_damaged_installation_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    (tmp_path / "sample.zip").write_bytes(content)
    monkeypatch.setattr(sample_module, "ARCHIVE", tmp_path / "sample.zip")
    for function in (sample_module._version, sample_module._thumbnails):
        function.cache_clear()
    try:
        with pytest.raises(CatalogError, match="install chatearthnet-explorer again"):
            open_shipped(tmp_path / "cache")
    finally:
        for function in (sample_module._version, sample_module._thumbnails):
            function.cache_clear()


def test_bytes_flipped_in_the_installation_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(ARCHIVE.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = next(one.header_offset for one in archive.infolist() if one.filename.endswith("rows.bin"))
    content[place + 20_000] ^= 255
    (tmp_path / "sample.zip").write_bytes(content)
    monkeypatch.setattr(sample_module, "ARCHIVE", tmp_path / "sample.zip")
    with pytest.raises(CatalogError, match="install chatearthnet-explorer again"):
        open_shipped(tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").iterdir() if not path.name.endswith(".lock")]
