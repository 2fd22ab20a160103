"""Step 1: find the phrases of the lexicon in a caption, in order; all other words are skipped."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from chatearthnet_explorer.claims.lexicon import AMOUNTS, CLASSES, PLACES, SIGNALS
from chatearthnet_explorer.claims.lexicon.kinds import AMOUNT, AND, CLAUSE, LAND, PLACE, STOP
from chatearthnet_explorer.claims.numbers import number_pattern, size_of_number
from chatearthnet_explorer.claims.lexicon.phrase_finder import finder, single_spaced, spellings

Token = tuple[int, Any, int, int]
"""Kind of a phrase, of ``kinds``, its value (class, parts, size, or its letters), start and end in the text."""


def find_tokens(text: str) -> list[Token]:
    """Return the phrases of the lexicon in a text that ``phrase_finder.to_lower`` made."""
    tokens = []
    for match in _pattern().finditer(text):
        word = match.group()
        kind, value = _WORDS.get(word) or _WORDS.get(single_spaced(word)) or _word_of(word)
        tokens.append((kind, value, *match.span()))
    return tokens


def _word_of(word: str) -> tuple[int, object]:
    if not word[0].isalnum():
        return STOP, word
    return AMOUNT, size_of_number(word)


_WORDS: dict[str, tuple[int, Any]] = {
    **{phrase: (kind, phrase) for kind, patterns in SIGNALS.items() for phrase in spellings(patterns)},
    **{
        phrase: (kind, value)
        for kind, table in ((AMOUNT, AMOUNTS), (PLACE, PLACES), (LAND, CLASSES))
        for value, patterns in table.items()
        for phrase in spellings(patterns)
    },
    ",": (AND, ","),
    ":": (AND, ":"),
    ";": (CLAUSE, ";"),
    **{mark: (STOP, mark) for mark in ".!?\u3002"},
}
_END = r"[.!?\u3002](?=\W|$)|\n\s{0,9}\n"


@cache
def _pattern() -> re.Pattern[str]:
    """Return the expression of all phrases; making it takes longer than importing the rest of the package."""
    words = finder(phrase for phrase in _WORDS if phrase[0].isalpha())
    return re.compile(rf"{number_pattern()}|{words}|(?=[,:;.!?\u3002\n])(?:[,:;]|{_END})")
