"""The facts of a 3.5 prompt as one paragraph of English."""

from __future__ import annotations

import re
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.captioners.template_phrases import (
    Wording,
    amounts_phrase,
    parts_phrase,
    sentence,
    theme,
)
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from chatearthnet_explorer.prompts.facts import Amount, Facts35

# Percent of each quarter from which a class is said to make up most of the scene.
_MOST = 50
# Percent of a part from which a class covers nearly all of it.
_NEARLY_ALL = 90
_QUARTERS = PARTS[:4]

# {x} is the dominant class, {where} the parts in which it is the largest.
_LARGEST_EVERYWHERE = (
    "{x} dominate{s} the scene and {are} the main land cover in all five parts",
    "the scene is dominated by {x}, which {are} the main land cover in every part",
    "{x} {are} the dominant land cover in every part of the scene",
)
_LARGEST_IN_FOUR = (
    "{x} dominate{s} the scene and {are} the main land cover in every part except {where}",
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
    "{x} {are} more widespread than any other land cover, especially in {where}",
)
_LARGEST_NOWHERE = (
    "{x} {are} the most widespread land cover, most of all {where}, without being the largest in any single part",
    "{x} {are} the most widespread land cover, most of all {where}, though not the largest in any single part",
)
_NOT_IN_PARTS = (
    "{x} {are} the most widespread land cover in the scene, without being among the three largest in any single part",
    "{x} {are} the most widespread land cover, though not among the three largest in any single part",
)

# A part of which {x} covers half or more. {share} is how much, {with_} and {followed} are what else there is, or empty.
_COVERED_PARTS = (
    "in {where}, {x} cover{s} {share} of the area{with_}",
    "{x} cover{s} {share} of {where}{with_}",
    "{share} of {where} is covered by {x}{followed}",
    "in {where}, {x} cover{s} {share} of the area{followed}",
    "{x} cover{s} {share} of {where}{followed}",
)
_COVERED_AGAIN = (
    "in {where}, {x} again cover{s} {share} of the area{with_}",
    "{x} also cover{s} {share} of {where}{followed}",
    "{share} of {where} is also covered by {x}{with_}",
    "{share} of {where} is again covered by {x}{followed}",
)
_COVERED_LAST = (
    "finally, in {where}, {x} cover{s} {share} of the area{with_}",
    "finally, {x} cover{s} {share} of {where}{followed}",
)
_COVERED_LAST_AGAIN = (
    "finally, in {where}, {x} again cover{s} {share} of the area{with_}",
    "finally, {share} of {where} is also covered by {x}{followed}",
)
_COVERED_EVERYWHERE = ("{where} look alike: {x} cover{s} {share} of the area{followed}",)
# A part of which no class covers half. {most} is the largest class, or several of one size.
_MIXED_PARTS = (
    "{where} {have} {most}{followed}",
    "in {where}, there {be} {most}{with_}",
    "there {be} {most} in {where}{with_}",
    "{where} {contain} {most}{with_}",
    "{most} {be} found in {where}{followed}",
)
_MIXED_AGAIN = (
    "{where} also {have} {most}{with_}",
    "in {where}, there {be} again {most}{followed}",
    "there {be} also {most} in {where}{with_}",
)
_MIXED_LAST = (
    "finally, {where} {have} {most}{followed}",
    "finally, in {where}, there {be} {most}{with_}",
)
_MIXED_LAST_AGAIN = (
    "finally, {where} also {have} {most}{followed}",
    "finally, in {where}, there {be} again {most}{with_}",
)
_MIXED_EVERYWHERE = ("{where} look alike, each with {most}{followed}",)
# How many sentences of parts there are at least where the last may begin with "finally".
_LONG = 4
_AGAIN = re.compile(r"\b(?:again|also)\b")
_EMPTY = ("there is nothing to describe in {where}", "again, there is nothing to describe in {where}")

# The classes behind the first three.
_THEME_REST = (
    "{x} {are} also present",
    "{x} also occur{s}",
)
_THEME_NAMES = 3


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
        map(sentence, [_opening(facts, wording), *_parts(facts, wording), *_theme(facts, wording)]),
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
    before: _Largest | None = None
    empty_before = False
    groups = [(alike, list(parts)) for alike, parts in groupby(facts.parts, key=lambda part: _sizes(facts.parts[part]))]
    for number, (alike, parts) in enumerate(groups, 1):
        if not alike:
            sentences.append(_EMPTY[empty_before].format(where=parts_phrase(parts)))
            empty_before = True
            continue
        largest = _largest([facts.parts[part] for part in parts])
        patterns = _patterns(
            parts,
            is_covered=bool(largest.share),
            last=number == len(groups) >= _LONG and bool(wording.choose(("finally", ""))),
            again=largest == before and not _AGAIN.search(sentences[-1]),
        )
        sentences.append(_part(parts, largest, alike[len(largest.names) :], patterns, wording))
        before = largest
    return sentences


class _Largest(NamedTuple):
    """What covers most of a part: one class, or several of one size."""

    names: tuple[str, ...]
    size: str
    share: str
    """How much of the part the first covers, if it is half or more; else empty."""


def _largest(all_amounts: list[tuple[Amount, ...]]) -> _Largest:
    """Return what comes first in parts that are alike."""
    first = all_amounts[0][0]
    if first.size == "large":
        return _Largest((first.name,), first.size, "most")
    if first.size == "extra large":
        least = min(amounts[0].percent for amounts in all_amounts)
        return _Largest((first.name,), first.size, "nearly all" if least >= _NEARLY_ALL else "the great majority")
    alike = takewhile(lambda one: one.size == first.size, all_amounts[0])
    return _Largest(tuple(one.name for one in alike), first.size, "")


def _sizes(amounts: tuple[Amount, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((amount.name, amount.size) for amount in amounts)


def _part(
    parts: list[str],
    largest: _Largest,
    smaller: tuple[tuple[str, str], ...],
    patterns: tuple[str, ...],
    wording: Wording,
) -> str:
    """Return the sentence of parts that are alike."""
    where, several = parts_phrase(parts), len(parts) > 1
    if _nearly_everywhere(parts):
        where = next((f"all parts except the {part}" for part in PARTS if part not in parts), "all five parts")
    rest = amounts_phrase(smaller) if smaller else ""
    if not rest:  # nothing parts "with" from "followed by" then
        patterns = tuple(dict.fromkeys(pattern.replace("{followed}", "{with_}") for pattern in patterns))
    return wording.fill(
        patterns,
        largest.names[0],
        where=where,
        share=largest.share,
        most=amounts_phrase([(name, largest.size) for name in largest.names]),
        be="are" if len(largest.names) > 1 else "is",
        have="each have" if several else "has",
        contain="each contain" if several else "contains",
        with_=f", with {rest}" if rest else "",
        followed=f", followed by {rest}" if rest else "",
    )


def _patterns(parts: list[str], *, is_covered: bool, last: bool, again: bool) -> tuple[str, ...]:
    """Return the patterns for parts that are alike.

    Args:
        parts: The parts.
        is_covered: Whether one class covers half of them or more.
        last: Whether their sentence may begin with "finally".
        again: Whether the part before has as much of the same, which its own sentence does not say again.
    """
    if _nearly_everywhere(parts):
        return (_MIXED_EVERYWHERE, _COVERED_EVERYWHERE)[is_covered]
    table = {
        (False, False): (_MIXED_PARTS, _COVERED_PARTS),
        (False, True): (_MIXED_AGAIN, _COVERED_AGAIN),
        (True, False): (_MIXED_LAST, _COVERED_LAST),
        (True, True): (_MIXED_LAST_AGAIN, _COVERED_LAST_AGAIN),
    }
    patterns = table[last and len(parts) == 1, again][is_covered]
    # "most of the top left and the middle" could be most of both together
    return tuple(pattern for pattern in patterns if len(parts) == 1 or "{share} of {where}" not in pattern)


def _nearly_everywhere(parts: list[str]) -> bool:
    return len(parts) >= len(PARTS) - 1


def _makes_up_most(facts: Facts35) -> bool:
    name = facts.overall[0]
    return all(
        any(amount.name == name and amount.percent >= _MOST for amount in facts.parts[part]) for part in _QUARTERS
    )


def _theme(facts: Facts35, wording: Wording) -> list[str]:
    """Return a sentence of the three largest classes, and one of the others if there are any."""
    name, *others = facts.overall
    behind, rest = others[: _THEME_NAMES - 1], others[_THEME_NAMES - 1 :]
    sentences = [theme(name, behind, most=_makes_up_most(facts), wording=wording)]
    if rest:
        sentences.append(wording.fill(_THEME_REST, *rest))
    return sentences
