"""The simulated release: of the real one's layout, quirks and faults, and honest about what it is."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.prompts.facts import facts_35
from chatearthnet_explorer.record import ARCHIVES, SPLITS, place_of, read_entry
from chatearthnet_explorer.review.grounding import CONTRADICTED, SUPPORTED, ground
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.sample.simulated_records import NOTICE
from chatearthnet_explorer.sample.simulated_release import write_release
from chatearthnet_explorer.sources.release.chip_pngs import reflectance
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.sources.release.release_source import ReleaseSource
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.sources.release.release_reader import Release

RECORDS, IMAGES = 3000, 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "release"
    steps: list[tuple[int, int]] = []
    write_release(folder, records=RECORDS, images=IMAGES, progress=lambda *step: steps.append(step))
    assert steps == sorted(steps)
    assert len(steps) == RECORDS
    assert steps[-1][0] == steps[-1][1]
    return folder


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    return open_release(folder)


def _names(folder: Path) -> list[str]:
    with zipfile.ZipFile(folder / "s2_rgb_images.zip") as archive:
        return [name.removeprefix("s2_images/") for name in archive.namelist()]


def test_files_and_folders_are_those_of_the_release(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "README.txt",
        "json_files.zip",
        *(f"{name}.zip" for name in ARCHIVES),
    }
    with zipfile.ZipFile(folder / "json_files.zip") as archive:
        assert {
            f"json_files/ChatEarthNet_caps_{style}_{split}.json" for style in ("35", "4v") for split in SPLITS
        } < set(archive.namelist())
    for name in ARCHIVES:
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            assert len(archive.namelist()) == IMAGES
            assert all(one.compress_type == zipfile.ZIP_STORED for one in archive.infolist())


def test_every_file_is_marked_as_simulated(folder: Path, release: Release) -> None:
    assert release.simulated
    assert NOTICE in (folder / "README.txt").read_text("utf-8")
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert archive.comment.decode() == NOTICE
            for name in archive.namelist():
                if name.endswith(".png"):
                    with Image.open(BytesIO(archive.read(name))) as image:
                        assert image.info["Comment"] == NOTICE
    entries = [entry for split in SPLITS for entry in release.entries("3.5", split) if isinstance(entry, dict)]
    assert all(entry["simulated"] is True for entry in entries)
    chip = ReleaseSource(release).chip_at(*SimulatedSource().chip_at(0, 40).tile.center)
    assert chip.simulated


def test_numbers_quirks_and_faults_are_those_of_the_release(release: Release) -> None:
    forms, reasons, good, by_split = Counter(), [], [], Counter()
    for style in ("3.5", "4v"):
        for split in SPLITS:
            for entry in release.entries(style, split):
                by_split[style, split] += 1
                try:
                    good.append((style, *read_entry(entry)))
                except ReleaseError as error:
                    reasons.append(str(error))
                else:
                    forms["image" in entry, isinstance(entry["caption"], list)] += 1
    assert sum(count for (style, _), count in by_split.items() if style == "3.5") == RECORDS
    for split, share in zip(SPLITS, (0.6, 0.1, 0.3), strict=True):
        assert by_split["3.5", split] / RECORDS == pytest.approx(share, abs=0.04)
    assert sum(by_split["4v", split] for split in SPLITS) / RECORDS == pytest.approx(0.061, abs=0.02)
    assert len(forms) == 4
    assert {"null", "number", "no caption"} <= {
        word for word in ("null", "number", "no caption") for why in reasons if word in why
    }
    names = Counter(name for style, name, _ in good if style == "3.5")
    assert [name for name in names if place_of(name) is None]
    assert names.most_common(1)[0][1] == 2  # one name twice
    assert len({text for _, _, text in good}) > 0.99 * len(good)


def test_places_lie_on_land_four_chips_of_a_tile_often_together(release: Release) -> None:
    tiles = [tile for split in SPLITS for entry in release.entries("3.5", split) if (tile := _tile(entry))]
    assert sum(country_at(*tile.center) is not None for tile in tiles[::20]) / len(tiles[::20]) > 0.97
    together = Counter((tile.x // 2, tile.y // 2) for tile in tiles)
    assert 0.8 < sum(count == 4 for count in together.values()) / len(together) < 0.97
    lats = np.array([tile.center[1] for tile in tiles])
    assert (lats > 0).mean() > 0.5  # as land lies
    assert lats.min() > -60


def _tile(entry: object) -> object:
    try:
        return place_of(read_entry(entry)[0])
    except ReleaseError:
        return None


def test_captions_of_records_with_images_speak_of_these_images(folder: Path, release: Release) -> None:
    captions = {}
    for split in SPLITS:
        for entry in release.entries("3.5", split):
            try:
                name, caption = read_entry(entry)
            except ReleaseError:
                continue
            captions.setdefault(name, caption)
    source = SimulatedSource()
    images = release.images(_names(folder)).pixels
    count = 0
    for name in _names(folder)[:6]:
        tile = place_of(name)
        assert tile is not None
        chip = source.chip_at(*tile.center, bands=True)
        assert chip.labels is not None
        assert captions[name] == write_paraphrase(facts_35(chip.labels), seed=f"0 {tile.name}").text
        if images[name].min() < images[name].max():  # not one of the blank ones
            np.testing.assert_array_equal(images[name], chip.rgb)
            band = reflectance(release.bands(name)["B08"], "B08")
            expected = np.clip(np.nan_to_num(chip.bands["B08"]), 0, 255 * 0.0032)
            np.testing.assert_allclose(band, expected, atol=0.0033)  # eight bits
            count += 1
    assert count >= 4


def test_captions_of_records_without_images_speak_of_their_own_places_too(folder: Path, release: Release) -> None:
    numbers_with_images = set(_names(folder))
    entries = [entry for split in SPLITS for entry in release.entries("3.5", split) if _tile(entry) is not None]
    entries_without_images = [
        (name, text) for name, text in map(read_entry, entries) if name not in numbers_with_images
    ][::190]
    source = SimulatedSource()
    labels = [source.chip_at(*place_of(name).center).labels for name, _ in entries_without_images]  # type: ignore[union-attr]
    assert len(entries_without_images) > 12

    def contradicted(maps: list[np.ndarray | None]) -> float:
        results = Counter(
            one.result
            for (_, text), one_map in zip(entries_without_images, maps, strict=True)
            if one_map is not None
            for one in ground(read_claims(text), count_pixels(one_map))
        )
        return results[CONTRADICTED] / (results[CONTRADICTED] + results[SUPPORTED])

    # three captions in a hundred name, on purpose, what is not there
    assert contradicted(labels) < 0.05
    assert contradicted(labels[1:] + labels[:1]) > 0.3


def test_some_chips_are_blank_and_byte_for_byte_alike(folder: Path) -> None:
    write_release(folder.parent / "blank", records=12, images=12, seed=2)
    release = open_release(folder.parent / "blank")
    pixels = release.images(_names(folder.parent / "blank")).pixels
    blank = {name: int(one.flat[0]) for name, one in pixels.items() if one.min() == one.max()}
    assert sorted(blank.values()) == [0, 255]
    with zipfile.ZipFile(folder.parent / "blank" / "s2_rgb_images.zip") as archive:
        sums = {hashlib.sha256(archive.read(f"s2_images/{name}")).hexdigest() for name in blank}
    assert len(sums) == 2


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    for name, seed, processes in (("one", 0, 1), ("two", 0, 3), ("other", 1, None)):
        write_release(tmp_path / name, records=60, images=2, seed=seed, processes=processes)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    with zipfile.ZipFile(tmp_path / "other" / "json_files.zip") as archive:
        other = archive.read("json_files/ChatEarthNet_caps_35_train.json")
    with zipfile.ZipFile(tmp_path / "one" / "json_files.zip") as archive:
        one = archive.read("json_files/ChatEarthNet_caps_35_train.json")
    assert not {entry["image"] for entry in json.loads(one)} & {entry["image"] for entry in json.loads(other)}


def test_process_that_ends_early_raises_and_leaves_no_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "true")
    with pytest.raises(ReleaseError, match="a process ended early"):
        write_release(tmp_path, records=60, images=2, processes=2)
    with pytest.raises(ReleaseError, match="contains no"):
        open_release(tmp_path)
    monkeypatch.undo()
    write_release(tmp_path, records=60, images=2, processes=1)
    assert len(_names(tmp_path)) == 2


def test_refuses_to_overwrite_a_release_and_numbers_out_of_range(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="holds a release already"):
        write_release(folder)
    for records, images in ((0, 0), (10, 11), (3_000_000, 0), (10, -1)):
        with pytest.raises(ReleaseError, match="cannot be simulated"):
            write_release(tmp_path / "none", records=records, images=images)
    assert not (tmp_path / "none").exists()
