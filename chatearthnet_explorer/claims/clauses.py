"""Steps 2 and 3: split the phrases of a caption into sentences, and those of a sentence into clauses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims.lexicon import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.tokens import Token


class Sentence(NamedTuple):
    """A sentence and its phrases."""

    tokens: Sequence[Token]
    """Its phrases, without the mark at its end."""

    start: int
    """Where its first word starts in the text."""

    end: int
    """Where it ends."""


class Clause(NamedTuple):
    """A clause and its phrases."""

    tokens: Sequence[Token]
    """Its phrases, without the word that begins it."""

    after: str
    """The word that begins it: ``but``, ``while`` for all words of contrast, ``rest``; empty for the first clause."""

    is_first: bool
    """Whether its sentence has no class before it."""

    of_whole: bool
    """Whether its sentence has named the whole image before it."""

    signs: int
    """The kinds of all its phrases."""

    has_topic: bool = False
    """Whether "it" can mean a class that was named before it."""


def split_sentences(tokens: Sequence[Token], text: str) -> list[Sentence]:
    """Return the sentences of a text; one without a mark at its end counts, too.

    "In the middle?" and "Main theme." go on in the next sentence.
    """
    sentences = []
    before: list[Token] = []
    first = begin = 0
    for number in [number for number, token in enumerate(tokens) if token[0] == kinds.STOP]:
        _, mark, start, end = tokens[number]
        own = [*before, *tokens[first:number]] if before else tokens[first:number]
        first = number + 1
        if mark[0] == "?" and _NO.match(text, end):
            own = _deny(own)
        elif own and len(own) <= _MOST_OPEN and _is_open(own, mark, begin, start, text):
            before = [*own, (kinds.AND, ",", start, end)]
            continue
        sentences.append(_sentence(own, text, begin, end))
        before, begin = [], end
    if text[begin:].strip():
        sentences.append(_sentence([*before, *tokens[first:]], text, begin, len(text)))
    return sentences


def _deny(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return a question with "no" before its class: "Is there water? No."."""
    at = next((at for at, token in enumerate(tokens) if token[0] == kinds.LAND), -1)
    return tokens if at < 0 else [*tokens[:at], (kinds.NO, "no", tokens[at][2], tokens[at][2]), *tokens[at:]]


_MOST_OPEN = 6
_ONLY_NAMES = kinds.LAND | kinds.AND
_IN_QUESTIONS = kinds.PLACE | kinds.LEADS | kinds.LED_BY | kinds.THEME
_QUESTION = re.compile(r"\W*(?:and |but |so |then |now ){0,2}(?:where|which|what|who|whose|how)\b")
_WHERE = re.compile(r"\W*(?:and |but |so |then |now ){0,2}where\b")
_NO = re.compile(r"\W{1,3}(?:no|none|not)\b(?:\W{0,3}\Z|[,.!;])")
_WORD = re.compile(r"\w")


def _is_open(tokens: Sequence[Token], mark: str, begin: int, end: int, text: str) -> bool:
    """Return whether a sentence is a question that the next one answers, or a title."""
    if mark[0] == "?":
        # "Who leads there?", "And in the middle?", "Crop?", "Where is crop?", but not "Do you see the trees?"
        signs = 0
        for token in tokens:
            signs |= token[0]
        if signs & kinds.LAND:
            return not signs & ~_ONLY_NAMES or _WHERE.match(text, begin, end) is not None
        return bool(signs & _IN_QUESTIONS) or _QUESTION.match(text, begin, end) is not None
    kind, _, start, stop = tokens[0]
    # "Main theme.", but not "The theme is calm."
    return (
        kind == kinds.THEME
        and len(tokens) == 1
        and not (_WORD.search(text, begin, start) or _WORD.search(text, stop, end))
    )


def _sentence(tokens: Sequence[Token], text: str, begin: int, end: int) -> Sentence:
    if len(tokens) > _LABEL and tokens[0][0] == kinds.PLACE and tokens[1][1] == ",":
        tokens = _without_aside(tokens, text)
    return Sentence(tokens, end - len(text[begin:end].lstrip()), end)


_LABEL = 3
_DASH = re.compile(r"\s[\-\u2010-\u2015]\s")


def _without_aside(tokens: Sequence[Token], text: str) -> Sequence[Token]:
    """Return a sentence without the words between a place and a colon: "Top right, east of the lake's corner: ...".

    Classes that are named only there stay: "Bottom left, where grass returns: ...".
    """
    for number in range(2, min(len(tokens), _LONGEST_ASIDE)):
        _, mark, start, end = tokens[number]
        if mark == ":" or _DASH.search(text, tokens[number - 1][3], start):
            rest = tokens[number + (mark == ":") :]
            is_aside = _is_aside(tokens[2:number], rest, text, tokens[1][3])
            narrower = next(
                (one for one in tokens[2:number] if one[0] == kinds.PLACE and {*one[1]} < {*tokens[0][1]}), None
            )
            first = narrower or tokens[0]  # "on the right, at the top right, it is the same: ..."
            return [first, (kinds.AND, ":", start, end if mark == ":" else start), *rest] if is_aside else tokens
    return tokens


def _is_aside(tokens: Sequence[Token], rest: Sequence[Token], text: str, begin: int) -> bool:
    names = {token[1] for token in tokens if token[0] == kinds.LAND}
    if names:
        return bool(_RELATIVE.match(text, begin)) and names <= {token[1] for token in rest if token[0] == kinds.LAND}
    place = next((token for token in tokens if token[0] == kinds.PLACE), None)
    return place is not None and not _ONLY_AND.fullmatch(text, begin, place[2])  # "Top left, bottom right: trees"


_LONGEST_ASIDE = 9
_RELATIVE = re.compile(r"\s(?:where|which|whose|that)\b")
_ONLY_AND = re.compile(r"\s*(?:and |the |also )*")
_BEGINS = {kinds.CLAUSE: "while", kinds.BUT: "but", kinds.REST: "rest"}
_BEGIN = kinds.CLAUSE | kinds.BUT | kinds.REST
_CONTENT = kinds.LAND | kinds.PLACE
_WHOLE = kinds.IMAGE | kinds.OF_IMAGE | kinds.OVERALL | kinds.THEME


def split_clauses(sentence: Sentence, text: str) -> list[Clause]:
    """Return the clauses of a sentence: "while", "but" and a semicolon begin one, and so does "the rest is ..."."""
    tokens = sentence.tokens
    signs = signs_before = 0
    for token in tokens:
        signs |= token[0]
    if not signs & _BEGIN:
        return [_clause(tokens, "", 0, signs)]
    clauses = []
    begin, after = 0, ""
    signs = 0
    for number, (kind, value, start, _) in enumerate(tokens):
        if kind & _BEGIN:
            if kind == kinds.REST:
                opens = signs & _CONTENT and value.startswith("the ") and not text.endswith("in ", 0, start)
                if not opens:
                    signs |= kind
                    continue
            clauses.append(_clause(tokens[begin:number], after, signs_before, signs))
            after = _BEGINS[kind]
            begin = number if kind == kinds.REST else number + 1
            signs_before |= signs
            signs = kind & kinds.REST
        else:
            signs |= kind
    clauses.append(_clause(tokens[begin:] if begin else tokens, after, signs_before, signs))
    return clauses


def _clause(tokens: Sequence[Token], after: str, signs_before: int, signs: int) -> Clause:
    return Clause(tokens, after, not signs_before & kinds.LAND, bool(signs_before & _WHOLE), signs)
