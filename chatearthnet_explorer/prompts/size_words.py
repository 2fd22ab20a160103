"""The size words, from extra small to extra large, and the percentages of each."""

from __future__ import annotations

SIZES = ((10, "extra small"), (20, "small"), (50, "medium"), (80, "large"), (101, "extra large"))
"""Upper end (excluded) of the percents for each size word of the 3.5 style (arXiv 2402.11325, published scripts)."""


def size_word(percent: float) -> str:
    """Return the word for a percent of 0 to 100."""
    return next(word for end, word in SIZES if percent < end)
