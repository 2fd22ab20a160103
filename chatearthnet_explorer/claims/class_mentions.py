"""Find the names of land-cover classes in a text, to mark them; ``read_claims`` reads what is said of them."""

from __future__ import annotations

import re
from typing import NamedTuple

from chatearthnet_explorer.claims.lexicon import CLASSES as PHRASES
from chatearthnet_explorer.claims.lexicon.phrase_finder import finder, single_spaced, spellings, to_lower
from chatearthnet_explorer.landcover.legend import CLASSES

NO_CLASS = -1
"""Class index of a piece of text without a class."""

_INDEX = {land.name: land.index for land in CLASSES}
_CLASS_OF = {phrase: _INDEX[name] for name, patterns in PHRASES.items() for phrase in spellings(patterns)}
_MENTION = re.compile(finder(_CLASS_OF))


class Piece(NamedTuple):
    """A run of a text."""

    text: str
    """The characters of the text."""

    class_index: int
    """Their class, a position in ``legend.CLASSES``; ``NO_CLASS`` for none."""


def pieces(text: str) -> tuple[Piece, ...]:
    """Split a text into mentions of land-cover classes and the text between them.

    The pieces joined are the text. Negated words are mentions as well: "no water" names water.
    """
    matches, end = [], 0
    for match in _MENTION.finditer(to_lower(text)):
        if match.start() > end:
            matches.append(Piece(text[end : match.start()], NO_CLASS))
        matches.append(Piece(text[match.start() : match.end()], _CLASS_OF[single_spaced(match.group())]))
        end = match.end()
    if end < len(text):
        matches.append(Piece(text[end:], NO_CLASS))
    return tuple(matches)


def classes_named(text: str) -> tuple[int, ...]:
    """Return the indices of the classes that a text names, in the order of their first mention."""
    return tuple(dict.fromkeys(piece.class_index for piece in pieces(text) if piece.class_index != NO_CLASS))
