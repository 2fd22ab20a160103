"""What the words between two phrases mean for how the phrases are connected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.vocabulary.sign_words import Sign

if TYPE_CHECKING:
    from chatearthnet_explorer.claims.tokenizer import Token

FROM, TO, OF = ("from the ", "from "), ("to the ", "to "), "of the "
"""How the text can end before a part as origin, as target, and as owner of shares."""

_NEAR = 12
_PLACES = re.compile(
    r"(?:[\s,]|\b(?:and|or|to|then|also|as well as|both|even|the|its|in|at|on|across|of|over|along|within|into|through"
    r"|towards?|near|around|from|finally|especially|particularly|parts?|sections?|corners?|quadrants?|areas?|sides?)\b)*"
)
_INTO = (" in ", " at ", " on ", " within ", " towards ")


def opens_clause(text: str, before: Token, start: int) -> bool:
    """Return whether a place opens a new clause: "trees dominate, and in the middle there is water"."""
    _, word, _, end = before
    return word == "and" and text.startswith(_INTO, end, min(start, end + _NEAR))


def ends_contrast(text: str, before: Token, start: int) -> bool:
    """Return whether a part follows directly after a comma: "while trees fill the left, the right is bare"."""
    _, word, _, end = before
    return word == "," and text[end:start] in {" the ", " in the "}


def are_places(text: str, end: int, start: int) -> bool:
    """Return whether there is only "and", a comma or a word like "in" between two parts of one list."""
    return _PLACES.fullmatch(text, end, start) is not None


def is_of_part(text: str, before: Token, start: int) -> bool:
    """Return whether the image is named only as the owner of a part: "the middle of the image"."""
    sign, _, _, end = before
    return sign is Sign.PLACE and " of " in text[end : min(start, end + 2 * _NEAR)]


def follows_part(before: Token, start: int) -> bool:
    """Return whether "of the image" follows directly after a part."""
    sign, _, _, end = before
    return sign is Sign.PLACE and start - end < _NEAR
