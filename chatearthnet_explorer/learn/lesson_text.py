"""The text of lessons: words, and in double brackets the terms that the glossary explains."""

from __future__ import annotations

import re
from typing import NamedTuple

_TERM = re.compile(r"\[\[([^\[\]|]{1,60})(?:\|([^\[\]|]{1,80}))?\]\]")


class Run(NamedTuple):
    """A run of a text."""

    words: str
    """What is shown."""

    term: str = ""
    """The term of the glossary that explains it; empty for plain text."""


def runs(text: str) -> tuple[Run, ...]:
    """Return the runs of a text: ``[[chip]]`` and ``[[chip|these squares]]`` are terms, all else is plain text."""
    result, end = [], 0
    for match in _TERM.finditer(text):
        if match.start() > end:
            result.append(Run(text[end : match.start()]))
        result.append(Run(match[2] or match[1], match[1]))
        end = match.end()
    if end < len(text):
        result.append(Run(text[end:]))
    return tuple(result)


def plain(text: str) -> str:
    """Return a text without its marks."""
    return "".join(run.words for run in runs(text))
