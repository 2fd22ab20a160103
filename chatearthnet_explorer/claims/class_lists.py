"""Decide whether classes belong to one list, such as "trees, shrubs and grass"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.clause_mention import Mention

_BETWEEN = re.compile(
    r"(?: (?:area|land|zone|region|field|patch|cover|ground|vegetation)[a-z]{0,3})?"
    r"(?:,|,? (?:and|or|&|and/or)(?: the| any)?|/) ?"
)

# what may stand between two classes of one series: "a large area of trees, a smaller one of dense shrub and some grass"
_WORD = (
    r"[\s\-]+(?!(?:in|at|on|by|against|set|beside|behind|near|among|around|under|with|while|where|which|that|than|from"
    r"|over|along|to|is|are|has|have|then|since|because|as|so|though)\b)[a-z\-]+"
)
_SERIES = re.compile(rf"(?:{_WORD}){{0,2}}(?:,|,? and|,? or|/| &)(?:{_WORD}){{0,7}}[\s\-]*")

_SHAPE_PATTERN = re.compile(r"\b(?:in|as|into|forms?|forming)\s(?:[a-z\-]+,?\s){0,4}\Z")


def are_in_series(text: str, end: int, start: int) -> bool:
    """Return whether there is only a comma or "and", amounts and adjectives between two classes."""
    return _SERIES.fullmatch(text, end, start) is not None


def are_listed(text: str, end: int, start: int, *, third: bool = True) -> bool:
    """Return whether a class word that ends at ``end`` and one that starts at ``start`` are in one list.

    A list of two takes no comma before its "and": "trees fill the left, and grass the right" has none. ``third`` says
    that there is another class before.
    """
    return (third or not text.startswith(", and", end)) and _BETWEEN.fullmatch(text, end, start) is not None


def start_of_list(mentions: Sequence[Mention], text: str) -> int:
    """Return the index of the first mention that is in one list with the last."""
    first = len(mentions) - 1
    while first and are_listed(text, mentions[first - 1].end, mentions[first].start):
        first -= 1
    if first == len(mentions) - 2 and not are_listed(text, mentions[-2].end, mentions[-1].start, third=False):
        return first + 1
    return first


def is_shape(text: str, before: int, start: int, end: int) -> bool:
    """Return whether "fields" only describes the class before: "snow spreads in wide fields"."""
    return text.startswith("field", start, end) and _SHAPE_PATTERN.search(text, before, start) is not None


def first_list(mentions: Sequence[Mention], text: str) -> Sequence[Mention]:
    """Return the first mention, with those after it in the same list."""
    stop = 1
    while stop < len(mentions) and are_listed(text, mentions[stop - 1].end, mentions[stop].start):
        stop += 1
    return mentions[:stop]


def last_list(mentions: Sequence[Mention], text: str) -> Sequence[Mention]:
    """Return the last mention, with those before it in a list that ends with "and"."""
    if not mentions:
        return mentions
    first = start_of_list(mentions, text)
    if first < len(mentions) - 1 and " and" not in text[mentions[-2].end : mentions[-1].start]:
        return mentions[-1:]  # "beneath the trees, moss ..."
    return mentions[first:]
