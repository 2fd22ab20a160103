"""Find the class that a clause calls the largest, also if the words for it stand before the class."""

from __future__ import annotations

import re

from chatearthnet_explorer.claims.clause_mention import PASSING

_WORD = r"\s+(?!(?:its?|with|by|of|in|and|set|where|which|while|a|an|the)\b)[a-z\-]+"
_PLAIN = re.compile(rf"(?:{_WORD}){{0,3}}[\s\-]*")
_BESIDE = re.compile(
    r"\b(?:broken|relieved|softened|fringed|edged|interrupted|dotted|punctuated|flanked|framed|crossed|cut|joined"
    r"|bordered|accompanied|surrounded|interspersed|threaded|laced|beside|(?<!covered )(?<!filled )with)\b"
)


class Lead:
    """How clearly the class that comes next is said to lead."""

    __slots__ = ("_comma", "_lead_position", "_strength", "_survives", "_text", "is_theme")

    def __init__(self, text: str) -> None:
        """Start with nothing said."""
        self._text = text
        self._strength = 0
        self._survives = False
        self._comma = self._lead_position = -1
        self.is_theme = False

    def wait(self, strength: int, end: int, *, survives: bool = False) -> None:
        """Hear that the class behind leads.

        Args:
            strength: ``PASSING`` or ``PLAIN``; the first does not replace what was said before.
            end: Where the words that say it end.
            survives: Whether a part may be named in between.
        """
        if strength != PASSING or not self._strength:
            self._strength, self._survives, self._comma, self._lead_position = strength, survives, -1, end

    def mix(self) -> None:
        """Hear that none of the classes behind leads, unless it was said plainly."""
        if self._strength == PASSING:
            self._strength = 0

    def pause(self, end: int) -> None:
        """Hear a comma; one right behind a theme only sets it off ("as its main theme, the scene shows trees")."""
        if self._comma < 0 and self._lead_position < end - 1:
            self._comma = end

    def pass_place(self) -> None:
        """Hear of a part: what leads there was named before it."""
        if not self._survives:
            self._strength = 0

    def take(self, start: int, *, again: bool) -> int:
        """Return how clearly the class that starts there is said to lead, 0 for not at all; then nothing waits.

        ``again`` says that the class before has the same name: "developed land, made up of roads" does not lead.
        """
        strength, self._strength = self._strength, 0
        if not strength or (again and strength == PASSING):
            return 0
        if self._comma >= 0 and not _PLAIN.fullmatch(self._text, self._comma, start):
            return 0  # "the theme is arid ground, set off by swaths of grass"
        if _BESIDE.search(self._text, self._lead_position, start):
            return 0  # "the theme is a snowbound land broken by wetland"
        return strength
