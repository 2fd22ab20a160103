"""What an expression of a script stands for, as far as its text says without running it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that depends on pixels, or on something that is not followed."""

    roots: frozenset[str] = NONE
    """Parameters of the function that it comes from, with a number in brackets if one element of them was taken."""

    calls: frozenset[str] = NONE
    """Names of the functions and methods on the way."""

    position: int | None = None
    """Number of the element that was taken last."""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant that is not text: a number, True, False or None."""

    value: object


@dataclass(frozen=True, slots=True)
class Text:
    """A text under construction."""

    pieces: tuple[Piece, ...] = ()
    """Literal texts, and what is filled in, in order. Neighbouring literals are as the script has them."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list or tuple whose elements stand in the script."""

    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A dict whose keys stand in the script."""

    entries: tuple[tuple[Value, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Each:
    """A list that a loop makes: all elements are made alike."""

    element: Value
    over: Value


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dict that a loop makes: all entries are made alike."""

    key: Value
    value: Value


@dataclass(frozen=True, slots=True)
class Pairs:
    """The ``items()`` of a dict."""

    of: Table | Mapping


@dataclass(frozen=True, slots=True)
class KeyOf:
    """One of the keys of a dict, in a loop over them."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """An element of a list of texts, at an index that depends on pixels."""

    names: tuple[str, ...]
    index: Unknown


@dataclass(frozen=True, slots=True)
class Nth:
    """The element at a position of a list that a loop makes."""

    element: Value
    position: int


@dataclass(frozen=True, slots=True)
class Draw:
    """A text drawn at random from a list."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What a function returns, by condition, in the order in which the conditions are tried."""

    options: tuple[tuple[tuple[int, ...], Value], ...]
    """The whole numbers in each condition, and the value."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text that a value is filled in at."""

    value: Value
    spec: str = ""
    """Format specification, such as ``.2f``."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A piece of text that is repeated."""

    over: Value
    pieces: tuple[Piece, ...]
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A piece of text that is there if a list has a certain length."""

    count: int | None
    """The length; None if the condition is another."""

    pieces: tuple[Piece, ...]
    otherwise: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """Place of the text that a variable had when a loop began."""

    name: str
    number: int


Piece: TypeAlias = "str | Slot | Loop | Branch | Marker"
Value: TypeAlias = (
    "Unknown | Number | Text | Items | Table | Each | Mapping | Pairs | KeyOf | OneOf | Nth | Draw | Options"
)
