"""Read the query string of a link within limits, and collect what was left out of it, and why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 60_000
"""Characters of a query string that are read: a polygon of a thousand corners has some 40,000."""

MOST_FIELDS = 2000
"""Fields that are read."""

OVERLONG = "overlong"
"""The field that stands for a query string which was too long to be handed on; its value is the length."""

LONGEST_VALUE = 200
"""Characters of one value, unless the reader allows more."""

_NAME_LENGTH, _VALUE_LENGTH, _MOST_NOTES = 24, 40, 4
_FOREIGN = ("utm_", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid")
"""Fields that mail programs and networks add to every link; they are no mistake of the person."""

_NOT_OURS = ("token", "theme")
"""Fields that other parts of a page read."""


class QueryString:
    """The fields of a query string. Each is read once by name, and what cannot be used becomes a note.

    A note is the end of the sentence "This was left out of the link: ...". Names and values of strangers are in it as
    they came, shortened: whoever shows it must escape it.
    """

    def __init__(self, text: str) -> None:
        """Split a query string, with or without ``?`` or a whole link before it."""
        self.notes: list[str] = []
        """What was left out and why, in the order of reading."""
        self._fields: dict[str, list[str]] = {}
        text = text.partition("#")[0].rpartition("?")[2]
        if len(text) > LONGEST:
            self._note_length(len(text))
            return
        try:
            fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, separator="&")
        except ValueError:
            self.notes.append(f"all of it (more than {MOST_FIELDS:,} fields)")
            return
        for name, value in fields:
            self._fields.setdefault(name, []).append(value)
        for length in self._fields.pop(OVERLONG, ())[:1]:
            self._note_length(int(length[:9]) if length.isdecimal() else LONGEST + 1)

    def __contains__(self, name: str) -> bool:
        """Return whether the field is there and was not read yet."""
        return name in self._fields

    def several(self, *names: str) -> list[str]:
        """Return all values of a field that may be repeated, by its name or its other names; empty values are none."""
        return [value for name in names for value in self._fields.pop(name, ()) if value]

    def text(self, *names: str, longest: int = LONGEST_VALUE) -> str:
        """Return the value of a field, by its name or its other names; empty where it is absent or too long."""
        values = self.several(*names)
        if not values:
            return ""
        if len(set(values)) > 1:
            self.leave_out(names[0], values[1], "it is there twice and the first counts")
        if len(values[0]) > longest:
            self.leave_out(names[0], values[0], f"at most {longest:,} characters are read")
            return ""
        return values[0]

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return the value of a field if it is one of the choices; else empty."""
        value = self.text(name)
        if value and value not in choices:
            self.leave_out(name, value, f"choose from {', '.join(choices)}")
            return ""
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return the number of a field if it is in a range; else None."""
        value = self.text(name)
        try:
            number = float(value) if value.isascii() and "_" not in value else math.nan
        except ValueError:
            number = math.nan
        if low <= number <= high:
            return number + 0.0  # never -0
        if value:
            self.leave_out(name, value, f"a number from {low:g} to {high:g} is needed")
        return None

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Return the whole number of a field if it is in a range; else None."""
        value = self.text(name)
        digits = value.removeprefix("-")
        if digits.isascii() and digits.isdecimal() and low <= int(value) <= high:
            return int(value)
        if value:
            self.leave_out(name, value, f"a whole number from {low} to {high} is needed")
        return None

    def leave_out(self, name: str, value: str, why: str) -> None:
        """Note that a value is not used."""
        self.notes.append(f"{_shorten(name, _NAME_LENGTH)} {_shorten(value, _VALUE_LENGTH)!r} ({why})")

    def note_unknown(self) -> None:
        """Note the fields that nobody read; those that others add to every link pass in silence."""
        unknown = [name for name in self._fields if name not in _NOT_OURS and not name.startswith(_FOREIGN)]
        self._fields.clear()
        if unknown:
            some = ", ".join(repr(_shorten(name, _NAME_LENGTH)) for name in unknown[:_MOST_NOTES])
            more = f" and {len(unknown) - _MOST_NOTES:,} more" if len(unknown) > _MOST_NOTES else ""
            self.notes.append(f"{some}{more} (unknown {'field' if len(unknown) == 1 else 'fields'})")

    def _note_length(self, length: int) -> None:
        self.notes.append(f"all of it ({length:,} characters, and at most {LONGEST:,} are read)")


def left_out_sentence(notes: Sequence[str]) -> str:
    """Return one sentence that says what was left out of a link; empty if nothing was.

    It has text of strangers in it: whoever shows it must escape it.
    """
    if not notes:
        return ""
    more = f"; and {len(notes) - _MOST_NOTES:,} more" if len(notes) > _MOST_NOTES else ""
    return f"This was left out of the link: {'; '.join(notes[:_MOST_NOTES])}{more}."


def query_string_of(arguments: Mapping[str, Sequence[bytes]]) -> str:
    """Return the arguments of a request, as Tornado has them, as a query string.

    Tornado decodes names as Latin-1, whatever they are in, and values not at all.
    """
    return urlencode(
        [(name.encode("latin-1", "replace"), value) for name, values in arguments.items() for value in values]
    )


def limit_arguments(arguments: dict[str, list[bytes]], query: str) -> dict[str, list[bytes]]:
    """Return the arguments of a request, or only a note of its length if its query string is longer than ``LONGEST``.

    A page's arguments travel in its session token, which is no place for a hundred kilobytes.
    """
    return arguments if len(query) <= LONGEST else {OVERLONG: [str(len(query)).encode()]}


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
