"""Questions of the quiz: which class covers most of a chip, or of a quarter of it."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.learn.quiz_pool import QUARTERS, WHOLE
from chatearthnet_explorer.learn.quiz_question import Light, Option, Question

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.quiz_draw import Draw
    from chatearthnet_explorer.learn.quiz_pool import QuizPool

OPTIONS = 4
_MARGIN = 10.0  # percentage points between the largest class and the next
_LEAST = 30.0  # percent that the largest class covers
_PRESENT = 2.0  # percent from which a class counts as present
_PRESENT_OPTIONS = 3  # of the four options, the right one among them
_FEWEST = 3  # chips for each answer

Cells = tuple[int, tuple[int, ...], tuple[tuple[int, ...], ...]]
"""Row of the part, class indices of the options, and for each option the chips for which it is right."""


def draw_dominant(pool: QuizPool, draw: Draw) -> Question:
    """Return a question. Part and options are drawn first, then the right option, then a chip that makes it right."""
    part, classes, rows_of = draw.choice(_cells(pool))
    order = draw.sample(range(OPTIONS), OPTIONS)
    answer = draw.below(OPTIONS)
    row = draw.choice(rows_of[order[answer]])
    percents = pool.percents[row, part]
    where = "this square" if part == WHOLE else f"the {PARTS[part]} quarter of this square"
    parts = () if part == WHOLE else (PARTS[part],)
    options = []
    for position in order:
        index = classes[position]
        covers = f"covers {percents[index]:.0f} %" if percents[index] >= 1 else "covers less than 1 %"
        reason = f"{CLASSES[index].name.capitalize()} {covers} of {where}."
        has_pixels = bool(pool.counts[row, part, index])
        if not has_pixels:
            reason = f"There is no {CLASSES[index].name} in {where}."
        options.append(Option(CLASSES[index].name, reason, Light(index, parts), has_pixels))
    return Question(
        kind="dominant",
        prompt=f"Which land cover takes up most of {where}?",
        options=tuple(options),
        answer=answer,
        tile=pool.tile_of(row),
        shows_labels=False,
    )


@lru_cache(2)
def _cells(pool: QuizPool) -> tuple[Cells, ...]:
    """Return every part and set of options of which each can be right."""
    cells = []
    for part in (*range(len(QUARTERS)), WHOLE):
        percents, leads = pool.percents[:, part], pool.leads[:, part]
        lead_percents = np.take_along_axis(percents, leads[:, None], axis=1)[:, 0]
        clear = pool.usable & (pool.margins[:, part] >= _MARGIN) & (lead_percents >= _LEAST)
        present = percents >= _PRESENT
        for classes in combinations(range(BACKGROUND + 1, len(CLASSES)), OPTIONS):
            fits = clear & (present[:, list(classes)].sum(axis=1) >= _PRESENT_OPTIONS)
            rows_of = tuple(tuple(np.flatnonzero(fits & (leads == index)).tolist()) for index in classes)
            if min(map(len, rows_of)) >= _FEWEST:
                cells.append((part, classes, rows_of))
    return tuple(cells)
