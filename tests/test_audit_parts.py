"""Parts of an audit: each is whole or not there, and joined they are the tables of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chatearthnet_explorer.review import audit_parts
from chatearthnet_explorer.review.audit_parts import is_done, join_parts, write_part
from chatearthnet_explorer.review.audit_worker import schemas

if TYPE_CHECKING:
    from pathlib import Path

DISK_FULL = "no space left"
SAME_BYTES = 2
"""What a picture that occurs twice adds to the score of a row."""


def _findings(rows: list[int], first_pair: int) -> pa.Table:
    blank: dict[str, Any] = {
        "land": "tree",
        "part": "",
        "figure": None,
        "start": 3,
        "end": 8,
        "evidence": "It says so.",
    }
    table = [
        blank
        | {"row": row, "pair": first_pair + row, "name": f"{first_pair + row}.png", "style": "3.5", "check": check}
        for row, check in zip(rows, ["too short", "cut off", "too long"] * len(rows), strict=False)
    ]
    return pa.Table.from_pylist(table, schema=schemas()[0])


def _caption_rows(digests: list[str | None], first_pair: int) -> pa.Table:
    blank: dict[str, Any] = {"split": "train", "continent": "Asia", "country": "Japan", "classes": 8, "tile": -1}
    blank |= {"read": True, "labels": False, "pixels": True, "both": False, "unjudged": "", "score": 1}
    table = [
        blank | {"pair": first_pair + row, "name": f"{first_pair + row}.png", "style": "", "digest": digest}
        for row, digest in enumerate(digests)
    ]
    return pa.Table.from_pylist(table, schema=schemas()[1])


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Return a folder of three parts of 3, 2 and 1 rows. The picture of row 1 is also that of rows 3 and 5."""
    folder = tmp_path / "parts"
    folder.mkdir()
    write_part(folder, 0, (_findings([0, 0, 2], 0), _caption_rows(["a", "b", None], 0)))
    write_part(folder, 1, (_findings([1], 3), _caption_rows(["b", "c"], 3)))
    write_part(folder, 2, (_findings([], 5), _caption_rows(["b"], 5)))
    return folder


def _join_parts(parts: Path, count: int = 3) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    findings, captions = parts.parent / "findings.parquet", parts.parent / "captions.parquet"
    number = join_parts(parts, count, findings=findings, captions=captions)
    return number, pq.read_table(findings).to_pylist(), pq.read_table(captions).to_pylist()


def test_findings_go_by_rising_row_of_all_parts_with_the_late_ones_in_place(parts: Path) -> None:
    number, findings, captions = _join_parts(parts)
    assert [(one["row"], one["check"]) for one in findings] == [
        (0, "too short"),
        (0, "cut off"),
        (1, "same bytes"),
        (2, "too long"),
        (3, "same bytes"),
        (4, "too short"),
        (5, "same bytes"),
    ]
    assert number == len(findings)
    assert [one["pair"] for one in findings] == [0, 0, 1, 2, 3, 4, 5]
    assert [one["name"] for one in captions] == [f"{pair}.png" for pair in range(6)]


def test_late_findings_carry_row_pair_name_style_and_figure(parts: Path) -> None:
    late = [one for one in _join_parts(parts)[1] if one["check"] == "same bytes"]
    assert [(one["name"], one["style"], one["figure"], one["start"], one["end"]) for one in late] == [
        ("1.png", "", 3.0, -1, -1),
        ("3.png", "", 3.0, -1, -1),
        ("5.png", "", 3.0, -1, -1),
    ]
    assert late[0]["evidence"] == "Its picture is byte for byte that of 3.png and 1 more."
    assert late[1]["evidence"] == "Its picture is byte for byte that of 1.png and 1 more."


def test_late_findings_add_their_weight_to_the_score_of_their_row(parts: Path) -> None:
    assert [one["score"] for one in _join_parts(parts)[2]] == [1, 1 + SAME_BYTES, 1, 1 + SAME_BYTES, 1, 1 + SAME_BYTES]


def test_tables_have_the_columns_and_types_of_a_part(parts: Path) -> None:
    _join_parts(parts)
    for name, schema in zip(("findings.parquet", "captions.parquet"), schemas(), strict=True):
        assert pq.read_schema(parts.parent / name).equals(schema)


def test_no_parts_give_empty_tables(tmp_path: Path) -> None:
    assert _join_parts(tmp_path / "parts", 0) == (0, [], [])


@pytest.mark.parametrize("block", [1, 2, 3, 4])
def test_late_findings_do_not_depend_on_the_size_of_blocks(
    parts: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _join_parts(parts)
    monkeypatch.setattr(audit_parts, "_BLOCK", block)
    assert _join_parts(parts) == expected


def test_a_part_is_done_when_its_judged_rows_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = _findings([0], 0), _caption_rows(["a"], 0)
    assert not is_done(tmp_path, 7)
    names: list[str] = []
    write = pq.write_table

    def fail_on_the_second(table: pa.Table, path: Path) -> None:
        if names:
            raise OSError(DISK_FULL)
        names.append(path.name)
        write(table, path)

    monkeypatch.setattr(pq, "write_table", fail_on_the_second)
    with pytest.raises(OSError, match=DISK_FULL):
        write_part(tmp_path, 7, tables)
    monkeypatch.setattr(pq, "write_table", write)
    assert (tmp_path / "000007-findings.parquet").exists()
    assert not is_done(tmp_path, 7)
    write_part(tmp_path, 7, tables)
    assert is_done(tmp_path, 7)
    assert not is_done(tmp_path, 8)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000007-findings.parquet", "000007-judged.parquet"]


def test_an_unfinished_file_has_a_name_of_its_own_beside_the_finished_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    write = pq.write_table

    def record(table: pa.Table, path: Path) -> None:
        names.append(path.name)
        assert path.parent == tmp_path
        write(table, path)

    monkeypatch.setattr(pq, "write_table", record)
    monkeypatch.setattr("os.getpid", lambda: 4711)
    write_part(tmp_path, 12, (_findings([0], 0), _caption_rows(["a"], 0)))
    assert names == ["000012-findings.parquet.4711.part", "000012-judged.parquet.4711.part"]


def test_many_parts_of_many_rows_join_as_one_run_would(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    folder = tmp_path / "parts"
    folder.mkdir()
    digests = [str(one) for one in rng.integers(0, 40, 100)]
    rows_with_findings = sorted(rng.integers(0, 100, 60).tolist())
    for number, first in enumerate(range(0, 100, 10)):
        rows = [row - first for row in rows_with_findings if first <= row < first + 10]
        write_part(folder, number, (_findings(rows, first), _caption_rows(digests[first : first + 10], first)))
    _, findings, captions = _join_parts(folder, 10)
    repeats = [row for row, digest in enumerate(digests) if digests.count(digest) > 1]
    assert sorted([*rows_with_findings, *repeats]) == [one["row"] for one in findings]
    assert [one["row"] for one in findings if one["check"] == "same bytes"] == repeats
    assert all(one["pair"] == one["row"] for one in findings)
    assert [one["score"] for one in captions] == [1 + SAME_BYTES * (row in repeats) for row in range(100)]
