"""The ledger: several write at once, one is killed while writing, files come by mail, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rig.verdicts import NOON, verdict

from chatearthnet_explorer.errors import LedgerError
from chatearthnet_explorer.review import ledger as ledger_module
from chatearthnet_explorer.review.ledger import Ledger, merge
from chatearthnet_explorer.review.ledger_entries import LAST, LINE_LIMIT, Entry, standing

TESTS = Path(__file__).parent
WRITER = """
import sys
from rig.verdicts import verdict
from chatearthnet_explorer.review.ledger import Ledger
ledger = Ledger(sys.argv[1])
for number in range(int(sys.argv[3])):
    ledger.record(verdict(f"{number}.png", "minor", reviewer=sys.argv[2], note="n" * (number % 997)))
    print(number, flush=True)
"""


def writer(path: Path, reviewer: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), reviewer, str(count)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        text=True,
    )


DYING = """
import os, sys
from rig.verdicts import verdict
from chatearthnet_explorer.review.ledger import Ledger

class Dying(Ledger):
    def _write(self, content):
        with self.path.open("ab", buffering=0) as file:
            file.write(content[: len(content) // 2])
            os.kill(os.getpid(), 9)

Dying(sys.argv[1]).record(verdict("unsaid.png", reviewer="Bo"))
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def names(ledger: Ledger) -> dict[str, str]:
    return {one.name: one.verdict for one in ledger.verdicts}


def test_last_verdict_counts_and_undo_restores_the_one_before(ledger: Ledger) -> None:
    assert ledger.verdicts == ()
    ledger.record(verdict("a.png", "minor"))
    second = ledger.record(verdict("a.png", "major"))
    ledger.record(verdict("b.png"))
    assert names(ledger) == {"a.png": "major", "b.png": "correct"}
    ledger.undo(second)
    assert names(ledger) == {"a.png": "minor", "b.png": "correct"}
    assert len(Ledger(ledger.path).entries) == 4
    assert names(Ledger(ledger.path)) == names(ledger)


def test_verdicts_are_kept_by_reviewer_and_style_and_undone_by_their_own_reviewer(ledger: Ledger) -> None:
    mine = ledger.record(verdict("a.png"))
    ledger.record(verdict("a.png", "major", reviewer="Bo"))
    ledger.record(verdict("a.png", "minor", style="4v"))
    assert len(ledger.verdicts) == 3
    ledger.undo(replace(mine, reviewer="Bo"))
    ledger.add([Entry("Bo", 9, NOON, undoes=mine.id)])
    assert len(ledger.verdicts) == 3


def test_the_counter_of_a_reviewer_decides_and_not_the_clock(ledger: Ledger) -> None:
    ledger.record(verdict("a.png", "minor", time=NOON + timedelta(days=400)))
    ledger.record(verdict("a.png", "major", time=NOON - timedelta(days=400)))
    assert names(ledger) == {"a.png": "major"}


def test_current_verdicts_do_not_depend_on_the_order_of_entries(ledger: Ledger) -> None:
    draw = random.Random(1)
    for number in range(60):
        message = verdict(f"{number % 7}.png", draw.choice(["correct", "minor", "major"]), reviewer=draw.choice("ab"))
        entry = ledger.record(message)
        if draw.random() < 0.3:
            ledger.undo(entry)
    for _ in range(20):
        random_order = draw.sample([*ledger.entries, *ledger.entries], 2 * len(ledger.entries))
        assert standing(random_order) == ledger.standing


def test_two_reviewers_write_at_once_and_every_word_is_there(tmp_path: Path) -> None:
    path, count = tmp_path / "ledger.jsonl", 150
    writers = [writer(path, reviewer, count) for reviewer in ("../x", "<b>Bo</b>")]
    assert [one.wait(60) for one in writers] == [0, 0]
    for one in writers:
        one.stdout.close()  # type: ignore[union-attr]
    ledger = Ledger(path)
    assert len(ledger.verdicts) == 2 * count
    assert ledger.remarks == ()
    for reviewer in ("../x", "<b>Bo</b>"):
        assert [one.seq for one in ledger.entries if one.reviewer == reviewer] == list(range(1, count + 1))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["ledger.jsonl", "ledger.jsonl.lock"]


def test_killed_writer_loses_no_confirmed_verdict(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    for turn in range(3):
        process = writer(path, f"Ada {turn}", 100_000)
        last_confirmed = -1
        deadline = time.monotonic() + 0.4 + 0.1 * turn
        assert process.stdout
        for line in process.stdout:
            last_confirmed = int(line)
            if last_confirmed >= 5 and time.monotonic() > deadline:
                break
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
        last_confirmed += len(process.stdout.read().splitlines())
        process.stdout.close()
        mine = [one for one in Ledger(path).verdicts if one.reviewer == f"Ada {turn}"]
        assert last_confirmed + 1 <= len(mine) <= last_confirmed + 2  # one may have been on its way to be told
    after = Ledger(path)
    before = len(after.verdicts)
    after.record(verdict("after.png", reviewer="Bo"))
    assert len(Ledger(path).verdicts) == before + 1


def test_kill_while_writing_frees_the_lock_and_harms_no_other_entry(ledger: Ledger) -> None:
    ledger.record(verdict("a.png"))
    command = [sys.executable, "-c", DYING, str(ledger.path)]
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(TESTS)}, check=False)
    assert died.returncode == -signal.SIGKILL
    assert not ledger.path.read_bytes().endswith(b"\n")
    ledger.record(verdict("b.png"))
    assert names(ledger) == names(Ledger(ledger.path)) == {"a.png": "correct", "b.png": "correct"}
    assert len(ledger.remarks) == 1
    assert b'"reviewer":"Bo"' in ledger.path.read_bytes()


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_torn_last_line_is_kept_reported_and_followed_by_a_new_line(ledger: Ledger, cut: int) -> None:
    for number in range(3):
        ledger.record(verdict(f"{number}.png"))
    whole = ledger.path.read_bytes()
    last_line = whole.splitlines()[-1]
    ledger.path.write_bytes(whole[:-cut])
    again = Ledger(ledger.path)
    is_lost = cut > 1  # without its line end alone, it says all that it said
    assert len(again.verdicts) == 3 - is_lost
    assert bool(again.remarks) == is_lost
    again.record(verdict("next.png"))
    assert "next.png" in names(Ledger(ledger.path))
    assert len(Ledger(ledger.path).verdicts) == 4 - is_lost
    assert last_line[: len(last_line) + 1 - cut] in ledger.path.read_bytes()
    if is_lost:
        assert Ledger(ledger.path).remarks == (
            "1 line of ledger.jsonl cannot be read, as after a crash while writing: kept, not counted.",
        )


@pytest.mark.parametrize(
    "line",
    [
        b"null",
        b"3",
        b'"text"',
        b"{}",
        b"[" * 50_000,
        b"\xff\xfe\x00",
        b'{"v": 1, "id": 3}',
        b'{"seq": ' + b"9" * 5000 + b"}",
        b"x" * (LINE_LIMIT + 1),
        # times before the first year and after the last, once they are in UTC
        b'{"v":1,"id":"0","reviewer":"A","seq":1,"undoes":"x","time":"0001-01-01T00:00:00+23:59"}',
        b'{"v":1,"id":"0","reviewer":"A","seq":1,"undoes":"x","time":"9999-12-31T23:59:59-23:59"}',
        (
            b'{"v":1,"id":"0","reviewer":"A","seq":1,"name":"a.png","style":"3.5","caption":"","verdict":"minor",'
            b'"cause":"","note":"","corrected":"","time":"9999-12-31T23:59:59-23:59"}'
        ),
    ],
)
def test_lines_of_nonsense_are_left_where_they_are(ledger: Ledger, line: bytes) -> None:
    ledger.record(verdict("a.png"))
    with ledger.path.open("ab") as file:
        file.write(line + b"\n")
    ledger.record(verdict("b.png"))
    assert names(ledger) == names(Ledger(ledger.path)) == {"a.png": "correct", "b.png": "correct"}
    assert len(ledger.remarks) == 1
    assert line in ledger.path.read_bytes()


def test_changed_line_does_not_count(ledger: Ledger) -> None:
    ledger.record(verdict("a.png", "major"))
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b'"major"', b'"minor"'))
    assert Ledger(ledger.path).verdicts == ()
    assert len(Ledger(ledger.path).remarks) == 1


def test_lines_of_newer_versions_are_kept_and_reported(ledger: Ledger, tmp_path: Path) -> None:
    newer = json.dumps({"v": 3, "id": "x", "mood": "happy"}).encode()
    ledger.record(verdict("a.png"))
    with ledger.path.open("ab") as file:
        file.write(newer + b"\n")
    assert ledger.remarks == ("1 line of ledger.jsonl written by a newer version: kept, not counted until you update.",)
    other = Ledger(tmp_path / "other.jsonl")
    result = merge([ledger.path], other)
    assert (result.added_count, result.known_count, result.remarks) == (2, 0, ledger.remarks)
    assert newer in other.path.read_bytes()


def test_merging_files_again_adds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    ada, bo = Ledger(folder / "ada.jsonl"), Ledger(folder / "bo.jsonl")
    for number in range(5):
        ada.record(verdict(f"{number}.png"))
        bo.record(verdict(f"{number}.png", "minor", reviewer="Bo"))
    bo.undo(bo.entries[-1])
    all_of = Ledger(tmp_path / "all.jsonl")
    first = merge([folder, ada.path], all_of)
    assert (first.added_count, first.known_count) == (11, 5)
    once = all_of.path.read_bytes()
    assert merge([folder, all_of.path], all_of).added_count == 0
    assert all_of.path.read_bytes() == once
    assert len(all_of.verdicts) == 9
    other_way = Ledger(tmp_path / "other.jsonl")
    merge([bo.path, ada.path], other_way)
    assert other_way.standing == all_of.standing
    ada.record(verdict("0.png", "major"))
    assert merge([folder], all_of).added_count == 1
    assert {one.verdict for one in all_of.verdicts if one.reviewer == "Ada" and one.name == "0.png"} == {"major"}


def test_refuses_to_merge_files_that_are_no_ledgers(tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada,\nhere are my verdicts.\n")
    good = Ledger(tmp_path / "good.jsonl")
    good.record(verdict())
    for files, message in (
        ([good.path, tmp_path / "letter.txt"], "has no ledger entries"),
        ([good.path, tmp_path / "x.jsonl"], "The ledger x.jsonl is not there"),
    ):
        with pytest.raises(LedgerError, match=message):
            merge(files, ledger)
    assert ledger.verdicts == ()


def test_reviewer_at_the_last_number_can_still_record(ledger: Ledger) -> None:
    ledger.add([Entry("Ada", LAST, NOON, verdict("a.png", "major"))])
    ledger.record(verdict("a.png", "minor", time=NOON + timedelta(seconds=1)))
    assert names(Ledger(ledger.path)) == {"a.png": "minor"}


def test_the_largest_verdict_fits_a_line(ledger: Ledger) -> None:
    ledger.record(verdict("n" * 200, "major", correction="\U0001f30d" * 20_000, note="\x00" * 2000, reviewer="é" * 200))
    assert len(Ledger(ledger.path).verdicts) == 1


def test_reports_files_that_cannot_be_read_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="choose another file for the ledger"):
        Ledger(tmp_path / "file" / "ledger.jsonl").record(verdict())
    (tmp_path / "folder").mkdir()
    with pytest.raises(LedgerError, match="The ledger folder is a folder"):
        _ = Ledger(tmp_path / "folder").verdicts
    full = Ledger("/dev/full")
    with pytest.raises(LedgerError, match="not possible to"):
        full._write(b"x")
    small = Ledger(tmp_path / "small.jsonl")
    small.record(verdict())
    monkeypatch.setattr(ledger_module, "LIMIT", 10)
    with pytest.raises(LedgerError, match="larger than a ledger"):
        _ = Ledger(small.path).verdicts


def test_reports_a_lock_that_is_not_released(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "PATIENCE", 0.05)
    with ledger._lock(), pytest.raises(LedgerError, match="Another program has used"):
        Ledger(ledger.path).record(verdict())


def test_a_file_that_was_put_in_its_place_is_read_anew(ledger: Ledger) -> None:
    for number in range(4):
        ledger.record(verdict(f"{number}.png"))
    ledger.path.write_bytes(ledger.path.read_bytes().splitlines(keepends=True)[0])
    assert names(ledger) == {"0.png": "correct"}
