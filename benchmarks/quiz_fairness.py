"""Is the quiz fair? Solvers that read only the words of a question, over many quizzes.

Run with ``PYTHONPATH=tests python benchmarks/quiz_fairness.py [QUIZZES]``. Chance is 25 %. The trained solver learns
from the first half of the quizzes and is measured on the second. Intervals are Wilson's, 95 %: of the cells,
one in twenty lies outside by chance.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from machine import describe
from rig.quiz_solvers import SOLVERS, TrainedSolver, hits

from chatearthnet_explorer.learn.quiz import KINDS, make_quiz
from chatearthnet_explorer.review.error_rates import wilson

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.quiz_question import Question

QUIZZES = 200
FIRST = 500_001
CHANCE = 0.25


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if sys.argv[1:] else QUIZZES
    print(describe("numpy"))
    start = time.perf_counter()
    quizzes = [make_quiz(FIRST + number) for number in range(count)]
    print(f"{count} quizzes, {1000 * (time.perf_counter() - start) / count:.0f} ms each")
    halves = [
        [question for quiz in part for question in quiz.questions]
        for part in (quizzes[: count // 2], quizzes[count // 2 :])
    ]
    questions = [*halves[0], *halves[1]]
    kinds = (*dict.fromkeys(KINDS), "all")
    print(f"{'percent right':28}" + "".join(f"{kind:>22}" for kind in kinds))
    outside = cells = 0
    for name, solver in SOLVERS.items():
        outside += report(name, [hits(solver, of_kind(questions, kind)) for kind in kinds])
        cells += len(kinds)
    trained_solvers = [TrainedSolver(of_kind(halves[0], kind)) for kind in kinds]
    outside += report(
        "trained on half",
        [hits(one, of_kind(halves[1], kind)) for one, kind in zip(trained_solvers, kinds, strict=True)],
    )
    cells += len(kinds)
    print(f"{outside} of {cells} intervals leave out 25 % (marked *); chance alone gives about {cells / 20:.0f}")
    for kind in kinds:
        answers = Counter(question.answer for question in of_kind(questions, kind))
        print(f"right option, {kind:10}", " ".join(f"{'ABCD'[at]} {answers[at]}" for at in range(4)))


def of_kind(questions: list[Question], kind: str) -> list[Question]:
    """Return the questions of a kind."""
    return [question for question in questions if kind in {"all", question.kind}]


def report(name: str, results: list[list[bool]]) -> int:
    """Print one line, and return how many of its intervals leave chance out."""
    cells, outside = [], 0
    for right in results:
        rate = sum(right) / len(right)
        low, high = wilson(rate, len(right))
        far = not low <= CHANCE <= high
        outside += far
        cells.append(f"{100 * rate:8.1f} ({100 * low:.1f}-{100 * high:.1f}){'*' if far else ' '}")
    print(f"{name:28}" + "".join(f"{cell:>22}" for cell in cells), flush=True)
    return outside


if __name__ == "__main__":
    main()
