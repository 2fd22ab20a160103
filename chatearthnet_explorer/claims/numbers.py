"""Step 1b: numbers in words and figures: "a good fifth", "three parts in ten", "between 20 and 30 %"."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from chatearthnet_explorer.claims.lexicon import NUMBERS
from chatearthnet_explorer.claims.lexicon.phrase_finder import finder, single_spaced, spellings
from chatearthnet_explorer.prompts.size_words import SIZES, size_word

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
    **{word: 100.0 for word in ("hundred", "a hundred", "the hundred", "one hundred")},
}
_PARTS_OF_ONE = {
    **{"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8},
    **{"ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "fifteenth": 15, "twentieth": 20, "hundredth": 100},
}
_SIDE = {"over": 1, "full": 1, "or_more": 1, "under": -1, "scant": -1, "or_less": -1, "about": 0, "mere": 0}

_SPACE = r"[\s\-\u2010-\u2015]{1,3}"
_FIGURES = r"\d{1,3}(?:\.\d{1,4})?"


def _any(*sections: str) -> str:
    return finder(phrase for section in sections for phrase in spellings(NUMBERS[section]))


_BEFORE, _AFTER = 60, 60
"""Characters around the word that every number has in which the rest of the number is."""


def clues() -> list[str]:
    """Return phrases of which every number of parts has one: "third", "percent", "in ten".

    The expression of all numbers is slow, so it is only tried where one of these is.
    """
    ratios = [
        f"{word} {article}{count}"
        for word in ("in", "of", "from")
        for article in ("", "a ", "every ", "the ")
        for count in _COUNTS
    ]
    parts = [f"{word}{end}" for word in _PARTS_OF_ONE if word != "half" for end in ("", "s")]
    return ["half", "halves", *parts, "percent", "per cent", *ratios]


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


def _part() -> str:
    return finder([*_PARTS_OF_ONE, *(f"{word}s" for word in _PARTS_OF_ONE if word != "half"), "halves"])


@cache
def _pattern() -> re.Pattern[str]:
    count = rf"(?:{finder(_COUNTS)}|\b{_FIGURES})"
    one_of = finder(_PARTS_OF_ONE)
    many = finder(f"{word}s" if word != "half" else "halves" for word in _PARTS_OF_ONE)
    before = _any("over", "under", "about")
    article = rf"\b(?:an?|one|another){_SPACE}(?:{_any('full', 'scant', 'mere')}{_SPACE})?"
    # "a third cover", "a half moon" are no amounts; "the third" is one only behind "about" or before "part"
    no_rank = rf"(?!{_SPACE}(?:{_NO_AMOUNT})\b)"
    fraction = rf"{article}{one_of}{no_rank}(?:{_SPACE}part\b)?|{count}{_SPACE}{many}"
    ratio = (
        rf"{count}(?:{_SPACE}(?:parts?|acres?|pixels?|fields?|squares?))?{_SPACE}(?:in|of|from|out{_SPACE}of)"
        rf"(?:{_SPACE}(?:a|every|the))?{_SPACE}(?:{finder(_COUNTS)}|\b\d{{2,3}}\b)"
    )
    percent = rf"{count}(?:{_SPACE}(?:percent|per{_SPACE}cent)\b|\s?%)"
    after = rf"(?:,?{_SPACE}{_any('or_more', 'or_less')})?"
    number = rf"(?:{fraction}|{percent}|{ratio})"
    bare = rf"(?:the{_SPACE})?{one_of}{no_rank}(?:{_SPACE}part\b)?"
    to = rf"(?:{_SPACE}(?:to|or){_SPACE}|\s?[\u2010-\u2015-]\s?)"
    span = rf"\bbetween{_SPACE}(?:{number}|half|{count}){_SPACE}and{_SPACE}(?:{number}|{bare})|{count}{to}{percent}"
    many_steps = rf"(?:{before}{_SPACE}){{1,2}}"
    return re.compile(
        rf"(?:(?:{many_steps})?(?:{span})|{many_steps}(?:{number}|{bare}){after}|{number}(?:{to}{number}|{after})"
        rf"|\bhalf(?=\s(?:of|the|its|this|each|both)\b)|\bthe{_SPACE}{one_of}{_SPACE}part\b)"
    )


_NO_AMOUNT = (
    "cover|class|kind|type|place|rank|one|element|land|time|voice|presence|feature|component|player|position|spot"
    "|largest|biggest|most|greatest|smallest|moon|circle|image|picture|map|tile|scene|hidden|dozen|way|that|as"
)


@lru_cache(1 << 12)
def size_of_number(words: str) -> str | None:
    """Return the size word of a number in lower case; None if its words fit two."""
    phrase = single_spaced(words)
    shares = [_share(match) for match in _number().finditer(phrase)]
    if not shares:
        return None
    low, high = min(shares), max(shares)
    side = _side(phrase)
    if low < high:
        return size_word(low) if size_word(low) == size_word(high - _STEP) else None
    if not side and low in _ENDS and not phrase[-1] == "%":
        return None  # "about a fifth"
    return size_word(min(max(low + side * _STEP, 0.0), 100.0))


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
    return min(100.0 * number / _count(ratio), 100.0) if ratio else min(number, 100.0)


def _count(words: str) -> float:
    return _COUNTS.get(words) or float(words)


_STEP = 0.01
_ENDS = frozenset(float(end) for end, _ in SIZES)


@cache
def _number() -> re.Pattern[str]:
    """Return the expression of one number: how many, of which parts of one, or of how many."""
    count = rf"(?:{finder(_COUNTS)}|\b{_FIGURES})"
    return re.compile(
        rf"(?:({count}) )?({_part()})|({count})(?: (?:parts?|acres?|pixels?|fields?|squares?))?"
        rf"(?: (?:in|of|from|out of)(?: (?:a|every|the))? ({finder(_COUNTS)}|\b\d{{2,3}}\b))?"
    )


@cache
def _around(key: str) -> re.Pattern[str]:
    return re.compile(_any(key))
