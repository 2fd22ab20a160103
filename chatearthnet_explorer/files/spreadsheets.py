"""Write CSV that spreadsheets read correctly: with accents, and without formulas."""

from __future__ import annotations

ENCODING = "utf-8-sig"
"""UTF-8 with a byte order mark: without it, Excel takes the file for the computer's own code page."""

# What spreadsheets take for the beginning of a formula, or pass over before one (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "|", "%")  # noqa: RUF001 - wide ones too


def cell(value: object) -> object:
    """Return a value as a cell: a text that a spreadsheet would take for a formula gets an apostrophe in front.

    Numbers stay as they are, negative ones as well.
    """
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value
