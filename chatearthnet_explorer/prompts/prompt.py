"""Make the prompt of a label map by ChatEarthNet's method."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.caption import MULTISPECTRAL, RELEASED_STYLES
from chatearthnet_explorer.errors import LabelError, WordingError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES, palette
from chatearthnet_explorer.prompts.facts import Facts, Facts4V, facts_4v, facts_35
from chatearthnet_explorer.prompts.wording import MAPS, Wording, open_wording
from chatearthnet_explorer.values import Value, freeze

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.caption import Style

NOUNS = ("fraction", "part", "portion", "amount", "quantity")
"""Nouns for a share; the 3.5 style draws one for each (scripts of arXiv 2402.11325)."""

FORBIDDEN_WORDS = (
    *("possibly", "likely", "perhaps", "context", "segmentation"),
    *("appear", "change", "transition", "dynamic"),
)
"""Words that all styles forbid (scripts of arXiv 2402.11325)."""

TOKEN_LIMITS: dict[Style, int] = {"3.5": 300, "4v": 1200, MULTISPECTRAL: 300}
"""Most tokens of a caption, by style (scripts of arXiv 2402.11325); a multispectral one is one paragraph as in 3.5."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Prompt(Value):
    """The messages for a model. The same labels, style, seed and wording give the same prompt.

    Two prompts are equal if all their fields are, images pixel by pixel. The images cannot be written to.
    """

    style: Style
    """``3.5``, ``4v`` or ``multispectral``."""

    seed: int
    """Seed of the nouns that are drawn for shares."""

    all_facts: tuple[Facts, ...]
    """The facts about each label map, that of the chip first; which pictures are sent, in the multispectral style."""

    system: str
    """The system message: the rules."""

    user: str
    """The user message: the facts in words."""

    images: tuple[NDArray[np.uint8], ...] = ()
    """Pictures to send, uint8: none for 3.5, coloured label maps (128, 128, 3) for 4V, pictures (256, 256, 3) of the
    bands for the multispectral style."""

    image_texts: tuple[str, ...] = ()
    """What each picture shows and how to read its colours, sent right before it; empty where ``user`` says it."""

    def __post_init__(self) -> None:
        """Make the images read-only."""
        object.__setattr__(self, "images", freeze(self.images))

    @property
    def facts(self) -> Facts:
        """Return the facts about the chip."""
        return self.all_facts[0]

    @property
    def token_limit(self) -> int:
        """Return the most tokens that the caption may have."""
        return TOKEN_LIMITS[self.style]

    @property
    def id(self) -> str:
        """Return twelve hexadecimal digits that change with any word or pixel of the prompt."""
        digest = hashlib.sha256(json.dumps([self.style, self.system, self.user, *self.image_texts]).encode())
        for image in self.images:
            digest.update(image.tobytes())
        return digest.hexdigest()[:12]

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON: ``style``, ``seed``, ``system``, ``user``, ``facts``, and ``image_texts`` if any."""
        return {
            "style": self.style,
            "seed": self.seed,
            "system": self.system,
            "user": self.user,
            "facts": self.facts.to_dict(),
            **({"image_texts": list(self.image_texts)} if self.image_texts else {}),
        }


def prompt_for(
    labels: NDArray[np.uint8],
    *siblings: NDArray[np.uint8],
    style: Style = "3.5",
    seed: int = 0,
    wording: str | Path | None = None,
) -> Prompt:
    """Return the prompt that ChatEarthNet's method makes from labels.

    Args:
        labels: Class indices, (256, 256) uint8, row 0 north.
        siblings: Up to three more maps, for the 4V style only: one request of the published
            method has the four chips of a tile.
        style: ``3.5`` or ``4v``; ``prompt_for_chip`` makes prompts of the multispectral style too.
        seed: Seed of the words that the 3.5 style draws.
        wording: TOML file with other sentences, or the word ``original`` for the authors' (see `open_wording`);
            None for the project's own.

    Raises:
        LabelError: If an array is not a label map, or there are more maps than the style describes.
        WordingError: If the style or the wording file cannot be used.
    """
    if style not in RELEASED_STYLES:
        msg = f"A prompt of style {style!r} is not made of labels; choose 3.5 or 4v, or call prompt_for_chip."
        raise WordingError(msg)
    words = wording_for(style, wording, maps=1 + len(siblings))
    most = MAPS if style == "4v" else 1
    maps = (labels, *siblings)
    if len(maps) > most:
        msg = f"Style {style} describes at most {most} label map(s) at once, got {len(maps)}."
        raise LabelError(msg)
    return _prompt_4v(maps, words, seed) if style == "4v" else _prompt_35(labels, words, seed)


def wording_for(style: Style, wording: str | Path | None = None, *, maps: int = 1) -> Wording:
    """Return the wording of a style, for a prompt about so many label maps.

    Raises:
        WordingError: If the style or the wording file cannot be used, or the wording is for another number of maps.
    """
    words = open_wording(style, wording)
    if words.layout.maps not in {0, maps}:
        msg = (
            f"This wording describes {words.layout.maps} label maps at once and got {maps}; give the chips of one tile "
            "to `prompt_for` or the command `prompt`, or use another wording."
        )
        raise WordingError(msg)
    return words


def _prompt_35(labels: NDArray[np.uint8], words: Wording, seed: int) -> Prompt:
    facts = facts_35(labels)
    draw = random.Random(seed)  # noqa: S311 - words, not secrets
    lines = []
    for part, amounts in facts.parts.items():
        phrases = [
            words.fill(
                "amount",
                size=amount.size,
                noun=draw.choice(NOUNS),
                percent=amount.percent,
                **{"class": amount.name},
            )
            for amount in amounts
        ]
        sentence = "part" if phrases else "empty_part"
        slots = {"amounts": words.join("amount", phrases)} if phrases else {}
        lines.append(words.fill(sentence, part=words.layout.part(sentence, part), **slots))
    names = [words.fill("class", **{"class": name}) for name in facts.overall]
    overall = words.join("class", names) if names else words.layout.nothing
    user = words.fill("user", overall=overall, parts=words.join("part", lines))
    return Prompt(style=words.style, seed=seed, all_facts=(facts,), system=words.fill("system"), user=user)


def _prompt_4v(maps: tuple[NDArray[np.uint8], ...], words: Wording, seed: int) -> Prompt:
    all_facts = tuple(facts_4v(labels) for labels in maps)
    present = {name for facts in all_facts for name in facts.percents}
    colours = [
        words.fill("legend", colour=f"RGB {land.chatearthnet}", **{"class": land.name_4v})
        for land in CLASSES[BACKGROUND + 1 :]
        if land.name_4v in present and "legend" in words.sentences
    ]
    count = len(maps)
    map_texts = [
        words.fill_map(
            number,
            count=count,
            percents=words.join("percents", _percents(words, facts, labels)),
            shares=words.join("shares", _shares(words, facts)),
        )
        for number, (facts, labels) in enumerate(zip(all_facts, maps, strict=True), start=1)
    ]
    return Prompt(
        style=words.style,
        seed=seed,
        all_facts=all_facts,
        system=words.fill("system", count=count),
        user=words.fill("user", legend=words.join("legend", colours), maps=words.join("map", map_texts), count=count),
        images=tuple(palette()[labels[::2, ::2]] for labels in maps),
    )


def _percents(words: Wording, facts: Facts4V, labels: NDArray[np.uint8]) -> list[str]:
    return [
        words.fill(
            "percents",
            percents=words.join(
                "percent",
                [
                    words.fill("percent", part=words.layout.part("percent", part), percent=f"{percent:.2f}")
                    for part, percent in facts.percents[name].items()
                ],
            ),
            **{"class": name},
        )
        for name in _class_order(words, facts, labels)
    ]


def _class_order(words: Wording, facts: Facts4V, labels: NDArray[np.uint8]) -> Sequence[str]:
    if words.layout.class_order == "area":
        return list(facts.percents)
    present, places = np.unique(labels, return_index=True)
    in_order = (CLASSES[index] for index in present[places.argsort()].tolist())
    return [land.name_4v for land in in_order if land.name_4v in facts.percents]


def _shares(words: Wording, facts: Facts4V) -> list[str]:
    lines = []
    for part, pairs in facts.shares.items():
        phrases = [words.fill("share", share=f"{share:.2f}", **{"class": name}) for name, share in pairs]
        sentence = "shares" if phrases else "empty_part"
        slots = {"shares": words.join("share", phrases)} if phrases else {}
        lines.append(words.fill(sentence, part=words.layout.part(sentence, part), **slots))
    return lines
