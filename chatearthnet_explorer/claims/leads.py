"""Step 4d: which class a clause calls the largest, also if the words for it stand before the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.effects import LEAD, WHOLE, WIDEN, Effect
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.claims.sites import is_of_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.claims.chunks import ClassWord
    from chatearthnet_explorer.claims.clauses import Clause

PASSING, PLAIN = 1, 2
"""How clearly a class is called the largest."""


class _Lead(NamedTuple):
    """Words that call the next class the largest."""

    strength: int
    end: int
    survives: bool = False
    comma: int = -1


def find_leads(
    clause: Clause,
    words: Mapping[int, ClassWord],
    open_: Sequence[tuple[ClassWord, ...]],
    modes: Sequence[bool],
    text: str,
) -> list[Effect]:
    """Return what a clause says about which class leads, and about the whole image.

    Args:
        clause: The clause.
        words: Its class words, by the number of their phrase.
        open_: The class words that each phrase may belong to.
        modes: Whether a place has begun the clause, or its last turn, before each phrase.
        text: The text, in lower case.
    """
    effects: list[Effect] = []
    pending: _Lead | None = None
    whole, denied, leading, ahead = clause.of_whole, False, False, False
    before = (kinds.STOP, "", 0, 0)
    for at, token in enumerate(clause.tokens):
        kind, value, start, end = token
        now = open_[at]
        if kind == kinds.LAND:
            word = words.get(at)
            if word:
                if ahead and now:
                    effects.append(Effect(at, LEAD, now[:1], (PASSING, whole)))
                    leading = True
                if pending:
                    again = bool(now) and now[-1].name == word.name
                    strength = _strength(pending, start, text, again=again)
                    if strength:
                        effects.append(Effect(at, LEAD, (word,), (strength, whole)))
                        leading = True
                pending, denied, ahead = None, False, False
        elif kind == kinds.PLACE:
            pending = pending if pending and pending.survives else None
            ahead = False
        elif kind == kinds.NO:
            denied = True
        elif kind == kinds.EXCEPT:
            denied = False
        elif kind == kinds.LEADS:
            if not denied and now and before[0] != kinds.REFERENCE:
                effects.append(Effect(at, LEAD, _first_list(now, text), (PLAIN, whole)))
                leading = True
            elif not denied:
                # "water, outside the leading kinds" and "water, unlike the dominant trees" do not say it of water
                pending = _Lead(PLAIN, end, survives=not now)
            denied = False
        elif kind == kinds.LED_BY:
            pending = _Lead(PLAIN, end)
        elif kind == kinds.MADE_OF:
            pending = pending or _Lead(PASSING, end)
        elif kind == kinds.MIX:
            pending = None if pending and pending.strength == PASSING else pending
        elif kind == kinds.AHEAD:
            first = clause.is_first and bool(now) and now[0].at == min(words) and before[1] != "and"
            ahead = first and not leading
        elif kind == kinds.AND and value in {",", ":"}:
            denied = False
            if before[0] == kinds.LEADS and now and not modes[at]:
                effects.append(Effect(at, WIDEN, now[:1], None))  # "grass is the main cover, ..."
            # a comma directly after a theme only sets it off: "as its main theme, the scene shows trees"
            if value == "," and pending and pending.comma < 0 and pending.end < end - 1:
                pending = pending._replace(comma=end)
        elif kind & (kinds.IMAGE | kinds.OF_IMAGE | kinds.THEME | kinds.OVERALL):
            of_part = is_of_part(token, before, text)
            whole = whole or not of_part
            if kind != kinds.OVERALL and not of_part:
                if before[0] == kinds.LAND and start == before[3] + 1 and now and not value.startswith("of "):
                    effects.append(Effect(at, LEAD, now, (PASSING, True)))  # "a snowy, partly wooded landscape"
                    leading = True
                if now:
                    effects.append(Effect(at, WHOLE, now, not modes[at]))
            if kind == kinds.THEME:
                first_words = [word for word in words.values() if word.at < at]
                if first_words and not modes[at]:
                    effects.append(Effect(at, LEAD, _first_list(tuple(first_words), text), (PLAIN, True)))
                    leading = True
                elif now and now[0].name:
                    effects.append(Effect(at, LEAD, _first_list(now, text), (PLAIN, whole)))
                    leading = True
                else:
                    pending = pending or _Lead(PASSING, end)
        before = token
    return effects


def _strength(lead: _Lead, start: int, text: str, *, again: bool) -> int:
    """Return how clearly the class that starts there is called the largest, 0 for not at all.

    ``again`` means that the class before has the same name: "developed land, made up of roads" does not lead.
    """
    if again and lead.strength == PASSING:
        return 0
    if lead.comma >= 0 and not gaps.is_plain(text[lead.comma : start]):
        return 0  # "the theme is arid ground, set off by swaths of grass"
    return 0 if gaps.is_beside_leader(text[lead.end : start]) else lead.strength


def _first_list(words: tuple[ClassWord, ...], text: str) -> tuple[ClassWord, ...]:
    """Return the first class, with those after it in one list."""
    stop = 1
    while stop < len(words) and gaps.is_list(text[words[stop - 1].end : words[stop].start]):
        stop += 1
    return words[:stop]
