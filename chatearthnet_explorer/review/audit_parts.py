"""The parts of an audit on disk, and how they are joined."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.review.audit_worker import schemas
from chatearthnet_explorer.review.checks import CHECKS
from chatearthnet_explorer.review.dataset_checks import RowFinding, find_across

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

_BLOCK = 10_000  # findings converted to a table at once


def is_done(parts: Path, number: int) -> bool:
    """Return whether a part is complete."""
    return _files(parts, number)[1].exists()


def write_part(parts: Path, number: int, tables: tuple[pa.Table, pa.Table]) -> None:
    """Write the findings and then the rows judged, whose file marks the part as complete."""
    for path, table in zip(_files(parts, number), tables, strict=True):
        _write(path, table)


def join_parts(parts: Path, count: int, *, findings: Path, captions: Path) -> int:
    """Join all parts, add the findings of all rows together, and return the number of findings.

    Both are sorted by row. The parts are joined in order, so the same pairs give the same tables, independent of
    the workers.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    of_findings, of_judged = schemas()
    files = [_files(parts, number) for number in range(count)]
    tables = [of_judged.empty_table(), *(pq.read_table(file, schema=of_judged) for _, file in files)]
    rows = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    late, extra = _late(rows, of_findings)
    late_rows, offset, finding_count = late["row"].to_numpy(), 0, 0
    with whole_file(findings) as part:
        with pq.ParquetWriter(part, of_findings) as writer:
            for (file, _), table in zip(files, tables[1:], strict=True):
                own = pq.read_table(file, schema=of_findings)
                own = own.set_column(0, of_findings.field("row"), pc.add(own["row"], pa.scalar(offset, pa.int32())))
                first, end = np.searchsorted(late_rows, (offset, offset + len(table)))
                some = pa.concat_tables([own, late.slice(first, end - first)]).unify_dictionaries()
                writer.write_table(some.take(np.argsort(some["row"].to_numpy(), kind="stable")))
                finding_count += len(some)
                offset += len(table)
        scores = pc.add(rows["score"], pa.array(extra)).cast(pa.int16())
        _write(captions, rows.set_column(of_judged.get_field_index("score"), of_judged.field("score"), scores))
    return finding_count


def _late(rows: pa.Table, schema: pa.Schema) -> tuple[pa.Table, NDArray[np.int16]]:
    """Return the findings of all rows together, sorted by row, and what they add to the score of each row."""
    import pyarrow as pa

    findings_by_row, extra, tables = find_across(rows), np.zeros(len(rows), np.int16), [schema.empty_table()]
    while block := list(islice(findings_by_row, _BLOCK)):
        tables.append(_table(rows, block, schema))
        np.add.at(extra, [one.row for one in block], [CHECKS[one.finding.check].weight for one in block])
    late = pa.concat_tables(tables).unify_dictionaries()
    return late.take(np.argsort(late["row"].to_numpy(), kind="stable")), extra


def _table(rows: pa.Table, findings_by_row: list[RowFinding], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    of = rows.select(["pair", "name", "style"]).take(pa.array([one.row for one in findings_by_row]))
    columns = {
        "row": [one.row for one in findings_by_row],
        "pair": of["pair"],
        "name": of["name"],
        "style": of["style"].cast(pa.string()),
    }
    for name in schema.names[len(columns) :]:
        columns[name] = [getattr(one.finding, name) for one in findings_by_row]
    return pa.table({name: _cast(column, schema.field(name).type) for name, column in columns.items()}, schema=schema)


def _cast(values: list[Any] | pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | pa.Array:
    import pyarrow as pa

    if not pa.types.is_dictionary(kind):
        return pa.array(values, kind) if isinstance(values, list) else values
    words = pa.array(values, kind.value_type) if isinstance(values, list) else values
    return words.dictionary_encode().cast(kind)


def _files(parts: Path, number: int) -> tuple[Path, Path]:
    return parts / f"{number:06d}-findings.parquet", parts / f"{number:06d}-judged.parquet"


def _write(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq

    with whole_file(path) as part:
        pq.write_table(table, part)
