"""The facts of a 3.5 prompt as one paragraph of English."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.template_phrases import Wording, covers, join_list, parts_phrase, sentence
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from chatearthnet_explorer.prompts.facts import Amount, Facts35

# Percent of each quarter from which a class is said to make up most of the scene.
_MOST = 50
_QUARTERS = PARTS[:4]

# {x} is the dominant class, {where} the parts in which it is the largest.
_LARGEST_EVERYWHERE = (
    "{x} dominate{s} the scene and {have} the largest share in all five parts",
    "the scene is dominated by {x}, which {are} the main land cover in every part",
    "{x} {are} the dominant land cover in every part of the scene",
)
_LARGEST_IN_FOUR = (
    "{x} dominate{s} the scene and {have} the largest share in every part except {where}",
    "{x} {are} the dominant land cover in every part of the scene except {where}",
)
_DOMINATES = (
    "{x} dominate{s} the scene, especially in {where}",
    "the scene is dominated by {x}, particularly in {where}",
    "{x} {are} the dominant land cover, especially in {where}",
)
_WIDESPREAD = (
    "{x} {are} the most widespread land cover in the scene, especially in {where}",
    "{x} {are} the most widespread land cover, particularly in {where}",
    "{x} {are} the most extensive land cover in the scene, especially in {where}",
)
_LARGEST_NOWHERE = (
    "{x} {are} the most widespread land cover, most of all {where}, without being the largest in any single part",
    "{x} {are} the most extensive land cover, most of all {where}, though not the largest in any single part",
)
_NOT_IN_PARTS = (
    "{x} {are} the most widespread land cover in the scene, without being among the three largest in any single part",
    "{x} {are} the most extensive land cover, though not among the three largest in any single part",
)

# {where} is a part, or several that are alike, {most} the largest amount in it, {rest} the one or two behind it.
_FIRST = (
    "in {where}, there is {most}, followed by {rest}",
    "starting in {where}, there is {most}, along with {rest}",
    "{where} {have} {most}, followed by {rest}",
)
_SAME = (
    "moving to {where}, there is again {most}, followed by {rest}",
    "{where} also {have} {most}, with {rest}",
    "{where} again {have} {most}, accompanied by {rest}",
    "in {where} as well, there is {most}, followed by {rest}",
)
_OTHER = (
    "moving to {where}, there is {most}, along with {rest}",
    "{where} contain{s} {most}, followed by {rest}",
    "in {where}, by contrast, there is {most}, with {rest}",
    "turning to {where}, there is {most}, followed by {rest}",
)
_OTHER_LARGE = (
    *_OTHER,
    "{where} {are} dominated by {most}, followed by {rest}",
    "{most} dominates {where}, followed by {rest}",
)
_LAST_SAME = (
    "finally, {where} also {have} {most}, followed by {rest}",
    "finally, in {where}, there is again {most}, with {rest}",
)
_LAST_OTHER = (
    "finally, {where} {have} {most}, followed by {rest}",
    "finally, in {where}, there is {most}, along with {rest}",
)
# four or five parts that are alike
_NEARLY_ALL = ("{where} {have} {most}, followed by {rest}",)
_NEARLY_ALL_ONLY = ("{where} {have} {most} and almost nothing else",)
# two or three
_SEVERAL = (
    "{where} each have {most}, followed by {rest}",
    "{where} are alike, with {most}, followed by {rest}",
)
_SEVERAL_LAST = ("finally, {where} each have {most}, along with {rest}",)
# a part with no second class
_ONLY = (
    "{where} {have} {most} and almost nothing else",
    "in {where}, there is {most} and almost nothing else",
    "moving to {where}, there is only {most}",
    "{where} contain{s} only {most}",
    "turning to {where}, there is {most} and hardly anything else",
)
_ONLY_LAST = (
    "finally, {where} {have} {most} and almost nothing else",
    "finally, in {where}, there is only {most}",
)
_SEVERAL_ONLY = (
    "{where} each have {most} and almost nothing else",
    "{where} are alike, with {most} and almost nothing else",
)
_EMPTY = ("there is nothing to describe in {where}", "again, there is nothing to describe in {where}")

_THEME_ONE = (
    "overall, the main theme is a landscape of {x} alone",
    "overall, {x} alone {are} the main theme of this landscape",
)
_THEME_MOST = (
    "overall, the main theme is a landscape dominated by {x}, followed by {others}",
    "overall, the main theme is a landscape made up mostly of {x}, followed by {others}",
)
_THEME_MIXED = (
    "overall, the main theme is a mixed landscape in which {x} {are} the largest cover, followed by {others}",
    "overall, the main theme is a varied landscape where {x} cover{s} the most ground, followed by {others}",
)


def paragraph(facts: Facts35, seed: int) -> str:
    """Return one paragraph: the dominant class, the five parts in order, the main theme.

    It names every class that the facts name and no other. Neighbouring parts with the same classes and sizes share a
    sentence. The same facts and seed give the same words.
    """
    wording = Wording(f"{seed} {facts.to_dict()}")
    if not facts.overall:
        return (
            f"There is nothing to describe in {parts_phrase(PARTS)}: no kind of land cover takes up enough of this "
            "scene to be named."
        )
    return " ".join(
        map(sentence, [_opening(facts, wording), *_parts(facts, wording), _theme(facts, wording)]),
    )


def _opening(facts: Facts35, wording: Wording) -> str:
    name = facts.overall[0]
    largest_in = [part for part, amounts in facts.parts.items() if amounts and amounts[0].name == name]
    if len(largest_in) == len(PARTS):
        return wording.fill(_LARGEST_EVERYWHERE, name)
    if len(largest_in) == len(PARTS) - 1:
        (other,) = {*PARTS} - {*largest_in}
        return wording.fill(_LARGEST_IN_FOUR, name, where=f"the {other}")
    if largest_in:
        patterns = _DOMINATES if _makes_up_most(facts) else _WIDESPREAD
        return wording.fill(patterns, name, where=parts_phrase(largest_in))
    percents = {
        part: amount.percent for part, amounts in facts.parts.items() for amount in amounts if amount.name == name
    }
    if percents:
        strongest = max(percents, key=lambda part: percents[part])
        return wording.fill(_LARGEST_NOWHERE, name, where=f"in the {strongest}")
    return wording.fill(_NOT_IN_PARTS, name)


def _parts(facts: Facts35, wording: Wording) -> list[str]:
    sentences: list[str] = []
    largest_before, empty_before = "", False
    for alike, group in groupby(facts.parts, key=lambda part: _sizes(facts.parts[part])):
        parts = list(group)
        if not alike:
            sentences.append(_EMPTY[empty_before].format(where=parts_phrase(parts)))
            empty_before = True
            continue
        sentences.append(_part(parts, facts.parts[parts[0]], largest_before, wording))
        largest_before = alike[0][0]
    return sentences


def _sizes(amounts: tuple[Amount, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((amount.name, amount.size) for amount in amounts)


def _part(parts: list[str], amounts: tuple[Amount, ...], largest_before: str, wording: Wording) -> str:
    """Return the sentence of parts that are alike, linked to the largest class of the part before them."""
    largest, *smaller = _sizes(amounts)
    last = bool(largest_before) and parts[-1] == PARTS[-1]
    where, several, nearly_all = parts_phrase(parts), len(parts) > 1, len(parts) >= len(PARTS) - 1
    if nearly_all:
        other = "".join(f" except the {part}" for part in PARTS if part not in parts)
        where, several = f"every part{other}", False
    patterns: tuple[str, ...]
    if nearly_all:
        patterns = _NEARLY_ALL if smaller else _NEARLY_ALL_ONLY
    elif not smaller:
        patterns = _SEVERAL_ONLY if several else _ONLY_LAST if last else _ONLY if largest_before else _ONLY[:2]
    elif several:
        patterns = _SEVERAL_LAST if last else _SEVERAL
    elif last:
        patterns = _LAST_SAME if largest[0] == largest_before else _LAST_OTHER
    elif not largest_before:
        patterns = _FIRST
    elif largest[0] == largest_before:
        patterns = _SAME
    else:
        patterns = _OTHER_LARGE if largest[1].endswith("large") else _OTHER
    most = wording.amounts([largest])
    rest = wording.amounts(smaller) if smaller else ""
    verb = {"have": "have", "are": "are", "s": ""} if several else {"have": "has", "are": "is", "s": "s"}
    return wording.choose(patterns).format(where=where, most=most, rest=rest, **verb)


def _makes_up_most(facts: Facts35) -> bool:
    name = facts.overall[0]
    return all(
        any(amount.name == name and amount.percent >= _MOST for amount in facts.parts[part]) for part in _QUARTERS
    )


def _theme(facts: Facts35, wording: Wording) -> str:
    name, *others = facts.overall
    if not others:
        return wording.fill(_THEME_ONE, name)
    patterns = _THEME_MOST if _makes_up_most(facts) else _THEME_MIXED
    return wording.fill(patterns, name, others=join_list(map(covers, others)))
