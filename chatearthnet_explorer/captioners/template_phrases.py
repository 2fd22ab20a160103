"""Class names, amounts and lists as pieces of English sentences."""

from __future__ import annotations

import random
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE_WORDS = {
    "extra small": "very small",
    "small": "small",
    "medium": "moderate",
    "large": "large",
    "extra large": "very large",
}
"""Plain English for each size word of the prompts; ``claims`` reads the same size back."""


class Cover(NamedTuple):
    """How English speaks of one land-cover class. Both forms hold the class name, so that a reader finds it."""

    subject: str
    """The class as a sentence's subject."""

    plural: bool
    """Whether its verb is plural."""

    of: str
    """What stands behind "a small area of"."""


# By the class's name in the 4V style.
_COVERS = {
    "water": Cover("water", plural=False, of="water"),
    "developed": Cover("developed areas", plural=True, of="developed land"),
    "tree": Cover("trees", plural=True, of="tree cover"),
    "shrub": Cover("shrubs", plural=True, of="shrubs"),
    "grass": Cover("grass", plural=False, of="grass"),
    "crop": Cover("cropland", plural=False, of="cropland"),
    "bare": Cover("bare land", plural=False, of="bare land"),
    "snow": Cover("snow", plural=False, of="snow"),
    "wetland": Cover("wetland", plural=False, of="wetland"),
    "mangroves": Cover("mangroves", plural=True, of="mangroves"),
    "moss": Cover("moss", plural=False, of="moss"),
}
_COVER_OF = {name: _COVERS[land.name_4v] for land in CLASSES[BACKGROUND + 1 :] for name in (land.name, land.name_4v)}

_THEME_ONE = (
    "overall, {x} {are} the only land cover in the scene",
    "overall, {x} {are} the only land cover of this landscape",
)
_THEME_MOST = (
    "overall, {x} dominate{s} the landscape, followed by {others}",
    "overall, this is a landscape dominated by {x}, followed by {others}",
    "overall, the landscape is mostly {x}, followed by {others}",
)
_THEME_MIXED = (
    "overall, {x} cover{s} the largest area, followed by {others}",
    "overall, {x} {are} the most extensive land cover, followed by {others}",
    "overall, {x} cover{s} the most ground, followed by {others}",
)


def cover(name: str) -> Cover:
    """Return how to speak of a class, by the name that either prompt style gives it."""
    return _COVER_OF[name]


def covers(name: str) -> str:
    """Return a class as the subject of a sentence."""
    return cover(name).subject


def join_list(things: Iterable[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    *most, last = things
    return f"{', '.join(most)} and {last}" if most else last


def parts_phrase(parts: Iterable[str]) -> str:
    """Return parts of the chip as ``the top left and the middle``."""
    return join_list(f"the {part}" for part in parts)


def amounts_phrase(amounts: Iterable[tuple[str, str]]) -> str:
    """Return classes with their sizes, those of one size together.

    Such as ``a large amount of tree cover`` or ``small amounts of grass and water``.
    """
    phrases = []
    for size, group in groupby(amounts, key=lambda amount: amount[1]):
        names = [cover(name).of for name, _ in group]
        amount = f"{SIZE_WORDS[size]} amounts" if len(names) > 1 else f"a {SIZE_WORDS[size]} amount"
        phrases.append(f"{amount} of {join_list(names)}")
    return join_list(phrases)


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


def _opening(pattern: str) -> str:
    """Return what a pattern opens with, such as "moving to", without the class or the part."""
    return " ".join(pattern.split(maxsplit=2)[:2])


class Wording:
    """A seeded choice of words that comes back to a pattern only when all others have been used as often."""

    def __init__(self, seed: str) -> None:
        """Start from a seed; the same seed and the same calls give the same words."""
        self._random = random.Random(seed)  # noqa: S311 - words, not secrets
        self._uses = Counter[str]()

    def choose(self, choices: Sequence[str]) -> str:
        """Return one of the choices that were used least, and of those one that opens as few others did."""
        fewest = min(map(self._times_used, choices))
        choice = self._random.choice([choice for choice in choices if self._times_used(choice) == fewest])
        self._uses.update((choice, _opening(choice)))
        return choice

    def _times_used(self, choice: str) -> tuple[int, int]:
        return self._uses[choice], self._uses[_opening(choice)]

    def fill(self, choices: Sequence[str], *names: str, **slots: str) -> str:
        """Return one of the patterns with its slots filled.

        Args:
            choices: Patterns. ``{x}`` is the classes; ``{s}``, ``{are}``, ``{have}``, ``{they}`` and ``{They}`` agree
                with them.
            names: The classes.
            slots: What else the pattern holds. A slot named as one of the words that agree takes its place.
        """
        if len(names) > 1 or cover(names[0]).plural:
            agreement = {"s": "", "are": "are", "have": "have", "they": "they", "They": "They"}
        else:
            agreement = {"s": "s", "are": "is", "have": "has", "they": "it", "They": "It"}
        slots = agreement | slots | {"x": join_list(map(covers, names))}
        return self.choose(choices).format(**slots)


def theme(name: str, others: Sequence[str], *, most: bool, wording: Wording) -> str:
    """Return the sentence of the main theme: the largest class and those behind it.

    Args:
        name: The largest class.
        others: The next ones by area; may be empty.
        most: Whether the largest covers more than all others together.
        wording: The choice of words of this caption.
    """
    if not others:
        return wording.fill(_THEME_ONE, name)
    return wording.fill(_THEME_MOST if most else _THEME_MIXED, name, others=join_list(map(covers, others)))
