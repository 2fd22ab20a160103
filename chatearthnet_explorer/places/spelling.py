"""Spellings of names: one key for all ways to write a name with or without accents, case and signs."""

from __future__ import annotations

import unicodedata

LONGEST = 80
"""Characters of a name that are read; no name of a place is longer than that and worth a search."""

# letters that Unicode does not take apart into a letter and an accent, and those that Persian and Urdu write otherwise
_LATIN = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
    "\u0131": "i",  # the dotless i of Turkish
    "þ": "th",
    "ð": "d",
    "ħ": "h",
    "ŋ": "n",
    "ə": "e",
}
_ARABIC = {"\u06cc": "\u064a", "\u0649": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647", "\u06c1": "\u0647"}
_LETTERS = str.maketrans(_LATIN | _ARABIC)
_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u02bb\u02bc\u02bf\u02be\u02b9")  # L'Aquila is written Laquila too


def spelling_key(name: str) -> str:
    """Return the key of a name: ``São Tomé`` and ``sao tome`` have the same one, in any script.

    Args:
        name: Text of any length; only its first ``LONGEST`` characters count.
    """
    letters = unicodedata.normalize("NFKD", name[:LONGEST].casefold()).translate(_LETTERS)
    return " ".join("".join(_plain(letter) for letter in letters).split())


def _plain(letter: str) -> str:
    if letter.isalnum():
        return letter
    category = unicodedata.category(letter)
    if unicodedata.combining(letter) or category in {"Cf", "Mn"} or letter in _APOSTROPHES:
        return ""
    return letter if category == "Mc" else " "  # Mc: vowel signs that stand for themselves
