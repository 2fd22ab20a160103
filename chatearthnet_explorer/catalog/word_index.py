"""Build the word index: the positions of every word of the captions, on disk."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.npz_files import read_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

VOCABULARY, ROWS, PLACES = "vocabulary.npz", "rows.npy", "places.npy"
"""Files of an index: the sorted words with the position of their first occurrence; the row of every occurrence; and its
place in the caption, both sorted by word, row and place."""

LONGEST = 64
"""Characters of a word that are indexed; the longest English words have half as many."""

_WORD = re.compile(rf"(\w{{1,{LONGEST}}})\w*")


def words_of(text: str) -> list[str]:
    """Return the words of a text: runs of letters and digits of any script, without case, in composed form."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _WORD.findall(text.lower())


class BlockIndex:
    """Collects the words of a block of captions."""

    def __init__(self) -> None:
        """Start without words."""
        # a word that is new gets the next number
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._words, self._sizes, self._rows = array("I"), array("H"), array("I")

    def add(self, row: int, caption: str) -> None:
        """Add a caption; rows must be added in ascending order."""
        words = words_of(caption)
        self._words.extend(map(self._numbers.__getitem__, words))
        self._sizes.append(len(words))
        self._rows.append(row)

    def save(self, path: Path) -> None:
        """Write the positions, sorted by word."""
        vocabulary = sorted(self._numbers)
        rank = np.empty(len(vocabulary), np.uint32)
        rank[[self._numbers[word] for word in vocabulary]] = np.arange(len(vocabulary), dtype=np.uint32)
        words = rank[np.array(self._words, np.uint32)]
        sizes = np.array(self._sizes, np.int64)
        rows = np.repeat(np.array(self._rows, np.uint32), sizes)
        places = (np.arange(len(words)) - np.repeat(np.cumsum(sizes) - sizes, sizes)).astype(np.uint16)
        order = np.argsort(words, kind="stable")
        np.savez(
            path,
            vocabulary=join_words(vocabulary),
            counts=np.bincount(words, minlength=len(vocabulary)).astype(np.uint64),
            rows=rows[order],
            places=places[order],
        )


def merge(parts: Sequence[Path], folder: Path) -> None:
    """Merge the blocks that ``BlockIndex`` saved, in the order of their rows, into one index.

    Memory grows with the number of different words, not of captions; the index is written through the page cache.
    """
    folder.mkdir(parents=True)
    counts: dict[str, int] = {}
    for vocabulary, block in _blocks(parts):
        for word, times in zip(vocabulary, block["counts"].tolist(), strict=True):
            counts[word] = counts.get(word, 0) + times
    words = sorted(counts)
    starts = np.zeros(len(words) + 1, np.uint64)
    np.cumsum([counts[word] for word in words], out=starts[1:], dtype=np.uint64)
    np.savez(folder / VOCABULARY, words=join_words(words), starts=starts)
    number = {word: place for place, word in enumerate(words)}
    free, total = starts[:-1].astype(np.int64), int(starts[-1])
    if not total:
        np.save(folder / ROWS, np.empty(0, np.uint32))
        np.save(folder / PLACES, np.empty(0, np.uint16))
        return
    rows = np.lib.format.open_memmap(folder / ROWS, "w+", np.uint32, (total,))
    places = np.lib.format.open_memmap(folder / PLACES, "w+", np.uint16, (total,))
    for vocabulary, block in _blocks(parts):
        mine, sizes = np.array([number[word] for word in vocabulary], np.intp), block["counts"].astype(np.int64)
        inside = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        target = np.repeat(free[mine], sizes) + inside
        rows[target], places[target] = block["rows"], block["places"]
        free[mine] += sizes
    rows.flush()
    places.flush()


def join_words(words: Sequence[str]) -> NDArray[np.uint8]:
    """Return words as bytes, one per line: no word has a line break."""
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def split_words(content: NDArray[np.uint8]) -> list[str]:
    """Return the words that ``join_words`` joined."""
    text = content.tobytes().decode()
    return text.split("\n") if text else []


def _blocks(parts: Sequence[Path]) -> Iterator[tuple[list[str], dict[str, NDArray[np.generic]]]]:
    for part in parts:
        block = read_arrays(part)
        yield split_words(block.pop("vocabulary")), block
