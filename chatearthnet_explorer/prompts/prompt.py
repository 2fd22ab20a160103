"""Make the prompt of a label map by ChatEarthNet's method."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES, palette
from chatearthnet_explorer.prompts.facts import Facts4V, Facts35, facts_4v, facts_35
from chatearthnet_explorer.prompts.wording import Wording, open_wording
from chatearthnet_explorer.values import Value, freeze

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.caption import Style

NOUNS = ("fraction", "part", "portion", "amount", "quantity")
"""Nouns for a share; the 3.5 style draws one for each (scripts of arXiv 2402.11325)."""

FORBIDDEN_WORDS = (
    *("possibly", "likely", "perhaps", "context", "segmentation"),
    *("appear", "change", "transition", "dynamic"),
)
"""Words that both styles forbid (scripts of arXiv 2402.11325)."""

TOKEN_LIMITS: dict[Style, int] = {"3.5": 300, "4v": 1200}
"""Most tokens of a caption, by style (scripts of arXiv 2402.11325)."""

MAPS_OF_A_TILE = 4
"""Label maps in one 4V request of the published method: the four chips of a zoom-13 tile."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Prompt(Value):
    """The messages for a model. The same labels, style, seed and wording give the same prompt.

    Two prompts are equal if all their fields are, images pixel by pixel. The images cannot be written to.
    """

    style: Style
    """``3.5`` or ``4v``."""

    seed: int
    """Seed of the nouns that are drawn for shares."""

    all_facts: tuple[Facts35 | Facts4V, ...]
    """The facts about each label map, that of the chip first."""

    system: str
    """The system message: the rules."""

    user: str
    """The user message: the facts in words."""

    images: tuple[NDArray[np.uint8], ...] = ()
    """Coloured label maps to send with a 4V prompt, each (128, 128, 3) uint8; none for 3.5."""

    def __post_init__(self) -> None:
        """Make the images read-only."""
        object.__setattr__(self, "images", freeze(self.images))

    @property
    def facts(self) -> Facts35 | Facts4V:
        """Return the facts about the chip."""
        return self.all_facts[0]

    @property
    def token_limit(self) -> int:
        """Return the most tokens that the caption may have."""
        return TOKEN_LIMITS[self.style]

    @property
    def id(self) -> str:
        """Return twelve hexadecimal digits that change with any word or pixel of the prompt."""
        digest = hashlib.sha256(json.dumps([self.style, self.system, self.user]).encode())
        for image in self.images:
            digest.update(image.tobytes())
        return digest.hexdigest()[:12]

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON: ``style``, ``seed``, ``system``, ``user``, ``facts``."""
        return {
            "style": self.style,
            "seed": self.seed,
            "system": self.system,
            "user": self.user,
            "facts": self.facts.to_dict(),
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
        style: ``3.5`` or ``4v``.
        seed: Seed of the words that the 3.5 style draws.
        wording: TOML file with other sentences; None for the project's own.

    Raises:
        LabelError: If an array is not a label map, or there are more maps than the style describes.
        WordingError: If the style or the wording file cannot be used.
    """
    words = open_wording(style, wording)
    most = MAPS_OF_A_TILE if style == "4v" else 1
    maps = (labels, *siblings)
    if len(maps) > most:
        msg = f"Style {style} describes at most {most} label map(s) at once, got {len(maps)}."
        raise LabelError(msg)
    return _prompt_4v(maps, words, seed) if style == "4v" else _prompt_35(labels, words, seed)


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
        slots = {"amounts": ", ".join(phrases)} if phrases else {}
        lines.append(words.fill(sentence, part=part, **slots))
    user = words.fill("user", overall=", ".join(facts.overall) or "nothing to describe", parts="\n".join(lines))
    return Prompt(style=words.style, seed=seed, all_facts=(facts,), system=words.fill("system"), user=user)


def _prompt_4v(maps: tuple[NDArray[np.uint8], ...], words: Wording, seed: int) -> Prompt:
    all_facts = tuple(facts_4v(labels) for labels in maps)
    present = {name for facts in all_facts for name in facts.percents}
    legend = "\n".join(
        words.fill("legend", colour=f"RGB {land.chatearthnet}", **{"class": land.name_4v})
        for land in CLASSES[BACKGROUND + 1 :]
        if land.name_4v in present
    )
    count = len(maps)
    map_texts = [
        words.fill(
            "map",
            number=number,
            count=count,
            percents="\n".join(_percents(words, facts)),
            shares="\n".join(_shares(words, facts)),
        )
        for number, facts in enumerate(all_facts, start=1)
    ]
    return Prompt(
        style=words.style,
        seed=seed,
        all_facts=all_facts,
        system=words.fill("system", count=count),
        user=words.fill("user", legend=legend, maps="\n\n".join(map_texts), count=count),
        images=tuple(palette()[labels[::2, ::2]] for labels in maps),
    )


def _percents(words: Wording, facts: Facts4V) -> list[str]:
    return [
        words.fill(
            "percents",
            percents=", ".join(
                words.fill("percent", part=part, percent=f"{percent:.2f}") for part, percent in parts.items()
            ),
            **{"class": name},
        )
        for name, parts in facts.percents.items()
    ]


def _shares(words: Wording, facts: Facts4V) -> list[str]:
    return [
        words.fill(
            "shares",
            part=part,
            shares=", ".join(words.fill("share", share=f"{share:.2f}", **{"class": name}) for name, share in pairs),
        )
        if pairs
        else words.fill("empty_part", part=part)
        for part, pairs in facts.shares.items()
    ]
