"""The chip cache on disk: limited in size, in files that hold only arrays and text."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import tempfile
import zipfile
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.chip import Chip, Scene
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.settings import Settings

FORMAT = 1
"""Version of the format; increase it if files of older versions must not be read."""

FILE_LIMIT = 16_000_000
"""Bytes of one file that is read: a chip with nine bands takes about 2.7 million."""

_FULL = 0.9
_ABOUT = "about"
_BAND = "band_"
_READ_ERRORS = (
    *(ValueError, KeyError, TypeError, AttributeError, EOFError, MemoryError, OverflowError),
    *(NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error),
)
_log = logging.getLogger(__name__)


def chip_key(settings: Settings, tile: Tile, *, year: int, scene: str | None, bands: bool) -> tuple[object, ...]:
    """Return the cache key of a chip: tile, year, scene, bands and sources."""
    return tile.x, tile.y, year, scene, bands, settings.catalogues, settings.worldcover


class ChipCache:
    """A folder of chips; the least recently used are deleted first.

    The folder may be shared or foreign, so its files are .npz files, read without pickle, and their size is checked
    before they are opened. A file that cannot be read is a miss, and a chip that cannot be written is not cached. The
    log gives the reason, once.
    """

    def __init__(self, folder: Path, *, limit: int) -> None:
        """Use a folder, which is created with the first chip.

        Args:
            folder: Folder of the files.
            limit: Maximum size of all files in bytes.
        """
        self._folder = folder / "chips"
        self._limit = limit
        self._has_warned = False

    def get(self, key: tuple[object, ...]) -> Chip | None:
        """Return the chip of a key, or None."""
        path = self._path(key)
        try:
            if path.stat().st_size > FILE_LIMIT:
                return None
            chip = _unpack(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn("read", error)
            return None
        except _READ_ERRORS as error:
            self._warn("read", error)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):  # on a read-only disk the chip only looks older than it is
            os.utime(path)
        return chip

    def put(self, key: tuple[object, ...], chip: Chip) -> None:
        """Store a chip, if it fits into the limit."""
        content = _pack(chip)
        if len(content) > self._limit:
            return
        path = self._path(key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._evict(len(content))
            _write(path, content)
        except OSError as error:
            self._warn("write to", error)

    def _path(self, key: tuple[object, ...]) -> Path:
        text = json.dumps([FORMAT, *key]).encode()
        return self._folder / f"{hashlib.sha256(text).hexdigest()[:32]}.npz"

    def _evict(self, size: int) -> None:
        entries = []
        for entry in os.scandir(self._folder):
            with contextlib.suppress(FileNotFoundError):  # another process deleted it first
                entries.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
        total = size + sum(bytes_ for _, bytes_, _ in entries)
        if total <= self._limit:
            return
        # delete a little more than needed, so that not every new chip deletes
        for _, bytes_, path in sorted(entries):
            if total <= self._limit * _FULL:
                break
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108 - what scandir gives
            total -= bytes_

    def _warn(self, what: str, error: BaseException) -> None:
        if not self._has_warned:
            self._has_warned = True
            reason = getattr(error, "strerror", None) or type(error).__name__
            _log.warning("Cannot %s the cache in %s (%s); chips are fetched anew.", what, self._folder, reason)


def _write(path: Path, content: bytes) -> None:
    # atomic: another reader never sees half a file
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)  # noqa: PTH105 - mkstemp gives a name
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - likewise
        raise


def _pack(chip: Chip) -> bytes:
    scene = chip.scene
    about = {
        "tile": [chip.tile.x, chip.tile.y],
        "source": chip.source,
        "simulated": chip.simulated,
        "label_version": chip.label_version,
        "missing": chip.missing,
        "attribution": chip.attribution,
        "scene": scene
        and {
            "catalogue": scene.catalogue,
            "item": scene.item,
            "acquired": scene.acquisition_time and scene.acquisition_time.isoformat(),
            "cloud_share": scene.cloud_share,
            "tile_cloud_share": scene.tile_cloud_share,
            "baseline": scene.baseline,
            "radiometry": scene.radiometry,
        },
    }
    arrays: dict[str, NDArray[Any] | None] = {"labels": chip.labels, "rgb": chip.rgb, "scl": chip.scl}
    arrays |= {f"{_BAND}{name}": band for name, band in chip.bands.items()}
    content = io.BytesIO()
    words = np.frombuffer(json.dumps(about).encode(), np.uint8)
    with zipfile.ZipFile(content, "w") as members:  # as np.savez writes it
        for name, array in {_ABOUT: words, **arrays}.items():
            if array is not None:
                with members.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
    return content.getvalue()


def _unpack(content: bytes) -> Chip:
    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as members:
        if sum(member.file_size for member in members.infolist()) > FILE_LIMIT:
            msg = "unpacks to more than a chip"
            raise ValueError(msg)
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = read_json(arrays.pop(_ABOUT).tobytes())
    scene = about["scene"]
    if scene:
        time = scene.pop("acquired")
        scene["acquisition_time"] = time and datetime.fromisoformat(time)
    return Chip(
        tile=Tile(*about["tile"]),
        source=str(about["source"]),
        simulated=bool(about["simulated"]),
        labels=arrays.get("labels"),
        label_version=about["label_version"],
        rgb=arrays.get("rgb"),
        bands={name.removeprefix(_BAND): array for name, array in arrays.items() if name.startswith(_BAND)},
        scl=arrays.get("scl"),
        scene=Scene(**scene) if scene else None,
        missing=tuple(about["missing"]),
        attribution=tuple(about["attribution"]),
    )
