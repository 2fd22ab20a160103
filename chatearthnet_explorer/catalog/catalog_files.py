"""The files of one catalog version, opened when first needed."""

from __future__ import annotations

import json
import zlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog.audit_findings import AuditFindings, load_findings
from chatearthnet_explorer.catalog.column_arrays import PairColumns
from chatearthnet_explorer.catalog.member_table import Members
from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.catalog.pair import Pair, pair_of
from chatearthnet_explorer.catalog.pixel_counts import COUNTS, shares_of
from chatearthnet_explorer.catalog.schema import SUFFIX
from chatearthnet_explorer.catalog.word_search import WordIndex
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.places.countries import Country

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

ROWS_FILE = "rows.bin"
"""File of the pairs as JSON lines, compressed in groups."""

_NAME_FIRST = b'{"name":'
"""How the line of a pair begins."""

_DECODER = json.JSONDecoder()

_LARGEST_GROUP = 16 * 1_000_000  # bytes of the rows that are compressed together


class CatalogFiles:
    """The files of one version. Several threads can read them."""

    def __init__(self, folder: Path) -> None:
        """Read the numbers of all pairs; captions stay on disk.

        Raises:
            CatalogError: If a file is missing or damaged.
        """
        self.folder = folder
        try:
            tables = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
            self.report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
            numbers = read_arrays(folder / "columns.npz")
            sizes = numbers.pop("sizes")
            self.columns = PairColumns(**numbers, countries=tuple(Country(*one) for one in tables["countries"]))
            # mapped, not opened: it stays readable after a later build deletes the version
            self._rows = np.memmap(folder / ROWS_FILE, np.uint8, "r")
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"The catalog in {folder.parent} is damaged; build it again."
            raise CatalogError(msg) from error
        self._group = int(tables["group"])
        self._ends = np.cumsum(sizes, dtype=np.int64)
        self.members = Members(folder / "members.npz", tables["folders"])
        self._words = {style: WordIndex(folder / "words" / style, len(self.columns)) for style in SUFFIX}

    @cached_property
    def counts(self) -> NDArray[np.uint16] | None:
        """Pixels of the classes in each part, (rows, 5, 12), see ``pixel_counts.COUNTS``; None before enrichment."""
        path = self.folder / COUNTS
        return np.load(path, mmap_mode="r", allow_pickle=False) if path.exists() else None

    @cached_property
    def shares(self) -> NDArray[np.float32] | None:
        """Shares of the classes without background, (rows, 11), NaN for unknown ones; None before enrichment."""
        return None if self.counts is None else shares_of(self.counts)

    @cached_property
    def findings(self) -> AuditFindings | None:
        """The findings of an audit; None before one."""
        try:
            return load_findings(self.folder)
        except (OSError, ValueError, KeyError) as error:
            msg = f"The findings of the catalog in {self.folder.parent} are damaged; audit it again."
            raise CatalogError(msg) from error

    def check(self) -> None:
        """Check that all files fit together: every pair can be read, and every index has the right length.

        Raises:
            CatalogError: If they do not.
        """
        rows = len(self.columns)
        groups = [self._lines(group) for group in range(len(self._ends))]
        is_complete = sum(len(lines) - 1 for lines in groups) == rows == self.report["rows"]
        if not (is_complete and self.members.rows == rows and (self.counts is None or len(self.counts) == rows)):
            raise self._damage_error()
        for words in self._words.values():
            words.check()

    def matches_words(self, words: str, style: str) -> NDArray[np.bool_]:
        """Return which captions of a style match a search text; see ``word_search.terms_of``."""
        return self._words[style].matching(words)

    def pairs(self, rows: Iterable[int]) -> Iterator[Pair]:
        """Yield the pairs of rows, in the order of the rows; pairs near each other in the file are fastest.

        Raises:
            CatalogError: If the file of rows is damaged.
        """
        for row, line in self._lines_of(rows):
            try:
                fields = json.loads(line)
            except ValueError as error:
                raise self._damage_error() from error
            yield self._pair(row, fields)

    def names(self, rows: Iterable[int]) -> Iterator[str]:
        """Yield the names of the pairs of rows, in the order of the rows; much faster than the pairs themselves.

        Raises:
            CatalogError: If the file of rows is damaged.
        """
        for _, line in self._lines_of(rows):
            try:
                if not line.startswith(_NAME_FIRST):
                    yield str(json.loads(line)["name"])
                else:
                    yield _DECODER.raw_decode(line.decode(), len(_NAME_FIRST))[0]
            except (ValueError, LookupError) as error:
                raise self._damage_error() from error

    def _lines_of(self, rows: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield rows and their lines in the file of rows; a group of lines is read once where its rows follow."""
        current, lines = -1, []
        for row in rows:
            if row // self._group != current:
                current, lines = row // self._group, self._lines(row // self._group)
            try:
                line = lines[row % self._group]
            except IndexError as error:
                raise self._damage_error() from error
            yield row, line

    def _pair(self, row: int, fields: dict[str, Any]) -> Pair:
        columns = self.columns
        shares = None if self.shares is None else self.shares[row]
        return pair_of(
            row,
            fields,
            splits={"3.5": int(columns.split_35[row]), "4v": int(columns.split_4v[row])},
            flags=int(columns.flags[row]),
            country=columns.countries[columns.country[row]] if columns.country[row] else None,
            members=self.members.of(row, fields["name"]),
            findings=self.findings.of(row) if self.findings else None,
            shares=None if shares is None or np.isnan(shares[0]) else [round(float(one), 6) for one in shares],
        )

    def _lines(self, group: int) -> list[bytes]:
        start, stop = int(self._ends[group - 1]) if group else 0, int(self._ends[group])
        try:
            content = self._rows[start:stop].tobytes()
            return zlib.decompressobj().decompress(content, _LARGEST_GROUP).split(b"\n")
        except (OSError, ValueError, zlib.error) as error:
            raise self._damage_error() from error

    def _damage_error(self) -> CatalogError:
        return CatalogError(f"The captions of the catalog in {self.folder.parent} are damaged; build it again.")
