"""Class names, amounts and lists as pieces of English sentences."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.prompts.prompt import NOUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Cover(NamedTuple):
    """How English speaks of one land-cover class. Every form holds the class name, so that a reader finds it."""

    subject: str
    """The class as a sentence's subject."""

    plural: bool
    """Whether its verb is plural."""

    of: tuple[str, ...]
    """What stands behind "a small part of", in more than one way where English has it."""


# By the class's name in the 4V style. Real captions speak the same way: "developed areas", "crop fields", "tree cover".
_COVERS = {
    "water": Cover("water", False, ("water",)),  # noqa: FBT003 - a row of a table
    "developed": Cover("developed areas", True, ("developed area",)),  # noqa: FBT003 - likewise
    "tree": Cover("trees", True, ("trees", "tree cover")),  # noqa: FBT003 - likewise
    "shrub": Cover("shrubs", True, ("shrubs", "shrub cover")),  # noqa: FBT003 - likewise
    "grass": Cover("grass", False, ("grass",)),  # noqa: FBT003 - likewise
    "crop": Cover("crops", True, ("crops", "crop fields")),  # noqa: FBT003 - likewise
    "bare": Cover("bare land", False, ("bare land",)),  # noqa: FBT003 - likewise
    "snow": Cover("snow", False, ("snow",)),  # noqa: FBT003 - likewise
    "wetland": Cover("wetland", False, ("wetland",)),  # noqa: FBT003 - likewise
    "mangroves": Cover("mangroves", True, ("mangroves",)),  # noqa: FBT003 - likewise
    "moss": Cover("moss", False, ("moss",)),  # noqa: FBT003 - likewise
}
_COVER_OF = {name: _COVERS[land.name_4v] for land in CLASSES[BACKGROUND + 1 :] for name in (land.name, land.name_4v)}


def cover(name: str) -> Cover:
    """Return how to speak of a class, by the name that either prompt style gives it."""
    return _COVER_OF[name]


def listed(things: Iterable[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    *most, last = things
    return f"{', '.join(most)} and {last}" if most else last


def subjects(names: Iterable[str]) -> str:
    """Return classes as the subject of a sentence, such as ``trees and bare land``."""
    return listed(cover(name).subject for name in names)


def places(parts: Iterable[str]) -> str:
    """Return parts of the chip as ``the top left and the middle``."""
    return listed(f"the {part}" for part in parts)


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


class Draw:
    """A seeded draw that comes back to a choice only when all others have been taken."""

    def __init__(self, seed: str) -> None:
        """Start from a seed; the same seed and the same questions give the same answers."""
        self._random = random.Random(seed)  # noqa: S311 - words, not secrets
        self._left: dict[Sequence[str], list[str]] = {}

    def one(self, choices: tuple[str, ...]) -> str:
        """Return one of the choices."""
        left = self._left.get(choices)
        if not left:
            left = self._left[choices] = self._random.sample(choices, len(choices))
        return left.pop()

    def amount(self, name: str, size: str) -> str:
        """Return such as ``a large portion of trees`` or ``an extra small amount of water``."""
        return f"{self.share(size)} of {self.one(cover(name).of)}"

    def share(self, size: str) -> str:
        """Return such as ``a large portion`` or ``an extra small amount``."""
        return f"{'an' if size.startswith('extra') else 'a'} {size} {self.one(NOUNS)}"

    def told(self, choices: tuple[str, ...], *names: str, **slots: str) -> str:
        """Return one of the patterns with its slots filled.

        Args:
            choices: Patterns. ``{x}`` is the classes, ``{s}``, ``{are}``, ``{have}``, ``{they}`` follow their number.
            names: The classes, if the pattern speaks of any.
            slots: What else the pattern holds.
        """
        if names:
            plural = len(names) > 1 or cover(names[0]).plural
            words = ("", "are", "have", "they") if plural else ("s", "is", "has", "it")
            slots |= dict(zip(("s", "are", "have", "they"), words, strict=True), x=subjects(names))
        return self.one(choices).format(**slots)
