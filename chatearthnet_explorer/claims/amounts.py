"""Find the class that a word of amount refers to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.class_lists import last_list
from chatearthnet_explorer.claims.clause_mention import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.clause_mention import Mention, Size

_NOUN = (
    "fraction|part|portion|amount|quantit|share|coverage|presence|extent|area|expanse|stretch|spread|level|proportion"
    "|percentage|number|scale|size|ground|surface|corner|quadrant|section|half|one|element|role|stake|component|cover"
    "|patch(?!es)|piece|block|bit|group"
)
# Words that end the phrase of an amount and its noun.
_ELSE = (
    "and|or|nor|but|yet|with|without|in|into|at|on|by|as|while|whereas|where|which|who|that|than|then|from|over|across"
    "|along|throughout|also|though|although|followed|plus|ahead|before|after|behind|next|beside|besides|near|like"
    "|unlike|if|because|since|so|both|each|all|is|are|was|were|be|being|has|have|having|had|to|of|the|a|an|there|here"
    "|no|not|it|its|they|their|too|again|cover[a-z]*|tak[a-z]+|hold[a-z]*|occup[a-z]+|fill[a-z]*|mak[a-z]+|lie[a-z]*"
    "|remain[a-z]*|stand[a-z]*|show[a-z]*|overall|everywhere|elsewhere|around|between|toward|towards|within|under|for"
)
_WORD = rf"[\s\-\u2010-\u2015]+(?!(?:{_ELSE})\b)[a-z'\u2019]+"
_COVERAGE_VERBS = (
    "covered|occupied|taken|taken up|filled|held|dominated|claimed|made up|formed|given|given over|devoted|used|left"
)
_GOES = (
    r"\s(?:is|are|being|consists? of|goes? to|going to|belongs? to|belonging to|falls? to|falling to|to|for|in|under"
    rf"|(?:(?:is|are|being)\s(?:(?:also|again)\s)?)?(?:{_COVERAGE_VERBS})\s(?:with|by|of|to|for|in|as))\b(?:\s(?:the|an?)\b)?"
)
# "a small, isolated patch of dry grass", "more than half of the ground is grass", "a large part of it belongs to crops"
_SPEAKS_OF_NEXT = re.compile(
    rf"(?:,?{_WORD})?(?:{_WORD}){{0,4}}(?:\sof(?:\s(?:the|its?|this|that|these|them|which|an?)\b)?(?:{_WORD}){{0,3}}){{0,2}}"
    rf"(?:{_GOES}(?:{_WORD}){{0,2}})?[\s\-]*"
    rf"|\s(?:the|this|its)\b(?:{_WORD}){{0,3}}{_GOES}(?:{_WORD}){{0,2}}[\s\-]*"  # "most of the ground is grass"
)
# "trees in a medium share", "grass is large in extent"; but "trees on a large island" is not an amount of trees
_STANDS_ALONE = re.compile(
    rf"(?:\s(?:{_NOUN})[a-z]{{0,3}})?"
    rf"(?:\W*[,.;:()]|\s*$|\s(?!of\b)(?:{_ELSE}|only|still|just|about|nearly|almost|compared|yet)\b"
    r"|\sof\s(?:the|its?|them|that|this|these|those|each|every|all|an?|both|which|their|what)\b)"
)
# "and a small one in the top right"
_OF_PART = re.compile(
    rf"(?:\s(?:{_NOUN})[a-z]{{0,3}})?\s(?:(?:of|in|at|on|over|across|to|along|within|towards?)\s)?"
    r"(?:the |its |both |each )*"
)
# "loosens a little", "is larger": no amount, unless of the class that follows
_OF_NEXT = frozenset({"little", "larger", "smaller", "bigger", "fewer", "lesser"})
_IS_WHOLE = re.compile(rf"(?:\s(?:{_NOUN})[a-z]{{0,3}})?\s(?:of\s)?(?:(?:the|this|its)\s)?")
_IS_ONE_OF = re.compile(rf"{_GOES}")


class Amounts:
    """Words of amount of a clause, kept until it is clear whether they belong to a class before or after them."""

    __slots__ = ("_text", "_waiting")

    def __init__(self, text: str) -> None:
        """Start with none."""
        self._text = text
        self._waiting: Size | None = None

    def hear(self, size: Size, before: Sequence[Mention]) -> None:
        """Add words of amount that follow the classes ``before``."""
        self.settle(before)
        self._waiting = size

    def set_of_image(self, start: int) -> None:
        """Use the pending amount for the whole image, if that is named right after it."""
        if self._waiting is not None and _IS_WHOLE.fullmatch(self._text, self._waiting.end, start):
            self._waiting = self._waiting._replace(of_image=True)

    def give_to(self, mention: Mention, before: Sequence[Mention]) -> None:
        """Assign the pending amount to the class that follows, or to those ``before`` if it refers to them."""
        size = self._waiting
        if size is None:
            return
        if not _SPEAKS_OF_NEXT.fullmatch(self._text, size.end, mention.start):
            self.settle(before)
            return
        self._waiting = None
        if size.of_image:
            mention.statements = [Statement((), size), Statement()]
            return
        mention.statements[0].size = size
        # "a small area of grass and trees" speaks of both, "a small lake and trees" of one
        article = self._text[max(size.start - 3, 0) : size.start].endswith((" a ", "an "))
        mention.shares_size = not article or self._text[mention.start - 3 : mention.start] == "of "

    def give(self, mentions: Sequence[Mention], *, anyway: bool = False) -> None:
        """Assign the pending amount to the classes before it; with ``anyway`` even if it is about one part of many."""
        size = self._waiting
        if size is None or not mentions:
            return
        self._waiting = None
        for mention in mentions:
            last = mention.statements[-1]
            if (last.size is None or last.shared) and (anyway or not (mention.wider and mention.statements[0].size)):
                last.size, last.shared = size, False

    def take_for_part(self, start: int, after: int) -> Size | None:
        """Drop the pending amount if it stands after a part that ends at ``after``, and return it for the next part."""
        size = self._waiting
        if size is None or size.start < after or not _OF_PART.fullmatch(self._text, size.end, start):
            return None
        self._waiting = None
        return size

    def settle(self, mentions: Sequence[Mention], *, all_of_them: bool = False, before: int = -1) -> None:
        """Assign the pending amount to the last list of classes before it, if that is possible; else to none.

        Args:
            mentions: The classes before it.
            all_of_them: Whether it is said of all of them.
            before: Where a part starts that follows: "the entire top left"; -1 for none.
        """
        size = self._waiting
        if size is not None and self._text[size.start : size.end] not in _OF_NEXT:
            of_part = before > 0 and not self._text[size.end : before].strip()
            if of_part or _STANDS_ALONE.match(self._text, size.end):
                self.give(mentions if all_of_them else last_list(mentions, self._text))
        self._waiting = None

    def speaks_of_next(self, end: int) -> bool:
        """Return whether an amount "of it" that ends there belongs to the class after it: "of it is grass"."""
        return _IS_ONE_OF.match(self._text, end) is not None
