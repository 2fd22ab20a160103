"""What a phrase of a clause says of class words: an effect, applied by ``statements`` in the order of the phrases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from chatearthnet_explorer.claims.binding.chunks import ClassWord

(
    SIZE_NEXT,  # an amount before the class
    DENY,  # a denial before it
    FOLLOWS,  # what it shares with the class before it in a list
    LEAD,  # it is called the largest
    LEAD_NEXT,  # likewise, in the place that follows
    CLOSE,  # what was said of it is not of the place that follows
    PLACE_BEFORE,  # a place before it
    PLACE_WITH_SIZE,  # a place after it with an amount of its own
    PLACE,  # a place after it
    PLACE_WITHOUT,  # likewise, where it is absent
    EXCEPT,  # likewise, an exception
    SIZE,  # an amount after it
    ABSENT,  # a denial after it
    DROP_SIZE,  # no amount after all
    WHOLE,  # the whole image
    WIDEN,  # its lead is of the whole image
    LAST_PLACE,  # a place at the end of a clause that began with another
    FALLBACK,  # a place if nothing else gave one
) = range(18)
"""Kinds of effects, in the order in which those of one phrase apply."""


Effect = tuple[int, int, tuple["ClassWord", ...], Any]
"""What a phrase says of class words: the number of the phrase in the clause, one of the kinds above, the class words,
and the amount, the strength of the lead or the place."""


class Size(NamedTuple):
    """Words of amount."""

    word: str | None
    """Their size word of ``size_words.SIZES``; None if there is none."""

    start: int
    """Start of the words in the text."""

    end: int
    """Where they end."""

    of_image: bool = False
    """Whether they refer to the whole image."""

    of_part: bool = False
    """Whether they plainly refer to the part that is named beside them: "a third of the top left"."""

    is_number: bool = False
    """Whether they give a number, which counts more than an adjective: "a small pond on 2 % of the top left"."""
