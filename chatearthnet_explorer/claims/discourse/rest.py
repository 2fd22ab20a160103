"""Step 5b: the parts that "the rest", "elsewhere" and "the other corners" mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.clauses import Clause
    from chatearthnet_explorer.claims.tokens import Token

_WHOLE_REST = frozenset({"the rest", "the remainder"})
_NUMBERS = (("two", 2), ("three", 3), ("four", 4))


def resolve_rest(
    clause: Clause,
    *,
    parts_named: Parts,
    in_sentence: Parts,
    latest: Parts,
    of_part: bool,
    after_class: bool,
    after_place: bool,
) -> Clause:
    """Return a clause with the parts, or the whole image, that "the rest" means in it.

    Args:
        clause: The clause.
        parts_named: The parts named in the text before it.
        in_sentence: Those named in its sentence before it.
        latest: The place named last in its sentence.
        of_part: Whether the text speaks of one part, so that "the rest" may be that of the part.
        after_class: Whether its sentence has named a class before it.
        after_place: Whether its sentence began with a place.
    """
    if not clause.signs & kinds.REST:
        return clause
    at = next(at for at, token in enumerate(clause.tokens) if token[0] == kinds.REST)
    rest = clause.tokens[at]
    _, word, start, end = rest
    before = [token[1] for token in clause.tokens[:at] if token[0] == kinds.PLACE]
    in_clause = tuple(part for parts in before for part in parts)
    new_tokens: tuple[Token, ...] = ((kinds.IMAGE, word, start, end),)
    if (
        word.endswith(" being")
        or (of_part and word in _WHOLE_REST)
        or ((after_place or _begins_with_place(clause)) and not after_class)
    ):
        new_tokens = ()  # of the part that is spoken of
    elif word in _WHOLE_REST or word.startswith("rest "):
        parts = _without(latest or (before[-1] if before else ()) or (*parts_named, *in_clause))
        if 0 < len(parts) < len(PARTS):
            new_tokens = ((kinds.PLACE, parts, start, end),)
    elif in_sentence or in_clause:
        # "a few specks elsewhere": the phrase before the parts stays, as it is unknown in how many of them
        parts = _others((*in_sentence, *in_clause), word)
        if any(token[0] == kinds.PLACE for token in clause.tokens[at + 1 :]):
            new_tokens = ()  # "elsewhere it is thinner, a fifth of the middle and less of the top right"
        elif parts:
            new_tokens = (rest, (kinds.PLACE, parts, start, end))
    signs = clause.signs
    for token in new_tokens:
        signs |= token[0]
    return clause._replace(tokens=(*clause.tokens[:at], *new_tokens, *clause.tokens[at + 1 :]), signs=signs)


def _without(parts_named: Parts) -> Parts:
    return tuple(part for part in PARTS if part not in parts_named)


def _others(parts_named: Parts, word: str) -> Parts:
    """Return the parts that are not named, if they are as many as the words say: "the other two corners"."""
    parts = _without(parts_named)
    if "corner" in word:
        parts = tuple(part for part in parts if part != "middle")
    number = next((number for name, number in _NUMBERS if name in word), len(parts))
    return parts if number == len(parts) else ()


def _begins_with_place(clause: Clause) -> bool:
    content = kinds.LAND | kinds.PLACE | kinds.PRONOUN
    return next((kind for kind, *_ in clause.tokens if kind & content), 0) == kinds.PLACE
