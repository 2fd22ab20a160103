"""Split a caption into the phrases of the vocabulary, in order; all other words are skipped."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.claims.vocabulary import AMOUNTS, LAND, PLACES
from chatearthnet_explorer.claims.vocabulary.phrase_finder import finder, single_spaced, spellings, to_lower
from chatearthnet_explorer.claims.vocabulary.sign_words import SIGNS, Sign
from chatearthnet_explorer.prompts.size_words import SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator


Token = tuple[Sign, Any, int, int]
"""Kind of phrase, its meaning (class, parts, size, its letters), start and end."""


def tokens(text: str) -> Iterator[Token]:
    """Yield the phrases of the vocabulary in the first ``caption.LIMIT`` characters of a text."""
    for match in _pattern().finditer(to_lower(text[:LIMIT])):
        word = match.group()
        entry = _LEXICON.get(word) or _LEXICON.get(single_spaced(word)) or _entry_of(word)
        start, end = match.span()
        yield entry[0], entry[1], start, end


def _entry_of(word: str) -> tuple[Sign, object]:
    if not word[0].isdigit():
        return Sign.STOP, word
    percent = float(word.rstrip("%percnt \u00a0"))
    return Sign.AMOUNT, next((size for end, size in SIZES if percent < end), None)


_LEXICON: dict[str, tuple[Sign, object]] = {
    **{phrase: (sign, phrase) for sign, patterns in SIGNS.items() for phrase in spellings(patterns)},
    **{
        phrase: (sign, value)
        for sign, table in ((Sign.AMOUNT, AMOUNTS), (Sign.PLACE, PLACES), (Sign.LAND, LAND))
        for value, patterns in table.items()
        for phrase in spellings(patterns)
    },
    ",": (Sign.AND, ","),
    ";": (Sign.CLAUSE, ";"),
    **{mark: (Sign.STOP, mark) for mark in ".!?\u3002"},
}
_PERCENT = r"\b\d{1,3}(?:\.\d{1,4})?\s?(?:%|percent\b|per cent\b)"
_END = r"[.!?\u3002](?=\W|$)|\n\s{0,9}\n"


@cache
def _pattern() -> re.Pattern[str]:
    """Return the expression of all phrases; making it takes longer than importing the rest of the package."""
    words = finder(phrase for phrase in _LEXICON if phrase[0].isalpha())
    return re.compile(rf"{words}|(?=[\d,;.!?\u3002\n])(?:[,;]|{_END}|{_PERCENT})")
