"""Step 4b': places beside words of denial of which it is not sure what they deny: "in the top left you search in vain"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chatearthnet_explorer.claims.sites import Site
    from chatearthnet_explorer.claims.tokens import Token

_WORDS = (
    r"(?:n(?:ot?|ever|one|othing|either|or|obody|owhere)|without|vain|hardly|cannot|leav(?:es?|ing) (?:the|its|that)"
    r"|(?:free|bare|empty) (?:of|from))\b"
)
# "not quite a third" denies nothing
_DENIES_NOTHING = (
    r"(?! (?:quite|more|less|far|only|much|too|so|yet|long|other|but|longer|fewer|to|just|small|the|entirely|bigger|wonder|doubt))"
)
# an expression that begins with a space, or with one of few signs, is found much faster than one that begins with \b
_AFTER_SPACE = re.compile(rf" {_WORDS}{_DENIES_NOTHING}")
_AFTER_SIGN = re.compile(rf"[^\w ]{_WORDS}{_DENIES_NOTHING}")
_SHORT_NOT = re.compile(rf"[a-z]n['\u2019]t\b{_DENIES_NOTHING}")
_END = re.compile(r"[,.;:!?()]|\b(?:and|but|while|whereas|then)\b")
_AHEAD = 40


def _denies(text: str, begin: int, end: int) -> bool:
    """Return whether there are words of denial between two places of a text."""
    words = f" {text[begin:end]}"
    return bool(
        _AFTER_SPACE.search(words)
        or _AFTER_SIGN.search(words)
        or (("'t" in words or "\u2019t" in words) and _SHORT_NOT.search(words))
    )


def denials_beside(tokens: Sequence[Token], sites: Sequence[Site], text: str) -> Collection[int]:
    """Return the numbers of the places of a clause that have words of denial beside them, up to the next comma."""
    begin, end = tokens[0][2], tokens[-1][3]
    if not _denies(text, begin, end + _AHEAD):
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
        if _denies(text, first, stop.start() if stop else last + _AHEAD):
            in_doubt.append(site.at)
    return in_doubt


_MARKS = frozenset({",", ":", "and"})
