"""Match the pieces of a text with the pattern of a published one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.published.script_values import KeyOf, Loop, OneOf, Piece, Slot, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

P = TypeVar("P")


class OtherPatternError(ValueError):
    """A text is put together otherwise than the published one. Its text says which."""


def split(pieces: Sequence[Piece]) -> tuple[list[str], list[Piece]]:
    """Return the literal texts before, between and after what is filled in, and what is filled in.

    Raises:
        OtherPatternError: If a piece is neither.
    """
    literals: list[str] = [""]
    others: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str):
            literals[-1] += piece
        else:
            others.append(piece)
            literals.append("")
    return literals, others


def only(value: object, kind: type[P], what: str) -> P:
    """Return a value of this kind.

    Raises:
        OtherPatternError: If it is of another.
    """
    if not isinstance(value, kind):
        raise OtherPatternError(what)
    return value


def count(values: Sequence[P], number: int, what: str) -> Sequence[P]:
    """Return the values if there are as many.

    Raises:
        OtherPatternError: If there are not.
    """
    if len(values) != number:
        raise OtherPatternError(what)
    return values


def class_position(piece: Piece, classes: tuple[str, ...], what: str) -> int | None:
    """Return the position in a list of the class that a piece names; None if it is not from a list.

    Raises:
        OtherPatternError: If it does not name a class, or the classes of the script are not those of the method.
    """
    slot = only(piece, Slot, what)
    value = only(slot.value, OneOf, what)
    if slot.spec:
        raise OtherPatternError(what)
    if value.names[1:] != classes:
        msg = "the names of the classes"
        raise OtherPatternError(msg)
    return value.index.position


def part_names(piece: Piece, loop: Loop, what: str) -> list[str]:
    """Return the names of the parts, in the order of ``PARTS``, which a loop over them fills in.

    Raises:
        OtherPatternError: If they are not the five parts in that order.
    """
    slot = only(piece, Slot, what)
    names = only(slot.value, KeyOf, what).names
    plain = [" ".join(name.replace("_", " ").split()) for name in names]
    fits = len(names) == len(PARTS) and all(
        one == part or one.startswith(f"{part} ") for one, part in zip(plain, PARTS, strict=True)
    )
    if slot.spec or loop.over != slot.value or not fits:
        raise OtherPatternError(what)
    return list(names)


def class_loop(piece: Piece, what: str, *, by_area: bool) -> Loop:
    """Return a loop over classes.

    Args:
        piece: What should be one.
        what: What it writes.
        by_area: Whether the classes are sorted by area; else they are in the order in which they are met.

    Raises:
        OtherPatternError: If it is no such loop.
    """
    loop = only(piece, Loop, what)
    calls = only(loop.over, Unknown, what).calls
    if by_area != bool(calls & {"sorted", "argsort"}) or (not by_area and "Counter" not in calls):
        msg = f"the order of the classes in {what}"
        raise OtherPatternError(msg)
    return loop


def sentence(*parts: str) -> str:
    """Return a sentence of a wording file: literal texts and names of slots in turn."""
    return "".join(f"${{{part}}}" if place % 2 else part.replace("$", "$$") for place, part in enumerate(parts))
