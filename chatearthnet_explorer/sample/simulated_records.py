"""Create the places, pictures and captions of a simulated release, in parallel processes."""

from __future__ import annotations

import base64
import json
import random
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.parallel.processes import processors, programs
from chatearthnet_explorer.places.countries import land_outline
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.record import ARCHIVES, SPLITS
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.simulation.label_map_batches import sample_label_maps
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.facts import Facts4V, Facts35

NOTICE = (
    "This release is simulated: no satellite saw these places, no language model wrote these captions. "
    "chatearthnet_explorer made it up in the layout of ChatEarthNet, to be tried without a network."
)
"""What its README, its ZIPs and its pictures say."""

EFFORT = 25
"""Records without a picture that take as long as one with a picture."""

YEAR: Final = 2020
"""Year of the simulated maps that captions speak of."""

# Shares of ChatEarthNet: 98,092 / 16,348 / 49,048 of 163,488 in style 3.5, and 10,000 of them in style 4v.
_SPLIT_SHARES = (98_092, 16_348, 49_048)
_SHARE_4V = 10_000 / 163_488
_BLANK_SHARE = 0.0045  # 71 of 16,348 in val, 188 of 49,048 in test
# Zoom-13 tiles of which all four chips are taken. All of them may be: each number of the real release can be divided
# by four. The others show what a reader must live with if not.
_WHOLE_TILE = 0.9
_STYLES: dict[str, Callable[[NDArray[np.uint8]], Facts35 | Facts4V]] = {"35": facts_35, "4v": facts_4v}
_LAND_STEP = 0.1  # degrees of the mask that places are drawn from
_DN, _BAND_SCALE = 10_000.0, 32.0
_ALONE = 400  # records without a picture that are made before another process would have started


class SimulatedRecord(NamedTuple):
    """One record."""

    captions: dict[str, str]
    """Its caption in each style that it has, by ``35`` and ``4v``."""

    images: tuple[bytes, ...]
    """Its PNGs in the order of ``ARCHIVES``; empty if it has none."""


@dataclass(frozen=True)
class Records:
    """Which records there are: the same for the same numbers and seed."""

    count: int
    images: int
    seed: int

    @cached_property
    def tiles(self) -> list[Tile]:
        """Place of each, four chips of a zoom-13 tile often together."""
        draw = random.Random(f"{self.seed} tiles")  # noqa: S311 - places, not secrets
        lands = _land()
        rows, columns = np.nonzero(lands)
        lats = 90.0 - (rows + 0.5) * _LAND_STEP
        ends = np.cumsum(np.cos(np.radians(lats)))
        tiles: dict[Tile, None] = {}
        while len(tiles) < self.count:
            spot = int(np.searchsorted(ends, draw.random() * ends[-1]))
            lon = (columns[spot] + draw.random()) * _LAND_STEP - 180.0
            lat = 90.0 - (rows[spot] + draw.random()) * _LAND_STEP
            four = list(Tile.at(lon, lat).siblings)
            some_tiles = four if draw.random() < _WHOLE_TILE else draw.sample(four, draw.randint(1, 3))
            tiles.update(dict.fromkeys(some_tiles))
        return list(tiles)[: self.count]

    @cached_property
    def files(self) -> list[tuple[tuple[str, str], ...]]:
        """Style and split of the files that each stands in; it is in the same split in both styles."""
        draw = random.Random(f"{self.seed} splits")  # noqa: S311 - as above
        splits = draw.choices(SPLITS, _SPLIT_SHARES, k=self.count)
        return [(("35", split), ("4v", split)) if draw.random() < _SHARE_4V else (("35", split),) for split in splits]

    @cached_property
    def blanks(self) -> dict[Tile, int]:
        """Chips that are all black or all white, by their grey value."""
        draw = random.Random(f"{self.seed} blank")  # noqa: S311 - as above
        few = 2 if self.images >= 10 else 0  # noqa: PLR2004 - a handful of pictures has none
        blank_numbers = draw.sample(sorted(self.numbers_with_images), max(few, round(self.images * _BLANK_SHARE)))
        return {self.tiles[number]: 255 * (place % 2) for place, number in enumerate(blank_numbers)}

    @cached_property
    def numbers_with_images(self) -> frozenset[int]:
        """The records with pictures: of as many zoom-13 tiles as can be, so that few pictures show many lands."""
        by_position: list[tuple[int, int]] = []
        for _, group in groupby(range(self.count), self._square):
            by_position += enumerate(group)
        return frozenset(number for _, number in sorted(by_position)[: self.images])

    @cached_property
    def jobs(self) -> list[range]:
        """The records in pieces that are made at once: one with a picture, or those of one zoom-13 tile without."""
        pieces = []
        alone = self.numbers_with_images
        for _, group in groupby(range(self.count), lambda one: (self._square(one), one if one in alone else -1)):
            numbers = list(group)
            pieces.append(range(numbers[0], numbers[-1] + 1))
        return pieces

    def make(self, job: range) -> list[SimulatedRecord]:
        """Return the records of one piece."""
        if job[0] not in self.numbers_with_images:
            label_maps = sample_label_maps((self.tiles[number] for number in job), year=YEAR)
            return [
                SimulatedRecord(self.captions_of(number, labels), ())
                for number, (_, labels) in zip(job, label_maps, strict=True)
            ]
        tile = self.tiles[job[0]]
        chip = SimulatedSource().chip_at(*tile.center, year=YEAR, bands=True)
        labels = np.zeros((SIZE, SIZE), np.uint8) if chip.labels is None else chip.labels
        grey = self.blanks.get(tile)
        blank = None if grey is None else _png(np.full((SIZE, SIZE, 3), grey, np.uint8))
        images = tuple(blank or image_of(chip, archive) for archive in ARCHIVES)
        return [SimulatedRecord(self.captions_of(job[0], labels), images)]

    def captions_of(self, number: int, labels: NDArray[np.uint8]) -> dict[str, str]:
        """Return the captions of a record by ``35`` and ``4v``, given its label map of shape (256, 256)."""
        seed = f"{self.seed} {self.tiles[number].name}"
        return {style: write_paraphrase(_STYLES[style](labels), seed=seed).text for style, _ in self.files[number]}

    def _square(self, number: int) -> tuple[int, int]:
        return self.tiles[number].x // 2, self.tiles[number].y // 2


def image_of(chip: Chip, archive: str) -> bytes:
    """Return the PNG that an archive of a simulated release has of a chip.

    Args:
        chip: A simulated chip, with its bands unless the archive is that of true colour.
        archive: One of ``ARCHIVES``.
    """
    if archive == "s2_rgb_images":
        return _png(np.zeros((SIZE, SIZE, 3), np.uint8) if chip.rgb is None else chip.rgb)
    bands = np.stack([chip.bands[band] for band in ARCHIVES[archive]], axis=-1)
    return _png(np.clip(np.nan_to_num(bands) * _DN / _BAND_SCALE, 0, 255).astype(np.uint8))


@contextmanager
def simulate_records(records: Records, *, processes: int | None = None) -> Iterator[Iterator[SimulatedRecord]]:
    """Give every record in its order; how many processes make them changes nothing but the time.

    Args:
        records: Which.
        processes: How many; None for as many as there are processors, where that pays.

    Raises:
        ReleaseError: If a process dies.
    """
    effort = records.count + EFFORT * records.images
    processes = min(processes or (processors() if effort > _ALONE else 1), len(records.jobs))
    if processes == 1:
        yield (one for job in records.jobs for one in records.make(job))
        return
    numbers = (records.count, records.images, records.seed, processes)
    with programs(__name__, numbers, processes) as running:

        def listen() -> Iterator[SimulatedRecord]:
            # the processes take turns, so reading them in turn reads the next one
            for job in range(len(records.jobs)):
                output = running[job % processes].stdout
                line = output.readline() if output else b""
                if not line.endswith(b"\n"):
                    msg = "Making the release broke off, as a process ended early; try again with more memory free."
                    raise ReleaseError(msg)
                for captions, images in json.loads(line):
                    yield SimulatedRecord(captions, tuple(base64.b64decode(image) for image in images))

        yield listen()


def main(*arguments: str) -> None:
    """Make every piece that falls to one of several processes, and write it to the standard output, a line each."""
    count, images, seed, processes, number = map(int, arguments)
    records = Records(count, images, seed)
    for job in records.jobs[number::processes]:
        made_here = [
            (one.captions, [base64.b64encode(image).decode() for image in one.images]) for one in records.make(job)
        ]
        print(json.dumps(made_here), flush=True)  # noqa: T201 - this is how the processes talk


def _png(values: NDArray[np.uint8]) -> bytes:
    metadata = PngInfo()
    metadata.add_text("Comment", NOTICE)
    file = BytesIO()
    Image.fromarray(values).save(file, "PNG", compress_level=1, pnginfo=metadata)
    return file.getvalue()


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
