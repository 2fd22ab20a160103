"""Steps 2 and 3: split the phrases of a caption into sentences, and those of a sentence into clauses."""

from __future__ import annotations

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
    """Return the sentences of a text; one without a mark at its end counts, too."""
    sentences = []
    first = begin = 0
    for number, (kind, _, _, end) in enumerate(tokens):
        if kind == kinds.STOP:
            sentences.append(_sentence(tokens[first:number], text, begin, end))
            first, begin = number + 1, end
    if text[begin:].strip():
        sentences.append(_sentence(tokens[first:], text, begin, len(text)))
    return sentences


def _sentence(tokens: Sequence[Token], text: str, begin: int, end: int) -> Sentence:
    return Sentence(tokens, end - len(text[begin:end].lstrip()), end)


_BEGINS = {kinds.CLAUSE: "while", kinds.BUT: "but", kinds.REST: "rest"}
_BEGIN = kinds.CLAUSE | kinds.BUT | kinds.REST
_CONTENT = kinds.LAND | kinds.PLACE
_WHOLE = kinds.IMAGE | kinds.OF_IMAGE | kinds.OVERALL | kinds.THEME


def split_clauses(sentence: Sentence, text: str) -> list[Clause]:
    """Return the clauses of a sentence: "while", "but" and a semicolon begin one, and so does "the rest is ..."."""
    tokens = sentence.tokens
    clauses = []
    begin, after = 0, ""
    signs = signs_before = 0
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
