"""Step 5a: the places that a caption names only by another place: "to its right", "along the top, ... on the left"."""

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


def resolve_directions(clause: Clause, reference: Parts) -> Clause:
    """Return a clause with the places that its directions mean, from the place spoken of last.

    "There" and "that corner" after a class mean that place, if the clause names others behind them.

    A direction that leads to no part for sure, as "next door" or "below" the middle, stays as it is. One beside a named
    place says nothing new and is left out, and so is one after a class, which may be beside that class only.
    """
    if not clause.signs & kinds.TOWARDS and not (clause.signs & kinds.HERE and clause.signs & kinds.PLACE):
        return clause
    tokens: list[Token] = []
    names_class = False
    for at, token in enumerate(clause.tokens):
        kind, value, start, end = token
        if kind == kinds.PLACE:
            reference = value
        names_class = names_class or kind == kinds.LAND
        if kind == kinds.HERE and names_class and len(reference) == 1 and _names_place(clause.tokens[at + 1 :]):
            tokens.append((kinds.PLACE, reference, start, end))
        elif kind != kinds.TOWARDS:
            tokens.append(token)
        elif not _is_redundant(clause.tokens, at):
            parts = _move(reference, value)
            tokens.append((kinds.PLACE, parts, start, end) if parts else token)
    signs = 0
    for kind, *_ in tokens:
        signs |= kind
    return clause._replace(tokens=tokens, signs=signs)


def _names_place(tokens: Sequence[Token]) -> bool:
    return any(token[0] == kinds.PLACE for token in tokens)


def _is_redundant(tokens: Sequence[Token], at: int) -> bool:
    before = next((token for token in reversed(tokens[:at]) if token[0] & _CONTENT), None)
    if before:
        return True  # "the bottom right, beside it, ...", "trees with grass beside it"
    # "below it, the bottom left ...", "farther down, trees fill the bottom left"
    return _names_place(tokens[at + 1 :])


def _move(parts: Parts, direction: str) -> Parts:
    if direction not in _MOVES:
        return ()
    old, new = _MOVES[direction]
    return tuple(part.replace(old, new) for part in parts) if parts and all(old in part for part in parts) else ()


def narrow_sides(tokens: Sequence[Token], text: str, last: Parts = ()) -> Sequence[Token]:
    """Return the phrases of a sentence with each side of a side narrowed to the corner that it means.

    "Along the bottom, a fifth on the right and less on the left" speaks of two corners, and so does "each corner on the
    right". A sentence without a class goes on with the place of the one before, ``last``: "Water lies along the top.
    It takes a third on the left."
    """
    kinds_of_tokens = [token[0] for token in tokens]
    side = last if last in _AXES and kinds.LAND not in kinds_of_tokens else ()
    if not side and kinds_of_tokens.count(kinds.PLACE) < 2:  # noqa: PLR2004
        return tokens
    side_at, since_side = (_BEFORE if side else 0), 0
    new_tokens: dict[int, Token] = {}
    for at, (kind, value, start, end) in enumerate(tokens):
        if kind != kinds.PLACE:
            since_side |= kind
            continue
        if value == _CORNERS:
            after = tokens[at + 1] if at + 1 < len(tokens) else None
            near = after is not None and after[2] - end == 1
            if after and near and after[0] == kinds.PLACE and after[1] in _AXES:
                new_tokens[at] = (kind, after[1], start, end)
            elif after and near and after[0] == kinds.HERE and side:
                new_tokens[at] = (kind, side, start, end)
        elif value in _AXES:
            both = tuple(part for part in side if part in value)
            is_joined = at - side_at == 1 or (tokens[at - 1][1] == "and" and at - side_at == 2)  # noqa: PLR2004
            apart = since_side & kinds.LAND and not text.startswith(_ON, start)
            if side and _AXES[value] != _AXES[side] and not is_joined and not apart:
                new_tokens[at] = (kind, both, start, end)
            else:
                side, side_at, since_side = value, at, 0
    return [new_tokens.get(at, token) for at, token in enumerate(tokens)] if new_tokens else tokens


_CORNERS = ("top left", "top right", "bottom left", "bottom right")
_BEFORE = -9  # in no list with what follows
_ON = ("on the", "at the", "to the")
_AXES: Mapping[Parts, str] = MappingProxyType({
    ("top left", "top right"): "height",
    ("bottom left", "bottom right"): "height",
    ("top left", "bottom left"): "width",
    ("top right", "bottom right"): "width",
})  # fmt: skip
