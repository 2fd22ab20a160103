"""Step 5d: what a caption says of a part by its likeness to another: "the middle is the same, only with more water"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.binding.statements import Mention, Statement
from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.clauses import Clause

_EXCEPT = re.compile(r"\b(?:only|but|except|save|though|apart|plus|with (?:more|less|fewer|a little|a bit|some))\b")


def copied_place(clause: Clause) -> Parts:
    """Return the place that another is said to be like: "the middle mirrors the top left"."""
    if not clause.signs & kinds.REFERENCE:
        return ()
    at = next((at for at, token in enumerate(clause.tokens) if token[0] == kinds.COPIES), len(clause.tokens))
    return next((value for kind, value, *_ in clause.tokens[at:] if kind == kinds.PLACE), ())


def is_exception(clause: Clause, own: Sequence[Mention], text: str) -> bool:
    """Return whether the first classes of a clause are only what is different: "the same, only with more water"."""
    if not clause.signs & kinds.SAME or not own:
        return False
    end = next(end for kind, _, _, end in clause.tokens if kind & kinds.SAME)
    return end < own[0].start and _EXCEPT.search(text, end, own[0].start) is not None


def copies_of(mentions: Iterable[Mention], source: Parts, parts: Parts, own: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return what is said of some parts as said of other parts, without the classes that are named there."""
    own_names = {mention.name for mention in own}
    copies: dict[str, Mention] = {}
    for mention in mentions:
        copy = next((one for one in mention.statements if not one.negated and {*source} & {*(one.parts or ())}), None)
        if copy and mention.name not in own_names:
            statement = Statement(parts, copy.size, lead=copy.lead, doubt="likeness")
            copies[mention.name] = mention._replace(statements=(statement,))
    return tuple(copies.values())
