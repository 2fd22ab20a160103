"""The tutorials, followed to the letter: every command and every line of Python, one page after the other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli import main

if TYPE_CHECKING:
    import pytest

TUTORIALS = Path(__file__).parents[1] / "docs" / "tutorials"
IN_A_BROWSER = ("python -m pip ", "chatearthnet-explorer serve", "chatearthnet-explorer lab")
"""Lines that other tests run, as they install or start a server."""


def _follow(page: str) -> int:
    """Run the code blocks of a page in their order, in the current folder, and return how many lines were commands."""
    namespace: dict[str, object] = {"__name__": "page"}
    ran = 0
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", (TUTORIALS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for language, block in blocks:
        if language == "python":
            exec(compile(block, page, "exec"), namespace)  # noqa: S102 - the repository's own lines
            continue
        for line in block.splitlines():
            if not line.startswith(IN_A_BROWSER):
                assert main(shlex.split(line)[1:]) == 0, line
                ran += 1
    return ran


def test_tutorials_work_when_they_are_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _follow("first-click.md") == 2
    assert _follow("browse.md") >= 6
    assert _follow("spot-check.md") >= 4
    output = capsys.readouterr().out
    assert "São Tomé and Príncipe, 0.3360° N, 6.7300° E" in output
    assert not re.search(r"^0 pairs", output, re.MULTILINE)  # every search of the tutorial finds something
    for name in ("sao-tome.html", "sao-tome.tif", "findings.html", "report.html", "verdicts.csv", "all.jsonl"):
        assert (tmp_path / name).stat().st_size > 100, name
