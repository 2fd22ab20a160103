"""The facts of a 4V prompt as one description of each label map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.template_phrases import Draw, places, sentence, subjects
from chatearthnet_explorer.landcover.shares import PARTS, SIZES

if TYPE_CHECKING:
    from chatearthnet_explorer.landcover.shares import Facts4V

_QUARTERS = PARTS[:4]
_HALVES = (_QUARTERS[:2], _QUARTERS[2:], _QUARTERS[::2], _QUARTERS[1::2])

# Classes that get a sentence of their own, one less beyond so many classes; those behind share sentences.
_OWN, _FEW = 3, 4
# Share of a class that a quarter, or a half, holds when the class is said to lie mainly there.
_MOSTLY, _MAINLY = 0.6, 0.8
# How many times its emptiest quarter the fullest may hold while the class is said to be spread over all parts.
_EVEN = 1.6
# Percents of the whole square from which a class is told in these words; for parts there is SIZES.
_EXTENTS = (
    (100, "the whole square"),
    (99, "nearly the whole square"),
    (80, "the great majority of the square"),
    (50, "more than half of the square"),
    (100 / 3, "more than a third of the square"),
    (20, "more than a fifth of the square"),
    (10, "more than a tenth of the square"),
    (1, "a small share of the square"),
    (0, "a tiny share of the square"),
)

_OWN_SENTENCE = (
    "{x} cover{s} {extent} and {where}",
    "{x} {where}, and in all {they} cover{s} {extent}",
    "covering {extent}, {x} {where}",
    "{extent} belongs to {x}, which {where}",
)
# Where a class lies, with the size of its share of the part where it is strongest.
_WHERE = {
    "everywhere": ("fill{s} every part alike",),
    "confined": ("{are} confined to {amount} of the {peak}", "{are} found in the {peak} alone, in {amount} of it"),
    "mostly": (
        "lie{s} mostly in the {peak}, of which {they} take{s} up {amount}",
        "gather{s} in the {peak}, with {amount} of it",
    ),
    "half": (
        "keep{s} mainly to the {peak}, with {amount} of it, and the {beside}",
        "lie{s} for the most part in the {peak}, where {they} take{s} up {amount}, and the {beside}",
    ),
    "even": (
        "{are} spread over all parts, with {amount} of the {peak}",
        "run{s} through all parts, taking up {amount} of the {peak}",
    ),
    "missing": (
        "{are} strongest in the {peak}, with {amount} of it, and missing from {missing}",
        "take{s} up {amount} of the {peak} but {are} absent from {missing}",
    ),
    "uneven": (
        "{are} strongest in the {peak}, with {amount} of it, and weakest in the {least}",
        "occur{s} in all parts, most in the {peak}, with {amount} of it, and least in the {least}",
    ),
}
# The same in short, for the classes that share a sentence.
_PLACE = {
    "everywhere": "found in every part alike",
    "confined": "confined to the {peak}",
    "mostly": "found mostly in the {peak}",
    "half": "found mainly in the {peak} and the {beside}",
    "even": "spread over all parts",
    "missing": "missing from {missing}",
    "uneven": "strongest in the {peak}",
}
_LEADERS = ("by parts, {leaders}", "part by part, {leaders}", "seen part by part, {leaders}")
_ONE_LEADER = ("every part has {x} in first place", "in each of the five parts, {x} come{s} first")
_THEME_ONE = (
    "the main theme is a landscape of {x} alone",
    "as its main theme, the scene shows {x} and no other land cover",
)
_THEME_MOST = (
    "the main theme is a landscape made up mostly of {x}, with {then} in second place",
    "the main theme is {x}, covering more ground here than {then} and all else together",
)
_THEME_MIXED = (
    "the main theme is a mixed landscape led by {x}, with {then} next in line",
    "as a whole, the main theme is the coexistence of {x} with {then}",
)


def descriptions(all_facts: tuple[Facts4V, ...], seed: int) -> str:
    """Return one description for each label map, parted by an empty line, without a link between them.

    Each names every class that its facts name and no other, and no shape: the facts hold shares alone.
    The same facts and seed give the same words.
    """
    return "\n\n".join(_description(facts, Draw(f"{seed} {facts.to_dict()}")) for facts in all_facts)


def _description(facts: Facts4V, draw: Draw) -> str:
    if not facts.percents:
        return f"There is nothing to describe in {places(PARTS)}: no land cover is mapped here."
    names = list(facts.percents)
    own = _OWN if len(names) <= _FEW else _OWN - 1
    told = [*(_own(name, facts.percents[name], draw) for name in names[:own]), *_behind(facts, names[own:], draw)]
    if 1 < len(names) < _FEW:
        told.append(_leaders(facts, draw))
    if empty := [part for part, pairs in facts.shares.items() if not pairs]:
        told.append(f"there is nothing to describe in {places(empty)}")
    told.append(_theme(facts, draw))
    return " ".join(sentence(one) for one in told)


def _own(name: str, percents: dict[str, float], draw: Draw) -> str:
    extent = next(words for least, words in _EXTENTS if _overall(percents) >= least)
    kind, slots = _spread(percents)
    size = next(size for end, size in SIZES if percents[slots["peak"]] < end)
    where = draw.told(_WHERE[kind], name, amount=draw.share(size), **slots)
    return draw.told(_OWN_SENTENCE, name, extent=extent, where=where)


def _behind(facts: Facts4V, names: list[str], draw: Draw) -> list[str]:
    """Return the sentences of the lesser classes, those that lie alike taken together."""
    alike: dict[str, list[str]] = {}
    for name in names:
        kind, slots = _spread(facts.percents[name])
        alike.setdefault(_PLACE[kind].format(**slots), []).append(name)
    clauses = [draw.told(("{x} {are} {place}",), *together, place=place) for place, together in alike.items()]
    return [_joined(clauses[start : start + _OWN]) for start in range(0, len(clauses), _OWN)]


def _joined(clauses: list[str]) -> str:
    """Return clauses as one sentence. Each may hold an "and" of its own, so a comma stands before the last."""
    *most, last = clauses
    return f"{', '.join(most)}, and {last}" if most else last


def _spread(percents: dict[str, float]) -> tuple[str, dict[str, str]]:
    """Return which row of ``_WHERE`` and ``_PLACE`` holds for a class, and the parts it speaks of."""
    quarters = sorted(_QUARTERS, key=lambda part: -percents[part])
    peak, least = quarters[0], quarters[-1]
    whole = sum(percents[part] for part in quarters)
    half = max(_HALVES, key=lambda pair: sum(percents[part] for part in pair))
    absent = [part for part in PARTS if not percents[part]]
    slots = {
        "peak": peak,
        "least": least,
        "beside": next(part for part in quarters if part in half and part != peak),
        "missing": places(absent) if absent else "",
    }
    if percents[least] == 100:  # noqa: PLR2004 - percent
        return "everywhere", slots
    if percents[peak] == whole:
        return "confined", slots
    if percents[peak] >= _MOSTLY * whole:
        return "mostly", slots
    if sum(percents[part] for part in half) >= _MAINLY * whole:
        return "half", slots
    if absent:
        return "missing", slots
    # the middle overlaps the quarters, so it is not weighed against them; it may still be where a class is strongest
    slots["peak"] = max(PARTS, key=lambda part: percents[part])
    return "even" if percents[peak] <= _EVEN * percents[least] else "uneven", slots


def _overall(percents: dict[str, float]) -> float:
    """Return the percent of the whole square: the quarters tile it, the middle overlaps them."""
    return sum(percents[part] for part in _QUARTERS) / len(_QUARTERS)


def _leaders(facts: Facts4V, draw: Draw) -> str:
    led: dict[str, list[str]] = {}
    for part, pairs in facts.shares.items():
        if pairs:
            led.setdefault(pairs[0][0], []).append(part)
    (name, parts), *others = led.items()
    if not others and len(parts) == len(PARTS):
        return draw.told(_ONE_LEADER, name)
    first = draw.told(("{x} come{s} first in {where}",), name, where=places(parts))
    return draw.told(
        _LEADERS, leaders=", ".join([first, *(f"{subjects([other])} in {places(where)}" for other, where in others)])
    )


def _theme(facts: Facts4V, draw: Draw) -> str:
    name, *others = facts.percents
    if not others:
        return draw.told(_THEME_ONE, name)
    if _overall(facts.percents[name]) > 50:  # noqa: PLR2004 - percent: more than all else together
        return draw.told(_THEME_MOST, name, then=subjects(others[:1]))
    return draw.told(_THEME_MIXED, name, then=subjects(others[:2]))
