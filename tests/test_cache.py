"""The cache: what went in comes out, and no disk, size or stranger's file takes a chip away from anybody."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import pickle
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pytest

from chatearthnet_explorer.chip import BANDS, Chip, Scene
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import chip_cache
from chatearthnet_explorer.sources.chip_cache import ChipCache, chip_key
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = (8498, 8176, 2020, None, False)


def chip(seed: int = 0, *, bands: bool = True) -> Chip:
    random = np.random.default_rng(seed)
    return Chip(
        tile=Tile(8498, 8176),
        source="stac",
        labels=random.integers(0, 12, (256, 256), np.uint8),
        label_version="v100/2020",
        rgb=random.integers(0, 256, (256, 256, 3), np.uint8),
        bands={name: random.random((256, 256), np.float32) for name in BANDS} if bands else {},
        scl=random.integers(0, 12, (256, 256), np.uint8),
        scene=Scene(
            catalogue="http://127.0.0.1/stac",
            item="a+b",
            acquisition_time=datetime(2020, 6, 12, 10, 0, 1, 587000, UTC),
            cloud_share=0.1,
            tile_cloud_share=0.2,
            baseline="05.00",
            radiometry="Reflectance is what it is.",
        ),
        missing=("A sentence with ü.",),
        attribution=("One", "Two"),
    )


def assert_same(one: Chip | None, other: Chip) -> None:
    assert one is not None
    for name in ("tile", "source", "simulated", "label_version", "scene", "missing", "attribution"):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("labels", "rgb", "scl"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert list(one.bands) == list(other.bands)
    for name in other.bands:
        assert np.array_equal(one.bands[name], other.bands[name], equal_nan=True)


def test_returns_what_was_stored(tmp_path: Path) -> None:
    cache = ChipCache(tmp_path, limit=10_000_000)
    assert cache.get(KEY) is None
    cache.put(KEY, chip())
    assert_same(ChipCache(tmp_path, limit=10_000_000).get(KEY), chip())
    assert cache.get((*KEY, "other")) is None


def test_partial_chip_stays_partial(tmp_path: Path) -> None:
    cache = ChipCache(tmp_path, limit=10_000_000)
    bare = Chip(tile=Tile(1, 2), source="stac", missing=("No scene.",))
    cache.put(KEY, bare)
    assert cache.get(KEY) == bare


def test_key_has_every_option_that_changes_a_chip() -> None:
    tile, settings = Tile(1, 2), Settings()
    plain = {"year": 2020, "scene": None, "bands": False}
    keys = {
        chip_key(settings, tile, **plain),
        chip_key(settings, Tile(2, 1), **plain),
        chip_key(settings, tile, **plain | {"year": 2021}),
        chip_key(settings, tile, **plain | {"scene": "a"}),
        chip_key(settings, tile, **plain | {"bands": True}),
        chip_key(Settings(catalogues=("http://127.0.0.1",)), tile, **plain),
        chip_key(Settings(worldcover="http://127.0.0.1"), tile, **plain),
    }
    assert len(keys) == 7


def test_removes_least_recently_used_chips_first(tmp_path: Path) -> None:
    one = len(chip_cache._pack(chip(bands=False)))
    cache = ChipCache(tmp_path, limit=5 * one)
    for number in range(5):
        cache.put((number,), chip(number, bands=False))
        path = cache._path((number,))
        os.utime(path, (number, number))
    assert cache.get((0,)) is not None  # looked at, so it stays
    cache.put((5,), chip(5, bands=False))
    assert [number for number in range(6) if cache.get((number,))] == [0, 3, 4, 5]
    assert sum(file.stat().st_size for file in (tmp_path / "chips").iterdir()) <= 5 * one


def test_a_chip_larger_than_the_cache_is_not_kept(tmp_path: Path) -> None:
    cache = ChipCache(tmp_path, limit=1000)
    cache.put(KEY, chip())
    assert cache.get(KEY) is None


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


def npz(**arrays: object) -> bytes:
    content = io.BytesIO()
    np.savez(content, **{name: np.asarray(array) for name, array in arrays.items()})
    return content.getvalue()


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("rgb.npy", b"\0" * 100_000_000)
    return content.getvalue()


def huge() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**14,)})
        file.writestr("about.npy", header.getvalue())
    return content.getvalue()


def about(**changes: object) -> bytes:
    fields = {
        "tile": [1, 2],
        "source": "stac",
        "simulated": False,
        "label_version": None,
        "missing": [],
        "attribution": [],
        "scene": None,
    }
    return npz(about=np.frombuffer(json.dumps({**fields, **changes}).encode(), np.uint8))


BAD_FILES = {
    "empty": b"",
    "no archive": b"hello",
    "cut short": chip_cache._pack(chip())[:5000],
    "nothing in it": npz(),
    "no words": npz(rgb=np.zeros((256, 256, 3), np.uint8)),
    "words that are none": npz(about=np.frombuffer(b"{", np.uint8)),
    "a list": npz(about=np.frombuffer(b"[]", np.uint8)),
    "deep words": npz(about=np.frombuffer(b"[" * 100_000, np.uint8)),
    "a tile off the map": about(tile=[-1, 99_999]),
    "a tile of text": about(tile=["a", "b"]),
    "a scene of another kind": about(scene={"acquired": None, "evil": 1}),
    "another time": about(scene={"acquired": "yesterday", "catalogue": "", "item": ""}),
    "another shape": npz(about=np.load(io.BytesIO(about()))["about"], rgb=np.zeros((2, 2), np.uint8)),
    "a bomb": bomb(),
    "a shape beyond all memory": huge(),
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_a_broken_file_is_a_miss_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    cache = ChipCache(tmp_path, limit=10_000_000)
    path = cache._path(KEY)
    path.parent.mkdir()
    path.write_bytes(content)
    assert cache.get(KEY) is None
    cache.put(KEY, chip())
    assert_same(cache.get(KEY), chip())


def test_a_pickle_in_a_shared_folder_is_never_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    pickle.loads(pickle.dumps(Trap(tmp_path / "proof")))
    assert (tmp_path / "proof").exists()
    cache = ChipCache(tmp_path, limit=10_000_000)
    path = cache._path(KEY)
    path.parent.mkdir()
    trap = np.array([Trap(ran)], dtype=object)
    for content in (pickle.dumps(Trap(ran)), npz(about=trap), npz(about=np.zeros(1, np.uint8), rgb=trap)):
        path.write_bytes(content)
        assert cache.get(KEY) is None
    assert not ran.exists()


def test_a_file_too_large_is_not_opened(tmp_path: Path) -> None:
    cache = ChipCache(tmp_path, limit=10_000_000)
    path = cache._path(KEY)
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(10**12)
    assert cache.get(KEY) is None


def full(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_logs_full_disk_once_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cache = ChipCache(tmp_path, limit=10_000_000)
    monkeypatch.setattr(chip_cache.os, "replace", full)
    with caplog.at_level(logging.WARNING):
        cache.put(KEY, chip())
        cache.put(KEY, chip())
    assert [record.getMessage() for record in caplog.records] == [
        f"Cannot write to the cache in {tmp_path / 'chips'} (No space left on device); chips are fetched anew."
    ]
    assert list((tmp_path / "chips").iterdir()) == []


def test_logs_full_device_and_caches_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    cache = ChipCache(tmp_path, limit=10_000_000)

    def on_full(**_: object) -> tuple[int, str]:
        return os.open("/dev/full", os.O_WRONLY), str(tmp_path / "part")

    monkeypatch.setattr(chip_cache.tempfile, "mkstemp", on_full)
    cache.put(KEY, chip())
    assert "No space left" in caplog.text
    assert cache.get(KEY) is None


def test_works_without_a_cache_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # a file in its way stops root as well, which permissions do not
    (tmp_path / "file").write_text("in the way")
    cache = ChipCache(tmp_path / "file", limit=10_000_000)
    assert cache.get(KEY) is None
    cache.put(KEY, chip())
    assert len(caplog.records) == 1


def test_reads_from_a_read_only_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ChipCache(tmp_path, limit=10_000_000)
    cache.put(KEY, chip())

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    for name in ("utime", "replace", "unlink"):
        monkeypatch.setattr(chip_cache.os, name, refuse)
    monkeypatch.setattr(chip_cache.tempfile, "mkstemp", refuse)
    assert_same(cache.get(KEY), chip())
    cache.put(("other",), chip(1))
    assert cache.get(("other",)) is None
