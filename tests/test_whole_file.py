"""Files that are whole or not there."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from chatearthnet_explorer.files.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path


def _write_half(path: Path) -> None:
    with whole_file(path) as part:
        part.write_text("half")
        assert path.read_text() == "before"
        raise InterruptedError


def test_file_changes_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("before")
    with whole_file(path) as part:
        part.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


def test_failed_block_leaves_the_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("before")
    with pytest.raises(InterruptedError):
        _write_half(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_killed_process_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("before")
    program = f"""
import os, signal
from pathlib import Path
from chatearthnet_explorer.files.whole_file import whole_file
with whole_file(Path({str(path)!r})) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGTERM)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGTERM
    assert path.read_text() == "before"
    assert [part.read_text() for part in tmp_path.glob("x.json.*.part")] == ["half"]


def test_folder_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "own.txt").write_text("own")
    with pytest.raises(OSError, match="x"), whole_file(tmp_path / "x") as part:
        shutil.copytree(tmp_path / "x", part)
    assert [path.name for path in tmp_path.rglob("*")] == ["x", "own.txt"]


def test_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "x"):
        pass
    assert list(tmp_path.iterdir()) == []
