"""Step 1: find the phrases of the lexicon in a caption, in order; all other words are skipped."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.lexicon import AMOUNTS, CLASSES, DIRECTIONS, PLACES, SHAPES, SIGNALS
from chatearthnet_explorer.claims.lexicon.kinds import (
    ABSENT,
    AMOUNT,
    AND,
    CLAUSE,
    IDLE,
    LAND,
    NO,
    PLACE,
    SOMEWHERE,
    STOP,
    TOWARDS,
)
from chatearthnet_explorer.claims.lexicon.phrase_finder import finder, single_spaced, spellings
from chatearthnet_explorer.claims.numbers import (
    clues,
    has_clue,
    is_zero,
    number_around,
    percent_after,
    percent_before,
    size_at,
    size_of_percent,
)

Token = tuple[int, Any, int, int]
"""Kind of a phrase, of ``kinds``, its value (class, parts, size, or its letters), start and end in the text."""


def find_tokens(text: str) -> list[Token]:
    """Return the phrases of the lexicon in a text that ``phrase_finder.to_lower`` made, and its numbers of parts."""
    tokens: list[Token] = []
    last = 0  # where the last number ends
    in_percent = False  # whether the sentence gives percents
    has_shape = False
    find = _WORDS.get
    for match in _pattern().finditer(text):
        word = match.group()
        kind, value = find(word) or find(single_spaced(word)) or _word_of(word)
        start, end = match.span()
        if start < last:
            continue
        if kind > STOP:
            tokens.append((kind, value, start, end))
            continue
        if kind == _CLUE:
            number = number_around(text, start, end, after=last)
            if number:
                start, end = number
                _drop_behind(tokens, start)  # "more than"
                value = size_at(text, start, end)
                last = end
                in_percent |= text.endswith(_PERCENT, start, end)
                if is_zero(text[start:end]):
                    # "water (0 %)" is absent, and "0 % water", "middle 0 %" are none
                    tokens.append((ABSENT if tokens and tokens[-1][0] == LAND else NO, "none", start, end))
                    continue
            elif value is None:
                continue
            kind = AMOUNT
        elif kind == STOP:
            in_percent = False
        elif kind == PLACE and in_percent:
            tokens += _with_percent((kind, value, start, end), text, last)
            last = tokens[-1][3]
            continue
        has_shape = has_shape or (word in SHAPES and text.startswith("of", end + 1))
        tokens.append((kind, value, start, end))
    return _without_shapes(tokens, text) if has_shape else tokens


def _without_shapes(tokens: list[Token], text: str) -> list[Token]:
    """Return phrases without the class words that say only how a class after them lies: "a sea of tall grass"."""
    result = tokens.copy()
    shape_at = -1
    for at, (kind, _, start, end) in enumerate(tokens):
        if kind == LAND:
            if shape_at >= 0 and gaps.is_made_of(text[tokens[shape_at][3] : start]):
                result[shape_at] = (IDLE, *tokens[shape_at][1:])
            shape_at = at if text[start:end] in SHAPES else -1
    return result


def _drop_behind(tokens: list[Token], start: int) -> None:
    while tokens and tokens[-1][3] > start:
        tokens.pop()


def _with_percent(place: Token, text: str, last: int) -> list[Token]:
    """Return a place with the bare number beside it, in a sentence of percents: "then 29 in the top left"."""
    bare = percent_before(text, place[2])
    if bare and bare[0] >= last:
        return [(AMOUNT, size_of_percent(text[slice(*bare)]), *bare), place]
    bare = percent_after(text, place[3])
    return [place, (AMOUNT, size_of_percent(text[slice(*bare)]), *bare)] if bare else [place]


_PERCENT = ("%", "percent", "percents", "cent", "hundred")
_CLUE = 0
"""The kind of words that numbers of parts have."""


def _word_of(word: str) -> tuple[int, Any]:
    return (_CLUE, None) if word[0].isdigit() else (STOP, word)


_WORDS: dict[str, tuple[int, Any]] = {
    **dict.fromkeys(clues(), (_CLUE, None)),
    **{
        phrase: (kind, phrase)
        for kind, patterns in SIGNALS.items()
        for phrase in spellings(patterns)
        # "a quarter" is an amount and not one of four quarters, and so is "a bare third"
        if not (kind & (SOMEWHERE | IDLE) and has_clue(phrase)) or phrase.endswith(" half")
    },
    **{
        phrase: (_CLUE if kind == AMOUNT and has_clue(phrase) else kind, value)
        for kind, table in ((TOWARDS, DIRECTIONS), (AMOUNT, AMOUNTS), (PLACE, PLACES), (LAND, CLASSES))
        for value, patterns in table.items()
        for phrase in spellings(patterns)
    },
    ",": (AND, ","),
    ":": (AND, ":"),
    ";": (CLAUSE, ";"),
    **{mark: (STOP, mark) for mark in ".!?\u3002"},
}
# not the full stop of "approx. 40 %"
_SHORT = "".join(rf"(?<!\b{word})" for word in (r"e\.g", r"i\.e", "approx", "ca", "vs", "resp"))
_END = rf"(?:[!?\u3002]|{_SHORT}\.)[.!?\u3002]{{0,9}}(?=\W|\Z)|\x03"
# not the comma of "1,200 ha"
_MARK = r";|(?<!\d)[,:]|[,:](?!\d)"


@cache
def _pattern() -> re.Pattern[str]:
    """Return the expression of all phrases; making it takes longer than importing the rest of the package."""
    words = finder(phrase for phrase in _WORDS if phrase[0].isalpha())
    return re.compile(rf"{words}|(?=[\d,:;\x03.!?\u3002])(?:{_MARK}|{_END}|\b\d{{1,3}}(?:\.\d{{1,4}})?\s?%)")
