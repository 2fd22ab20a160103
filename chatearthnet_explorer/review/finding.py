"""The values ``Check`` and ``Finding``: what a check looks for, and the evidence of what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CAPTION, LABELS, PIXELS, BOTH, ALL = "caption", "labels", "pixels", "both captions", "all pairs"
"""What a check needs: the words alone, the labels too, the picture, the captions of both styles, or every pair."""

QUOTE = 80
"""Characters of a caption that a sentence of evidence quotes at most."""


@dataclass(frozen=True, slots=True, repr=False)
class Finding(Value):
    """One thing that a check objects to. Evidence quotes captions, which are hostile until a view escapes them."""

    check: str
    """Which check, by its id in ``checks.CHECKS``."""

    evidence: str
    """What was found, in one sentence."""

    land: str = ""
    """The class it is about, by its 3.5 name; empty where it is about none."""

    part: str = ""
    """The part of the chip it is about, of ``shares.PARTS``; empty for the chip as a whole."""

    figure: float | None = None
    """The figure that decides: percent of the part that the class covers, words, pairs, ...; None where none does."""

    start: int = -1
    """Where the words it is about start in the caption; -1 where it is about none."""

    end: int = -1
    """Where they end."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question that is asked of a pair."""

    id: str
    """What it is called, in the browser's list of flags too."""

    description: str
    """What a finding means, in one sentence for somebody who is new to this."""

    needs: str
    """``CAPTION``, ``LABELS``, ``PIXELS``, ``BOTH`` or ``ALL``."""

    weight: int
    """How much a finding adds to the score by which the worst come first: 1 a blemish, 3 something false."""

    find: Callable[[Any], Iterable[Finding]] | None = None
    """Answers with findings: of a ``Case`` for captions, of a ``Picture`` for pixels; None where no single pair can
    answer."""


def quote(words: str) -> str:
    """Return words in quotation marks, cut where they are long."""
    return f"'{words}'" if len(words) <= QUOTE else f"'{words[:QUOTE]}...'"
