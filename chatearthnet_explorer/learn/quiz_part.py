"""Questions of the quiz: which quarter of a chip was described."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.legend import BACKGROUND
from chatearthnet_explorer.learn.quiz_pool import QUARTERS, WORDS
from chatearthnet_explorer.learn.quiz_question import SIZES_HINT, Light, Option, Question
from chatearthnet_explorer.prompts.facts import THRESHOLD
from chatearthnet_explorer.prompts.size_words import size_word
from chatearthnet_explorer.review.grounding import CONTRADICTED, ground

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.quiz_draw import Draw
    from chatearthnet_explorer.learn.quiz_pool import QuizPool

_CLEARLY = 20.0  # percentage points by which the shares of the largest class differ between quarters
_FEWEST = 2  # chips for each answer

Amounts = tuple[tuple[int, str], ...]
"""Class index and size word of the largest classes of a quarter."""

Cells = tuple[Amounts, tuple[tuple[int, ...], ...]]
"""A description, and for each quarter the chips of which it is the only one that fits."""


def draw_part(pool: QuizPool, draw: Draw) -> Question:
    """Return a question. The description is drawn first, then the right quarter, then a chip where only that fits."""
    amounts, rows_of = draw.choice(_cells(pool))
    answer = draw.below(len(QUARTERS))
    row = draw.choice(rows_of[answer])
    leading = amounts[0][0]
    options = []
    for number, part in enumerate(QUARTERS):
        percents = pool.percents[row, number]
        largest = (np.argsort(-percents[BACKGROUND + 1 :], kind="stable")[:2] + BACKGROUND + 1).tolist()
        shares = " and ".join(f"{percents[index]:.0f} % {WORDS[index]}" for index in largest if percents[index] >= 1)
        options.append(Option(part, f"The {part} quarter has {shares}.", Light(leading, (part,))))
    return Question(
        kind="part",
        prompt=f'One quarter of this square was described as "{describe(amounts)}". Which quarter is it?',
        options=tuple(options),
        answer=answer,
        tile=pool.tile_of(row),
        hint=SIZES_HINT,
    )


def describe(amounts: Amounts) -> str:
    """Return the words for the classes of a quarter, in the way of a 3.5 caption."""
    return ", followed by ".join(
        f"{'an' if size.startswith('e') else 'a'} {size} portion of {WORDS[index]}" for index, size in amounts
    )


def fits(text: str, part: str, pool: QuizPool, row: int) -> bool:
    """Return whether the labels of a chip contradict no claim that a description makes of a part."""
    reading = read_claims(f"In the {part}, there is {text}.")
    return all(claim.result != CONTRADICTED for claim in ground(reading, pool.counts_of(row)))


@lru_cache(2)
def _cells(pool: QuizPool) -> tuple[Cells, ...]:
    """Return every description that can be right for each quarter."""
    rows_of: dict[Amounts, list[list[int]]] = {}
    for row in np.flatnonzero(pool.usable).tolist():
        of_quarters = [_amounts(pool, row, quarter) for quarter in range(len(QUARTERS))]
        for quarter, amounts in enumerate(of_quarters):
            if len(amounts) > 1 and of_quarters.count(amounts) == 1 and _differs(pool, row, quarter):
                rows_of.setdefault(amounts, [[] for _ in QUARTERS])[quarter].append(row)
    cells = []
    for amounts, candidates in sorted(rows_of.items()):
        if min(map(len, candidates)) < _FEWEST:
            continue
        text = describe(amounts)
        rows = tuple(
            tuple(row for row in rows if [fits(text, part, pool, row) for part in QUARTERS] == pattern)
            for pattern, rows in zip(np.eye(len(QUARTERS), dtype=bool).tolist(), candidates, strict=True)
        )
        if min(map(len, rows)) >= _FEWEST:
            cells.append((amounts, rows))
    return tuple(cells)


def _amounts(pool: QuizPool, row: int, quarter: int) -> Amounts:
    """Return the two largest classes of a quarter as a 3.5 prompt gives them."""
    counts = pool.counts[row, quarter]
    label_pixels = int(counts[BACKGROUND + 1 :].sum())
    order = np.argsort(-counts[BACKGROUND + 1 :], kind="stable")[:2] + BACKGROUND + 1
    return tuple(
        (int(index), size_word(int(round(int(counts[index]) / label_pixels, 2) * 100)))
        for index in order
        if counts[index] >= THRESHOLD
    )


def _differs(pool: QuizPool, row: int, quarter: int) -> bool:
    """Return whether a person can tell a quarter from the other three by its largest class."""
    others = [other for other in range(len(QUARTERS)) if other != quarter]
    percents = pool.percents[row, :, pool.leads[row, quarter]]
    return bool((np.abs(percents[others] - percents[quarter]) >= _CLEARLY).all())
