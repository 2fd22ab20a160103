"""Search the captions for words, phrases and word beginnings."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.catalog.word_index import PLACES, ROWS, VOCABULARY, split_words, words_of
from chatearthnet_explorer.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST_TERMS = 40
"""Terms of a search text; further ones are ignored."""

_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_PLACE_BITS = 16


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a search text: a word or a phrase."""

    words: tuple[str, ...]
    """Words that must follow each other."""

    beginnings: tuple[bool, ...]
    """Whether each of them is only the beginning of a word."""

    is_excluded: bool = False
    """Whether it must not occur."""


def terms_of(text: str) -> list[Term]:
    """Return the terms of a search text; every text is valid.

    Words must all occur, in any order. Words in double quotes must follow each other, and so must the pieces of a word
    with a sign in it, such as man-made. A word that ends with ``*`` stands for all words with this beginning; a term
    with ``-`` before it must not occur. Case and other signs are ignored.
    """
    terms = []
    for sign, phrase, plain in _TERM.findall(text)[:MOST_TERMS]:
        words: list[str] = []
        beginnings: list[bool] = []
        for piece in (phrase or plain).split():
            pieces = words_of(piece)
            words += pieces
            beginnings += [False] * (len(pieces) - 1) + [piece.endswith("*")] * bool(pieces)
        if words:
            terms.append(Term(tuple(words), tuple(beginnings), is_excluded=bool(sign)))
    return terms


class WordIndex:
    """The index of one style's captions, read from disk word by word."""

    def __init__(self, folder: Path, rows: int) -> None:
        """Prepare to read; nothing is read before the first search."""
        self._folder, self._rows = folder, rows

    def matching(self, text: str) -> NDArray[np.bool_]:
        """Return for every row whether its caption matches a search text, shape (rows,).

        No caption matches a text without letters and digits.

        Raises:
            CatalogError: If the index cannot be read.
        """
        terms = terms_of(text)
        if not terms:
            return np.zeros(self._rows, bool)
        try:
            return self._matching(terms)
        except (OSError, ValueError, KeyError) as error:
            msg = f"The index of words in {self._folder} is damaged or missing; build the catalog again."
            raise CatalogError(msg) from error

    def check(self) -> None:
        """Check that its files fit together.

        Raises:
            CatalogError: If they do not.
        """
        try:
            words, starts = self._vocabulary
            is_complete = len(starts) == len(words) + 1 and int(starts[-1]) == len(self._rows_of) == len(self._places)
        except (OSError, ValueError, KeyError) as error:
            msg = f"The index of words in {self._folder} is damaged or missing; build the catalog again."
            raise CatalogError(msg) from error
        if not is_complete:
            msg = f"The index of words in {self._folder} is truncated; build the catalog again."
            raise CatalogError(msg)

    def _matching(self, terms: list[Term]) -> NDArray[np.bool_]:
        terms_in = [term for term in terms if not term.is_excluded]
        mask = self._rows_with_words.copy() if not terms_in else self._holding(terms_in[0])
        for term in terms_in[1:]:
            mask &= self._holding(term)
        for term in terms:
            if term.is_excluded:
                mask &= ~self._holding(term)
        return mask

    def _holding(self, term: Term) -> NDArray[np.bool_]:
        mask = np.zeros(self._rows, bool)
        spans = [
            self._span(word, prefix=beginning) for word, beginning in zip(term.words, term.beginnings, strict=True)
        ]
        if len(spans) == 1:
            mask[self._rows_of[slice(*spans[0])]] = True
        elif all(stop > start for start, stop in spans):
            mask[self._in_a_row(spans)] = True
        return mask

    def _in_a_row(self, spans: list[tuple[int, int]]) -> NDArray[np.intp]:
        """Return rows in which the words follow each other, starting from the rarest word."""
        rarest, *others = sorted(range(len(spans)), key=lambda place: spans[place][1] - spans[place][0])
        starts = self._keys(spans[rarest]) - rarest
        for place in others:
            rows = np.zeros(self._rows + 1, bool)
            rows[starts >> _PLACE_BITS] = True
            keys = self._keys(spans[place], rows) - place
            at = np.searchsorted(keys, starts)
            at[at == len(keys)] = 0
            starts = starts[keys[at] == starts] if len(keys) else starts[:0]
        # a phrase that would begin before its caption has a key in the row before
        rows_of: NDArray[np.intp] = starts >> _PLACE_BITS
        return rows_of

    def _keys(self, span: tuple[int, int], among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return row and place of occurrences as one ascending number, of all rows or some."""
        rows, places = self._rows_of[slice(*span)], self._places[slice(*span)]
        if among is not None:
            matches = among[rows]
            rows, places = rows[matches], places[matches]
        keys = rows.astype(np.int64) << _PLACE_BITS | places
        # the words with this beginning follow each other, each with its own rows
        return keys if len(keys) < 2 or (keys[1:] >= keys[:-1]).all() else np.sort(keys)  # noqa: PLR2004

    def _span(self, word: str, *, prefix: bool) -> tuple[int, int]:
        """Return the first and the last occurrence of a word, or of all words with this beginning."""
        words, starts = self._vocabulary
        first = bisect.bisect_left(words, word)
        # the last character of Unicode is greater than any other
        last = (
            bisect.bisect_right(words, word + "\U0010ffff") if prefix else first + (words[first : first + 1] == [word])
        )
        return int(starts[first]), int(starts[last])

    @cached_property
    def _rows_of(self) -> NDArray[np.uint32]:
        """The row of every occurrence, mapped."""
        rows: NDArray[np.uint32] = np.load(self._folder / ROWS, mmap_mode="r", allow_pickle=False)
        return rows

    @cached_property
    def _places(self) -> NDArray[np.uint16]:
        """The place in its caption of every occurrence, mapped."""
        rows: NDArray[np.uint16] = np.load(self._folder / PLACES, mmap_mode="r", allow_pickle=False)
        return rows

    @cached_property
    def _vocabulary(self) -> tuple[list[str], NDArray[np.uint64]]:
        arrays = read_arrays(self._folder / VOCABULARY)
        return split_words(arrays["words"]), arrays["starts"]

    @cached_property
    def _rows_with_words(self) -> NDArray[np.bool_]:
        """Rows that have a caption with a word in it."""
        mask = np.zeros(self._rows, bool)
        mask[self._rows_of] = True
        return mask
