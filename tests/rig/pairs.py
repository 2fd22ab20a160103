"""A release in memory: entries as they stand in its JSON, made of paraphrased_release facts, or written by a test."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

from data.label_maps import label_map

from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.record import SPLITS
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.net.zip_directory import Directory


class ListedRelease:
    """What ``catalog.build`` asks of a release. A file that is an error is raised; one that is not there is missing."""

    simulated = True

    def __init__(self, files: dict[tuple[str, str], Any], *, directories: dict[str, Directory] | None = None) -> None:
        self.name = "the listed release"
        self.files, self.directories = files, directories or {}

    def entries(self, style: str, split: str) -> Iterator[Any]:
        if (style, split) not in self.files:
            msg = f"{self.name} has no captions of style {style} in split {split}; add them."
            raise ReleaseError(msg)
        for entry in self.files[style, split]:
            if isinstance(entry, Exception):
                raise entry
            yield entry

    def directory(self, archive: str) -> Directory | None:
        return self.directories.get(archive)


def one(name: str, caption: object = "Trees cover the top left.") -> dict[str, object]:
    """Return an entry."""
    return {"image": name, "caption": caption}


@cache
def _facts() -> list[tuple[Any, Any]]:
    maps = [label_map(seed) for seed in range(16)]
    return [(facts_35(labels), facts_4v(labels)) for labels in maps]


def paraphrased_release(records: int, *, seed: int = 0) -> ListedRelease:
    """Return a release of paraphrased_release facts: places all over the world, a third of them with a 4V caption."""
    draw = random.Random(f"pairs {seed}")
    files: dict[tuple[str, str], Any] = {(style, split): [] for style in ("3.5", "4v") for split in SPLITS}
    for number in range(records):
        tile = Tile(draw.randrange(16384), draw.randrange(3000, 11000))
        name = f"{tile.name}.png" if number % 29 else f"somewhere {number}.png"
        words, pictures = draw.choice(_facts())
        split = draw.choice(SPLITS)
        files["3.5", split].append({"image_id": name, "caption": [write_paraphrase(words, seed=number).text]})
        if number % 3 == 0:
            other = split if number % 4 else draw.choice(SPLITS)
            files["4v", other].append({"image": name, "caption": write_paraphrase(pictures, seed=number).text})
    return ListedRelease(files)
