"""Step 1: find the phrases of the lexicon in a caption, in order; all other words are skipped."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.lexicon import AMOUNTS, CLASSES, PLACES, SHAPES, SIGNALS
from chatearthnet_explorer.claims.lexicon.kinds import AMOUNT, AND, CLAUSE, IDLE, LAND, PLACE, STOP
from chatearthnet_explorer.claims.lexicon.phrase_finder import finder, single_spaced, spellings
from chatearthnet_explorer.prompts.size_words import SIZES

Token = tuple[int, Any, int, int]
"""Kind of a phrase, of ``kinds``, its value (class, parts, size, or its letters), start and end in the text."""


def find_tokens(text: str) -> list[Token]:
    """Return the phrases of the lexicon in a text that ``phrase_finder.to_lower`` made."""
    tokens: list[Token] = []
    shape_at = -1
    for match in _pattern().finditer(text):
        word = match.group()
        kind, value = _WORDS.get(word) or _WORDS.get(single_spaced(word)) or _word_of(word)
        token: Token = (kind, value, *match.span())
        if kind == LAND:
            if shape_at >= 0 and gaps.is_made_of(text[tokens[shape_at][3] : token[2]]):
                tokens[shape_at] = (IDLE, *tokens[shape_at][1:])  # "a sea of tall grass" has no water
            shape_at = len(tokens) if word in SHAPES else -1
        tokens.append(token)
    return tokens


def _word_of(word: str) -> tuple[int, object]:
    if not word[0].isdigit():
        return STOP, word
    percent = float(word.rstrip("%percnt \u00a0"))
    return AMOUNT, next((size for end, size in SIZES if percent < end), None)


_WORDS: dict[str, tuple[int, Any]] = {
    **{phrase: (kind, phrase) for kind, patterns in SIGNALS.items() for phrase in spellings(patterns)},
    **{
        phrase: (kind, value)
        for kind, table in ((AMOUNT, AMOUNTS), (PLACE, PLACES), (LAND, CLASSES))
        for value, patterns in table.items()
        for phrase in spellings(patterns)
    },
    ",": (AND, ","),
    ";": (CLAUSE, ";"),
    **{mark: (STOP, mark) for mark in ".!?\u3002"},
}
_PERCENT = r"\b\d{1,3}(?:\.\d{1,4})?\s?(?:%|percent\b|per cent\b)"
_END = r"[.!?\u3002](?=\W|$)|\n\s{0,9}\n"


@cache
def _pattern() -> re.Pattern[str]:
    """Return the expression of all phrases; making it takes longer than importing the rest of the package."""
    words = finder(phrase for phrase in _WORDS if phrase[0].isalpha())
    return re.compile(rf"{words}|(?=[\d,;.!?\u3002\n])(?:[,;]|{_END}|{_PERCENT})")
