"""Every text and key of the review desk's buttons. The ids beside them are what the ledger stores, and never change."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.review.verdict import CORRECT, MAJOR, MINOR
from chatearthnet_explorer.review.verdict_meanings import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = {CORRECT: "1", MINOR: "2", MAJOR: "3"}

VERDICT_BUTTONS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {verdict: (one.label, one.sentence, _KEYS[verdict]) for verdict, one in MEANINGS.items()}
)
"""For each of ``verdict.VERDICTS``: label, tooltip, key."""

CAUSE_BUTTONS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "caption": ("Caption contradicts the labels", "c"),
    "label": ("Labels are wrong", "l"),
    "image": ("Image is unusable", "i"),
    "language": ("Language", "g"),
})  # fmt: skip
"""For each cause of ``verdict.CAUSES``: label, key. No other button has these keys; l is taken, so language has g."""

TOOL_BUTTONS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "previous": ("Previous", "ArrowLeft"),
    "next": ("Next", "ArrowRight"),
    "undo": ("Undo", "u"),
    "note": ("Note", "/"),
    "correct": ("Correct the caption", "e"),
    "labels": ("Labels", "m"),
})  # fmt: skip
"""For each action of the desk: label, key as the browser names it."""

FIELD_LABELS: Mapping[str, str] = MappingProxyType({"note": "Note", "correction": "Corrected caption"})
"""Labels of the two text fields."""

KEY_SYMBOLS: Mapping[str, str] = MappingProxyType({"ArrowLeft": "←", "ArrowRight": "→"})
"""What a button shows for keys that are not one character."""
