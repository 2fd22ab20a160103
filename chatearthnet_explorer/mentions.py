"""Words in, land-cover classes out: where a text names which class."""

from __future__ import annotations

import re
from typing import NamedTuple

from chatearthnet_explorer.legend import CLASSES

NO_CLASS = -1
"""Class index of a piece of text that names none."""

# Patterns by the class's name in the 3.5 style. Where two could match, the one that starts earlier wins, and of
# those the one that stands higher: "mangrove trees" are mangroves, "bare land" is one word.
_WORDS = {
    "mangroves": r"mangroves?(?: (?:trees?|forests?))?",
    "water": r"water(?:s|(?: |-)?bod(?:y|ies)|courses?|ways?)?|rivers?|lakes?",
    "developed area": r"(?:human-)?developed(?: (?:areas?|lands?|zones?|regions?))?|built-up(?: areas?)?|urban areas?",
    "tree": r"trees?(?: cover(?:age)?)?|forests?|forested|woodlands?",
    "shrub": r"shrubs?(?: cover)?|shrublands?|bush(?:es)?",
    "grass": r"grass(?:es|y|lands?)?(?: cover)?",
    "crop": r"crops?(?: (?:fields?|lands?|cultivation))?|croplands?",
    "bare land": r"bare(?: (?:areas?|lands?|soils?|grounds?))?|barren(?: lands?)?",
    "snow": r"snow(?:y|-covered)?(?: and ice)?|glaciers?",
    "wetland": r"wetlands?|marsh(?:es|lands?)?",
    "moss": r"moss(?:es|y)?(?: and lichens?)?|lichens?",
}
_INDEX = {land.name: land.index for land in CLASSES}
_MENTION = re.compile(
    r"\b(?:" + "|".join(f"(?P<c{_INDEX[name]}>{pattern})" for name, pattern in _WORDS.items()) + r")\b",
    re.IGNORECASE,
)


class Piece(NamedTuple):
    """A run of a text."""

    text: str
    """The characters as they stand in the text."""

    class_index: int
    """The class that they name, a position in ``legend.CLASSES``; ``NO_CLASS`` where they name none."""


def pieces(text: str) -> tuple[Piece, ...]:
    """Return a text cut where it begins or ceases to name a land-cover class.

    The pieces joined are the text. A word counts as a mention whatever the sentence says of it: "no water" names water.
    """
    found, end = [], 0
    for match in _MENTION.finditer(text):
        if match.start() > end:
            found.append(Piece(text[end : match.start()], NO_CLASS))
        found.append(Piece(match.group(), int(str(match.lastgroup)[1:])))
        end = match.end()
    if end < len(text):
        found.append(Piece(text[end:], NO_CLASS))
    return tuple(found)


def classes_named(text: str) -> tuple[int, ...]:
    """Return the indices of the classes that a text names, in the order of their first mention."""
    return tuple(dict.fromkeys(piece.class_index for piece in pieces(text) if piece.class_index != NO_CLASS))
