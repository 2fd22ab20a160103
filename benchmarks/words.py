"""All captions that hold some words: the catalog's index beside SQLite FTS5, tantivy and DuckDB.

Run with ``python benchmarks/words.py CATALOG`` on a catalog that ``benchmarks/catalog.py --folder`` left;
tantivy is left out unless ``pip install tantivy``. What is asked for is every row that matches, since facets count
them all; the first ten alone would be far cheaper.
"""

from __future__ import annotations

import importlib.util
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
from machine import describe

from chatearthnet_explorer.catalog import Catalog, open_catalog

if TYPE_CHECKING:
    from collections.abc import Callable

QUERIES = ["mangrove", "snow", "crop fields", "grass", '"crop fields"', '"in the top left"', "the"]
REPEATS = 5


def main() -> None:
    """Print the table."""
    catalog = open_catalog(sys.argv[1])
    print(describe("numpy", "duckdb"), f"\n{len(catalog):,} captions; milliseconds, and captions found")
    print(f"{'':28}" + "".join(f"{words:>20}" for words in QUERIES))
    with tempfile.TemporaryDirectory() as scratch:
        report("this catalog", lambda words: int(catalog.files.holding(words, "3.5").sum()))
        for name, make in (("SQLite FTS5", fts5), ("tantivy", tantivy), ("DuckDB ILIKE", ilike)):
            if name != "tantivy" or importlib.util.find_spec("tantivy"):
                start = time.perf_counter()
                ask = make(catalog, Path(scratch))
                building = time.perf_counter() - start
                size = sum(
                    path.stat().st_size for path in Path(scratch).rglob(f"{make.__name__}*/**/*") if path.is_file()
                )
                report(f"{name} ({building:.0f} s, {size / 1e6:.0f} MB)", ask)


def report(name: str, ask: Callable[[str], int]) -> None:
    """Print one line."""
    cells = []
    for words in QUERIES:
        ask(words)
        durations = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            count = ask(words)
            durations.append(1000 * (time.perf_counter() - start))
        cells.append(f"{statistics.median(durations):9.1f} {count:>10,}")
    print(f"{name:28}" + "".join(cells), flush=True)


def fts5(catalog: Catalog, scratch: Path) -> Callable[[str], int]:
    """Index in SQLite, which is in the standard library."""
    (scratch / "fts5").mkdir()
    base = sqlite3.connect(scratch / "fts5" / "words.db")
    base.execute("CREATE VIRTUAL TABLE words USING fts5(caption, content='', tokenize='unicode61')")
    rows = ((pair.row + 1, pair.record.captions.get("3.5", "")) for pair in catalog.pairs())
    base.executemany("INSERT INTO words(rowid, caption) VALUES (?, ?)", rows)
    base.commit()
    statement = "SELECT rowid FROM words WHERE words MATCH ?"
    return lambda words: len(np.fromiter((row[0] for row in base.execute(statement, [words])), np.int64))


def tantivy(catalog: Catalog, scratch: Path) -> Callable[[str], int]:
    """Index in tantivy, one segment."""
    import tantivy as engine

    (scratch / "tantivy").mkdir()
    schema = engine.SchemaBuilder().add_text_field("caption", tokenizer_name="default").build()
    index = engine.Index(schema, path=str(scratch / "tantivy"))
    writer = index.writer(num_threads=1)
    for pair in catalog.pairs():
        writer.add_document(engine.Document(caption=pair.record.captions.get("3.5", "")))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(words: str) -> int:
        query = index.parse_query(words, ["caption"], conjunction_by_default=True)
        hits = searcher.search(query, limit=searcher.num_docs, count=False).hits
        return len(np.fromiter((address.doc for _, address in hits), np.int64))

    return ask


def ilike(catalog: Catalog, _scratch: Path) -> Callable[[str], int]:
    """Look through the captions of the GeoParquet file itself, without an index: parts of words match as well."""
    base = duckdb.connect()
    source = base.read_parquet(str(catalog.path))

    def ask(words: str) -> int:
        terms = [words.strip('"')] if words.startswith('"') else words.split()
        test = " AND ".join("caption_35 ILIKE ?" for _ in terms)
        sql = f"SELECT count(*) FROM source WHERE {test}"  # noqa: S608 - signs for parameters alone
        assert source is not None  # noqa: S101 - DuckDB finds it by its name
        row = base.execute(sql, [f"%{term}%" for term in terms]).fetchone()
        return int(row[0]) if row else 0

    return ask


if __name__ == "__main__":
    main()
