"""Write captions of a simulated release: varied wordings of a prompt's facts, some with planted faults."""

from __future__ import annotations

import random
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.errors import CaptionerError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import Facts4V, Facts35, PictureFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.facts import Amount
    from chatearthnet_explorer.prompts.prompt import Prompt

NO_FACTS = "Paraphrases are of facts of labels, and the multispectral style has none; choose style 3.5 or 4v."
"""Why there is no paraphrase in the multispectral style."""

SIMULATED = "The caption is simulated: fixed sentences paraphrase the facts, and no language model took part."
"""Note of every paraphrase."""

# How often a caption has each peculiarity. Banned words and captions cut off at the token limit are known of the
# release; how often they occur there has not been counted.
_BANNED_SHARE, _ABSENT_SHARE, _CUT_SHARE = 0.04, 0.03, 0.005
_PLAIN_OPENING, _SAME_AS_BEFORE, _BOTH, _CONTRAST, _NO_SHARE, _WHOLE = 0.2, 0.25, 0.5, 0.12, 0.3, 0.3
# Percents of the whole square from which the 4V style speaks of a class in these words.
_EXTENTS = ((50.0, "most"), (20.0, "much"), (5.0, "some"), (1.0, "few"), (0.0, "hardly"))
# How many times its emptiest part the fullest may hold while the parts of a class are described as one.
_EVEN = 1.6
_NAME = {name: land.name for land in CLASSES for name in (land.name, land.name_4v)}


class ParaphraseClaim(NamedTuple):
    """One thing that a paraphrase claims."""

    name: str
    """The class, by its 3.5 name, in either style."""

    part: str
    """One of ``shares.PARTS``."""

    size: str | None
    """The 3.5 style's size word meant; None in the 4V style, which tells where and not how much of it."""


class Paraphrase(NamedTuple):
    """A paraphrase and its claims: the known answer for tests that extract claims from captions."""

    text: str
    """The caption."""

    claims: frozenset[ParaphraseClaim]
    """Everything it says of a part."""

    classes: frozenset[str]
    """Every class it says is there, by its 3.5 name."""

    dominant: str | None
    """The class it calls dominant, by its 3.5 name; None if there is nothing to describe."""


class ParaphraseCaptioner:
    """Stands in for the language models of the release where there is no release: it says so in its notes.

    The same seed and prompt give the same words.
    """

    name = "paraphrase"

    def __init__(self, *, seed: int = 0) -> None:
        """Write differently for each seed."""
        self.seed = seed

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:  # noqa: ARG002 - it sees the facts alone
        """Return a caption of the chip's own facts; maps of its siblings are not described.

        Raises:
            CaptionerError: If the prompt has no facts of labels.
        """
        if isinstance(prompt.facts, PictureFacts):
            raise CaptionerError(NO_FACTS)
        return Caption(
            text=write_paraphrase(prompt.facts, seed=f"{self.seed} {prompt.seed}").text,
            captioner=self.name,
            style=prompt.style,
            input_summary="the facts",
            prompt_id=prompt.id,
            notes=(SIMULATED,),
        )


def write_paraphrase(facts: Facts35 | Facts4V, *, seed: str | int) -> Paraphrase:
    """Return a caption of the facts and what it claims. The same facts and seed give the same words."""
    voice = _Voice(random.Random(f"{seed} {facts}"))  # noqa: S311 - words, not secrets
    return _write_35(facts, voice) if isinstance(facts, Facts35) else _write_4v(facts, voice)


class _Voice:
    """Draws words and sentences from the table."""

    def __init__(self, draw: random.Random) -> None:
        self.chance = draw.random
        self.one = draw.choice

    def pick(self, style: str, key: str) -> str:
        return str(self.one(_table()[style][key]))

    def cover(self, name: str) -> tuple[str, bool]:
        """Return words for a class, and whether they are plural."""
        plural = self.chance() < 0.5  # noqa: PLR2004 - as often as not
        forms = _table()["classes"][_NAME[name]]
        return str(self.one(forms["plural" if plural else "singular"])), plural

    def part(self, part: str) -> str:
        return str(self.one(_table()["parts"][part]))

    def amounts(self, amounts: Sequence[Amount]) -> str:
        """Return one or two amounts as a noun phrase, two of one size sometimes under one head."""
        sizes = {amount.size for amount in amounts}
        if len(amounts) > 1 and len(sizes) == 1 and self.chance() < _BOTH:
            return self._share("sizes_together", sizes.pop(), _join_words(self.cover(one.name)[0] for one in amounts))
        return _join_words(self._share("sizes", one.size, self.cover(one.name)[0]) for one in amounts)

    def fill(self, pattern: str, names: Sequence[str] = (), **slots: str) -> str:
        """Return a pattern filled, its first letter and those behind full stops capital."""
        if names:
            words = [self.cover(name) for name in names]
            plural = len(words) > 1 or words[0][1]
            agree = {"s": "", "are": "are", "have": "have", "ies": "y"}
            slots |= agree if plural else {"s": "s", "are": "is", "have": "has", "ies": "ies"}
            slots["x"] = _join_words(word for word, _ in words)
        text = pattern.format(mainly=self.pick("words", "adverbs"), **slots)
        return ". ".join(piece[:1].upper() + piece[1:] for piece in text.split(". "))

    def _share(self, table: str, size: str, words: str) -> str:
        return str(self.one(_table()[table][size])).format(noun=self.pick("words", "nouns"), x=words)


def _write_35(facts: Facts35, voice: _Voice) -> Paraphrase:
    if not facts.overall:
        return Paraphrase("The image shows no land cover that can be described.", frozenset(), frozenset(), None)
    first, *others = facts.overall
    strongest = max(facts.parts, key=lambda part: sum(one.percent for one in facts.parts[part] if one.name == first))
    plain = voice.chance() < _PLAIN_OPENING
    opening = voice.pick("3.5", "opening_plain" if plain else "opening")
    sentences = [voice.fill(opening, [first], strongest=voice.part(strongest)), *_parts_35(facts, voice)]
    sentences += _faults(facts.overall, voice)
    closing, minor = voice.pick("3.5", "closing"), voice.pick("3.5", "minor") if others else ""
    behind = minor.format(y=_join_words(voice.cover(name)[0] for name in others)) if others else ""
    sentences.append(voice.fill(closing, [first], minor=behind))
    claims = {ParaphraseClaim(one.name, part, one.size) for part, amounts in facts.parts.items() for one in amounts}
    classes = {one.name for one in claims} | {first} | ({*others} if minor and "{minor}" in closing else set())
    if voice.chance() < _CUT_SHARE:
        sentences[-1] = sentences[-1][:8]
        classes = {one.name for one in claims} | (set() if plain else {first})
        return Paraphrase(" ".join(sentences), frozenset(claims), frozenset(classes), None if plain else first)
    return Paraphrase(" ".join(sentences), frozenset(claims), frozenset(classes), first)


def _parts_35(facts: Facts35, voice: _Voice) -> list[str]:
    """Return the sentences of the five parts in their order; neighbours may share one."""
    sentences: list[str] = []
    left = list(PARTS)
    while left:
        part, following = left[0], left[1] if len(left) > 1 else ""
        amounts, next_amounts = facts.parts[part], facts.parts.get(following, ())
        before = facts.parts[PARTS[len(PARTS) - len(left) - 1]] if sentences else ()
        slots = {"part": voice.part(part)}
        if not amounts:
            sentences.append(voice.fill(voice.pick("3.5", "empty"), **slots))
        elif _alike(amounts, before) and voice.chance() < _SAME_AS_BEFORE:
            sentences.append(voice.fill(voice.pick("3.5", "same_as_before"), **slots))
        elif next_amounts and _alike(amounts, next_amounts) and voice.chance() < _BOTH:
            pattern = voice.pick("3.5", "both")
            sentences.append(voice.fill(pattern, other=voice.part(following), **slots, **_amounts(amounts, voice)))
            left.pop(0)
        elif next_amounts and voice.chance() < _CONTRAST:
            other = {f"other_{slot}": words for slot, words in _amounts(next_amounts, voice, inside=True).items()}
            slots |= {"other": voice.part(following), **other, **_amounts(amounts, voice, inside=True)}
            sentences.append(voice.fill(voice.pick("3.5", "contrast"), **slots))
            left.pop(0)
        else:
            lead = "lead_first" if not sentences else "lead_next" if following else "lead_last"
            sentences.append(_part_35(amounts, lead, voice, slots))
        left.pop(0)
    return sentences


def _part_35(amounts: tuple[Amount, ...], lead: str, voice: _Voice, slots: dict[str, str]) -> str:
    names: tuple[str, ...] = ()
    if amounts[0].size.endswith("large") and voice.chance() < _NO_SHARE:
        pattern = voice.pick("3.5", lead) + voice.pick("3.5", "body_large")
        names = (amounts[0].name,)
    elif voice.chance() < _WHOLE:
        pattern = voice.pick("3.5", "whole")
    else:
        pattern = voice.pick("3.5", lead) + voice.pick("3.5", "body")
    return voice.fill(pattern, names, **slots, **_amounts(amounts, voice))


def _amounts(amounts: tuple[Amount, ...], voice: _Voice, *, inside: bool = False) -> dict[str, str]:
    """Return the slots ``most`` and ``rest``; ``inside`` a longer sentence the rest does not start a new one."""
    link = voice.pick("3.5", "rest")
    while inside and "." in link:
        link = voice.pick("3.5", "rest")
    rest = link.format(r=voice.amounts(amounts[1:])) if amounts[1:] else ""
    return {"most": voice.amounts(amounts[:1]), "rest": rest}


def _alike(amounts: tuple[Amount, ...], others: tuple[Amount, ...]) -> bool:
    return [(one.name, one.size) for one in amounts] == [(one.name, one.size) for one in others]


def _write_4v(facts: Facts4V, voice: _Voice) -> Paraphrase:
    if not facts.percents:
        return Paraphrase("The image shows no land cover that can be described.", frozenset(), frozenset(), None)
    claims: set[ParaphraseClaim] = set()
    sentences: list[str] = []
    hardly: list[str] = []
    for name, percents in facts.percents.items():
        overall = sum(percents[part] for part in PARTS[:4]) / 4
        kind = next(words for least, words in _EXTENTS if overall >= least)
        if kind == "hardly" and sentences:
            hardly.append(name)
            continue
        parts, where = _where(percents, voice)
        claims.update(ParaphraseClaim(_NAME[name], part, None) for part in parts)
        shapes = _table()["4v"]["shapes"].get(name)
        where += voice.one(shapes) if shapes else ""
        sentences.append(voice.fill(voice.pick("4v", kind) + ".", [name], where=where))
    if hardly:
        sentences.append(voice.fill(voice.pick("4v", "hardly") + ".", hardly, where=""))
    sentences += _faults(facts.percents, voice)
    first, *others = facts.percents
    other = (
        voice.pick("4v", "with").format(y=_join_words(voice.cover(name)[0] for name in others[:2])) if others else ""
    )
    sentences.append(voice.fill(voice.pick("4v", "closing"), [first], **{"with": other}))
    classes = frozenset(_NAME[name] for name in facts.percents)
    return Paraphrase(" ".join(sentences), frozenset(claims), classes, _NAME[first])


def _where(percents: dict[str, float], voice: _Voice) -> tuple[tuple[str, ...], str]:
    """Return the parts that are named for a class, and the words for them."""
    parts = sorted((part for part in PARTS if percents[part]), key=lambda part: -percents[part])
    if not parts:  # a single pixel rounds to nothing
        return (), ""
    if len(parts) == len(PARTS) and percents[parts[0]] <= _EVEN * percents[parts[-1]]:
        return tuple(PARTS), voice.pick("4v", "where_all")
    count = voice.one((1, 2, 2)) if len(parts) > 1 else 1
    pattern = voice.pick("4v", "where_two" if count > 1 else "where_one")
    return tuple(parts[:count]), pattern.format(**dict(zip("ab", parts[:count], strict=False)))


def _faults(classes: Iterable[str], voice: _Voice) -> list[str]:
    """Return what language models add unasked: forbidden guesses, and what is not there."""
    sentences = [voice.pick("faults", "banned")] if voice.chance() < _BANNED_SHARE else []
    if voice.chance() < _ABSENT_SHARE:
        names = {_NAME[name] for name in classes}
        absent = [land.name for land in CLASSES[BACKGROUND + 1 :] if land.name not in names]
        if absent:
            sentences.append(voice.fill(voice.pick("faults", "absent"), [voice.one(absent)]))
    return sentences


def _join_words(things: Iterable[str]) -> str:
    *most, last = things
    return f"{', '.join(most)}{',' if len(most) > 1 else ''} and {last}" if most else last


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("paraphrase.toml").read_text("utf-8"))
