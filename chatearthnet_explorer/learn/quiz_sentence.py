"""Questions of the quiz: which of four sentences about a chip is false."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.learn.quiz_pool import WHOLE, WORDS
from chatearthnet_explorer.learn.quiz_question import SIZES_HINT, Light, Option, Question
from chatearthnet_explorer.review.grounding import GroundedClaim, ground

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.learn.quiz_draw import Draw
    from chatearthnet_explorer.learn.quiz_pool import QuizPool

SENTENCES = 4
_FORMS = (
    "In the {part}, {x} is the dominant land cover.",
    "More than half of the {part} is {x}.",
    "Only a small portion of the {part} is {x}.",
    "There is {x} in the {part}.",
    "There is no {x} in the {part}.",
)
_LEAD = 0
_CLASSES = 3  # of a chip, at least
_IN_CHIP = 2.0  # percent of the chip: a class of a sentence is there, so its name alone does not tell
_FEWEST = 3  # chips for each answer


class Sentence(NamedTuple):
    """A sentence that labels can support or contradict."""

    form: int
    """Position in the table of forms."""

    class_index: int
    """The class it is about."""

    part: int
    """The part it is about, a position in ``shares.PARTS``."""

    @property
    def text(self) -> str:
        """Return its words."""
        return _FORMS[self.form].format(part=PARTS[self.part], x=WORDS[self.class_index])


_Judgments = dict[Sentence, "NDArray[np.bool_]"]
"""For each sentence, which chips it is right for, (rows,)."""


def draw_sentence(pool: QuizPool, draw: Draw) -> Question:
    """Return a question. The sentences are drawn first, then which is false, then a chip of which only that is false.

    For each of the sentences there are chips of which it is the false one, so nothing in the words tells which it is.
    """
    sentences, rows_of = _draw_sentences(pool, draw)
    answer = draw.below(SENTENCES)
    row = draw.choice(rows_of[answer].tolist())
    options = []
    for sentence in sentences:
        # pixels of a class that the part lacks are lit where they are
        absent = not pool.counts[row, sentence.part, sentence.class_index]
        parts = () if absent else (PARTS[sentence.part],)
        options.append(Option(sentence.text, _reason(sentence, pool, row), Light(sentence.class_index, parts)))
    return Question(
        kind="sentence",
        prompt="Three of these sentences are true of this square. Which one is false?",
        options=tuple(options),
        answer=answer,
        tile=pool.tile_of(row),
        hint=SIZES_HINT,
    )


def judge(sentence: Sentence, pool: QuizPool, row: int) -> GroundedClaim:
    """Return what the labels of a chip say of a sentence."""
    (result,) = ground(read_claims(sentence.text), pool.counts_of(row))
    return result


def _reason(sentence: Sentence, pool: QuizPool, row: int) -> str:
    part, index = sentence.part, sentence.class_index
    reason = f"The {PARTS[part]} has {_share(pool, row, part, index)}"
    largest = int(pool.leads[row, part])
    if sentence.form == _LEAD and largest != index:
        reason += f"; its largest class is {WORDS[largest]} with {pool.percents[row, part, largest]:.0f} %"
    return f"{reason}."


def _share(pool: QuizPool, row: int, part: int, index: int) -> str:
    percent = pool.percents[row, part, index]
    if not pool.counts[row, part, index]:
        return f"no {WORDS[index]}"
    return f"{percent:.0f} % {WORDS[index]}" if percent >= 1 else f"less than 1 % {WORDS[index]}"


def _draw_sentences(pool: QuizPool, draw: Draw) -> tuple[list[Sentence], list[NDArray[np.int64]]]:
    """Return sentences about different parts, and for each of them the chips of which it alone is false."""
    truths, falsehoods = _judgments(pool)
    while True:
        # sentences that are all true of some chip: those fit together more often than any four
        row = draw.choice(_rows(pool))
        parts = draw.sample(range(len(PARTS)), SENTENCES)
        true_of_part = [[one for one in _of_part(pool)[part] if truths[one][row]] for part in parts]
        if not all(true_of_part):
            continue
        sentences = [draw.choice(ones) for ones in true_of_part]
        if len({(sentence.form, sentence.class_index) for sentence in sentences}) < SENTENCES:
            continue
        rows_of: list[NDArray[np.int64]] = []
        for answer in range(SENTENCES):
            rows = _rows_with_false(sentences, answer, truths, falsehoods)
            if len(rows) < _FEWEST:
                break
            rows_of.append(rows)
        if len(rows_of) == SENTENCES:
            return sentences, rows_of


def _rows_with_false(
    sentences: list[Sentence], answer: int, truths: _Judgments, falsehoods: _Judgments
) -> NDArray[np.int64]:
    """Return the chips of which one sentence is clearly false and the others are clearly true."""
    fits = falsehoods[sentences[answer]]
    for number, sentence in enumerate(sentences):
        if number != answer:
            fits = fits & truths[sentence]
    return np.flatnonzero(fits)


@lru_cache(2)
def _rows(pool: QuizPool) -> tuple[int, ...]:
    """Return the chips with several classes."""
    several = (pool.percents[:, WHOLE, BACKGROUND + 1 :] >= _IN_CHIP).sum(axis=1) >= _CLASSES
    return tuple(np.flatnonzero(pool.usable & several).tolist())


@lru_cache(2)
def _of_part(pool: QuizPool) -> tuple[tuple[Sentence, ...], ...]:
    """Return the sentences about each part."""
    sentences = _judgments(pool)[0]
    return tuple(tuple(one for one in sentences if one.part == part) for part in range(len(PARTS)))


@lru_cache(2)
def _judgments(pool: QuizPool) -> tuple[_Judgments, _Judgments]:
    """Return the chips of which each sentence is clearly true, and those of which it is clearly false, (rows,)."""
    truths, falsehoods = {}, {}
    for class_index in range(BACKGROUND + 1, len(CLASSES)):
        in_chip = pool.usable & (pool.percents[:, WHOLE, class_index] >= _IN_CHIP)
        for part in range(len(PARTS)):
            percent = pool.percents[:, part, class_index]
            leads, margin = pool.leads[:, part] == class_index, pool.margins[:, part]
            most = pool.percents[:, part, BACKGROUND + 1 :].max(axis=1)
            none, some = pool.counts[:, part, class_index] == 0, percent >= 3.0  # noqa: PLR2004 - can be seen
            for form, (true, false) in enumerate(
                (
                    (leads & (margin >= 15.0), most - percent >= 15.0),  # noqa: PLR2004 - points that can be seen
                    (percent >= 60.0, ~none & (percent <= 15.0)),  # noqa: PLR2004 - clearly above and below
                    ((percent >= 10.5) & (percent < 19.5), percent >= 45.0),  # noqa: PLR2004 - "small" is 10 to 19 %
                    (some, none),
                    (none, some),
                )
            ):
                sentence = Sentence(form, class_index, part)
                truths[sentence], falsehoods[sentence] = in_chip & true, in_chip & false
    return truths, falsehoods
