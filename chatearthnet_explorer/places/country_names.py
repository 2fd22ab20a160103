"""Names of countries, with their ISO 3166-1 codes of two and three letters."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODES = files(__package__) / "outlines" / "country_codes.csv"


def plain(name: str) -> str:
    """Return a name without case, accents, signs and a leading "the", so that spellings of it compare equal."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = "".join(" " if not one.isalnum() else one for one in letters if not unicodedata.combining(one)).split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def code_of(name: str) -> str:
    """Return the alpha-3 code for a code or a name; empty if there is none.

    Args:
        name: An alpha-2 or alpha-3 code, or a name beside the one that the catalog shows, such as ``Turkey``.
    """
    return _codes().get(plain(name), "")


@cache
def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    with _CODES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for kind in ("names", "alpha2", "alpha3"):  # a code takes precedence over a short name of another country
        for row in rows:
            codes |= {plain(name): row["alpha3"] for name in row[kind].split(";") if name}
    return codes
