"""The facts of a 4V prompt as one description of each label map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.template_phrases import (
    Wording,
    covers,
    parts_phrase,
    sentence,
    theme,
)
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from chatearthnet_explorer.prompts.facts import Facts4V

_QUARTERS = PARTS[:4]
_HALVES = (_QUARTERS[:2], _QUARTERS[2:], _QUARTERS[::2], _QUARTERS[1::2])

# Classes that get a sentence of their own, one less beyond so many classes; the smaller ones share sentences.
_OWN, _FEW = 3, 4
# Share of a class that a quarter, or a half, holds when the class is said to lie mainly there.
_MOSTLY, _MAINLY = 0.6, 0.8
# How many times its emptiest quarter the fullest may hold while the class is said to be spread over all parts.
_EVEN = 1.6
# Percents of the whole scene from which a class is said to cover so much of it; for parts there is SIZES.
_EXTENTS = (
    (100, "the whole scene"),
    (99, "nearly the whole scene"),
    (80, "the great majority of the scene"),
    (50, "more than half of the scene"),
    (100 / 3, "more than a third of the scene"),
    (20, "more than a fifth of the scene"),
    (10, "more than a tenth of the scene"),
    (1, "less than a tenth of the scene"),
    (0, "a tiny part of the scene"),
)
# Percents of a part from which a class covers so much of it.
_AMOUNTS = (
    (90, "nearly all"),
    (80, "the great majority"),
    (50, "more than half"),
    (45, "nearly half"),
    (38, "about two fifths"),
    (28, "about a third"),
    (20, "about a quarter"),
    (10, "more than a tenth"),
    (1, "a few percent"),
    (0, "a tiny part"),
)

# Where a class lies, with how much it covers of the part where it is strongest.
_SENTENCES = {
    "everywhere": ("{x} cover{s} {extent} and fill{s} every part",),
    "confined": (
        "{x} cover{s} {extent} and lie{s} only in the {peak}, where {they} take{s} up {amount} of the area",
        "{x} cover{s} {extent}, all of it in the {peak}, where {they} cover{s} {amount} of the area",
    ),
    "mostly": (
        "{x} cover{s} {extent}, mostly in the {peak}, where {they} take{s} up {amount} of the area",
        "{x} make{s} up {extent} and lie{s} mostly in the {peak}, where {they} cover{s} {amount} of the area",
        "{extent} is covered by {x}, mostly in the {peak}, where {they} take{s} up {amount} of the area",
    ),
    "half": (
        "{x} cover{s} {extent}, mostly in the {peak} and the {beside}, and {they} take{s} up {amount} of the {peak}",
        "{x} make{s} up {extent} and lie{s} mostly in the {peak} and the {beside}, covering {amount} of the {peak}",
        "{x} cover{s} {extent}, including {amount} of the {peak}, and lie{s} mostly in the {peak} and the {beside}",
    ),
    "even": (
        "{x} cover{s} {extent}, including {amount} of the {peak}, and {are} spread over all parts",
        "{x} cover{s} {extent}. {They} {are} spread over all parts and take{s} up {amount} of the {peak}",
        "{x} make{s} up {extent}, including {amount} of the {peak}, and {are} found in every part",
    ),
    "missing": (
        "{x} cover{s} {extent}, including {amount} of the {peak}, but {are} absent from {missing}",
        (
            "{x} cover{s} {extent} but {are} absent from {missing}. {They} {are} most common in the {peak}, where "
            "{they} take{s} up {amount} of the area"
        ),
        "{x} make{s} up {extent}. {They} cover{s} {amount} of the {peak} but {are} absent from {missing}",
    ),
    "uneven": (
        "{x} cover{s} {extent}, most of all in the {peak}, where {they} take{s} up {amount} of the area",
        (
            "{x} cover{s} {extent}. {They} {are} most common in the {peak}, where {they} take{s} up {amount} of the "
            "area, and least common in the {least}"
        ),
        (
            "{extent} is covered by {x}. {They} {are} found in every part and most common in the {peak}, where {they} "
            "cover{s} {amount} of the area"
        ),
    ),
}
# The same in short, for the classes that share a sentence: how they lie, and where.
_SHORT_WHERE = {
    "everywhere": ("{are} found", "in every part"),
    "confined": ("lie{s} only", "in the {peak}"),
    "mostly": ("lie{s} mostly", "in the {peak}"),
    "half": ("lie{s} mostly", "in the {peak} and the {beside}"),
    "even": ("{are} spread", "over all parts"),
    "missing": ("{are} found", "in {present}"),
    "uneven": ("{are} most common", "in the {peak}"),
}
_LARGEST_EVERYWHERE = ("{x} {are} the main land cover in every part",)


def descriptions(all_facts: tuple[Facts4V, ...], seed: int) -> str:
    """Return one description for each label map, parted by an empty line, without a link between them.

    Each names every class that its facts name and no other, and no shape: the facts hold shares alone.
    The same facts and seed give the same words.
    """
    return "\n\n".join(_description(facts, Wording(f"{seed} {facts.to_dict()}")) for facts in all_facts)


def _description(facts: Facts4V, wording: Wording) -> str:
    if not facts.percents:
        return f"There is nothing to describe in {parts_phrase(PARTS)}: no land cover is mapped here."
    names = list(facts.percents)
    own = _OWN if len(names) <= _FEW else _OWN - 1
    sentences = [_own_sentence(name, facts.percents[name], wording) for name in names[:own]]
    sentences += _smaller(facts, names[own:], wording)
    if 1 < len(names) < _FEW:
        sentences.append(_largest(facts, wording))
    if empty := [part for part, shares in facts.shares.items() if not shares]:
        sentences.append(f"there is nothing to describe in {parts_phrase(empty)}")
    sentences.append(_theme(facts, wording))
    return " ".join(map(sentence, sentences))


def _own_sentence(name: str, percents: dict[str, float], wording: Wording) -> str:
    extent = next(words for least, words in _EXTENTS if _overall(percents) >= least)
    kind, slots = _spread(percents)
    amount = next(words for least, words in _AMOUNTS if percents[slots["peak"]] >= least)
    return wording.fill(_SENTENCES[kind], name, extent=extent, amount=amount, **slots)


def _smaller(facts: Facts4V, names: list[str], wording: Wording) -> list[str]:
    """Return the sentences of the lesser classes, those that lie alike taken together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for name in names:
        kind, slots = _spread(facts.percents[name])
        lies, where = _SHORT_WHERE[kind]
        alike.setdefault((lies, where.format(**slots)), []).append(name)
    # those that lie in the same way next to each other, so that the words for it are needed once
    ways = list(dict.fromkeys(lies for lies, _ in alike))
    entries = sorted(alike.items(), key=lambda entry: ways.index(entry[0][0]))
    sentences = []
    for start in range(0, len(entries), _OWN):
        clauses, before = [], ""
        for (lies, where), together in entries[start : start + _OWN]:
            # "snow lies mostly in the top left, moss in the top right"
            pattern = "{x} {where}" if lies == before != "{are} found" else f"{{x}} {lies} {{where}}"
            clauses.append(wording.fill((pattern,), *together, where=where))
            before = lies
        sentences.append(_join_sentences(clauses))
    return sentences


def _join_sentences(clauses: list[str]) -> str:
    """Return clauses as one sentence. Each may hold an "and" of its own, so a comma stands before the last."""
    *most, last = clauses
    return f"{', '.join(most)}, and {last}" if most else last


def _spread(percents: dict[str, float]) -> tuple[str, dict[str, str]]:
    """Return which row of ``_SENTENCES`` and ``_SHORT_WHERE`` holds for a class, and the parts it speaks of."""
    quarters = sorted(_QUARTERS, key=lambda part: -percents[part])
    peak, least = quarters[0], quarters[-1]
    whole = sum(percents[part] for part in quarters)
    half = max(_HALVES, key=lambda pair: sum(percents[part] for part in pair))
    absent = [part for part in PARTS if not percents[part]]
    present = [part for part in PARTS if percents[part]]
    slots = {
        "peak": peak,
        "least": least,
        "beside": next(part for part in quarters if part in half and part != peak),
        "missing": parts_phrase(absent) if absent else "",
        "present": f"every part except the {absent[0]}" if len(absent) == 1 else parts_phrase(present),
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


def _largest(facts: Facts4V, wording: Wording) -> str:
    """Return a sentence that says which class covers most of each part."""
    parts_of: dict[str, list[str]] = {}
    for part, shares in facts.shares.items():
        if shares:
            parts_of.setdefault(shares[0][0], []).append(part)
    (name, parts), *others = parts_of.items()
    if not others and len(parts) == len(PARTS):
        return wording.fill(_LARGEST_EVERYWHERE, name)
    first = wording.fill(("{x} {are} the main land cover in {where}",), name, where=parts_phrase(parts))
    return ", ".join([first, *(f"{covers(other)} in {parts_phrase(where)}" for other, where in others)])


def _theme(facts: Facts4V, wording: Wording) -> str:
    name, *others = facts.percents
    most = _overall(facts.percents[name]) > 50  # noqa: PLR2004 - percent: more than all else together
    return theme(name, others[:2], most=most, wording=wording)
