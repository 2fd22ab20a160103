"""What changes in a text that is being written, with the class words in it, so that only that is sent to the page."""

from __future__ import annotations

from typing import NamedTuple

from chatearthnet_explorer.claims.class_mentions import NO_CLASS, Piece, pieces


class TextChange(NamedTuple):
    """How one text becomes another."""

    keep: int
    """How much of the start of the text stays, in UTF-16 units, as JavaScript counts."""

    pieces: tuple[Piece, ...]
    """What comes after it."""


def complete_pieces(text: str) -> tuple[Piece, ...]:
    """Split a text that is being written as ``pieces`` does; its last word has no class, as it may go on."""
    split = pieces(text)
    if split and split[-1].class_index != NO_CLASS and text[-1:].isalnum():
        return (*split[:-1], Piece(split[-1].text, NO_CLASS))
    return split


def change_between(before: tuple[Piece, ...], after: tuple[Piece, ...]) -> TextChange:
    """Return how to change one text into another: class words are kept whole or replaced whole."""
    same = next(
        (number for number, (old, new) in enumerate(zip(before, after, strict=False)) if old != new),
        min(len(before), len(after)),
    )
    keep, rest = _length("".join(piece.text for piece in after[:same])), after[same:]
    if rest and same < len(before) and before[same].class_index == rest[0].class_index == NO_CLASS:
        old, new = before[same].text, rest[0].text
        start = next((number for number, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
        start = min(len(old), len(new)) if start is None else start
        keep += _length(new[:start])
        rest = (Piece(new[start:], NO_CLASS), *rest[1:])
    return TextChange(keep, tuple(piece for piece in rest if piece.text))


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
