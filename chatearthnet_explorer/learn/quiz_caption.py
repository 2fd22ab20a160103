"""Questions of the quiz: which caption was written for a chip."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.learn.quiz_pool import QUARTERS, WHOLE
from chatearthnet_explorer.learn.quiz_question import SIZES_HINT, Light, Option, Question
from chatearthnet_explorer.review.certainty import is_checked
from chatearthnet_explorer.review.grounding import CONTRADICTED, SUPPORTED, GroundedClaim, ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.learn.quiz_draw import Draw
    from chatearthnet_explorer.learn.quiz_pool import QuizPool

CAPTIONS = 4
_FIRST_PARTS = frozenset(PARTS[:2])  # an excerpt goes this far: the top half of the chip
_WORDS = (25, 95)  # fewest and most words of an excerpt
_CONTRADICTIONS = 2  # claims of a wrong caption that the labels contradict, at least
_CLEARLY = 25.0  # percentage points: half the sum of differences between the shares of two top halves
_MOST_CHIPS = 40  # of one leading class, from which questions about similar chips are made


def draw_caption(pool: QuizPool, draw: Draw) -> Question:
    """Return a question. Four chips are drawn first, each as good as the others, and then whose caption is asked for.

    All captions are true of their own chips, and every one is wrong about the other three chips.
    """
    while True:
        near = draw.below(2) == 0
        if near:
            rows = draw.sample(draw.choice(pool.neighbours), CAPTIONS)
        else:
            rows = draw.sample(draw.choice(_alike(pool)), CAPTIONS)
        if not _differ(pool, rows):
            continue
        texts = [_excerpt_of(pool, row) for row in rows]
        if all(texts) and _each_fits_one(pool, rows, texts):
            break
    answer = draw.below(CAPTIONS)
    row = rows[answer]
    whom = "neighbouring squares" if near else "squares where the same land cover takes up most"
    return Question(
        kind="caption",
        prompt=f"Which caption was written for this square? You see how each begins; the others are about {whom}.",
        options=tuple(_option(text, pool, row) for text in texts),
        answer=answer,
        tile=pool.tile_of(row),
        hint=SIZES_HINT,
    )


def excerpt(caption: str) -> str:
    """Return the beginning of a caption, to the end of what it says about the top half.

    Empty if that is unclear, or if a claim in it was not read with certainty.
    """
    reading = read_claims(caption)
    end, parts = 0, set[str]()
    for start, stop in reading.sentences:
        claims = [claim for claim in reading.claims if start <= claim.start < stop]
        here = {part for claim in claims for part in claim.parts}
        if len(here) < len(PARTS) and here - _FIRST_PARTS and parts:
            break
        if not all(map(is_checked, claims)):
            return ""
        end, parts = stop, parts | (here & _FIRST_PARTS if start else set())
        if parts == _FIRST_PARTS:
            break
    text = caption[:end].strip()
    fewest, most = _WORDS
    return text if parts == _FIRST_PARTS and fewest <= len(text.split()) <= most else ""


@lru_cache(4096)
def _excerpt_of(pool: QuizPool, row: int) -> str:
    return excerpt(pool.caption_of(row))


def judge(text: str, pool: QuizPool, row: int) -> tuple[GroundedClaim, ...]:
    """Return what the labels of a chip say of each claim of a text."""
    return ground(read_claims(text), pool.counts_of(row))


def _each_fits_one(pool: QuizPool, rows: Sequence[int], texts: Sequence[str]) -> bool:
    for own, text in enumerate(texts):
        for other, row in enumerate(rows):
            contradictions = sum(claim.result == CONTRADICTED for claim in judge(text, pool, row))
            if contradictions if own == other else contradictions < _CONTRADICTIONS:
                return False
    return True


def _differ(pool: QuizPool, rows: Sequence[int]) -> bool:
    """Return whether a person can tell any two chips apart by the shares of their top quarters."""
    halves = pool.percents[list(rows), : len(QUARTERS) // 2]
    distances = np.abs(halves[:, None] - halves[None]).sum(axis=3) / 2
    nearest = distances.max(axis=2) + 100.0 * np.eye(len(rows))
    return bool((nearest >= _CLEARLY).all())


def _option(text: str, pool: QuizPool, row: int) -> Option:
    claims = judge(text, pool, row)
    wrong = [claim for claim in claims if claim.result == CONTRADICTED]
    for claim in wrong or [claim for claim in claims if claim.result == SUPPORTED]:
        index = next(land.index for land in CLASSES if land.name == claim.claim.name)
        words = text[claim.claim.phrase_start : claim.claim.phrase_end]
        why = claim.reason.replace("this chip", "this square").replace("he chip", "he square")
        if wrong:
            count = len(wrong)
            reason = f'The labels contradict {count} of its {len(claims)} claims, such as "{words}": {why}'
        else:
            reason = f'The labels support all its {len(claims)} claims, such as "{words}": {why}'
        return Option(text, reason, Light(index, claim.parts if len(claim.parts) < len(PARTS) else ()))
    raise AssertionError(text)  # an excerpt has claims about two parts


@lru_cache(2)
def _alike(pool: QuizPool) -> tuple[tuple[int, ...], ...]:
    """Return the chips by their largest class, if there are many of them."""
    groups = (np.flatnonzero(pool.usable & (pool.leads[:, WHOLE] == land.index)) for land in CLASSES)
    return tuple(tuple(group.tolist()) for group in groups if len(group) >= _MOST_CHIPS)
