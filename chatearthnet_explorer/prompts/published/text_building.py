"""Put texts of a script together: by plus, f-strings, the percent sign, ``format`` and ``join``."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from chatearthnet_explorer.prompts.published.script_values import (
    NONE,
    Each,
    Items,
    KeyOf,
    Loop,
    Mapping,
    Nth,
    Number,
    OneOf,
    Pairs,
    Piece,
    Slot,
    Table,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PIECES = 1_000
"""Pieces of one text; the published prompts have fewer than a hundred."""

_PERCENT = re.compile(r"%(?:(%)|([#0\- +]*\d*(?:\.\d+)?)([sdfg]))|(%)")
_LONGEST_NUMBER = 5
_NAMES = re.compile(r"\w*")


class TooLongError(Exception):
    """A script that is too long to be followed."""


def text(value: Value, spec: str = "") -> Text:
    """Return a value as it is written into a text, by a format specification."""
    if isinstance(value, Text) and not spec:
        return value
    if isinstance(value, Number) and not spec:
        return Text((str(value.value),))
    return Text((Slot(value, spec),))


def concatenate(*texts: Text) -> Text:
    """Return texts one after the other.

    Raises:
        TooLongError: If there are more pieces than ``MOST_PIECES``.
    """
    pieces = tuple(piece for one in texts for piece in one.pieces)
    if len(pieces) > MOST_PIECES:
        raise TooLongError
    return Text(pieces)


def literal(pieces: Sequence[Piece]) -> str | None:
    """Return the text of pieces that are all literal, or None."""
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts) if len(texts) == len(pieces) else None


def names_of(values: Sequence[Value]) -> tuple[str, ...] | None:
    """Return the texts of values that are all literal, or None."""
    texts = [literal(value.pieces) if isinstance(value, Text) else None for value in values]
    names = tuple(one for one in texts if one is not None)
    return names if names and len(names) == len(texts) else None


def percent_format(template: str, value: Value) -> Value:
    """Return ``template % value``; unknown if the two do not fit."""
    left = list(value.values) if isinstance(value, Items) else [value]
    texts, place = [], 0
    for match in _PERCENT.finditer(template):
        texts.append(Text((template[place : match.start()],)))
        place = match.end()
        if match[1]:
            texts.append(Text(("%",)))
            continue
        if match[4] or not left:
            return Unknown()
        spec = match[2] + match[3] if match[2] or match[3] != "s" else ""
        texts.append(text(left.pop(0), spec))
    return Unknown() if left else concatenate(*texts, Text((template[place:],)))


def brace_format(template: str, values: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """Return ``template.format(*values, **keywords)``; unknown if a field is more than a name or a number."""
    texts = []
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return Unknown()
    automatic = iter(range(len(values)))
    for before, name, spec, conversion in fields:
        texts.append(Text((before,)))
        if name is None:
            continue
        key = name or str(next(automatic, ""))
        value = keywords.get(key)
        if key.isdecimal() and len(key) < _LONGEST_NUMBER and int(key) < len(values):
            value = values[int(key)]
        if value is None or conversion or "{" in (spec or "") or not _NAMES.fullmatch(key):
            return Unknown()
        texts.append(text(value, spec or ""))
    return concatenate(*texts)


def join_texts(separator: str, value: Value) -> Value:
    """Return ``separator.join(value)``."""
    if isinstance(value, Each) and isinstance(value.element, Text):
        return Text((Loop(value.over, value.element.pieces, separator),))
    if isinstance(value, Items):
        texts = [one for value_ in value.values for one in (Text((separator,)), text(value_))]
        return concatenate(*texts[1:])
    return Unknown()


def element(base: Value, index: Value) -> Value:  # noqa: PLR0911 - one for each kind of container
    """Return ``base[index]``."""
    number = index.value if isinstance(index, Number) and type(index.value) is int else None
    if isinstance(base, Items):
        if number is not None and -len(base.values) <= number < len(base.values):
            return base.values[number]
        names = names_of(base.values)
        return OneOf(names, index) if names and isinstance(index, Unknown) else Unknown()
    if isinstance(base, Table):
        return next((value for key, value in reversed(base.entries) if key == index), Unknown())
    if isinstance(base, Mapping):
        return base.value if base.key == index else Unknown()
    if isinstance(base, Each):
        return Nth(base.element, number) if number is not None else Unknown()
    if isinstance(base, Unknown) and number is not None:
        return Unknown(frozenset(f"{root}[{number}]" for root in base.roots), base.calls, number)
    return depends_on(base)


def depends_on(*values: Value, call: str = "") -> Unknown:
    """Return what is computed from values, by a function of this name."""
    unknown = [part for value in values for part in _unknown_parts(value)]
    roots = NONE.union(*(one.roots for one in unknown))
    calls = NONE.union(*(one.calls for one in unknown), {call} if call else NONE)
    return Unknown(roots, calls)


def _unknown_parts(value: Value) -> list[Unknown]:
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, OneOf):
        return [value.index]
    if isinstance(value, Items):
        return [part for part in value.values if isinstance(part, Unknown)]
    if isinstance(value, Table):
        return [part for _, part in value.entries if isinstance(part, Unknown)]
    if isinstance(value, Mapping):
        return [value.value] if isinstance(value.value, Unknown) else []
    return [value.over] if isinstance(value, Each) and isinstance(value.over, Unknown) else []


def elements(value: Value) -> tuple[Value, Value]:  # noqa: PLR0911 - one for each kind of container
    """Return what a loop over a value runs over, and the element that its target stands for."""
    if isinstance(value, Pairs):
        if isinstance(value.of, Mapping):
            return value.of.key, Items((value.of.key, value.of.value))
        names = names_of([key for key, _ in value.of.entries])
        if names is None:
            return Unknown(), Unknown()
        return KeyOf(names), Items((KeyOf(names), depends_on(*(one for _, one in value.of.entries))))
    if isinstance(value, Each):
        return value.over, value.element
    if isinstance(value, Table | Mapping):
        over, pair = elements(Pairs(value))
        return over, pair.values[0] if isinstance(pair, Items) else Unknown()
    if isinstance(value, Unknown):
        return value, value
    return depends_on(value), depends_on(value)
