"""Which class the words of amount speak of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.mention import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.mention import Mention, Size

# What tells, behind words of amount that no class follows, that they speak of the class before them.
_NOUN = re.compile(r"\s(?:fraction|part|portion|amount|quantit|share|coverage|presence|extent|area|expanse)")
_STANDALONE = re.compile(rf"{_NOUN.pattern}[a-z]{{0,3}}(?:\s?[,.;]|\s(?:overall|in|throughout|across)\b)")


class Amounts:
    """The words of amount of a clause that wait for their class. It follows them, as a rule."""

    __slots__ = ("_text", "_waiting", "covers", "of_whole")

    def __init__(self, text: str) -> None:
        """Start with none."""
        self._text = text
        self._waiting: Size | None = None
        self.covers = False
        self.of_whole = False

    def hear(self, size: Size, before: Sequence[Mention]) -> None:
        """Take words of amount that come behind the classes ``before``."""
        unsized = bool(before) and not any(mention.statements[-1].size for mention in before)
        if unsized and (self.covers or _STANDALONE.match(self._text, size.end)):
            self.covers = False
            self._waiting = size
            self.give(before)
        elif (
            self._waiting is None
            or self._waiting.word is None
            or self._text[max(size.start - 2, 0) : size.start] in {"a ", "n "}
        ):
            self._waiting, self.of_whole = size, False

    def give_to(self, mention: Mention) -> None:
        """Give what waits to the class that follows."""
        size, self._waiting = self._waiting, None
        if size is None:
            return
        if self.of_whole:
            mention.statements = [Statement((), size), Statement()]
            return
        mention.statements[0].size = size
        # "a small area of grass and trees" speaks of both, "a small lake and trees" of one
        article = self._text[max(size.start - 3, 0) : size.start].endswith((" a ", "an "))
        mention.shares_size = not article or self._text[mention.start - 3 : mention.start] == "of "

    def give(self, mentions: Sequence[Mention], *, anyway: bool = False) -> None:
        """Give what waits to the classes before it; ``anyway`` even if it is said of just one part of many."""
        if self._waiting is None or not mentions:
            return
        for mention in mentions:
            last = mention.statements[-1]
            if last.size is None and (anyway or not (mention.wider and mention.statements[0].size)):
                last.size = self._waiting
        self._waiting = None

    def settle(self, mentions: Sequence[Mention]) -> None:
        """At the end of a clause, give what waits to the classes before it, if it can be meant of them."""
        if self._waiting and (self.covers or _NOUN.match(self._text, self._waiting.end)):
            self.give(mentions)
