"""The facts of a 3.5 prompt as one paragraph of English."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.template_phrases import Draw, cover, listed, places, sentence, subjects
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from chatearthnet_explorer.landcover.shares import Amount, Facts35

# A paragraph of few amounts has room to tell the order of the classes in the whole square.
_ROOM = 10
# Percent of a part from which one class is said to have it for itself.
_ALONE = 95
# Percent of each quarter from which a class is said to be most of the square.
_MOST = 50
_QUARTERS = PARTS[:4]

_DOMINANT_EVERYWHERE = (
    "{x} dominate{s} this square and come{s} first in every part of it",
    "{x} {are} the dominant land cover of this square, in front in all of its five parts",
    "across this square {x} dominate{s}, leading in each of the five parts",
)
_DOMINANT_SOMEWHERE = (
    "{x} dominate{s} this square, taking the lead in {where}",
    "{x} {are} the dominant land cover of this square and come{s} first in {where}",
    "across this square {x} dominate{s}, in front of all else in {where}",
)
_DOMINANT_SECOND = (
    "{x} dominate{s} the square as a whole, most of all {where}, without coming first in any one part",
    "taken as a whole, the square is dominated by {x}, strongest {where} though first in none of the parts",
)
_DOMINANT_THIN = (
    "{x} dominate{s} the square as a whole, without ranking among the leading kinds of any part",
    "taken as a whole, the square is dominated by {x}, which stay{s} outside the leading kinds of every part",
)
_ORDER = (
    "behind, in falling order of area, come{s} {x}",
    "next in area come{s} {x}",
    "what remains, from more to less, {are} {x}",
)
_NEXT = ("next in area come{s} {x}", "{x} come{s} next in area", "the second place in area goes to {x}")
_FEW = (
    "{x} occur{s} as well, outside the leading kinds of every part",
    "there {are} also {x}, outside the leading kinds of every part",
)

# {most} is the largest amount of a part, {rest} the one or two behind it.
_FIRST = (
    "starting in the {part}, there is {most}, followed by {rest}",
    "the {part} begins the picture with {most}, accompanied by {rest}",
    "to begin with, the {part} holds {most}, together with {rest}",
    "in the {part}, where this description sets out, one finds {most} and, after it, {rest}",
)
_SAME = (
    "moving to the {part}, {most} once more comes first, ahead of {rest}",
    "the {part} carries on with the same kind in front: {most} before {rest}",
    "nor does the lead pass to another kind in the {part}, which combines {most} with {rest}",
    "in the {part} as well the first place stays where it was, with {most}, then {rest}",
    "the {part} keeps the leading kind too and shows {most}, joined by {rest}",
)
_OTHER = (
    "on to the {part}, where the order is a new one: {most}, then {rest}",
    "the {part} differs, with {most} at the head, then {rest}",
    "in the {part}, by contrast, {most} comes before {rest}",
    "turning to the {part}, another kind takes over, as {most} stands ahead of {rest}",
    "elsewhere, in the {part}, the first place goes to {most}, and the next to {rest}",
)
_LAST_SAME = (
    "finally, the {part} keeps that lead with {most}, alongside {rest}",
    "the lead is no different in the {part}, which closes the round with {most} ahead of {rest}",
    "the {part} of the square, last of all, has the same kind on top: {most}, supported by {rest}",
)
_LAST_OTHER = (
    "finally, the {part} brings {most}, alongside {rest}",
    "the {part} of the square, last of all, has an order of its own, namely {most} and then {rest}",
    "lying between all these, the {part} combines {most} with {rest}",
)
_ALONE_FIRST = (
    "starting in the {part}, there is {most} and next to nothing else",
    "the {part} begins the picture with {most} alone",
    "to begin with, the {part} holds {most} and no other kind of note",
)
_ALONE_NEXT = (
    "on to the {part}, where only one kind counts too, with {most}",
    "the {part} is just as simple and consists of {most}",
    "in the {part}, nothing of note stands beside {most}",
    "the {part} adds {most} and leaves it at that",
    "turning to the {part}, one meets {most} and hardly anything besides",
)
_ALONE_LAST = (
    "finally, the {part} has room for {most} and little more",
    "the {part} of the square, last of all, shows {most} by itself",
    "lying between all these, the {part} consists of {most}",
)
_ONLY = (
    "for the {part}, a single kind is counted: {most}",
    "in the {part} just {most} is large enough to be named",
    "the {part} has {most} to name, and no second kind of any size",
    "all that counts in the {part} is {most}",
    "what can be named in the {part} is {most}",
)
_EMPTY = (
    "in {where}, again, there is nothing to describe",
    "once more, there is nothing to describe in {where}",
)

_THEME_ONE = (
    "overall, the main theme is a landscape of {x} and of nothing else that counts",
    "all in all, {x} alone {are} the main theme of this landscape",
    "overall, {x} {have} this landscape to {alone}, and that is its main theme",
)
_THEME_MOST = (
    "overall, the main theme is a landscape made up mostly of {x}, with {then} in second place",
    "all in all, {x} make{s} up most of this landscape and {are} its main theme, ahead of {then}",
    "taken together, the main theme is the predominance of {x} over {then}",
)
_THEME_MIXED = (
    "overall, the main theme is a mixed landscape in which {x} come{s} first and {then} next",
    "all in all, the main theme is a varied landscape led by {x}, with {then} next in line",
    "taken together, the main theme is a landscape with several kinds of land cover, {x} before {then}",
)


def paragraph(facts: Facts35, seed: int) -> str:
    """Return one paragraph: the dominant class, the five parts in order, the main theme.

    It names every class that the facts name and no other. Each amount reads ``size noun of class``, in the
    sentence of its part. The same facts and seed give the same words.
    """
    draw = Draw(f"{seed} {facts.to_dict()}")
    if not facts.overall:
        return (
            f"There is nothing to describe in {places(PARTS)}: no kind of land cover takes up enough of this square "
            "to be named."
        )
    told = [_dominant(facts, draw), *_rest(facts, draw), *_parts(facts, draw), _theme(facts, draw)]
    return " ".join(sentence(one) for one in told)


def _dominant(facts: Facts35, draw: Draw) -> str:
    name = facts.overall[0]
    first = [part for part, amounts in facts.parts.items() if amounts and amounts[0].name == name]
    if len(first) == len(PARTS):
        return draw.told(_DOMINANT_EVERYWHERE, name)
    if first:
        return draw.told(_DOMINANT_SOMEWHERE, name, where=places(first))
    percents = {
        part: amount.percent for part, amounts in facts.parts.items() for amount in amounts if amount.name == name
    }
    if percents:
        return draw.told(_DOMINANT_SECOND, name, where=f"in the {max(percents, key=lambda part: percents[part])}")
    return draw.told(_DOMINANT_THIN, name)


def _rest(facts: Facts35, draw: Draw) -> list[str]:
    """Return a sentence on the classes behind the dominant one: all if there is room, else those no part names."""
    in_parts = {amount.name for amounts in facts.parts.values() for amount in amounts}
    roomy = sum(map(len, facts.parts.values())) <= _ROOM
    names = [name for name in facts.overall[1:] if roomy or name not in in_parts]
    if not names:
        return []
    patterns = _FEW if not roomy else _ORDER if len(names) > 1 else _NEXT
    return [draw.told(patterns, *names)]


def _parts(facts: Facts35, draw: Draw) -> list[str]:
    told: list[str] = []
    before, seen_empty = "", False
    for empty, group in groupby(facts.parts.items(), key=lambda pair: not pair[1]):
        if empty:
            where = places(part for part, _ in group)
            told.append(draw.told(_EMPTY, where=where) if seen_empty else f"there is nothing to describe in {where}")
            seen_empty = True
            continue
        for part, amounts in group:
            told.append(_part(part, amounts, before, draw))
            before = amounts[0].name
    return told


def _part(part: str, amounts: tuple[Amount, ...], before: str, draw: Draw) -> str:
    """Return the sentence of a part, linked to ``before``, the class that led in the part told last."""
    most, *others = (draw.amount(amount.name, amount.size) for amount in amounts)
    last = part == PARTS[-1]
    if not others:
        alone = amounts[0].percent >= _ALONE
        alone_at = _ALONE_LAST if last else _ALONE_NEXT if before else _ALONE_FIRST
        return draw.told(alone_at if alone else _ONLY, part=part, most=most)
    same = amounts[0].name == before
    patterns: tuple[str, ...]
    if last and before:
        patterns = _LAST_SAME if same else _LAST_OTHER
    else:
        patterns = _FIRST if not before else _SAME if same else _OTHER
    return draw.told(patterns, part=part, most=most, rest=listed(others))


def _theme(facts: Facts35, draw: Draw) -> str:
    name, *others = facts.overall
    if not others:
        return draw.told(_THEME_ONE, name, alone="themselves" if cover(name).plural else "itself")
    most = all(
        any(amount.name == name and amount.percent >= _MOST for amount in facts.parts[part]) for part in _QUARTERS
    )
    return draw.told(_THEME_MOST if most else _THEME_MIXED, name, then=subjects(others[: 1 if most else 2]))
