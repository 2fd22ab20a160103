"""Step 4b': places beside words of denial that deny nothing for sure: "in the top left you search in vain"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chatearthnet_explorer.claims.sites import Site
    from chatearthnet_explorer.claims.tokens import Token

_DENIAL = re.compile(
    r"\b(?:not|never|none|nothing|neither|nor|without|vain|hardly|nobody|nowhere|cannot"
    r"|leav(?:es?|ing) (?:the|its|that)|(?:free|bare|empty) (?:of|from)|no|[a-z]+n['\u2019]t)\b"
    # "not quite a third" denies nothing
    r"(?! (?:quite|more|less|far|only|much|too|so|yet|long|other|but|longer|fewer|to|just|small|the"
    r"|entirely|bigger|wonder|doubt)\b)"
)
_END = re.compile(r"[,.;:!?()]|\b(?:and|but|while|whereas|then)\b")
_AHEAD = 40


_READ = kinds.NO | kinds.IDLE


def _unread(tokens: Sequence[Token], text: str, begin: int, end: int) -> bool:
    """Return whether there are words of denial that do not deny the class right behind them: "no trees"."""
    read = {
        start: end
        for number, (kind, _, start, end) in enumerate(tokens)
        if kind & _READ and (kind == kinds.IDLE or (number + 1 < len(tokens) and tokens[number + 1][0] == kinds.LAND))
    }
    return any(
        not any(start <= match.start() < end for start, end in read.items())
        for match in _DENIAL.finditer(text, begin, end)
    )


def denials_beside(tokens: Sequence[Token], sites: Sequence[Site], text: str) -> Collection[int]:
    """Return the numbers of the places of a clause that have words of denial beside them, up to the next comma."""
    begin, end = tokens[0][2], tokens[-1][3]
    if not _DENIAL.search(text, begin, end + _AHEAD):
        return ()
    in_doubt = []
    for site in sites:
        if site.role == "last":
            first, last = begin, end
        elif site.role == "in":
            first = next((one[3] for one in reversed(tokens[: site.at]) if one[1] in _MARKS), begin)
            last = tokens[site.at][3]
        else:
            continue
        stop = _END.search(text, last, last + _AHEAD)
        if _unread(tokens, text, first, stop.start() if stop else last + _AHEAD):
            in_doubt.append(site.at)
    return in_doubt


_MARKS = frozenset({",", ":", "and"})
