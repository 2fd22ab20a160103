"""The parts of an audit on disk, and how they become one."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.review.across import Placed, across
from chatearthnet_explorer.review.checks import CHECKS
from chatearthnet_explorer.review.chunk import schemas

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_BLOCK = 10_000  # findings that are turned into a table at once


def is_done(parts: Path, number: int) -> bool:
    """Return whether a part is whole."""
    return _files(parts, number)[1].exists()


def write_part(parts: Path, number: int, tables: tuple[pa.Table, pa.Table]) -> None:
    """Write the findings and then the rows judged, whose file is the sign that the part is whole."""
    for path, table in zip(_files(parts, number), tables, strict=True):
        _write(path, table)


def join_parts(parts: Path, count: int, *, findings: Path, judged: Path) -> int:
    """Write all parts as one, with what only all rows together show, and return the number of findings.

    The parts are taken in their order, so the same pairs give the same tables, whoever judged them and when.
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    of_findings, of_judged = schemas()
    files = [_files(parts, number) for number in range(count)]
    tables = [of_judged.empty_table(), *(pq.read_table(file, schema=of_judged) for _, file in files)]
    rows = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    late, extra, found = across(rows), np.zeros(len(rows), np.int16), 0
    unfinished = _unfinished(findings)
    with pq.ParquetWriter(unfinished, of_findings) as writer:
        offset = 0
        for (file, _), table in zip(files, tables[1:], strict=True):
            some = pq.read_table(file, schema=of_findings)
            moved = pc.add(some["row"], pa.scalar(offset, pa.int32()))
            writer.write_table(some.set_column(0, of_findings.field("row"), moved))
            found += len(some)
            offset += len(table)
        while block := list(islice(late, _BLOCK)):
            writer.write_table(_table(rows, block, of_findings))
            found += len(block)
            np.add.at(extra, [one.row for one in block], [CHECKS[one.finding.check].weight for one in block])
    scores = pc.add(rows["score"], pa.array(extra)).cast(pa.int16())
    _write(judged, rows.set_column(of_judged.get_field_index("score"), of_judged.field("score"), scores))
    unfinished.replace(findings)
    return found


def _table(rows: pa.Table, placed: list[Placed], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - heavy

    of = rows.select(["pair", "name", "style"]).take(pa.array([one.row for one in placed]))
    columns = {
        "row": [one.row for one in placed],
        "pair": of["pair"],
        "name": of["name"],
        "style": of["style"].cast(pa.string()),
    }
    for name in schema.names[len(columns) :]:
        columns[name] = [getattr(one.finding, name) for one in placed]
    return pa.table({name: _cast(column, schema.field(name).type) for name, column in columns.items()}, schema=schema)


def _cast(values: list[Any] | pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | pa.Array:
    import pyarrow as pa  # noqa: PLC0415 - heavy

    if not pa.types.is_dictionary(kind):
        return pa.array(values, kind) if isinstance(values, list) else values
    words = pa.array(values, kind.value_type) if isinstance(values, list) else values
    return words.dictionary_encode().cast(kind)


def _files(parts: Path, number: int) -> tuple[Path, Path]:
    return parts / f"{number:06d}-findings.parquet", parts / f"{number:06d}-judged.parquet"


def _write(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    unfinished = _unfinished(path)
    pq.write_table(table, unfinished)
    unfinished.replace(path)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.tmp")
