"""Solvers of the quiz that see no picture: they read the words of a question and choose an option."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.claims.class_mentions import NO_CLASS, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from chatearthnet_explorer.learn.quiz_question import Question

    Solver = Callable[[str, Sequence[str]], int]
    """Takes the prompt and the options; returns the position of one."""

# The classes from the largest share of the Earth's land to the smallest, as anybody may know it.
_COMMON = ("tree", "grass", "crop", "bare", "shrub", "snow", "water", "moss", "wetland", "develop", "mangrove")
_WORD = re.compile(r"[a-z]+")


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return _WORD.findall(text.lower())


def class_words(text: str) -> int:
    """How many mentions of a class a text has."""
    return sum(piece.class_index != NO_CLASS for piece in pieces(text))


def likeness(text: str, others: Iterable[str]) -> float:
    """Mean share of common words of a text with others (Jaccard)."""
    mine = set(words_of(text))
    shares = [len(mine & theirs) / len(mine | theirs) for theirs in (set(words_of(other)) for other in others)]
    return sum(shares) / len(shares)


def _most(name: str, score: Callable[[str, str, Sequence[str]], float]) -> Solver:
    """A solver that chooses the option of the highest score; of equal ones any, since order may tell something.

    Its name is a part of that draw: solvers that find nothing must not all be lucky with the same questions.
    """

    def solve(prompt: str, options: Sequence[str]) -> int:
        scores = [score(prompt, option, [*options[:at], *options[at + 1 :]]) for at, option in enumerate(options)]
        best = [at for at, value in enumerate(scores) if value == max(scores)]
        return random.Random(f"{name} {prompt} {options}").choice(best)

    return solve


def _rank(option: str) -> int:
    return next((rank for rank, name in enumerate(_COMMON) if name in option.lower()), len(_COMMON))


def _claims_alike(option: str, others: Sequence[str]) -> float:
    """How many claims of an option others make as well: three captions of neighbours may agree against one."""
    triples = read_claims(option).triples
    return sum(len(triples & read_claims(other).triples) for other in others)


def _in_prompt(prompt: str, option: str) -> int:
    return len(set(words_of(prompt)) & set(words_of(option)))


SOLVERS: dict[str, Solver] = {
    "first option": lambda _prompt, _options: 0,
    "last option": lambda _prompt, options: len(options) - 1,
    "longest": _most("longest", lambda _, option, __: len(option)),
    "shortest": _most("shortest", lambda _, option, __: -len(option)),
    "most class words": _most("most class words", lambda _, option, __: class_words(option)),
    "fewest class words": _most("fewest class words", lambda _, option, __: -class_words(option)),
    "odd one out": _most("odd one out", lambda _, option, others: -likeness(option, others)),
    "most like the others": _most("most like the others", lambda _, option, others: likeness(option, others)),
    "agrees with the others": _most("agrees with the others", lambda _, option, others: _claims_alike(option, others)),
    "disagrees with the others": _most(
        "disagrees with the others", lambda _, option, others: -_claims_alike(option, others)
    ),
    "most common class": _most("most common class", lambda _, option, __: -_rank(option)),
    "rarest class": _most("rarest class", lambda _, option, __: _rank(option)),
    "words of the prompt": _most("words of the prompt", lambda prompt, option, _: _in_prompt(prompt, option)),
    "denies or limits": _most("denies or limits", lambda _, option, __: len({"no", "only"} & set(words_of(option)))),
}
"""Solvers that need no examples."""


class TrainedSolver:
    """Learns from other questions which words and forms go with right options (an averaged perceptron)."""

    def __init__(self, questions: Sequence[Question], *, rounds: int = 5) -> None:
        """Learn from questions with known answers."""
        weights: dict[str, float] = defaultdict(float)
        totals: dict[str, float] = defaultdict(float)
        step = 0
        order = list(questions)
        for turn in range(rounds):
            random.Random(turn).shuffle(order)
            for question in order:
                step += 1
                features = [Counter(self._features(question.prompt, question.texts, at)) for at in range(4)]
                scores = [sum(weights[name] * count for name, count in one.items()) for one in features]
                choice = scores.index(max(scores))
                if choice != question.answer:
                    for name, count in (features[question.answer] - features[choice]).items():
                        weights[name] += count
                        totals[name] += step * count
                    for name, count in (features[choice] - features[question.answer]).items():
                        weights[name] -= count
                        totals[name] -= step * count
        self._weights = {name: weight - totals[name] / max(step, 1) for name, weight in weights.items()}

    def __call__(self, prompt: str, options: Sequence[str]) -> int:
        """The option of the highest score."""
        scores = [
            sum(self._weights.get(name, 0.0) for name in self._features(prompt, options, at))
            for at in range(len(options))
        ]
        return scores.index(max(scores))

    @staticmethod
    def _features(prompt: str, options: Sequence[str], at: int) -> Iterator[str]:
        option = options[at]
        lengths = sorted(len(one) for one in options)
        counts = sorted(class_words(one) for one in options)
        likenesses = [likeness(one, [*options[:n], *options[n + 1 :]]) for n, one in enumerate(options)]
        yield f"position {at}"
        yield f"length {lengths.index(len(option))}"
        yield f"class words {counts.index(class_words(option))}"
        yield f"likeness {sorted(likenesses).index(likenesses[at])}"
        words = words_of(option)
        yield from (f"word {word}" for word in words)
        yield from (f"words {one} {two}" for one, two in pairwise(words))
        yield from (f"prompt {one} {option[:40]}" for one in set(words_of(prompt)))


def hits(solver: Solver, questions: Iterable[Question]) -> list[bool]:
    """Whether a solver is right, question by question."""
    return [solver(question.prompt, question.texts) == question.answer for question in questions]
