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
"""Most characters of a caption in a quotation of evidence."""


@dataclass(frozen=True, slots=True, repr=False)
class Finding(Value):
    """One problem that a check found. Evidence quotes captions, which are untrusted; views escape them."""

    check: str
    """Id of the check, from ``checks.CHECKS``."""

    evidence: str
    """What was found, in one sentence."""

    land: str = ""
    """The class, by its 3.5 name; empty for none."""

    part: str = ""
    """The part of the chip, of ``shares.PARTS``; empty for the whole chip."""

    figure: float | None = None
    """The decisive number: percent of the part that the class covers, words, pairs, ...; None if there is none."""

    start: int = -1
    """Start of its words in the caption; -1 for none."""

    end: int = -1
    """Where they end."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a pair."""

    id: str
    """Its name, also in the browser's list of flags."""

    description: str
    """Meaning of a finding, in one sentence for newcomers."""

    needs: str
    """``CAPTION``, ``LABELS``, ``PIXELS``, ``BOTH`` or ``ALL``."""

    weight: int
    """Weight of a finding in the score that sorts the worst first: 1 is a blemish, 3 an error."""

    find: Callable[[Any], Iterable[Finding]] | None = None
    """Yields findings: of a ``Case`` for captions, of a ``Picture`` for pixels; None if the check needs all pairs
    answer."""


def quote(words: str) -> str:
    """Return words in quotation marks, truncated if long."""
    return f"'{words}'" if len(words) <= QUOTE else f"'{words[:QUOTE]}...'"
