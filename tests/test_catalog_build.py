"""A release becomes a catalog: whole or not at all, the same bytes each time, and nothing is lost in silence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import geopandas
import numpy as np
import pyarrow.parquet
import pytest
from rig.pairs import ListedRelease, one, paraphrased_release

from chatearthnet_explorer.catalog import Query, build_catalog, claims_worker, open_catalog
from chatearthnet_explorer.catalog.catalog_versions import lock_folder
from chatearthnet_explorer.catalog.member_table import file_of
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.catalog.schema import COLUMNS
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import CatalogError, ReleaseError
from chatearthnet_explorer.net.byte_ranges import LocalFile
from chatearthnet_explorer.net.zip_members import read_directory
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.record import place_of
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.sources.release.release_reader import Release


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return build_catalog(paraphrased_release(300), tmp_path_factory.mktemp("catalog"))


def digest_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_pair_is_in_it_with_what_its_captions_claim(catalog: Catalog) -> None:
    files = paraphrased_release(300).files
    captions = {
        (entry.get("image", entry.get("image_id")), style): entry["caption"]
        for (style, _), entries in files.items()
        for entry in entries
    }
    count = 0
    for pair in catalog.pairs():
        for style, text in pair.record.captions.items():
            caption = captions[pair.record.name, style]
            reading = read_claims(text)
            assert text == (caption[0] if isinstance(caption, list) else caption)
            assert pair.classes[style] == reading.classes
            assert pair.dominant[style] == reading.dominant
            triples = {
                (claim["class"], claim["part"] or "", claim["size"])
                for claim in pair.claims[style]
                if not claim["negated"]
            }
            assert triples == reading.triples
            count += 1
    assert count == len(captions)


def test_a_pair_has_its_place_and_country(catalog: Catalog) -> None:
    with_place = 0
    for pair in catalog.pairs():
        tile = pair.record.tile
        assert (tile is None) == ("no place" in pair.flags) == pair.record.name.startswith("somewhere")
        assert pair.country == (country_at(*tile.center) if tile else None)
        with_place += tile is not None
    assert 250 < with_place < 300


def test_the_file_is_geoparquet_that_others_read(catalog: Catalog) -> None:
    frame = geopandas.read_parquet(catalog.path)
    assert frame.crs.to_epsg() == 4326 or frame.crs.to_string() == "OGC:CRS84"
    for (_, row), pair in zip(frame.iterrows(), catalog.pairs(), strict=True):
        record = pair.record
        assert row["name"] == record.name
        if record.tile is None:
            assert row.geometry is None
            continue
        assert row.geometry.bounds == record.tile.bounds
        assert row.geometry.exterior.is_ccw
        assert (row["x"], row["y"], row["lon"], row["lat"]) == (record.tile.x, record.tile.y, *record.tile.center)
        assert record.tile.name == f"{row['col']:.0f}_{row['row']:.0f}_patch{row['i']:.0f}{row['j']:.0f}"
        assert list(row["classes_35"]) == list(pair.classes["3.5"])
    geo = json.loads(pyarrow.parquet.read_metadata(catalog.path).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    some = geopandas.read_parquet(catalog.path, bbox=(0.0, 0.0, 90.0, 60.0))
    assert sorted(some["name"]) == sorted(
        pair.record.name
        for pair in catalog.pairs()
        if pair.record.tile and _meets(pair.record.tile.bounds, (0.0, 0.0, 90.0, 60.0))
    )


def _meets(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def test_the_same_release_gives_the_same_bytes_however_many_read(catalog: Catalog, tmp_path: Path) -> None:
    again = build_catalog(paraphrased_release(300), tmp_path, processes=1)
    assert again.version == catalog.version
    assert digest_of(again.path.parent) == digest_of(catalog.path.parent)


def test_processes_that_share_the_work_write_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatearthnet_explorer.catalog.claims_worker.BLOCK", 4096)
    texts = [f"Water lies in the top left, {number} trees stand in the middle." for number in range(9000)]
    names = [Tile(number % 16384, 5000 + number // 16384).name for number in range(9000)]
    release = ListedRelease({("3.5", "train"): [one(name, text) for name, text in zip(names, texts, strict=True)]})
    alone, shared = (build_catalog(release, tmp_path / str(count), processes=count) for count in (1, 3))
    assert alone.version == shared.version
    assert shared.search(Query(words="8765 trees")).total == 1


def test_captions_that_are_read_in_pieces_make_the_same_catalog(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims_worker, "PIECE", 20_000)
    readings: list[int] = []  # captions whose claims were in memory together
    read_piece = claims_worker._Reader._read_piece
    monkeypatch.setattr(
        claims_worker._Reader,
        "_read_piece",
        lambda self, rows, *rest: readings.append(len(rows)) or read_piece(self, rows, *rest),
    )
    build_catalog(paraphrased_release(300), tmp_path)
    assert sum(readings) == 300
    assert max(readings) < 100
    assert digest_of(tmp_path) == digest_of(catalog.folder)


def test_broken_entries_are_left_out_and_listed(tmp_path: Path) -> None:
    release = ListedRelease({
        ("3.5", "train"): [
            one("1000_2000_patch00.png"),
            one("1000_2000_patch01.png", None),
            one("1000_2000_patch10.png", 7),
            one("1000_2000_patch11.png", "x" * 1_000_000),
            {"caption": "Trees."},
            None,
            [],
            one("1000_2000_patch00", "Once more."),
            one("9" * 300),
            one("", "Grass."),
            one("../../etc/passwd", "<script>alert(1)</script> trees"),
            one("1000_2001_patch00.png", ["Water.", "Trees."]),
            one("1000_2002_patch00.png", "\ud800 trees \x00"),
        ],
        ("3.5", "val"): [one("1000_2003_patch00.png"), ReleaseError("val breaks off behind 1 entries; fetch it.")],
        ("4v", "test"): [one("1000_2000_patch00.png", "Trees everywhere.")],
    })  # fmt: skip
    catalog = build_catalog(release, tmp_path)
    assert [pair.record.name for pair in catalog.pairs()] == [
        "1000_2000_patch00.png",
        "1000_2002_patch00.png",
        "1000_2003_patch00.png",
        "../../etc/passwd",
    ]
    report = catalog.info()
    assert report["left_out"] == len(report["broken"]) == 10 + 1 + 3  # three files are not there
    reasons = {(line["file"], line["entry"]): line["said"] for line in report["broken"]}
    assert "null" in reasons["3.5/train", 1]
    assert "a number" in reasons["3.5/train", 2]
    assert "1000000 characters" in reasons["3.5/train", 3]
    assert "already" in reasons["3.5/train", 7]
    assert "breaks off" in reasons["3.5/val", 1]
    first = catalog.pair_named("1000_2000_patch00")
    assert first is not None
    assert first.flags == ("named twice", "splits differ")
    assert first.record.captions == {"3.5": "Trees cover the top left.", "4v": "Trees everywhere."}
    assert first.record.splits == {"3.5": "train", "4v": "test"}
    strange = catalog.record("../../etc/passwd")
    assert strange is not None
    assert strange.tile is None
    assert strange.captions["3.5"] == "<script>alert(1)</script> trees"
    assert set(report["flags"]) == set(FLAGS)


def _release(folder: Path, files: dict[str, bytes]) -> Release:
    folder.mkdir()
    for name, content in files.items():
        (folder / f"ChatEarthNet_caps_{name}.json").write_bytes(content)
    return open_release(folder)


def _entries(*captions: str) -> str:
    names = [f"{TILES[place].name}.png" for place in range(len(captions))]
    pairs = [{"image": name, "caption": text} for name, text in zip(names, captions, strict=True)]
    return json.dumps(pairs, ensure_ascii=False)


TILES = [Tile(8500 + place, 8150) for place in range(8)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_captions_in_utf_16_are_read_and_the_file_is_named(tmp_path: Path, encoding: str) -> None:
    captions = _entries("São Tomé has trees.", "\u6728 means tree.")
    catalog = build_catalog(_release(tmp_path / "in", {"35_train": captions.encode(encoding)}), tmp_path / "out")
    assert [pair.record.captions["3.5"] for pair in catalog.pairs()] == ["São Tomé has trees.", "\u6728 means tree."]
    assert "ChatEarthNet_caps_35_train.json is UTF-" in catalog.notes[0]
    assert catalog.notes[1:] == ("5 entries or files of the release are not in the catalog, as `catalog info` lists.",)


def test_bytes_that_are_no_utf_8_are_counted_and_named_and_true_replacement_characters_are_not(tmp_path: Path) -> None:
    text = _entries("São Tomé", "plain", "known as \N{REPLACEMENT CHARACTER}", "Príncipe")
    spoilt = text.encode().replace("ã".encode(), b"\xe3").replace("í".encode(), b"\xed")
    with_mark = b"\xef\xbb\xbf" + _entries("with a mark").encode()
    files = {"35_train": spoilt, "35_val": with_mark.replace(b"patch00", b"patch11")}
    catalog = build_catalog(_release(tmp_path / "in", files), tmp_path / "out")
    captions = {pair.record.captions["3.5"] for pair in catalog.pairs()}
    assert captions == {"S\ufffdo Tomé", "plain", "known as \ufffd", "Pr\ufffdncipe", "with a mark"}
    assert catalog.notes[0].endswith(
        "ChatEarthNet_caps_35_train.json has bytes that are not UTF-8 in 2 of its entries (counted from 0: 0, 3); each "
        "such byte is shown as \ufffd."
    )


def test_reports_truncated_file_with_its_bytes(tmp_path: Path) -> None:
    content = _entries("São Tomé", "plain").encode("latin-1")[:-20]
    catalog = build_catalog(_release(tmp_path / "in", {"35_train": content}), tmp_path / "out")
    assert len(catalog) == 1
    assert "in 1 of its entries" in catalog.notes[0]
    assert "6 entries or files of the release are not" in catalog.notes[1]


@pytest.mark.parametrize(
    "form",
    ["s2_images/{}.png", "s2_images\\{}.png", "C:\\data\\{}.PNG", "{}.PNG", "{}.jpg", "{}.JPEG", "./a/b/{}.Png", "{}"],
)
def test_names_keep_their_place_with_folders_either_slash_and_any_ending(tmp_path: Path, form: str) -> None:
    tile = TILES[0]
    release = ListedRelease({("3.5", "train"): [{"image": form.format(tile.name), "caption": "Trees."}]})
    catalog = build_catalog(release, tmp_path)
    (pair,) = catalog.pairs()
    assert pair.record.tile == tile
    assert pair.record.name == form.format(tile.name)
    assert catalog.pair_named(form.format(tile.name)) == catalog.pair_named(tile.name) == pair
    assert file_of(pair.record.name) == f"{tile.name}.png"


@pytest.mark.parametrize("name", ["8500_8150.png", "8500_8150_patch00.png.exe", "8500_8150_patch00/x.png", "patch00"])
def test_names_without_place_get_none(name: str) -> None:
    assert place_of(name) is None


def test_members_flags_and_folders_are_read_from_the_zips(tmp_path: Path) -> None:
    names = ["1000_2000_patch00", "1000_2000_patch01", "1000_2000_patch10"]
    noise = np.random.default_rng(0).bytes(9000)
    path = tmp_path / "s2_rgb_images.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"deep'er/s2_images/{names[0]}.png", noise)
        file.writestr(f"s2_images/{names[1]}.png", b"blank")
    directory = read_directory(LocalFile(path))
    release = ListedRelease(
        {("3.5", "train"): [one(f"{name}.png") for name in names]}, directories={"s2_rgb_images": directory}
    )
    catalog = build_catalog(release, tmp_path / "catalog")
    whole, blank, missing = (catalog.pair_named(name) for name in names)
    assert whole
    assert blank
    assert missing
    assert whole.record.members == {"s2_rgb_images": directory.get(f"{names[0]}.png")}
    assert whole.record.members["s2_rgb_images"].name.startswith("deep'er/")
    assert (whole.flags, blank.flags, missing.flags) == ((), ("blank",), ("no picture",))
    frame = geopandas.read_parquet(catalog.path)
    assert frame["member_rgb"][0]["name"] == f"deep'er/s2_images/{names[0]}.png"
    assert frame["member_rgb"][2] is None


def test_release_without_valid_entries_raises_and_keeps_old_catalog(tmp_path: Path) -> None:
    old = build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)
    with pytest.raises(CatalogError, match="has no image-text pair"):
        build_catalog(ListedRelease({}), tmp_path)
    assert open_catalog(tmp_path).version == old.version


def test_a_new_build_replaces_the_old_one_and_readers_go_on(tmp_path: Path) -> None:
    versions = []
    for number in range(4):
        before = open_catalog(tmp_path) if number else None
        versions.append(
            build_catalog(ListedRelease({("3.5", "train"): [one(f"1000_200{number}_patch00")]}), tmp_path).version
        )
        if before:
            assert before.search(Query(words="trees")).pairs[0].record.name == f"1000_200{number - 1}_patch00"
    assert open_catalog(tmp_path).version == versions[-1]
    folders = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert folders == set(versions[-2:])


def test_refuses_second_build_at_the_same_time(tmp_path: Path) -> None:
    build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)
    with lock_folder(tmp_path), pytest.raises(CatalogError, match="Another build, enrichment or audit is writing"):
        build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch01")]}), tmp_path)
    assert open_catalog(tmp_path).record("1000_2000_patch00")


def test_one_of_several_simultaneous_builds_succeeds_and_others_raise(tmp_path: Path) -> None:
    barrier = threading.Barrier(4)

    def attempt(_: int) -> str:
        barrier.wait()
        try:
            return build_catalog(paraphrased_release(60), tmp_path, processes=1).version
        except CatalogError as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(4)))
    catalog = open_catalog(tmp_path)
    catalog.check()
    assert catalog.version in answers
    assert all(one == catalog.version or "Another build" in one for one in answers)
    assert catalog.notes == ()
    assert not (tmp_path / ".unfinished").exists()


@pytest.mark.parametrize("name", ["rows.bin", "words/3.5/rows.npy", "columns.npz", "report.json", "members.npz"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_file_cut_short_or_missing_is_named_when_the_catalog_is_opened(tmp_path: Path, name: str, harm: str) -> None:
    path = tmp_path / build_catalog(paraphrased_release(20), tmp_path).version / name
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
    what = "bytes instead of" if harm == "cut" else "is missing"
    with pytest.raises(CatalogError, match=f"is damaged: {name} .*{what}.*; build it again"):
        open_catalog(tmp_path)
    rebuilt = build_catalog(paraphrased_release(20), tmp_path)
    rebuilt.check()
    assert rebuilt.search().total == len(rebuilt)


def test_bytes_that_changed_are_found_by_the_check_and_a_build_replaces_them(tmp_path: Path) -> None:
    catalog = build_catalog(paraphrased_release(20), tmp_path)
    path = tmp_path / catalog.version / "words" / "3.5" / "places.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CatalogError, match="its files are not those that were built"):
        open_catalog(tmp_path).check()
    build_catalog(paraphrased_release(20), tmp_path).check()


def test_unreadable_build_never_replaces_the_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build_catalog(paraphrased_release(20), tmp_path)
    honest = zlib.compress
    monkeypatch.setattr(zlib, "compress", lambda data, *level: honest(data, *level)[:-6])
    with pytest.raises(CatalogError, match="its catalog is unchanged"):
        build_catalog(paraphrased_release(30), tmp_path, processes=1)
    monkeypatch.undo()
    assert open_catalog(tmp_path).version == before.version
    open_catalog(tmp_path).check()


def test_a_build_that_is_killed_leaves_the_old_catalog(tmp_path: Path) -> None:
    old = build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)
    code = """
import sys, pathlib
sys.path.insert(0, sys.argv[2])
from rig.pairs import paraphrased_release
from chatearthnet_explorer.catalog import build_catalog
release = paraphrased_release(30)
build_catalog(release, sys.argv[1], progress=lambda step, done, total: step == "files" and done == 1 and (
    pathlib.Path(sys.argv[1], "here").touch(), sys.stdin.read()))
"""
    command = [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "here").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with pytest.raises(CatalogError, match="Another build"):
            build_catalog(paraphrased_release(3), tmp_path)
        os.kill(process.pid, signal.SIGKILL)
    assert open_catalog(tmp_path).version == old.version
    assert open_catalog(tmp_path).search().total == 1
    assert len(build_catalog(paraphrased_release(3), tmp_path)) == 3
    assert not (tmp_path / ".unfinished").exists()


def test_other_schema_raises_and_can_be_rebuilt(tmp_path: Path) -> None:
    build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)
    pointer = tmp_path / "catalog.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "schema": 0}))
    with pytest.raises(CatalogError, match="has schema 0, but this program reads 2; build it again"):
        open_catalog(tmp_path)
    assert len(build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)) == 1


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema": 2, "version": "../../../../etc"}', '{"schema": 2}'])
def test_damaged_pointer_raises(tmp_path: Path, content: str) -> None:
    (tmp_path / "catalog.json").write_text(content)
    with pytest.raises(CatalogError, match="build it again"):
        open_catalog(tmp_path)


@pytest.mark.parametrize("name", ["rows.bin", "columns.npz", "tables.json", "report.json", "words/3.5/rows.npy"])
def test_damaged_file_raises(tmp_path: Path, name: str) -> None:
    catalog = build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)
    path = catalog.path.parent / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(CatalogError, match="damaged"):
        open_catalog(tmp_path).search(Query(words="trees"))


def test_missing_catalog_raises(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="There is no catalog in"):
        open_catalog(tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written_raises(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CatalogError, match="cannot be written"):
        build_catalog(paraphrased_release(3), tmp_path / "catalog")


def test_full_disk_raises_and_keeps_old_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = build_catalog(ListedRelease({("3.5", "train"): [one("1000_2000_patch00")]}), tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(CatalogError, match=r"cannot be written \(No space left on device\)"):
        build_catalog(paraphrased_release(3), tmp_path)
    assert open_catalog(tmp_path).version == old.version


def test_progress_reports_each_step(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    build_catalog(paraphrased_release(40), tmp_path, progress=lambda *step: steps.append(step))
    assert [step for step, _, _ in steps] == sorted(
        (step for step, _, _ in steps), key=["entries", "captions", "files"].index
    )
    assert steps[-1][1] == steps[-1][2]
    assert ("captions", 40, 40) in steps


def test_schema_lists_the_columns_of_the_file_with_their_types(catalog: Catalog) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET enable_geoparquet_conversion = false")
        columns = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(catalog.path)]).fetchall()
    assert [(name, kind.replace('"', "")) for name, kind, *_ in columns] == [
        (name, kind.replace('"', "")) for name, kind in COLUMNS.items()
    ]
