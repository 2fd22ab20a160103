"""The link of a quiz: ``/learn/quiz?seed=7``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_SEED, LAST_SEED = 1, 999_999
"""The numbers of the quizzes."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
_LONGEST = 2_000  # characters of a query string that are read
_QUOTE = 20  # characters of a wrong value that are repeated
_MOST_FIELDS = 20


class QuizLink(NamedTuple):
    """What a link says, and what it says in vain."""

    seed: int
    """Number of the quiz, ``FIRST_SEED`` to ``LAST_SEED``."""

    notes: tuple[str, ...]
    """What was left out and why, one sentence each. They may quote the link: views escape them."""


def read_quiz_link(query: str) -> QuizLink:
    """Return what a query string says, such as ``seed=7``. It is untrusted; without a usable seed it is quiz 1."""
    if len(query) > _LONGEST:
        return QuizLink(FIRST_SEED, (f"The link was too long to be read, so this is quiz {FIRST_SEED}.",))
    try:
        fields = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return QuizLink(FIRST_SEED, (f"The link had too many fields, so this is quiz {FIRST_SEED}.",))
    return _read(fields)


def write_quiz_link(seed: int) -> str:
    """Return the query string of a quiz."""
    return f"seed={seed}"


def _read(fields: Sequence[tuple[str, str]]) -> QuizLink:
    seeds = [value.strip() for name, value in fields if name == "seed"]
    seed, notes = FIRST_SEED, []
    if seeds:
        number = int(seeds[0]) if _WHOLE_NUMBER.fullmatch(seeds[0]) else 0
        if FIRST_SEED <= number <= LAST_SEED:
            seed = number
        else:
            value = seeds[0] if len(seeds[0]) <= _QUOTE else f"{seeds[0][:_QUOTE]}..."
            notes.append(
                f'There is no quiz "{value}"; numbers run from {FIRST_SEED} to {LAST_SEED:,}, so this is quiz {seed}.'
            )
    if len(seeds) > 1:
        notes.append("The link named several quizzes; only the first counts.")
    others = sorted({name[:_QUOTE] for name, _ in fields if name not in _FIELDS})
    if others:
        notes.append(f"The link's other fields mean nothing here: {', '.join(others[:3])}.")
    return QuizLink(seed, tuple(notes))


_FIELDS = frozenset({"seed", "token"})
"""Fields that need no note; the server reads ``token``."""
