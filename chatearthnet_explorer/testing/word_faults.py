"""Captions with one known fault in their words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.review.language_checks import LONGEST, SHORTEST
from chatearthnet_explorer.testing.fact_faults import NAMES, Fault

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from chatearthnet_explorer.review.label_counts import Cover

_SWAP = {"top": "bottom", "upper": "lower", "left": "right"}
_SWAP |= {there: here for here, there in _SWAP.items()}
_DIRECTION = re.compile(rf"(?<!\bon )\b({'|'.join(_SWAP)})\b", re.IGNORECASE)  # to be "on top" is to lead
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_PART_WORDS = {
    "top left": ("top left", "top-left", "upper left"),
    "top right": ("top right", "top-right", "upper right"),
    "bottom left": ("bottom left", "bottom-left", "lower left"),
    "bottom right": ("bottom right", "bottom-right", "lower right"),
    "middle": ("middle", "center", "central"),
}
_SEVERAL_WORDS = 5
_MUCH_OR_LITTLE = (("too much", 0.0, 8.0), ("too little", 55.0, 100.0))  # percent of every part
_PLAIN = 5.0  # percent of the chip from which a class cannot be called missing

_ChangedText = tuple[str, Fault]


def turn_parts(text: str) -> str:
    """Return a text in which every direction is the opposite one."""

    def opposite(match: re.Match[str]) -> str:
        word = match.group()
        other = _SWAP[word.lower()]
        return other.capitalize() if word[0].isupper() else other

    return _DIRECTION.sub(opposite, text)


def _insert(check: str, *, style: str = "") -> Callable[..., _ChangedText | None]:
    """Return what puts a wrong sentence between those of a caption, of one style alone if that is given."""

    def insert(text: str, cover: Cover, draw: random.Random) -> _ChangedText | None:
        if style and cover.style != style:
            return None
        sentences = _SENTENCES.split(text)
        sentences.insert(draw.randint(1, len(sentences)), draw.choice(_table()[check]))
        return " ".join(sentences), Fault(check)

    return insert


def _deny(text: str, cover: Cover, draw: random.Random) -> _ChangedText | None:
    names = sorted({name for name, _ in cover.leaders.values() if cover.percent(name) > _PLAIN})
    if not names:
        return None
    name = draw.choice(names)
    sentence = draw.choice(("There is no {} in this image.", "No {} is visible.", "The image is devoid of {}."))
    return f"{text} {sentence.format(name)}", Fault("denied", name)


def _change_size(text: str, cover: Cover, draw: random.Random) -> _ChangedText | None:
    """Say of a class that there is much more or much less of it, in style 4V, whose facts have no words for that."""
    if cover.style == "3.5":
        return None
    choices = [
        (name, kind)
        for name in NAMES
        if cover.pixels(name)
        for kind, low, high in _MUCH_OR_LITTLE
        if all(low <= cover.percent(name, part) <= high for part in (*PARTS, ""))
    ]
    if not choices:
        return None
    name, kind = draw.choice(choices)
    return f"{text} {draw.choice(_table()[kind]).format(x=name)}", Fault("wrong size", name)


def _cut_off(text: str, _cover: Cover, draw: random.Random) -> _ChangedText:
    words = text.split()
    words_kept = words[: draw.randint(len(words) * 6 // 10, len(words) - 1)]
    return " ".join(words_kept).rstrip(".!?,;"), Fault("cut off")


def _repeat(text: str, _cover: Cover, draw: random.Random) -> _ChangedText | None:
    choices = _SENTENCES.split(text)
    long = [place for place, one in enumerate(choices) if len(one.split()) >= _SEVERAL_WORDS]
    if not long:
        return None
    place = draw.choice(long)
    choices.insert(draw.randint(place + 1, len(choices)), choices[place])
    return " ".join(choices), Fault("repeated sentence")


def _too_short(text: str, _cover: Cover, draw: random.Random) -> _ChangedText:
    words_kept = text.split()[: draw.randint(6, SHORTEST - 1)]
    return f"{' '.join(words_kept).rstrip('.!?,;')}.", Fault("too short")


def _too_long(text: str, _cover: Cover, _draw: random.Random) -> _ChangedText:
    times = LONGEST // len(text.split()) + 1
    return " ".join([text] * times), Fault("too long")


def _unspoken(text: str, cover: Cover, draw: random.Random) -> _ChangedText | None:
    """Leave out the sentences of a part, if they speak of no other and no sentence points back to them."""
    if cover.style != "3.5" or "also" in text.partition("Overall")[0]:
        return None
    sentences = _SENTENCES.split(text)
    of = {
        part: {place for place, one in enumerate(sentences) if any(word in one.lower() for word in words)}
        for part, words in _PART_WORDS.items()
    }
    alone = [
        part
        for part, places in of.items()
        if places and not any(places & others for other, others in of.items() if other != part)
    ]
    if not alone or "five parts" in text or "every part" in text:
        return None
    part = draw.choice(alone)
    rest = " ".join(one for place, one in enumerate(sentences) if place not in of[part])
    return rest, Fault("part unspoken", part=part)


def _empty(_text: str, _cover: Cover, draw: random.Random) -> _ChangedText:
    return draw.choice(("", "   ", "\n\n")), Fault("empty")


def _foreign(_text: str, _cover: Cover, draw: random.Random) -> _ChangedText:
    return draw.choice(_table()["not English"]), Fault("not English")


FAULTS: Mapping[str, Callable[[str, Cover, random.Random], _ChangedText | None]] = MappingProxyType({
    "denied": _deny,
    "wrong size": _change_size,
    "part unspoken": _unspoken,
    "banned word": _insert("banned word"),
    "several images": _insert("several images"),
    "colour word": _insert("colour word", style="4v"),
    "cut off": _cut_off,
    "repeated sentence": _repeat,
    "too short": _too_short,
    "too long": _too_long,
    "empty": _empty,
    "not English": _foreign,
})  # fmt: skip
"""What makes words wrong, by the check that is to find it; None where the caption leaves no room."""


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("faults.toml").read_text("utf-8"))
