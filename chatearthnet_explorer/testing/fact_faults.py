"""Facts with one known fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import LARGEST, Amount, Facts4V, Facts35
from chatearthnet_explorer.prompts.size_words import SIZES, size_word

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from chatearthnet_explorer.review.label_counts import Cover

    Facts = Facts35 | Facts4V


@dataclass(frozen=True, slots=True)
class Fault:
    """The one thing that is wrong with a caption."""

    check: str
    """The check that is to find it."""

    land: str = ""
    """The class it is about, by its 3.5 name; empty where it is about none, or any."""

    part: str = ""
    """The part it is about; likewise."""

    steps: int = 0
    """For a wrong size, how many sizes it is off."""


NAMES = tuple(land.name for land in CLASSES if land.index != BACKGROUND)
"""The classes, by their 3.5 names."""

_NAME = {name: land.name for land in CLASSES for name in (land.name, land.name_4v)}
_NAME_4V = {land.name: land.name_4v for land in CLASSES}
_CLEARLY = 10.0  # percentage points by which something must be false to be called so
_STATED_SIZES = 5.0  # percent of a quarter from which a caption tells where a class lies
_WORDS = [size for _, size in SIZES]
_ENDS = (0, *(end for end, _ in SIZES))
_TURN = dict(zip(PARTS, (*PARTS[3::-1], PARTS[4]), strict=True))  # top left and bottom right change places, and so on

_ChangedFacts = tuple["Facts", Fault]


def add_class(facts: Facts, cover: Cover, draw: random.Random) -> _ChangedFacts | None:
    """Return facts with a class that the chip lacks."""
    absent = [name for name in NAMES if not cover.pixels(name)]
    parts = [part for part in PARTS if cover.labelled_pixels(part)]
    if not absent or not parts:
        return None
    name, part = draw.choice(absent), draw.choice(parts)
    return _add_to(facts, name, part, draw), Fault("hallucinated", name)


def wrong_part(facts: Facts, cover: Cover, draw: random.Random) -> _ChangedFacts | None:
    """Return facts with a class in a part that has none of it."""
    is_35 = isinstance(facts, Facts35)
    # 4V captions tell where most of a class lies, by quarters, and not of every trace
    free = [
        (name, part)
        for name in facts.class_names
        for part in (PARTS if is_35 else PARTS[:4])
        if cover.labelled_pixels(part)
        and not cover.pixels(_NAME[name], part)
        and (is_35 or max(cover.percent(_NAME[name], one) for one in PARTS[:4]) > _STATED_SIZES)
    ]
    if not free:
        return None
    name, part = draw.choice(sorted(free))
    if isinstance(facts, Facts35):
        return _add_to(facts, name, part, draw), Fault("wrong part", name, part)
    most = max(facts.percents[name].values())
    percents = {**facts.percents, name: {one: most if one == part else 0.0 for one in PARTS}}
    return _facts_4v(percents), Fault("wrong part", _NAME[name], part)


def remove_class(facts: Facts, cover: Cover, draw: random.Random) -> _ChangedFacts | None:
    """Return facts without the class that leads in a part, which is not the one that leads in the chip."""
    leading = [(part, *cover.leaders[part]) for part in PARTS if part in cover.leaders]
    if isinstance(facts, Facts35):
        free = [
            (part, name)
            for part, name, _ in leading
            if len(facts.parts[part]) > 1 and facts.parts[part][0].name == name != facts.overall[0]
        ]
        if not free:
            return None
        part, name = draw.choice(free)
        parts = {**facts.parts, part: facts.parts[part][1:]}
        return replace(facts, parts=parts), Fault("omitted", name, part)
    first = next(iter(facts.percents), "")
    names = sorted({_NAME_4V[name] for _, name, _ in leading} - {first})
    if not names:
        return None
    name = draw.choice(names)
    percents = {one: percents for one, percents in facts.percents.items() if one != name}
    return _facts_4v(percents), Fault("omitted", _NAME[name])


def wrong_size(facts: Facts, _cover: Cover, draw: random.Random) -> _ChangedFacts | None:
    """Return facts in which a class, not the first of its part, is of another size; style 4V has none in its facts."""
    if not isinstance(facts, Facts35):
        return None
    free = [
        (part, place, step)
        for part, amounts in facts.parts.items()
        for place, amount in enumerate(amounts[1:], start=1)
        for step in range(len(SIZES))
        if not _ENDS[step] - 2 <= amount.percent < _ENDS[step + 1] + 2
    ]
    if not free:
        return None
    part, place, step = draw.choice(free)
    amounts = list(facts.parts[part])
    before = amounts[place]
    amounts[place] = replace(before, size=_WORDS[step])
    faults = Fault("wrong size", before.name, part, abs(step - _WORDS.index(before.size)))
    return replace(facts, parts={**facts.parts, part: tuple(amounts)}), faults


def wrong_dominant(facts: Facts, cover: Cover, draw: random.Random) -> _ChangedFacts | None:
    """Return facts in which another class comes first in the chip."""
    if "" not in cover.leaders:
        return None
    _, most = cover.leaders[""]
    names = facts.overall if isinstance(facts, Facts35) else tuple(facts.percents)
    in_parts = {*names}
    if isinstance(facts, Facts35):
        in_parts = {one.name for amounts in facts.parts.values() for one in amounts}
    behind = [name for name in names if name in in_parts and most - cover.percent(_NAME[name]) > _CLEARLY]
    if not behind:
        return None
    name = draw.choice(behind)
    faults = Fault("wrong dominant", _NAME[name])
    others = [one for one in names if one != name]
    if isinstance(facts, Facts35):
        return replace(facts, overall=(name, *others)), faults
    return replace(facts, percents={one: facts.percents[one] for one in (name, *others)}), faults


def order_of_classes(facts: Facts, _cover: Cover, draw: random.Random) -> _ChangedFacts | None:
    """Return facts in which two classes of a part have changed places."""
    if not isinstance(facts, Facts35):
        return None
    free = [
        (part, place)
        for part, amounts in facts.parts.items()
        for place in range(len(amounts) - 1)
        if amounts[place].percent - amounts[place + 1].percent > _CLEARLY
    ]
    if not free:
        return None
    part, place = draw.choice(free)
    amounts = list(facts.parts[part])
    amounts[place], amounts[place + 1] = amounts[place + 1], amounts[place]
    return replace(facts, parts={**facts.parts, part: tuple(amounts)}), Fault("order of classes", part=part)


FAULTS: Mapping[str, Callable[[Facts, Cover, random.Random], _ChangedFacts | None]] = MappingProxyType({
    "hallucinated": add_class,
    "omitted": remove_class,
    "wrong part": wrong_part,
    "wrong size": wrong_size,
    "wrong dominant": wrong_dominant,
    "order of classes": order_of_classes,
})  # fmt: skip
"""What makes facts false, by the check that is to find it; None where they leave no room."""


def turn_parts(facts: Facts) -> _ChangedFacts | None:
    """Return the facts of the chip turned by half a circle.

    If ``word_faults.turn_parts`` turns the words of the caption back, it is true again and goes backwards through the
    parts.
    """
    if not isinstance(facts, Facts35):
        return None
    quarters = {tuple((amount.name, amount.size) for amount in facts.parts[part]) for part in PARTS[:4]}
    if len(quarters) == 1:
        return None  # a caption may describe them in one sentence, which has no order
    return replace(facts, parts={part: facts.parts[_TURN[part]] for part in PARTS}), Fault("order of parts")


def _add_to(facts: Facts, name: str, part: str, draw: random.Random) -> Facts:
    """Return the facts with a little of a class in a part, told last there."""
    if isinstance(facts, Facts35):
        amounts = facts.parts[part]
        others = amounts[: LARGEST - 1] if len(amounts) == LARGEST else amounts
        percent = draw.randint(1, max(others[-1].percent, 1)) if others else draw.randint(1, 100)
        overall = facts.overall if name in facts.overall else (*facts.overall, name)
        part_classes = (*others, Amount(name, percent, size_word(percent)))
        return Facts35(overall, {**facts.parts, part: part_classes})
    percents = dict.fromkeys(PARTS, 0.0) | {part: round(draw.uniform(1.0, 30.0), 2)}
    return _facts_4v({**facts.percents, _NAME_4V[name]: percents})


def _facts_4v(percents: dict[str, dict[str, float]]) -> Facts4V:
    """Return facts whose shares agree with their percents."""
    shares = {
        part: tuple(
            (name, round(of[part] / 100, 2))
            for name, of in sorted(percents.items(), key=lambda one: -one[1][part])
            if of[part]
        )
        for part in PARTS
    }
    return Facts4V(shares=shares, percents=percents)
