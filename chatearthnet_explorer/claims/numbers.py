"""Step 1b: numbers in words and figures: "a good fifth", "three parts in ten", "between 20 and 30 %"."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.lexicon import NUMBERS
from chatearthnet_explorer.claims.lexicon.phrase_finder import finder, single_spaced, spellings
from chatearthnet_explorer.prompts.size_words import size_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ONES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_COUNTS = {
    **{word: float(number) for number, word in enumerate(_ONES, 1)},
    **{word: 20.0 + 10 * number for number, word in enumerate(_TENS)},
    **{
        f"{tens} {one}": 20.0 + 10 * ten + number
        for ten, tens in enumerate(_TENS)
        for number, one in enumerate(_ONES[:9], 1)
    },
    **dict.fromkeys(("hundred", "a hundred", "the hundred", "one hundred"), 100.0),
}
_PARTS_OF_ONE = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "fifteenth": 15,
    "twentieth": 20,
    "hundredth": 100,
}
_SIDE = {
    "over": 1,
    "full": 1,
    "or_more": 1,
    "under": -1,
    "scant": -1,
    "or_less": -1,
    "about": 0,
    "exactly": 0,
    "mere": 0,
}

_SPACE = r"[\s\-\u2010-\u2015]{1,3}"
_FIGURES = r"\d{1,3}(?:\.\d{1,4})?"


def _phrases(*sections: str) -> str:
    return _any_of(phrase for section in sections for phrase in spellings(NUMBERS[section]))


def _any_of(phrases: Iterable[str]) -> str:
    # a boundary in front of it would be tested at each word of the text
    return finder(phrases).removeprefix(r"\b")


_BEFORE, _AFTER = 60, 60
"""Characters around the word that every number has in which the rest of the number is."""


def clues() -> list[str]:
    """Return phrases of which every number of parts has one: "third", "percent", "in ten".

    The expression of all numbers is slow, so it is only tried where one of these is.
    """
    # not "in two corners" and "of four parts"
    ratios = [
        f"{word} {article}{count}"
        for word, least in (("in", 5), ("from", 5), ("of", 10), ("out of", 2))
        for article in ("", "a ", "every ", "the ")
        for count, number in _COUNTS.items()
        if number >= least
    ]
    parts = [f"{word}{end}" for word in _PARTS_OF_ONE if word != "half" for end in ("", "s")]
    return ["half", "halves", *parts, "percent", "percents", "per cent", *ratios]


def has_clue(phrase: str) -> bool:
    """Return whether a phrase of amount is read as a number of parts: "nearly half"."""
    words = {*phrase.split()}
    return not words.isdisjoint({"half", "percent", "cent", *_PARTS_OF_ONE, *(f"{word}s" for word in _PARTS_OF_ONE)})


def number_around(text: str, start: int, end: int, *, after: int) -> tuple[int, int] | None:
    """Return start and end of the number of parts around a clue, with words that say more or less.

    Args:
        text: The text, in lower case.
        start: Where the clue starts.
        end: Where it ends.
        after: Where the number before it ends.
    """
    begin = max(after, start - _BEFORE)
    while begin <= start:
        match = _pattern().search(text, begin, min(len(text), end + _AFTER))
        if match is None or match.start() > start:
            return None
        if match.end() > start:
            return match.span()
        begin = match.end()
    return None


def percent_before(text: str, start: int) -> tuple[int, int] | None:
    """Return start and end of a number before a place that means percent as one before did: "31 % ..., 29 in the"."""
    match = _bare_before().search(text, max(start - _REACH, 0), start)
    return match.span(1) if match else None


def percent_after(text: str, end: int) -> tuple[int, int] | None:
    """Return start and end of a number after a place that means percent as one before did: "22 % ..., middle 18,"."""
    match = _bare_after().match(text, end, end + _REACH)
    return match.span(1) if match else None


_REACH = 40


def _bare_count() -> str:
    # not "a larger one in the middle"
    return rf"(?:{_any_of(word for word, number in _COUNTS.items() if number > _FEW)}|{_FIGURES})"


_FEW = 1


@cache
def _bare_before() -> re.Pattern[str]:
    place = r"(?:\s(?:in|at|on|for|of|to|up|down|across|over))?(?:\s(?:the|both|each))?\s"
    return re.compile(rf"(?<![\w.])({_bare_count()}){place}\Z")


@cache
def _bare_after() -> re.Pattern[str]:
    count = _bare_count()
    return re.compile(
        rf",?[\s(]{{1,2}}(?:(?:only|just|about|with|at)\s)?({count})(?=\)|\s?[,;]|\.(?:\s|\Z)|\sand\b|\s?\Z)"
    )


@cache
def _pattern() -> re.Pattern[str]:
    """Return the expression of a number of parts, with the words around it that say more or less."""
    count = rf"(?:{_any_of(_COUNTS)}|{_FIGURES})"
    one_of = _any_of(_PARTS_OF_ONE)
    # "a third cover", "a half moon" are no amounts; "the third" is one only behind "about" or before "part"
    part = rf"{one_of}(?!{_SPACE}(?:{_NO_AMOUNT})\b)(?:{_SPACE}part\b)?"
    # "grass is a small third" is its rank
    rank = rf"(?!an?{_SPACE}{_phrases('scant')}{_SPACE}third\b(?!{_SPACE}of\b))"
    article = rf"{rank}(?:an?|one|another){_SPACE}(?:{_phrases('full', 'scant', 'mere')}{_SPACE})?"
    many = _any_of(_names_of_many())
    units = rf"(?:{_SPACE}or{_SPACE}so)?(?:{_SPACE}(?:{_UNITS}))?"
    of = rf"{_SPACE}(?:in|of|from|out{_SPACE}of)(?:{_SPACE}(?:a|every|the))?{_SPACE}"
    ratio = rf"{units}{of}(?:{_any_of(_COUNTS)}|[1-9]\d{{1,2}}\b)"
    percent = rf"(?:{_SPACE}(?:percents?|per{_SPACE}cent)\b|\s?%)"
    to = rf"(?:{_SPACE}(?:to|or|and){_SPACE}|\s?[\u2010-\u2015-]\s?)"
    number = rf"(?:{article}{part}|{count}(?:{_SPACE}{many}|{percent}|{ratio}))"
    till = rf"(?:{_SPACE}to{_SPACE}|\s?[\u2010-\u2015-]\s?)"
    percents = rf"{percent}(?:{till}{count}{percent})?"  # "40% - 60%"
    span = rf"(?:{article}{part}|{count}(?:{_SPACE}{many}|{percents}|{ratio}|{to}{count}{percent}))"
    bare = rf"(?:the{_SPACE})?{part}"
    before = rf"{_phrases('over', 'under', 'about', 'exactly')}{_SPACE}"
    after = rf"(?:,?{_SPACE}{_phrases('or_more', 'or_less')}(?=\W*[,.;:)]|\s(?:of|in|at|on)\b|\s*\Z))?"
    return re.compile(
        rf"\b(?:{before}(?:{before})?(?:{span}|{bare}){after}|{span}{after}"
        rf"|between{_SPACE}(?:{number}|half|{count}){_SPACE}and{_SPACE}(?:{number}|{bare})"
        rf"|half(?:(?=\s(?:of|the|its|this|each|both)\b)|,?{_SPACE}{_phrases('or_more', 'or_less')}\b)"
        rf"|the{_SPACE}{one_of}{_SPACE}part\b)"
    )


def _names_of_many() -> Iterator[str]:
    return ("halves" if word == "half" else f"{word}s" for word in _PARTS_OF_ONE)


_UNITS = "parts?|acres?|pixels?|fields?|squares?"
_NO_AMOUNT = (
    "cover|class|kind|type|place|rank|one|element|land|time|voice|presence|feature|component|player|position|spot"
    "|largest|biggest|most|greatest|smallest|moon|circle|image|picture|map|tile|scene|hidden|dozen|way|that|as"
)


def size_of_percent(words: str) -> str | None:
    """Return the size word of a bare number that means percent."""
    return size_of_number(f"{words} %")


def size_at(text: str, start: int, end: int) -> str | None:
    """Return the size word of a number in a text, with the sign before it: "<10 %" is less, "1,200 %" no share."""
    words = text[start:end]
    sign = text[start - 1 : start]
    if not words[0].isdigit() or not sign:
        return size_of_number(words)
    if sign in ",.-\u2212":
        # a list or a line may end there: "trees,40 %"; "a band-40 %"
        return None if text[start - 2 : start - 1].isdigit() or sign == "\u2212" else size_of_number(words)
    sign = sign.strip() or text[max(start - 2, 0) : start - 1]
    return size_of_number(_SIGNS.get(sign, "") + words)


_SIGNS = {"<": "under ", "\u2264": "under ", ">": "over ", "\u2265": "over ", "~": "about ", "\u2248": "about "}


def is_zero(words: str) -> bool:
    """Return whether a number says that there is none: "0 %", "0.0 percent"."""
    return words[0] == "0" and _ZERO.fullmatch(words) is not None


_ZERO = re.compile(r"0(?:\.0+)?\s?(?:%|per\s?cents?)")


@lru_cache(1 << 12)
def size_of_number(words: str) -> str | None:
    """Return the size word of a number in lower case; None if its words fit two."""
    phrase = single_spaced(words)
    shares = [_share(match) for match in _number().finditer(phrase)]
    if not shares:
        return None
    low, high = min(shares), max(shares)
    if high > _ALL:
        return None
    side = _side(phrase)
    if low < high:
        return size_word(low) if size_word(low) == size_word(high - _STEP) else None
    if not side and low in _UNSURE and (low != _TENTH or phrase.startswith(_ABOUT)):
        return None  # "about a fifth" may be less than a fifth
    return size_word(min(max(low + side * _STEP, 0.0), 100.0))


@lru_cache(1 << 12)
def is_number(words: str) -> bool:
    """Return whether words of amount give a number, not only an adjective."""
    return _number().search(single_spaced(words)) is not None


def _side(phrase: str) -> int:
    """Return 1 for more than the number, -1 for less and 0 for about as much; of several words the last decides."""
    sides = [(match.end(), side) for key, side in _SIDE.items() for match in _around(key).finditer(phrase)]
    return max(sides, default=(0, 0))[1]


def _share(match: re.Match[str]) -> float:
    """Return the percent that a number of ``_number`` stands for."""
    many, part, count, ratio = match.groups()
    count = count or many
    number = _count(count) if count else 1.0
    if part:
        return min(100.0 * number / _PARTS_OF_ONE["half" if part == "halves" else part.removesuffix("s")], 100.0)
    return min(100.0 * number / _count(ratio), 100.0) if ratio else number


def _count(words: str) -> float:
    return _COUNTS.get(words) or float(words)


_STEP = 0.01
_ALL = 100.0
_UNSURE = frozenset({10.0, 20.0, 50.0})
_TENTH = 10.0
_ABOUT = tuple(spellings(NUMBERS["about"]))


@cache
def _number() -> re.Pattern[str]:
    """Return the expression of one number: how many, of which parts of one, or of how many."""
    part = finder((*_PARTS_OF_ONE, *_names_of_many()))
    count = rf"(?:{finder(_COUNTS)}|\b{_FIGURES})"
    return re.compile(
        rf"(?:({count}) )?({part})|({count})(?: or so)?(?: (?:{_UNITS}))?"
        rf"(?: (?:in|of|from|out of)(?: (?:a|every|the))? ({finder(_COUNTS)}|\b[1-9]\d{{1,2}}\b))?"
    )


@cache
def _around(key: str) -> re.Pattern[str]:
    return re.compile(rf"\b{_phrases(key)}")
