"""Find phrases in a text, in one pass and in linear time."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


Tree = dict[str, "Tree"]
"""Phrases letter by letter; an empty letter where one ends."""


def compile_list(patterns: str) -> tuple[str, ...]:
    """Return the patterns of a text that has commas between them."""
    return tuple(" ".join(pattern.split()) for pattern in patterns.split(","))


def spellings(patterns: Iterable[str]) -> Iterator[str]:
    """Yield the phrases that patterns stand for: ``tree[s]`` is tree and trees, ``{a|b}c`` is ac and bc."""
    for pattern in patterns:
        pieces = [
            (["", *piece[1:-1].split("|")] if piece[0] == "[" else piece[1:-1].split("|"))
            if piece[0] in "[{"
            else [piece]
            for piece in re.split(r"(\[[^]]*\]|\{[^}]*\})", pattern)
            if piece
        ]
        yield from map("".join, product(*pieces))


def finder(phrases: Iterable[str]) -> str:
    """Return a regular expression for the longest of the phrases, in lower case, at a place of a text.

    Shared beginnings are written once, so that a place where nothing stands is left after a few letters. A space in a
    phrase matches one to nine spaces, line ends or hyphens: in "**top** **left**" the marks are spaces.
    """
    tree: Tree = {}
    for phrase in phrases:
        node = tree
        for letter in phrase:
            node = node.setdefault(letter, {})
        node[""] = {}
    return rf"\b(?:{_branches(tree)})\b"


def to_lower(text: str) -> str:
    """Return a text in lower case, each character in its place, as ``finder`` reads it."""
    small = text.lower()
    if len(small) == len(text):
        return small
    # a capital I with a dot becomes two characters, which would move all that stands behind it
    return "".join(one if len(one.lower()) > 1 else one.lower() for one in text)


def single_spaced(phrase: str) -> str:
    """Return a phrase that ``finder`` found as the lexicon spells it: with one space where it has any or hyphens."""
    return _GAP.sub(" ", phrase)


_SPACES = r"[\s\-\u2010-\u2015]"
_GAP = re.compile(f"{_SPACES}+")


def _branches(node: Tree) -> str:
    options = [
        (_SPACES + "{1,9}" if letter == " " else re.escape(letter)) + _branches(rest)
        for letter, rest in node.items()
        if letter
    ]
    if not options:
        return ""
    together = options[0] if len(options) == 1 and "" not in node else f"(?:{'|'.join(options)})"
    return f"{together}?" if "" in node else together
