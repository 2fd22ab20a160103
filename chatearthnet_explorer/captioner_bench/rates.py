"""Shares of captions with their Wilson intervals."""

from __future__ import annotations

from dataclasses import dataclass

from chatearthnet_explorer.review.error_rates import wilson

CONFIDENCE = 0.95
"""Confidence level of every interval of the bench."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many captions, and the interval of the share in the population."""

    count: int
    """Captions that have it."""

    n: int
    """Captions that could have it."""

    @property
    def share(self) -> float | None:
        """The share, 0 to 1; None of no captions, which is not 0."""
        return self.count / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson interval; None of no captions.

        It is that of a simple random sample from an endless population. A proportionally stratified sample from a
        finite one knows the share no worse, so the interval is rather too wide.
        """
        return wilson(self.count / self.n, self.n, confidence=CONFIDENCE) if self.n else None

    def to_dict(self) -> dict[str, float | int | None]:
        """Return it as JSON: ``n``, ``count``, ``share``, ``low``, ``high``."""
        low, high = self.interval or (None, None)
        return {"n": self.n, "count": self.count, "share": self.share, "low": low, "high": high}
