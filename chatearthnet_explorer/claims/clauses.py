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
_CONTENT = kinds.LAND | kinds.PLACE
_WHOLE = kinds.IMAGE | kinds.OF_IMAGE | kinds.OVERALL | kinds.THEME


def split_clauses(sentence: Sentence, text: str) -> list[Clause]:
    """Return the clauses of a sentence: "while", "but" and a semicolon begin one, and so does "the rest is ..."."""
    tokens = sentence.tokens
    clauses = []
    begin, after = 0, ""
    names_class = names_whole = has_content = False
    is_first, of_whole = True, False
    for number, (kind, value, start, _) in enumerate(tokens):
        if kind & _CONTENT:
            has_content = True
            names_class = names_class or kind == kinds.LAND
        elif kind & _WHOLE:
            names_whole = True
        elif kind in _BEGINS:
            rest = kind == kinds.REST
            if rest and not (has_content and value.startswith("the ") and not text.endswith("in ", 0, start)):
                continue
            clauses.append(Clause(tokens[begin:number], after, is_first, of_whole))
            begin, after = number + (not rest), _BEGINS[kind]
            is_first, of_whole, has_content = not names_class, names_whole, False
    clauses.append(Clause(tokens[begin:], after, is_first, of_whole))
    return clauses
