"""The link of a quiz: ``/learn/quiz?seed=7``."""

from __future__ import annotations

from typing import NamedTuple

from chatearthnet_explorer.query_string import QueryString

FIRST_SEED, LAST_SEED = 1, 999_999
"""The numbers of the quizzes."""


class QuizLink(NamedTuple):
    """What a link says, and what was left out of it."""

    seed: int
    """Number of the quiz, ``FIRST_SEED`` to ``LAST_SEED``; the first where the link has none that can be used."""

    notes: tuple[str, ...]
    """What was left out and why, for ``query_string.left_out_sentence``; it has text of strangers in it."""


def read_quiz_link(query: str) -> QuizLink:
    """Return what a query string says, such as ``seed=7``. It is of a stranger: nothing in it raises an exception."""
    fields = QueryString(query)
    seed = fields.whole("seed", FIRST_SEED, LAST_SEED)
    fields.note_unknown()
    return QuizLink(seed or FIRST_SEED, tuple(fields.notes))


def write_quiz_link(seed: int) -> str:
    """Return the query string of a quiz."""
    return f"seed={seed}"
