"""A release of the real one's size, written in seconds: its numbers, splits, layout and places; captions made up."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from data.label_maps import label_map
from PIL import Image

from chatearthnet_explorer.places.countries import countries, countries_at
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.record import ARCHIVES, SPLITS
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RECORDS = 163_488
COUNTS = {
    "3.5": dict(zip(SPLITS, (98_092, 16_348, 49_048), strict=True)),
    "4v": dict(zip(SPLITS, (6_000, 1_000, 3_000), strict=True)),
}
"""Captions of ChatEarthNet by style and split."""

COUNTRY_WITH_PICTURES = "Iceland"
"""The country whose places have pictures."""

_SHORT = {"3.5": "35", "4v": "4v"}
_ENDINGS = 2000  # paraphrases whose halves are joined: nearly all captions differ
_CHIPS = 12


def counts(records: int) -> dict[str, dict[str, int]]:
    """Return captions by style and split of a release of another size, in the same shares."""
    if records == RECORDS:
        return COUNTS
    shares = {style: {split: count / RECORDS for split, count in of.items()} for style, of in COUNTS.items()}
    split_counts = {style: {split: int(share * records) for split, share in of.items()} for style, of in shares.items()}
    split_counts["3.5"]["train"] += records - sum(split_counts["3.5"].values())
    return split_counts


def write_release(
    folder: Path, *, records: int = RECORDS, archives: int = len(ARCHIVES), chips: Sequence[bytes] = ()
) -> None:
    """Write ``json_files.zip`` and ZIPs of images, of which only those of ``PICTURED`` are more than a name.

    Args:
        folder: Where to; it must not be there.
        records: Pairs of the 3.5 style.
        archives: ZIPs of images, 0 to 3.
        chips: PNGs for the pictured places, in turn, after those of the simulated source.
    """
    folder.mkdir(parents=True)
    tiles = places(records)
    order = random.Random(0).sample(tiles, records)
    record_counts = counts(records)
    with zipfile.ZipFile(folder / "json_files.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for style, of in record_counts.items():
            texts, start = _texts(style), 0
            for split in SPLITS:
                with archive.open(f"json_files/ChatEarthNet_caps_{_SHORT[style]}_{split}.json", "w") as file:
                    for piece in _entries(order[start : start + of[split]], texts):
                        file.write(piece)
                start += record_counts["3.5"][split]  # a pair is in the same split in both styles
    names = list(ARCHIVES)[:archives]
    pictures = [*_simulated_chips(), *chips]
    tiles_with_pictures = _in(COUNTRY_WITH_PICTURES, tiles)
    for name in names[:1]:
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as images:
            for number, tile in enumerate(tiles):
                content = pictures[number % len(pictures)] if tile in tiles_with_pictures else tile.name.encode()
                images.writestr(zipfile.ZipInfo(f"s2_images/{tile.name}.png"), content)
    for name in names[1:]:
        shutil.copyfile(folder / f"{names[0]}.zip", folder / f"{name}.zip")


def places(records: int) -> list[Tile]:
    """Return places on land, four to a zoom-13 tile, as the release's are."""
    draw = np.random.default_rng(0)
    tiles_found: dict[Tile, None] = {}
    while len(tiles_found) < records:
        lon = draw.uniform(-180, 180, records)
        lat = np.degrees(np.arcsin(draw.uniform(-0.8, 0.98, records)))
        for place in np.flatnonzero(countries_at(lon, lat) >= 0):
            tiles_found.update(dict.fromkeys(Tile.at(lon[place], lat[place]).siblings))
    return list(tiles_found)[:records]


def _in(country: str, tiles: Sequence[Tile]) -> set[Tile]:
    lon, lat = np.array([tile.center for tile in tiles]).T
    position = [one.name for one in countries()].index(country)
    return {tiles[place] for place in np.flatnonzero(countries_at(lon, lat) == position)}


def _texts(style: str) -> list[tuple[str, str]]:
    """Return beginnings and ends of captions."""
    facts = facts_35 if style == "3.5" else facts_4v
    maps = [facts(label_map(seed)) for seed in range(200)]
    sentences = [write_paraphrase(maps[seed % len(maps)], seed=seed).text.split(". ") for seed in range(_ENDINGS)]
    return [(". ".join(one[: len(one) // 2]), ". ".join(one[len(one) // 2 :])) for one in sentences]


def _entries(tiles: Sequence[Tile], texts: list[tuple[str, str]]) -> Iterator[bytes]:
    """Yield the pieces of a list in JSON."""
    draw = random.Random(len(tiles))
    for number, tile in enumerate(tiles):
        (first, _), (_, second) = draw.choices(texts, k=2)
        entry = {"image_id": f"{tile.name}.png", "caption": [f"{first}. {second}"]}
        yield (",\n" if number else "[").encode() + json.dumps(entry).encode()
    yield b"]" if tiles else b"[]"


def _simulated_chips() -> list[bytes]:
    chips = []
    for number in range(_CHIPS):
        file = BytesIO()
        Image.fromarray(SimulatedSource().chip_at(-19.0 + number / 3, 65.0).rgb).save(file, "PNG")
        chips.append(file.getvalue())
    return chips
