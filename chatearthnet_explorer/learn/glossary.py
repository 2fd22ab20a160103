"""The glossary: each term in one sentence for a newcomer and in one for an expert."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from chatearthnet_explorer.errors import LessonError


@dataclass(frozen=True, slots=True)
class Term:
    """A term and its two explanations."""

    name: str
    """The term, as texts write it."""

    young: str
    """One sentence that a fifteen-year-old understands."""

    expert: str
    """One sentence with the exact definition, and its source where there is one."""

    also: tuple[str, ...] = ()
    """Other words for it, which the search finds and texts may use."""


@cache
def terms() -> tuple[Term, ...]:
    """Return all terms in alphabetical order."""
    content = tomllib.loads(files(__package__).joinpath("glossary.toml").read_text("utf-8"))
    entries = (
        Term(one["name"], one["young"].strip(), one["expert"].strip(), tuple(one.get("also", ())))
        for one in content["terms"]
    )
    return tuple(sorted(entries, key=lambda term: _fold(term.name)))


def define(name: str) -> Term:
    """Return the term of a name or of another word for it, whatever its case and accents.

    Raises:
        LessonError: If the glossary does not have it.
    """
    term = _by_word().get(_fold(name))
    if term is None:
        msg = f"The glossary does not explain {name[:60]!r}; search it for a part of the word."
        raise LessonError(msg)
    return term


def search(text: str) -> tuple[Term, ...]:
    """Return the terms that a text finds: names that begin with it first, then other words, then explanations."""
    words = _fold(text[:100])
    if not words:
        return terms()
    by_rank = [(rank, term) for term in terms() if (rank := _rank(term, words)) is not None]
    return tuple(term for _, term in sorted(by_rank, key=lambda pair: pair[0]))


def _rank(term: Term, words: str) -> int | None:
    name, others = _fold(term.name), [_fold(word) for word in term.also]
    checks = (
        name.startswith(words),
        words in name or any(word.startswith(words) for word in others),
        any(words in word for word in others),
        words in _fold(f"{term.young} {term.expert}"),
    )
    return next((rank for rank, is_hit in enumerate(checks) if is_hit), None)


@cache
def _by_word() -> dict[str, Term]:
    return {_fold(word): term for term in terms() for word in (*term.also, term.name)}


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())
