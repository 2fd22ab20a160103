"""What commands print on a terminal: nothing that steers it, one sentence when they fail, nothing of libraries."""

from __future__ import annotations

import ast
import json
import logging
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rig.pairs import one, paraphrased_release

from chatearthnet_explorer.catalog import build_catalog
from chatearthnet_explorer.cli import caption_command, main, terminal
from chatearthnet_explorer.cli.terminal import escape, one_line
from chatearthnet_explorer.errors import LIMIT, ExplorerError, LedgerError, RasterError, shorten

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

HOSTILE = "a\x1b[2J\x1b]0;t\x07\u202egnp.\u2066x\u200f\x9b31m\ud800\U000e0041\x7f\u2028b"
ESCAPED_TEXT = "a\\u001b[2J\\u001b]0;t\\u0007\\u202egnp.\\u2066x\\u200f\\u009b31m\\ud800\\udb40\\udc41\\u007f\\u2028b"
SCRIPT = Path(sys.executable).with_name("chatearthnet-explorer")


class PanicException(BaseException):
    """What a panic in Rust becomes in Python."""


def _unseen(text: str) -> list[str]:
    return [one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


def test_escapes_invisible_characters_and_keeps_the_rest() -> None:
    assert escape(HOSTILE) == ESCAPED_TEXT
    assert not _unseen(escape(HOSTILE))
    for text in ("two\nlines", "São Tomé e Príncipe", "Москва 東京 العربية", "\u00a0wide", ""):
        assert escape(text) == text
    assert one_line("a name\n that  forges\ta line") == "a name that forges a line"


def test_escapes_in_json_stand_for_the_same_text(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.put({"name": HOSTILE.replace("\ud800", "")})
    output = capsys.readouterr().out
    assert not _unseen(output)
    assert json.loads(output)["name"] == HOSTILE.replace("\ud800", "")


@pytest.mark.parametrize("as_json", [False, True])
def test_names_and_captions_of_a_catalog_are_printed_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    release = paraphrased_release(5, seed=1)
    release.files["3.5", "val"].append(one("evil\x1b[31m\u202e\nname.png", "Trees\x1b]0;owned\x07 and\nwater."))
    build_catalog(release, tmp_path / "catalog")
    assert main(["catalog", "search", str(tmp_path / "catalog"), *(["--json"] if as_json else [])]) == 0
    output = capsys.readouterr().out
    assert not _unseen(output)
    assert "\\u001b" in output
    if as_json:
        assert any("\u202e" in row["name"] for row in json.loads(output)["rows"])
    else:
        assert len(output.splitlines()) == 1 + 6


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_prints_to_terminals_of_other_encodings(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": f"{encoding}:strict"}
    process = subprocess.run(
        [SCRIPT, "caption", "6.73", "0.336", "--source", "simulated"], env=environment, capture_output=True, check=True
    )
    name = {"ascii": "S\\xe3o Tom\\xe9"}.get(encoding, "São Tomé")
    assert process.stdout.decode(encoding).startswith(name)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ExplorerError(f"The file {HOSTILE} is\nno file."), "is no file."),
        (RasterError("x" * 5000 + " choose another."), "choose another."),
        (FileNotFoundError(2, "No such file", "/y" * 3000), "choose another path"),
        (ModuleNotFoundError(name="nothing"), "pip install"),
        (PanicException("called `Option::unwrap()` on a `None` value"), "unwrap()"),
        (KeyError("z" * 900), "report it"),
        (RecursionError(), "report it"),
        (KeyboardInterrupt(), "Stopped."),
    ],
)
def test_failure_prints_one_bounded_sentence_and_nothing_before_it(
    error: BaseException, words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def run(_: argparse.Namespace) -> None:
        os.write(2, b"thread 'tokio-runtime-worker' panicked at src/lib.rs:7\n")
        sys.stderr.write("ERROR 4: not recognized as a supported file format\n")
        logging.getLogger("some.library").warning("a library is worried")
        raise error

    monkeypatch.setattr(caption_command, "_run", run)
    assert main(["caption", "1", "2"]) == 1
    os.write(2, b"after\n")
    output, after = capfd.readouterr().err.split("\n", 1)
    assert after == "after\n"  # standard error is as it was
    assert words in output
    assert len(output) <= LIMIT
    assert not _unseen(output)


def test_debug_variable_shows_what_libraries_print(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def run(_: argparse.Namespace) -> None:
        os.write(2, b"panicked\n")
        raise PanicException

    monkeypatch.setattr(caption_command, "_run", run)
    monkeypatch.setenv(terminal.DEBUG, "1")
    with pytest.raises(PanicException):
        main(["caption", "1", "2"])
    assert "panicked" in capfd.readouterr().err


def test_errors_keep_what_happened_and_what_to_do() -> None:
    long = shorten("It failed: " + "x" * 1000 + "; choose another file.")
    assert len(long) == LIMIT
    assert long.startswith("It failed: x")
    assert long.endswith("x; choose another file.")
    for kind in (ExplorerError, RasterError, LedgerError):
        assert len(str(kind("x" * 1000))) == LIMIT
        assert str(kind("Short.")) == "Short."


def test_arguments_that_no_command_has_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        [],
        ["nosuch\x1b[31m"],
        ["caption"],
        ["caption", "x\x1b[31m\u202e", "1"],
        ["caption", "1", "-33,9"],
        ["caption", "1", "2", "--nosuch\x1b[31m"],
        ["caption", "1", "2", "--year", "1999"],
        ["caption", "1", "2", "--seed", "x" * 3000],
        ["catalog"],
        ["catalog", "info", ""],
        ["prompt", ""],
        ["caption", "1", "2", "--html", ""],
        ["catalog", "search", "x", "--page", "one"],
        ["prompt", "x.png", "--values", "colours"],
        ["review", "plan", "a", "b", "--by", "mood"],
    ):
        with pytest.raises(SystemExit) as exit_info:
            main(arguments)
        output = capsys.readouterr()
        assert exit_info.value.code == 2
        assert output.out == ""
        assert output.err.count("\n") == 1, arguments
        assert not _unseen(output.err)
        assert output.err.endswith("--help`.\n")
        assert len(output.err) <= LIMIT + 1


def test_closed_pipe_is_no_failure(tmp_path: Path) -> None:
    Image.fromarray(np.full((256, 256), 3, np.uint8)).save(tmp_path / "a.png")
    with subprocess.Popen(
        [SCRIPT, "prompt", tmp_path / "a.png"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""


def test_commands_print_through_one_module() -> None:
    for path in Path(caption_command.__file__).parent.glob("*.py"):
        if path.name in {"terminal.py", "serve_command.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print")
            assert not (isinstance(node, ast.Attribute) and node.attr == "write" and "std" in ast.unparse(node)), path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _zero(path: Path) -> Path:
    path.symlink_to("/dev/zero")
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


@pytest.mark.parametrize("make", [_pipe, _zero, _folder, _loop])
@pytest.mark.parametrize(
    "command",
    [
        ["prompt", "PATH.png"],
        ["prompt", "PATH.tif"],
        ["prompt", "PATH.npy"],
        ["caption", "6.73", "0.336", "--source", "simulated", "--wording", "PATH"],
        ["review", "report", "PATH"],
        ["review", "report", "EMPTY", "--plan", "PATH"],
        ["review", "merge", "PATH", "--into", "merged.jsonl"],
        ["review", "merge", "EMPTY", "--into", "PATH"],
        ["catalog", "build", "PATH", "built"],
        ["catalog", "build", "PATH.tacozip", "built"],
        ["catalog", "info", "PATH"],
        ["catalog", "search", "PATH"],
        ["catalog", "enrich", "PATH"],
        ["audit", "PATH"],
    ],
)
def test_inputs_that_are_no_ordinary_files_are_refused_at_once(
    command: list[str],
    make: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    name = next(word for word in command if word.startswith("PATH"))
    path = make(tmp_path / name.lower())
    (tmp_path / "empty.jsonl").write_text("")
    words = [str(path) if word == name else word.replace("EMPTY", "empty.jsonl") for word in command]
    merges_nothing = command[1:3] == ["merge", "PATH"] and make is _folder  # a folder without ledgers
    assert main(words) == (0 if merges_nothing else 1)
    assert capsys.readouterr().err.count("\n") == (0 if merges_nothing else 1)


@pytest.mark.parametrize("inside", ["catalog.json", "tables.json", "columns.npz", "rows.bin", "report.json"])
def test_a_catalog_with_a_pipe_inside_is_refused_at_once(
    inside: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_catalog(paraphrased_release(5, seed=1), tmp_path / "catalog")
    (path,) = (tmp_path / "catalog").rglob(inside)
    path.unlink()
    os.mkfifo(path)
    assert main(["catalog", "search", str(tmp_path / "catalog")]) == 1
    assert f"{inside} is a pipe" in capsys.readouterr().err


def test_pipes_in_the_folder_of_a_release_are_no_part_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("json_files.zip", "ChatEarthNet_caps_35_val.json", "s2_rgb_images.zip", "a.png"):
        os.mkfifo(tmp_path / name)
    assert main(["catalog", "build", str(tmp_path), str(tmp_path / "built")]) == 1
    assert "contains no json_files.zip" in capsys.readouterr().err
