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
    """How clearly the next class is called the largest."""

    __slots__ = ("_comma", "_lead_position", "_strength", "_survives", "_text", "is_theme")

    def __init__(self, text: str) -> None:
        """Start without a lead."""
        self._text = text
        self._strength = 0
        self._survives = False
        self._comma = self._lead_position = -1
        self.is_theme = False

    def wait(self, strength: int, end: int, *, survives: bool = False) -> None:
        """Note that the next class is the largest.

        Args:
            strength: ``PASSING`` or ``PLAIN``; the first does not replace an earlier one.
            end: End of the words for it.
            survives: Whether a part may be named before the class.
        """
        if strength != PASSING or not self._strength:
            self._strength, self._survives, self._comma, self._lead_position = strength, survives, -1, end

    def mix(self) -> None:
        """Note that none of the next classes is the largest, unless a ``PLAIN`` lead was noted."""
        if self._strength == PASSING:
            self._strength = 0

    def pause(self, end: int) -> None:
        """Note a comma; one directly after a theme only sets it off ("as its main theme, the scene shows trees")."""
        if self._comma < 0 and self._lead_position < end - 1:
            self._comma = end

    def pass_place(self) -> None:
        """Note a part: its largest class was named before it."""
        if not self._survives:
            self._strength = 0

    def take(self, start: int, *, again: bool) -> int:
        """Return how clearly the class that starts there is called the largest, 0 for not at all; then reset.

        ``again`` means that the class before has the same name: "developed land, made up of roads" does not lead.
        """
        strength, self._strength = self._strength, 0
        if not strength or (again and strength == PASSING):
            return 0
        if self._comma >= 0 and not _PLAIN.fullmatch(self._text, self._comma, start):
            return 0  # "the theme is arid ground, set off by swaths of grass"
        if _BESIDE.search(self._text, self._lead_position, start):
            return 0  # "the theme is a snowbound land broken by wetland"
        return strength
