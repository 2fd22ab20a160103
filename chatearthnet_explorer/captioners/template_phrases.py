"""Class names, amounts and lists as pieces of English sentences."""

from __future__ import annotations

import random
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOUNS = ("area", "amount", "share")
"""What a size word of a template caption goes with. Each of them goes with every class, which "part" does not."""


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


def with_article(phrase: str) -> str:
    """Return such as ``a large area`` or ``an extra small area``."""
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


class Wording:
    """A seeded choice of words that comes back to a pattern only when all others have been used as often."""

    def __init__(self, seed: str) -> None:
        """Start from a seed; the same seed and the same calls give the same words."""
        self._random = random.Random(seed)  # noqa: S311 - words, not secrets
        self._uses = Counter[str]()
        self._noun = self._random.randrange(len(NOUNS))

    def choose(self, choices: Sequence[str]) -> str:
        """Return one of the choices that were used least."""
        fewest = min(self._uses[choice] for choice in choices)
        choice = self._random.choice([choice for choice in choices if self._uses[choice] == fewest])
        self._uses[choice] += 1
        return choice

    def amounts(self, amounts: Sequence[tuple[str, str]]) -> str:
        """Return classes with their sizes, those of one size together.

        Such as ``a large area of tree cover`` or ``small amounts of grass and water``.
        """
        phrases = []
        for size, group in groupby(amounts, key=lambda amount: amount[1]):
            names = [cover(name).of for name, _ in group]
            share = f"{size} {self._next_noun()}"
            share = f"{share}s" if len(names) > 1 else with_article(share)
            phrases.append(f"{share} of {join_list(names)}")
        return join_list(phrases)

    def fill(self, choices: Sequence[str], *names: str, **slots: str) -> str:
        """Return one of the patterns with its slots filled.

        Args:
            choices: Patterns. ``{x}`` is the classes; ``{s}``, ``{are}``, ``{have}``, ``{they}`` and ``{They}`` agree
                with them.
            names: The classes.
            slots: What else the pattern holds.
        """
        if len(names) > 1 or cover(names[0]).plural:
            agreement = {"s": "", "are": "are", "have": "have", "they": "they", "They": "They"}
        else:
            agreement = {"s": "s", "are": "is", "have": "has", "they": "it", "They": "It"}
        slots |= agreement | {"x": join_list(map(covers, names))}
        return self.choose(choices).format(**slots)

    def _next_noun(self) -> str:
        self._noun = (self._noun + 1) % len(NOUNS)
        return NOUNS[self._noun]
