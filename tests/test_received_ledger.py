"""A ledger that somebody hands over: it arrives in pieces, is bounded, and is read as hostile."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from rig.verdicts import verdict

from chatearthnet_explorer.errors import LedgerError
from chatearthnet_explorer.review import received_ledger
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.received_ledger import LIMIT, PIECE, Upload, read_ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    ledger = Ledger(tmp_path / "l.jsonl")
    for number in range(5):
        ledger.record(verdict(f"{number}.png", reviewer="Bö" if number % 2 else "Ada"))
    return ledger.path.read_bytes()


def send(upload: Upload, content: bytes) -> bytes | None:
    whole = None
    for number, start in enumerate(range(0, len(content), PIECE)):
        whole = upload.feed(number, base64.b64encode(content[start : start + PIECE]).decode())
    return whole


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_pieces_become_the_whole_file(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    assert send(Upload(size), content) == content


@pytest.mark.parametrize("size", [None, "5", 5.0, -1, True, 0, LIMIT + 1])
def test_announced_size_must_be_one(size: object) -> None:
    with pytest.raises(LedgerError):
        Upload(size)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "QUJD"), (0, "QUI"), (0, "???"), (0, None), (0, ""), (0, "QUJDQUJD"), (None, "QUJD"), (0, "A" * 3 * PIECE)],
)
def test_piece_out_of_place_is_refused(number: object, text: object) -> None:
    with pytest.raises(LedgerError, match="did not arrive whole"):
        Upload(5).feed(number, text)


def test_lines_and_reviewers_are_read(content: bytes) -> None:
    result = read_ledger(content.replace(b"\n", b"\r\n"))
    assert len(result.lines) == 5
    assert result.reviewers == ("Ada", "Bö")
    assert result.damaged_count == 0


def test_changed_line_is_left_out(content: bytes) -> None:
    first, *rest = content.splitlines()
    result = read_ledger(b"\n".join([first.replace(b"correct", b"majorxx"), b"\xff\x00", *rest]))
    assert (len(result.lines), result.damaged_count) == (4, 2)


@pytest.mark.parametrize("content", [b"\n\n", b"<html>", b"[]", json.dumps({"v": 1}).encode(), b"\x89PNG\r\n" * 500])
def test_file_without_an_entry_is_refused(content: bytes) -> None:
    with pytest.raises(LedgerError, match="no ledger of verdicts"):
        read_ledger(content)


def test_file_of_too_many_lines_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_ledger, "MOST_LINES", 4)
    with pytest.raises(LedgerError, match="more than 4 lines"):
        read_ledger(content)
