"""Step 5c: give a clause that names no class a subject: "Water. 71 % of the top left." means "it [is] 71 % of ..."."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.clauses import Clause
    from chatearthnet_explorer.claims.tokens import Token

_HOW_MUCH = kinds.AMOUNT | kinds.NO
_PREDICATE = _HOW_MUCH | kinds.POSSESSIVE  # "its home is the middle"
_HAS_SUBJECT = kinds.LAND | kinds.PRONOUN | kinds.ONE_OF_TWO | kinds.SAME | kinds.THEME | kinds.OVERALL


def with_subject(clause: Clause) -> Clause:
    """Return a clause with "it" where its only subject can be the class named before, or as it is.

    "Grass is next. 71 % of the top left, ..." gets it at its start, "The middle has 54 %, the top left 22 %" after each
    place.
    """
    tokens = clause.tokens
    if not clause.has_topic or clause.after == "but":
        return clause
    signs = clause.signs
    if signs & _HAS_SUBJECT or not signs & kinds.PLACE or not signs & _PREDICATE:
        return clause
    first = next(token[0] for token in tokens if token[0] & (_PREDICATE | kinds.PLACE))
    tokens = _after_places(tokens) if first == kinds.PLACE else [_it(tokens[0][2]), *tokens]
    return clause._replace(tokens=tokens, signs=signs | kinds.PRONOUN)


def _it(at: int) -> Token:
    return kinds.PRONOUN, "it", at, at


def _after_places(tokens: Sequence[Token]) -> list[Token]:
    result: list[Token] = []
    follows = False
    for token in tokens:
        kind, value, start, end = token
        if kind == kinds.AMOUNT and follows:
            result.append(_it(start))
        result.append(token)
        if kind == kinds.NO and follows and "none" in value:
            result.append(_it(end))  # "the top right has none"
        follows = kind == kinds.PLACE or (follows and not kind & _HOW_MUCH)
    return result
