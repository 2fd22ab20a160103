"""Step 3a: the places that a clause names only by where they lie from the place before: "to its right", "farther down"."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.clauses import Clause
    from chatearthnet_explorer.claims.tokens import Token

_MOVES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "right": ("left", "right"),
    "left": ("right", "left"),
    "below": ("top", "bottom"),
    "above": ("bottom", "top"),
})  # fmt: skip
_CONTENT = kinds.PLACE | kinds.LAND
_NEAR = 30


def resolve_directions(clause: Clause, reference: Parts) -> Clause:
    """Return a clause with the places that its directions mean, from the place spoken of last.

    A direction that leads to no part for sure, as "next door" or "below" the middle, stays as it is. One beside a named
    place says nothing new and is left out, and so is one after a class, which may be beside that class only.
    """
    if not clause.signs & kinds.TOWARDS:
        return clause
    tokens: list[Token] = []
    for at, token in enumerate(clause.tokens):
        kind, value, start, end = token
        if kind != kinds.TOWARDS:
            tokens.append(token)
        elif not _is_redundant(clause.tokens, at):
            parts = _moved(reference, value)
            tokens.append((kinds.PLACE, parts, start, end) if parts else token)
    signs = 0
    for kind, *_ in tokens:
        signs |= kind
    return clause._replace(tokens=tokens, signs=signs)


def _is_redundant(tokens: Sequence[Token], at: int) -> bool:
    before = next((token for token in reversed(tokens[:at]) if token[0] & _CONTENT), None)
    if before:
        return True  # "the bottom right, beside it, ...", "trees with grass beside it"
    after = next((token for token in tokens[at + 1 :] if token[0] & _CONTENT), None)
    # "below it, the bottom left ..."
    return after is not None and after[0] == kinds.PLACE and after[2] - tokens[at][3] < _NEAR


def _moved(parts: Parts, direction: str) -> Parts:
    if direction not in _MOVES:
        return ()
    old, new = _MOVES[direction]
    return tuple(part.replace(old, new) for part in parts) if parts and all(old in part for part in parts) else ()
