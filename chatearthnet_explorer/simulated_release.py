"""A release of the same layout and quirks as ChatEarthNet's, made up."""

from __future__ import annotations

import json
import math
import random
import zipfile
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from chatearthnet_explorer.captioners.paraphrase import tell
from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.landcover import facts_4v, facts_35
from chatearthnet_explorer.record import ARCHIVES, MARKER, SPLITS
from chatearthnet_explorer.sources.simulated import SimulatedSource
from chatearthnet_explorer.tile import SIZE, Tile
from chatearthnet_explorer.world import land_outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.landcover import Facts4V, Facts35

SAID = (
    "This release is simulated: no satellite saw these places, no language model wrote these captions. "
    "chatearthnet_explorer made it up in the layout of ChatEarthNet, to be tried without a network."
)
"""What its README, its ZIPs and its pictures say."""

# Shares of ChatEarthNet: 98,092 / 16,348 / 49,048 of 163,488 in style 3.5, and 10,000 of them in style 4v.
_SPLIT_SHARES = (98_092, 16_348, 49_048)
_SHARE_4V = 10_000 / 163_488
_BLANK_SHARE = 0.0045  # 71 of 16,348 in val, 188 of 49,048 in test
_WHOLE_TILE = 0.6  # zoom-13 tiles of which all four chips are taken; not counted in the real release
# Keys of name and caption, file by file: independent readers of the real files tell of all four combinations.
_QUIRKS = {
    ("35", "train"): ("image", False),
    ("35", "val"): ("image_id", True),
    ("35", "test"): ("image", True),
    ("4v", "train"): ("image_id", False),
    ("4v", "val"): ("image", True),
    ("4v", "test"): ("image", False),
}
_STYLES: dict[str, Callable[[NDArray[np.uint8]], Facts35 | Facts4V]] = {"35": facts_35, "4v": facts_4v}
_BROKEN_EVERY = 250
_LAND_STEP = 0.1  # degrees of the mask that places are drawn from
# With fewer, a desert would be told of as the forest of another continent.
_LEAST_MAPS, _MOST_MAPS = 24, 64
_SMALLEST_CROP = 128
_DN, _BAND_SCALE = 10_000.0, 32.0


def write_release(
    folder: Path,
    *,
    records: int = 2000,
    images: int = 40,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write ``json_files.zip`` and the three ZIPs of images into a folder; everything in it says it is simulated.

    The chips of the first ``images`` records are those of the simulated source, at 0.16 s each, and their captions
    speak of them. For the others that would take hours: their captions speak of a map near by, of those chips and up to
    64 in all, turned, mirrored and cropped by chance, at 1 ms each. The same arguments write the same records.

    Args:
        folder: Where to; made if it is not there.
        records: Entries of the 3.5 style, the broken ones included; the 4V style has 6 % as many.
        images: Records that have images, counted from the first.
        seed: Which release.
        progress: Told how many of how many steps are done.

    Raises:
        ReleaseError: If a number is out of range, or the folder holds a release already.
        OSError: If the folder cannot be written.
    """
    if not (1 <= records <= 2_000_000 and 0 <= images <= records):  # noqa: PLR2004 - ten times the real one
        msg = f"A release of {records} records and {images} images cannot be simulated; ask for 1 to 2,000,000 records."
        raise ReleaseError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "json_files.zip").exists():
        msg = f"{folder} holds a release already; choose another folder."
        raise ReleaseError(msg)
    maker = _Maker(records, images, seed, progress)
    maker.write_images(folder)
    _write_zip(folder / "json_files.zip", maker.json_files())
    (folder / "README.txt").write_text(f"{SAID}\n", encoding="utf-8")


@dataclass
class _Maker:
    records: int
    images: int
    seed: int
    progress: Callable[[int, int], None]
    done: int = 0

    def __post_init__(self) -> None:
        self.source = SimulatedSource()
        self.maps = min(max(self.records // 80, _LEAST_MAPS), _MOST_MAPS)
        self.total = max(self.images, self.maps) + round(self.records * (1 + _SHARE_4V))

    @cached_property
    def tiles(self) -> list[Tile]:
        """Places of all records, four chips of a zoom-13 tile often together; the same for the same seed."""
        draw = random.Random(f"{self.seed} tiles")  # noqa: S311 - places, not secrets
        lands = _land()
        rows, columns = np.nonzero(lands)
        lats = 90.0 - (rows + 0.5) * _LAND_STEP
        ends = np.cumsum(np.cos(np.radians(lats)))
        found: dict[Tile, None] = {}
        while len(found) < self.records:
            spot = int(np.searchsorted(ends, draw.random() * ends[-1]))
            lon = (columns[spot] + draw.random()) * _LAND_STEP - 180.0
            lat = 90.0 - (rows[spot] + draw.random()) * _LAND_STEP
            four = list(Tile.at(lon, lat).siblings)
            taken = four if draw.random() < _WHOLE_TILE else draw.sample(four, draw.randint(1, 3))
            found.update(dict.fromkeys(taken))
        return list(found)[: self.records]

    @cached_property
    def chips(self) -> dict[Tile, Chip]:
        """The chips of the first records, and further ones whose maps stand for the others."""
        step = max(self.records // self.maps, 1)
        wanted = dict.fromkeys([*self.tiles[: self.images], *self.tiles[self.images :: step]])
        found: dict[Tile, Chip] = {}
        for tile in list(wanted)[: max(self.images, self.maps)]:
            found[tile] = self.source.chip_at(*tile.center, bands=len(found) < self.images)
            self._step()
        return found

    @cached_property
    def blanks(self) -> dict[Tile, int]:
        """Chips that are all black or all white, by their grey value."""
        draw = random.Random(f"{self.seed} blank")  # noqa: S311 - as above
        few = 2 if self.images >= 10 else 0  # noqa: PLR2004 - a handful of pictures has none
        chosen = draw.sample(self.tiles[: self.images], max(few, round(self.images * _BLANK_SHARE)))
        return {tile: 255 * (place % 2) for place, tile in enumerate(chosen)}

    def write_images(self, folder: Path) -> None:
        for archive, bands in ARCHIVES.items():
            members = ((f"s2_images/{tile.name}.png", self._png(tile, bands)) for tile in self.tiles[: self.images])
            _write_zip(folder / f"{archive}.zip", members)

    def json_files(self) -> Iterator[tuple[str, bytes | Iterator[str]]]:
        yield f"json_files/{MARKER}", json.dumps({"simulated": True, "seed": self.seed, "said": SAID}).encode()
        for style, split in _QUIRKS:
            yield f"json_files/ChatEarthNet_caps_{style}_{split}.json", self._entries(style, split)

    def _entries(self, style: str, split: str) -> Iterator[str]:
        key, as_list = _QUIRKS[style, split]
        link = "["
        for number in self._placed[style, split]:
            tile = self.tiles[number]
            draw = random.Random(f"{self.seed} {tile.name}")  # noqa: S311 - as above
            text = tell(_STYLES[style](self._labels(tile, draw)), seed=f"{self.seed} {tile.name}").text
            entry = {key: f"{tile.name}.png", "caption": [text] if as_list else text, "simulated": True}
            broken = style == "35" and number >= self.images and number % _BROKEN_EVERY == _BROKEN_EVERY - 1
            shown = _break(entry, key, number // _BROKEN_EVERY, self.tiles[number - 1]) if broken else entry
            yield link + json.dumps(shown)
            link = ",\n"
            self._step()
        yield "[]" if link == "[" else "]"

    @cached_property
    def _placed(self) -> dict[tuple[str, str], list[int]]:
        """Return which records are in each file; a record is in the same split in both styles."""
        draw = random.Random(f"{self.seed} splits")  # noqa: S311 - as above
        placed: dict[tuple[str, str], list[int]] = {file: [] for file in _QUIRKS}
        for number, split in enumerate(draw.choices(SPLITS, _SPLIT_SHARES, k=self.records)):
            placed["35", split].append(number)
            if draw.random() < _SHARE_4V:
                placed["4v", split].append(number)
        return placed

    def _labels(self, tile: Tile, draw: random.Random) -> NDArray[np.uint8]:
        """Return the chip's own labels, or for a place without a chip a piece of a map near by."""
        own = self.chips.get(tile)
        if own is not None:
            return np.zeros((SIZE, SIZE), np.uint8) if own.labels is None else own.labels
        vectors, maps = self._near
        labels = maps[int((vectors @ _vector(tile)).argmax())]
        side = draw.randint(_SMALLEST_CROP, SIZE)
        rows, columns = (draw.randint(0, SIZE - side) + np.arange(SIZE) * side // SIZE for _ in range(2))
        if draw.random() < 0.5:  # noqa: PLR2004 - half of them are mirrored, and so on
            rows = rows[::-1]
        if draw.random() < 0.5:  # noqa: PLR2004
            columns = columns[::-1]
        cropped: NDArray[np.uint8] = labels[rows[:, None], columns]
        return cropped.T if draw.random() < 0.5 else cropped  # noqa: PLR2004

    @cached_property
    def _near(self) -> tuple[NDArray[np.float64], list[NDArray[np.uint8]]]:
        mapped = {tile: chip.labels for tile, chip in self.chips.items() if chip.labels is not None}
        vectors = np.array([_vector(tile) for tile in mapped]).reshape(-1, 3)
        return vectors, list(mapped.values())

    def _png(self, tile: Tile, bands: tuple[str, str, str]) -> bytes:
        chip = self.chips[tile]
        if tile in self.blanks:
            values = np.full((SIZE, SIZE, 3), self.blanks[tile], np.uint8)
        elif bands == ARCHIVES["s2_rgb_images"]:
            values = np.zeros((SIZE, SIZE, 3), np.uint8) if chip.rgb is None else chip.rgb
        else:
            seen = np.stack([chip.bands[band] for band in bands], axis=-1)
            values = np.clip(np.nan_to_num(seen) * _DN / _BAND_SCALE, 0, 255).astype(np.uint8)
        said = PngInfo()
        said.add_text("Comment", SAID)
        file = BytesIO()
        Image.fromarray(values).save(file, "PNG", compress_level=1, pnginfo=said)
        return file.getvalue()

    def _step(self) -> None:
        self.done += 1
        self.progress(min(self.done, self.total), self.total)


def _break(entry: dict[str, Any], key: str, which: int, other: Tile) -> Any:  # noqa: ANN401 - anything may be in JSON
    """Return an entry that is broken in one of the ways that a reader must live with."""
    ways: tuple[Any, ...] = (
        {**entry, "caption": None},
        {**entry, "caption": which},
        {key: entry[key], "simulated": True},
        {**entry, key: f"chip {which} of nowhere.png"},  # a pair without a place
        {**entry, key: f"{other.name}.png"},  # a name for the second time
        None,
        {**entry, key: None},
    )
    return ways[which % len(ways)]


def _land() -> NDArray[np.bool_]:
    """Return where land is but Antarctica, (1800, 3600), row 0 north."""
    mask = Image.new("1", (round(360 / _LAND_STEP), round(180 / _LAND_STEP)))
    draw = ImageDraw.Draw(mask)
    for country in land_outline()["features"]:
        if country["properties"]["continent"] == "Antarctica":
            continue
        for polygon in country["geometry"]["coordinates"]:
            draw.polygon([((lon + 180.0) / _LAND_STEP, (90.0 - lat) / _LAND_STEP) for lon, lat in polygon[0]], fill=1)
    land = np.array(mask)
    land[: round((90 - 82) / _LAND_STEP)] = False  # Sentinel-2 does not see what lies farther north
    return land


def _vector(tile: Tile) -> NDArray[np.float64]:
    lon, lat = (math.radians(degrees) for degrees in tile.center)
    return np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])


def _write_zip(path: Path, members: Iterator[tuple[str, bytes | Iterator[str]]]) -> None:
    """Write a ZIP under another name first, so that one that is there is whole."""
    unfinished = path.with_name(f"{path.name}.part")
    with zipfile.ZipFile(unfinished, "w") as archive:
        archive.comment = SAID.encode()
        for name, content in members:
            info = zipfile.ZipInfo(name)  # without the time of day, so that the same release has the same bytes
            if isinstance(content, bytes):
                archive.writestr(info, content)
                continue
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in content:
                    file.write(piece.encode())
    unfinished.replace(path)
