"""Step 4d: which class a clause calls the largest, also if the words for it stand before the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.effects import CLOSE, LEAD, LEAD_NEXT, WHOLE, WIDEN, Effect
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.claims.sites import is_of_part
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.claims.chunks import ClassWord
    from chatearthnet_explorer.claims.clauses import Clause
    from chatearthnet_explorer.claims.tokens import Token

PASSING, PLAIN = 1, 2
"""How clearly a class is called the largest."""


class _Lead(NamedTuple):
    """Words that call the next class the largest."""

    strength: int
    end: int
    survives: bool = False
    comma: int = -1
    is_summary: bool = False
    is_theme: bool = False


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
    whole, denied, leading, ahead = clause.of_whole, False, False, 0
    is_pronoun, compares_at = False, 0
    last = len(clause.tokens) - 1
    before = (kinds.STOP, "", 0, 0)
    for at, token in enumerate(clause.tokens):
        kind, value, start, end = token
        now = open_[at]
        if kind == kinds.LAND:
            word = words.get(at)
            if word:
                if ahead and now and (ahead == kinds.AHEAD or gaps.is_compared(text[compares_at:start])):
                    leader = (word,) if ahead == kinds.OUTRANKED else now[:1]
                    effects.append(Effect(at, LEAD, leader, (PASSING, whole)))
                    leading = True
                if pending:
                    again = bool(now) and now[-1].name == word.name and not pending.is_theme
                    is_between = text.startswith(_BETWEEN, end)  # "the theme is a village between forest and tide"
                    strength = (
                        0
                        if is_between and pending.strength == PASSING
                        else _strength(pending, start, text, again=again)
                    )
                    if strength:
                        effects.append(Effect(at, LEAD, (word,), (strength, whole)))
                        leading = True
                pending, denied, ahead, is_pronoun = None, False, 0, False
        elif kind == kinds.PLACE:
            pending = pending if pending and pending.survives else None
            ahead = 0
        elif kind == kinds.PRONOUN:
            is_pronoun = True
        elif kind == kinds.NO:
            denied = True
        elif kind == kinds.EXCEPT:
            denied = False
        elif kind == kinds.LEADS:
            if not denied and now and not before[0] & kinds.REFERENCE:
                leaders = _first_list(now, text)
                if at < last and not modes[at] and _is_of_place(clause.tokens[at + 1], end, text):
                    effects.append(Effect(at, LEAD_NEXT, leaders, PLAIN))
                else:
                    effects.append(Effect(at, LEAD, leaders, (PLAIN, whole)))
                    close = -1 if modes[at] else _end_of_lead(clause.tokens, at)
                    if close >= 0:
                        effects.append(Effect(close, CLOSE, leaders, None))
                leading = True
            elif not (denied or is_pronoun):
                # "water, outside the leading kinds" and "water, unlike the dominant trees" do not say it of water
                pending = _Lead(PLAIN, end, survives=not now)
            denied = False
        elif kind == kinds.LED_BY:
            pending = _Lead(PLAIN, end)
        elif kind == kinds.MADE_OF:
            pending = pending if pending and not pending.is_summary else _Lead(PASSING, end)
        elif kind == kinds.MIX:
            pending = None if pending and pending.strength == PASSING else pending
        elif kind == kinds.AHEAD:
            first = clause.is_first and bool(now) and now[0].at == min(words) and before[1] != "and"
            behind = now and gaps.is_behind(text[now[-1].end : start])
            ahead = 0 if leading or behind or not first else kind
        elif kind & (kinds.OUTRANKS | kinds.OUTRANKED):
            first = clause.is_first and bool(now) and now[0].at == min(words)
            ahead = kind if first and not (leading or denied) and _has_no_place(clause.tokens[now[0].at : at]) else 0
            compares_at = end
        elif kind == kinds.AND and value in {",", ":"}:
            denied = is_pronoun = False
            if (
                before[0] == kinds.LEADS
                and now
                and not modes[at]
                and _is_cover(before[1])
                and not text.startswith(" by", end)
            ):
                effects.append(Effect(at, WIDEN, now[:1], None))  # "grass is the main cover, ..."
            # a comma directly after a theme only sets it off: "as its main theme, the scene shows trees"
            if value == "," and pending and pending.comma < 0 and pending.end < end - 1:
                pending = pending._replace(comma=end)
        elif kind & (kinds.IMAGE | kinds.OF_IMAGE | kinds.THEME | kinds.OVERALL):
            of_part = is_of_part(token, before, text)
            whole = whole or not of_part
            if kind != kinds.OVERALL and not of_part:
                if before[0] == kinds.LAND and start == before[3] + 1 and now and _is_image(value):
                    effects.append(Effect(at, LEAD, now, (PASSING, True)))  # "a snowy, partly wooded landscape"
                    leading = True
                if not now and not modes[at] and kind & _IMAGES:
                    pending = pending or _Lead(PASSING, end, is_summary=True)
                if now:
                    effects.append(Effect(at, WHOLE, now, not modes[at]))
            if kind == kinds.THEME:
                first_words = [word for word in words.values() if word.at < at]
                has_later = any(word.name and word.at > at for word in words.values())
                if has_later and (text.startswith(_IS, end) or not any(word.name for word in first_words)):
                    pending = _Lead(PASSING, end, is_theme=True)  # "a plain scene, whose theme is shrub"
                elif first_words and not modes[at]:
                    effects.append(Effect(at, LEAD, _first_list(tuple(first_words), text), (PLAIN, True)))
                    leading = True
                elif now and now[0].name:
                    effects.append(Effect(at, LEAD, _first_list(now, text), (PLAIN, whole)))
                    leading = True
                elif not pending or pending.is_summary:
                    pending = _Lead(PASSING, end)
        before = token
    return effects


_IMAGES = kinds.IMAGE | kinds.OF_IMAGE
_BETWEEN = (" between ", " among ", " amid ")
_IS = (" is ", " are ", ":")
_COVERS = (
    "cover",
    "class",
    "element",
    "feature",
    "type",
    "kind",
    "compon",
    "domin",
    "most",
    "largest",
    "main",
    "square",
)
_WIDE = ("of ", "the ", "throughout", "elsewhere", "wide")


def _end_of_lead(tokens: Sequence[Token], at: int) -> int:
    """Return the "and" after which a clause says where a class is that leads; -1 for none.

    "Grass is the main cover and stretches over the middle" does not call it the main cover of the middle.
    """
    close = -1
    for number in range(at + 1, len(tokens)):
        kind, value, _, _ = tokens[number]
        if kind == kinds.PLACE:
            return close
        if kind & _NEXT or value == ",":
            return -1
        if value == "and":
            close = number
    return -1


_NEXT = kinds.LAND | kinds.LEADS | kinds.LED_BY | kinds.THEME | kinds.HERE


def _is_of_place(token: Token, end: int, text: str) -> bool:
    """Return whether a lead that ends there is one of the place after it: "is the main cover of the [top left]"."""
    return token[0] == kinds.PLACE and len(token[1]) < len(PARTS) and gaps.amount_is_of_place(text[end : token[2]])


def _has_no_place(tokens: Sequence[Token]) -> bool:
    return not any(token[0] == kinds.PLACE for token in tokens)


def _is_cover(lead: str) -> bool:
    """Return whether words that call a class the largest name what it is: "the main cover", but not "comes first"."""
    return any(word in lead for word in _COVERS) and "first" not in lead


def _is_image(word: str) -> bool:
    """Return whether the image may have the class before it as its adjective: "a snowy landscape"."""
    return not word.startswith(_WIDE)


def _strength(lead: _Lead, start: int, text: str, *, again: bool) -> int:
    """Return how clearly the class that starts there is called the largest, 0 for not at all.

    ``again`` means that the class before has the same name: "developed land, made up of roads" does not lead.
    """
    if again and lead.strength == PASSING:
        return 0
    if lead.is_summary and not gaps.is_summary(text[lead.end : start]):
        return 0
    if lead.comma >= 0 and not lead.is_summary and not gaps.is_plain(text[lead.comma : start]):
        return 0  # "the theme is arid ground, set off by swaths of grass"
    return 0 if gaps.is_beside_leader(text[lead.end : start]) else lead.strength


def _first_list(words: tuple[ClassWord, ...], text: str) -> tuple[ClassWord, ...]:
    """Return the first class, with those after it in one list."""
    stop = 1
    while stop < len(words) and gaps.is_list(text[words[stop - 1].end : words[stop].start]):
        stop += 1
    return words[:stop]
