"""Step 4b': places beside words of denial that deny nothing for sure: "in the top left you search in vain"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chatearthnet_explorer.claims.binding.chunks import ClassWord
    from chatearthnet_explorer.claims.binding.sites import Site
    from chatearthnet_explorer.claims.tokens import Token

_WORDS = (
    r"(?:n(?:ot?|ever|one|othing|either|or|obody|owhere)|without|vain|hardly|cannot|leav(?:es?|ing) (?:the|its|that)"
    r"|(?:free|bare|empty) (?:of|from))\b"
)
_SHORT_NOT = r"[a-z]{2,6}n['\u2019]t\b"
_DENIAL = re.compile(
    rf"\b(?:{_WORDS}|{_SHORT_NOT})"
    # "not quite a third" denies nothing
    r"(?! (?:quite|more|less|far|only|much|too|so|yet|long|other|but|longer|fewer|to|just|small|the|entirely|bigger"
    r"|wonder|doubt)\b)"
)
# most clauses have none of the words; that is seen much faster if the expression begins with the space before them
_AFTER_SPACE = re.compile(f" {_WORDS}")
_AFTER_SIGN = re.compile(rf"[^\w ]{_WORDS}")
# "in the bottom left, where not one lives": the relative clause is still of the place
_END = re.compile(r"[.;:!?()]|,(?! where\b)|\b(?:and|but|while|whereas|then)\b")
_MARKS = frozenset({",", ":", "and"})
_AHEAD = 40
_FEW = 8
_DENIES = kinds.NO | kinds.ABSENT | kinds.NOT_IN


def denials_beside(tokens: Sequence[Token], sites: Sequence[Site], text: str) -> Collection[int]:
    """Return the numbers of the places of a clause that have words of denial beside them, up to the next comma."""
    begin, end = tokens[0][2], tokens[-1][3]
    words = f" {text[begin : end + _AHEAD]}"
    if not (_AFTER_SPACE.search(words) or _AFTER_SIGN.search(words) or "'t" in words or "\u2019t" in words):
        return ()
    if not _DENIAL.search(text, begin, end + _AHEAD):
        return ()
    in_doubt = []
    for site in sites:
        if site.role == "last":
            near, first, last = tokens, begin, end
        elif site.role == "in":
            near = tokens[max(site.at - _FEW, 0) : site.at + _FEW]
            before = [one for one in near if one[2] < site.start]
            first = next((one[3] for one in reversed(before) if one[1] in _MARKS), near[0][2])
            last = tokens[site.at][3]
        else:
            continue
        stop = _END.search(text, last, last + _AHEAD)
        if _is_unread(near, text, first, stop.start() if stop else last + _AHEAD):
            in_doubt.append(site.at)
    return in_doubt


def doubt_after(word: ClassWord, tokens: Sequence[Token], text: str) -> str:
    """Return the doubt of a pronoun that follows its place: "at the bottom corners it has nothing"."""
    stop = _END.search(text, word.end, word.end + _AHEAD)
    near = tokens[word.at : word.at + _FEW]
    return "denial" if _is_unread(near, text, word.end, stop.start() if stop else word.end + _AHEAD) else ""


def _is_unread(tokens: Sequence[Token], text: str, begin: int, end: int) -> bool:
    """Return whether there are words of denial that do not deny the class right behind them: "no trees"."""
    number, last = 0, len(tokens) - 1
    for match in _DENIAL.finditer(text, begin, end):
        while number < last and tokens[number][3] <= match.start():
            number += 1
        kind, _, start, stop = tokens[number]
        in_phrase = start <= match.start() < stop
        if not in_phrase or (kind & _DENIES and not (number < last and tokens[number + 1][0] == kinds.LAND)):
            return True
    return False
