"""The words of captions as data: what stands for classes, places, amounts, and for the relations between them.

Each TOML file has phrases in lists by what they mean: ``classes``, ``places``, ``directions`` ("to its right"),
``amounts``, ``numbers`` (words around a number), ``signals`` (all else) and ``names`` (last words of names of places).

A phrase is a line, in small letters. ``a[b|c]`` is a, ab or ac; ``{a|b}c`` is ac or bc; ``<name>`` is the list of that
name in ``macros.toml``; a space matches spaces, line ends or hyphens. Of two phrases at one place the longer is read.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.lexicon.kinds import KINDS
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

Phrases = tuple[str, ...]


def _load(name: str) -> dict[str, list[str]]:
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


_MACROS: Mapping[str, str] = MappingProxyType(_load("macros"))  # type: ignore[arg-type]
_MACRO = re.compile(r"<(\w+)>")


def _expand(phrase: str) -> str:
    while "<" in phrase:
        phrase = _MACRO.sub(lambda match: _MACROS[match[1]], phrase)
    return phrase


def _table(name: str) -> dict[str, Phrases]:
    return {key: tuple(map(_expand, phrases)) for key, phrases in _load(name).items()}


CLASSES: Mapping[str, Phrases] = MappingProxyType(_table("classes"))
"""Names of each class in captions, by its 3.5 name. Longer phrases win: mangrove trees are mangroves."""

PLACES: Mapping[tuple[str, ...], Phrases] = MappingProxyType({
    PARTS if key == "everywhere" else tuple(key.split(", ")): phrases for key, phrases in _table("places").items()
})  # fmt: skip
"""Names of places in the chip, by parts of ``shares.PARTS``; north is up."""

DIRECTIONS: Mapping[str, Phrases] = MappingProxyType(_table("directions"))
"""Names of places by where they lie from the place before: ``right``, ``left``, ``below``, ``above``, ``beside``."""

AMOUNTS: Mapping[str | None, Phrases] = MappingProxyType({
    None if key == "none" else key: phrases for key, phrases in _table("amounts").items()
})  # fmt: skip
"""Words for each size of ``size_words.SIZES``; under None, words of amount without a size."""

NUMBERS: Mapping[str, Phrases] = MappingProxyType(_table("numbers"))
"""Words around a number, by what they say: ``over``, ``under``, ``about`` and so on."""

NAME_HEADS: Phrases = _table("names")["heads"]
"""The last words of names of places."""

SIGNALS: Mapping[int, Phrases] = MappingProxyType(
    {KINDS[key.upper()]: phrases for key, phrases in _table("signals").items()}
)
"""Phrases that say how classes, places and amounts belong together, by their kind."""

SHAPES = frozenset(_MACROS["shape"].split("|"))
"""Class words that say only how another class lies there: "a sea of grass", "a forest of mangroves"."""
