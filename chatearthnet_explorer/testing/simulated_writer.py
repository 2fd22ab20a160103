"""What the simulated models write: plain sentences about the land cover that a prompt names, and a mark."""

from __future__ import annotations

import random
import re
from types import MappingProxyType

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.testing.word_faults import turn_parts

MARK = "Simulated:"
"""Begins every answer, so that nobody takes it for that of a language model."""

MODELS = MappingProxyType({"simulated-careful": 0.0, "simulated-careless": 0.5})
"""The share of their answers in which left is right and top is bottom, by model."""

_NAMES = MappingProxyType({name: land.name for land in CLASSES[1:] for name in (land.name, land.name_4v)})
_CLASS = re.compile(rf"\b({'|'.join(map(re.escape, sorted(_NAMES, key=len, reverse=True)))})\b", re.IGNORECASE)
_LONGEST = 100_000
_MOST_NAMED = 3


def write_answer(model: str, question: str) -> str:
    """Return the answer of a simulated model; the same question gets the same answer.

    Args:
        model: One of ``MODELS``; any other is as careful as the first.
        question: The user's message, of which the first 100,000 characters are read: of each line that begins with a
            part of the square, the names of classes in their order.
    """
    lines = question[:_LONGEST].splitlines()
    sentences = []
    for part in PARTS:
        # the last one is a list by size in both styles
        text = next((line for line in reversed(lines) if re.match(rf"(?:in the )?{part}:", line, re.IGNORECASE)), "")
        if names := _classes(text)[:_MOST_NAMED]:
            rest = f", followed by {' and '.join(names[1:])}" if names[1:] else ""
            sentences.append(f"In the {part}, {names[0]} covers the largest area{rest}.")
    if names := _classes(lines[0] if lines else ""):
        sentences.append(f"Overall, {names[0]} covers the largest area.")
    words = " ".join(sentences) or "The question names no land cover."
    draw = random.Random(f"{model} {question}")  # noqa: S311 - no secret
    return f"{MARK} {turn_parts(words) if draw.random() < MODELS.get(model, 0.0) else words}"


def _classes(text: str) -> list[str]:
    return list(dict.fromkeys(_NAMES[name.lower()] for name in _CLASS.findall(text)))
