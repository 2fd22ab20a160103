"""Step 4d: which class a clause calls the largest, also if the words for it stand before the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims import gaps
from chatearthnet_explorer.claims.binding.effects import CLOSE, LEAD, LEAD_NEXT, WHOLE, WIDEN, Effect
from chatearthnet_explorer.claims.binding.sites import is_of_part
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.claims.binding.chunks import ClassWord
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


class _Clause(NamedTuple):
    """The clause that is read."""

    clause: Clause
    words: Mapping[int, ClassWord]
    open: Sequence[tuple[ClassWord, ...]]
    modes: Sequence[bool]
    text: str


class _Draft:
    """What is known while a clause is gone through."""

    __slots__ = ("ahead", "before", "compares_at", "effects", "is_denied", "is_pronoun", "leading", "pending", "whole")

    def __init__(self, *, whole: bool) -> None:
        self.effects: list[Effect] = []
        self.pending: _Lead | None = None  # words that call the next class the largest
        self.whole = whole  # whether the whole image was named
        self.is_denied = False
        self.leading = False  # whether a class leads already
        self.ahead = 0  # the kind of a phrase that ranks the class before it and the next one
        self.compares_at = 0  # where that phrase ends
        self.is_pronoun = False  # whether "it" is the subject
        self.before: Token = (kinds.STOP, "", 0, 0)

    def lead(self, at: int, words: tuple[ClassWord, ...], strength: int, *, of_whole: bool) -> None:
        self.effects.append((at, LEAD, words, (strength, of_whole)))
        self.leading = True


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
    draft = _Draft(whole=clause.of_whole)
    read = _Clause(clause, words, open_, modes, text)
    for at, token in enumerate(clause.tokens):
        step = _STEPS.get(token[0])
        if step:
            step(draft, read, at, token)
        draft.before = token
    return draft.effects


def _at_class(draft: _Draft, read: _Clause, at: int, token: Token) -> None:
    word, now = read.words.get(at), read.open[at]
    if not word:
        return
    start, pending = token[2], draft.pending
    ahead = draft.ahead if now else 0
    if ahead and (ahead == kinds.AHEAD or gaps.is_compared(read.text[draft.compares_at : start])):
        leader = (word,) if ahead == kinds.OUTRANKED_BY else now[:1]
        draft.lead(at, leader, PASSING, of_whole=draft.whole)
    if pending:
        again = bool(now) and now[-1].name == word.name and not pending.is_theme
        strength = _strength(pending, word, read.text, again=again)
        if strength:
            draft.lead(at, (word,), strength, of_whole=draft.whole)
    draft.pending, draft.is_denied, draft.ahead, draft.is_pronoun = None, False, 0, False


def _at_place(draft: _Draft, _: _Clause, __: int, ___: Token) -> None:
    draft.pending = draft.pending if draft.pending and draft.pending.survives else None
    draft.ahead = 0


def _at_pronoun(draft: _Draft, _: _Clause, __: int, ___: Token) -> None:
    draft.is_pronoun = True


def _at_denial(draft: _Draft, _: _Clause, __: int, token: Token) -> None:
    draft.is_denied = token[0] == kinds.NO


def _at_lead(draft: _Draft, read: _Clause, at: int, token: Token) -> None:
    now, tokens, end = read.open[at], read.clause.tokens, token[3]
    if draft.is_denied:
        pass
    elif now and not draft.before[0] & _NOT_ITS:
        leaders = _first_list(now, read.text)
        by_class = not read.modes[at]
        if by_class and at + 1 < len(tokens) and _is_of_place(tokens[at + 1], end, read.text):
            draft.effects.append((at, LEAD_NEXT, leaders, PLAIN))
            draft.leading = True
        else:
            draft.lead(at, leaders, PLAIN, of_whole=draft.whole)
            close = _end_of_lead(tokens, at) if by_class else -1
            if close >= 0:
                draft.effects.append((close, CLOSE, leaders, None))
    elif not (draft.is_pronoun or draft.before[0] == kinds.OUTRANKED_BY):
        # "water, outside the leading kinds" and "water, unlike the dominant trees" do not say it of water
        draft.pending = _Lead(PLAIN, end, survives=not now)
    draft.is_denied = False


def _at_next_leader(draft: _Draft, _: _Clause, __: int, token: Token) -> None:
    if token[0] == kinds.LED_BY:
        draft.pending = _Lead(PLAIN, token[3])
    elif not draft.pending or draft.pending.is_summary:
        draft.pending = _Lead(PASSING, token[3])


def _at_mixture(draft: _Draft, _: _Clause, __: int, ___: Token) -> None:
    if draft.pending and draft.pending.strength == PASSING:
        draft.pending = None


def _at_next_in_rank(draft: _Draft, read: _Clause, at: int, token: Token) -> None:
    now = read.open[at]
    draft.ahead = 0
    if draft.leading or not _begins(read, at) or draft.before[1] == "and":
        return
    if not gaps.is_behind(read.text[now[-1].end : token[2]]):
        draft.ahead = token[0]


def _at_comparison(draft: _Draft, read: _Clause, at: int, token: Token) -> None:
    first = not (draft.leading or draft.is_denied) and _begins(read, at)
    draft.ahead = token[0] if first and _has_no_place(read.clause.tokens[read.open[at][0].at : at]) else 0
    draft.compares_at = token[3]


def _begins(read: _Clause, at: int) -> bool:
    """Return whether the class before a phrase is the first one of its sentence."""
    now = read.open[at]
    return read.clause.is_first and bool(now) and now[0].at == min(read.words)


def _at_comma(draft: _Draft, read: _Clause, at: int, token: Token) -> None:
    _, value, _, end = token
    if value not in {",", ":"}:
        return
    draft.is_denied = draft.is_pronoun = False
    now, (kind, lead, _, _) = read.open[at], draft.before
    is_set_off = kind == kinds.LEADS and now and not read.modes[at]
    if is_set_off and _is_cover(lead) and not read.text.startswith(" by", end):
        draft.effects.append((at, WIDEN, now[:1], None))  # "grass is the main cover, ..."
    # a comma directly after a theme only sets it off: "as its main theme, the scene shows trees"
    pending = draft.pending
    if value == "," and pending and pending.comma < 0 and pending.end < end - 1:
        draft.pending = pending._replace(comma=end)


def _at_image(draft: _Draft, read: _Clause, at: int, token: Token) -> None:
    kind, value, start, end = token
    now, before = read.open[at], draft.before
    if is_of_part(token, before, read.text):
        return
    draft.whole = True
    if kind == kinds.OVERALL:
        return
    if now:
        if before[0] == kinds.LAND and start == before[3] + 1 and _is_image(value):
            draft.lead(at, now, PASSING, of_whole=True)  # "a snowy, partly wooded landscape"
        draft.effects.append((at, WHOLE, now, not read.modes[at]))
    elif not read.modes[at] and kind & _IMAGES:
        draft.pending = draft.pending or _Lead(PASSING, end, is_summary=True)


def _at_theme(draft: _Draft, read: _Clause, at: int, token: Token) -> None:
    _at_image(draft, read, at, token)
    now, end = read.open[at], token[3]
    first_words = tuple(word for word in read.words.values() if word.at < at)
    has_later = any(word.name and word.at > at for word in read.words.values())
    if has_later and (read.text.startswith(_IS, end) or not any(word.name for word in first_words)):
        draft.pending = _Lead(PASSING, end, is_theme=True)  # "a plain scene, whose theme is shrub"
    elif first_words and not read.modes[at]:
        draft.lead(at, _first_list(first_words, read.text), PLAIN, of_whole=True)
    elif now and now[0].name:
        draft.lead(at, _first_list(now, read.text), PLAIN, of_whole=draft.whole)
    elif not draft.pending or draft.pending.is_summary:
        draft.pending = _Lead(PASSING, end)


_STEPS = {
    kinds.LAND: _at_class,
    kinds.PLACE: _at_place,
    kinds.PRONOUN: _at_pronoun,
    kinds.NO: _at_denial,
    kinds.EXCEPT: _at_denial,
    kinds.LEADS: _at_lead,
    kinds.LED_BY: _at_next_leader,
    kinds.MADE_OF: _at_next_leader,
    kinds.MIX: _at_mixture,
    kinds.AHEAD: _at_next_in_rank,
    kinds.OUTRANKS: _at_comparison,
    kinds.OUTRANKED_BY: _at_comparison,
    kinds.AND: _at_comma,
    kinds.IMAGE: _at_image,
    kinds.OF_IMAGE: _at_image,
    kinds.OVERALL: _at_image,
    kinds.THEME: _at_theme,
}
_NOT_ITS = kinds.REFERENCE | kinds.OUTRANKED_BY
_IMAGES = kinds.IMAGE | kinds.OF_IMAGE
_BETWEEN = (" between ", " among ", " amid ")
_IS = (" is ", " are ", ":")
_COVERS = ("cover", "class", "element", "feature", "type", "kind", "domin", "most", "largest", "main", "square")
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


def _strength(lead: _Lead, word: ClassWord, text: str, *, again: bool) -> int:
    """Return how clearly a class is called the largest by words before it, 0 for not at all.

    ``again`` means that the class before has the same name: "developed land, made up of roads" does not lead.
    """
    between = text[lead.end : word.start]
    if lead.strength == PASSING and (again or text.startswith(_BETWEEN, word.end)):
        return 0  # "the theme is a village between forest and tide"
    if lead.is_summary and not gaps.is_summary(between):
        return 0
    if lead.comma >= 0 and not lead.is_summary and not gaps.is_plain(text[lead.comma : word.start]):
        return 0  # "the theme is arid ground, set off by swaths of grass"
    return 0 if gaps.is_beside_leader(between) else lead.strength


def _first_list(words: tuple[ClassWord, ...], text: str) -> tuple[ClassWord, ...]:
    """Return the first class, with those after it in one list."""
    stop = 1
    while stop < len(words) and gaps.is_list(text[words[stop - 1].end : words[stop].start]):
        stop += 1
    return words[:stop]
