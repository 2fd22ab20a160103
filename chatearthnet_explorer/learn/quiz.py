"""The quiz: ten questions that follow from a seed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.learn.quiz_caption import draw_caption
from chatearthnet_explorer.learn.quiz_dominant import draw_dominant
from chatearthnet_explorer.learn.quiz_draw import Draw
from chatearthnet_explorer.learn.quiz_part import draw_part
from chatearthnet_explorer.learn.quiz_pool import QuizPool
from chatearthnet_explorer.learn.quiz_sentence import draw_sentence
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chatearthnet_explorer.learn.quiz_question import Kind, Question

KINDS: tuple[Kind, ...] = (
    *("dominant", "part", "sentence", "caption", "dominant"),
    *("part", "sentence", "caption", "dominant", "caption"),
)
"""The kinds of the ten questions, in their order; the first is the easiest."""

SIMULATED = "The squares are simulated, so the quiz works without a network; their captions were written by rules."
"""What every view of the quiz says."""

_DRAW: Mapping[Kind, Callable[[QuizPool, Draw], Question]] = MappingProxyType({
    "dominant": draw_dominant,
    "part": draw_part,
    "sentence": draw_sentence,
    "caption": draw_caption,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Quiz(Value):
    """Ten questions. The same seed gives the same questions on every machine with this version of the sample."""

    seed: int
    """The number of the quiz, see ``quiz_link``."""

    questions: tuple[Question, ...]
    """The questions, of the kinds of ``KINDS``."""


CACHE_SIZE = 64
"""Quizzes in memory: each takes a tenth of a second or more."""

_quizzes: dict[int, Quiz] = {}
_lock = threading.Lock()


def make_quiz(seed: int) -> Quiz:
    """Return the quiz of a seed. The first takes a second, which reads the sample.

    Several threads may call it: one makes a quiz, and the others wait for that.

    Raises:
        CatalogError: If the sample that comes with the package is damaged.
    """
    quiz = _quizzes.get(seed)
    if quiz is not None:
        return quiz
    with _lock:
        quiz = _quizzes.get(seed) or draw_quiz(_sample_pool(), seed)
        _quizzes[seed] = quiz
        for old in list(_quizzes)[:-CACHE_SIZE]:
            del _quizzes[old]
        return quiz


def draw_quiz(pool: QuizPool, seed: int) -> Quiz:
    """Return the quiz of a seed from a pool of chips."""
    questions: list[Question] = []
    for number, kind in enumerate(KINDS):
        draw = Draw(f"quiz {seed} question {number}")
        question = _DRAW[kind](pool, draw)
        while any(question.tile == other.tile for other in questions):  # each chip once
            question = _DRAW[kind](pool, draw)
        questions.append(question)
    return Quiz(seed=seed, questions=tuple(questions))


@lru_cache(1)
def _sample_pool() -> QuizPool:
    return QuizPool(open_sample().catalog)
