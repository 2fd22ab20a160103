"""Which captions hold the words somebody asks for."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.postings import PLACES, ROWS, VOCABULARY, unpacked, words_of
from chatearthnet_explorer.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST_TERMS = 40
"""Terms of a question that are looked for; the others are passed over."""

_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_PLACE_BITS = 16


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for."""

    words: tuple[str, ...]
    """Words that must follow each other."""

    beginnings: tuple[bool, ...]
    """Whether each of them is only how a word begins."""

    excluded: bool = False
    """Whether it must not occur."""


def terms_of(text: str) -> list[Term]:
    """Return what a text asks for; any text asks for something or nothing, none is wrong.

    Words apart must all occur, in any order. Words in double quotes must follow each other, and so must the pieces of
    a word with a sign in it, such as man-made. A word that ends with ``*`` stands for all that begin so; a term
    with ``-`` before it must not occur. Case does not count, nor do other signs. Signs alone are passed over.
    """
    terms = []
    for sign, quoted, plain in _TERM.findall(text)[:MOST_TERMS]:
        words: list[str] = []
        beginnings: list[bool] = []
        for piece in (quoted or plain).split():
            found = words_of(piece)
            words += found
            beginnings += [False] * (len(found) - 1) + [piece.endswith("*")] * bool(found)
        if words:
            terms.append(Term(tuple(words), tuple(beginnings), excluded=bool(sign)))
    return terms


class Words:
    """The index of one style's captions, read from disk word by word."""

    def __init__(self, folder: Path, rows: int) -> None:
        """Prepare to read; nothing is read before the first question."""
        self._folder, self._rows = folder, rows

    def matching(self, text: str) -> NDArray[np.bool_]:
        """Return for every row whether its caption holds what a text asks for, shape (rows,).

        A text without a letter or digit holds nothing to look for, so no caption matches it.

        Raises:
            CatalogError: If the index cannot be read.
        """
        terms = terms_of(text)
        if not terms:
            return np.zeros(self._rows, bool)
        try:
            return self._matching(terms)
        except (OSError, ValueError, KeyError) as error:
            msg = f"The index of words in {self._folder} is damaged or gone; build the catalog again."
            raise CatalogError(msg) from error

    def check(self) -> None:
        """Look whether its files belong together.

        Raises:
            CatalogError: If not.
        """
        try:
            words, starts = self._vocabulary
            whole = len(starts) == len(words) + 1 and int(starts[-1]) == len(self._rows_of) == len(self._places)
        except (OSError, ValueError, KeyError) as error:
            msg = f"The index of words in {self._folder} is damaged or gone; build the catalog again."
            raise CatalogError(msg) from error
        if not whole:
            msg = f"The index of words in {self._folder} is cut short; build the catalog again."
            raise CatalogError(msg)

    def _matching(self, terms: list[Term]) -> NDArray[np.bool_]:
        wanted = [term for term in terms if not term.excluded]
        found = self._written.copy() if not wanted else self._holding(wanted[0])
        for term in wanted[1:]:
            found &= self._holding(term)
        for term in terms:
            if term.excluded:
                found &= ~self._holding(term)
        return found

    def _holding(self, term: Term) -> NDArray[np.bool_]:
        found = np.zeros(self._rows, bool)
        spans = [
            self._span(word, prefix=beginning) for word, beginning in zip(term.words, term.beginnings, strict=True)
        ]
        if len(spans) == 1:
            found[self._rows_of[slice(*spans[0])]] = True
        elif all(stop > start for start, stop in spans):
            found[self._in_a_row(spans)] = True
        return found

    def _in_a_row(self, spans: list[tuple[int, int]]) -> NDArray[np.intp]:
        """Return rows in which occurrences follow each other, beginning with the rarest word."""
        rarest, *others = sorted(range(len(spans)), key=lambda place: spans[place][1] - spans[place][0])
        starts = self._keys(spans[rarest]) - rarest
        for place in others:
            rows = np.zeros(self._rows + 1, bool)
            rows[starts >> _PLACE_BITS] = True
            keys = self._keys(spans[place], rows) - place
            at = np.searchsorted(keys, starts)
            at[at == len(keys)] = 0
            starts = starts[keys[at] == starts] if len(keys) else starts[:0]
        # a phrase that would begin before its caption does has a key in the row before
        rows_of: NDArray[np.intp] = starts >> _PLACE_BITS
        return rows_of

    def _keys(self, span: tuple[int, int], among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return row and place of occurrences as one rising number, of all rows or some."""
        rows, places = self._rows_of[slice(*span)], self._places[slice(*span)]
        if among is not None:
            kept = among[rows]
            rows, places = rows[kept], places[kept]
        keys = rows.astype(np.int64) << _PLACE_BITS | places
        # the words of a beginning come one after the other, each with rows of its own
        return keys if len(keys) < 2 or (keys[1:] >= keys[:-1]).all() else np.sort(keys)  # noqa: PLR2004

    def _span(self, word: str, *, prefix: bool) -> tuple[int, int]:
        """Return where the occurrences of a word, or of all words that begin so, start and stop."""
        words, starts = self._vocabulary
        first = bisect.bisect_left(words, word)
        # the last character there is follows whatever may follow the beginning
        last = (
            bisect.bisect_right(words, word + "\U0010ffff") if prefix else first + (words[first : first + 1] == [word])
        )
        return int(starts[first]), int(starts[last])

    @cached_property
    def _rows_of(self) -> NDArray[np.uint32]:
        """The row of every occurrence, mapped."""
        mapped: NDArray[np.uint32] = np.load(self._folder / ROWS, mmap_mode="r", allow_pickle=False)
        return mapped

    @cached_property
    def _places(self) -> NDArray[np.uint16]:
        """The place in its caption of every occurrence, mapped."""
        mapped: NDArray[np.uint16] = np.load(self._folder / PLACES, mmap_mode="r", allow_pickle=False)
        return mapped

    @cached_property
    def _vocabulary(self) -> tuple[list[str], NDArray[np.uint64]]:
        stored = read_arrays(self._folder / VOCABULARY)
        return unpacked(stored["words"]), stored["starts"]

    @cached_property
    def _written(self) -> NDArray[np.bool_]:
        """Rows that have a caption with a word in it."""
        found = np.zeros(self._rows, bool)
        found[self._rows_of] = True
        return found
