"""What the documents promise is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)\)", page.read_text("utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), link


def test_every_command_of_the_readme_is_one_that_the_program_knows() -> None:
    shown = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"^chatearthnet-explorer ((?:catalog |review )?[a-z-]+)", shown, re.MULTILINE)
    assert len(commands) > 5
    for command in set(commands):
        asked = [sys.executable, "-c", "from chatearthnet_explorer.cli import main; main()", *command.split(), "--help"]
        assert subprocess.run(asked, capture_output=True, check=False).returncode == 0, command


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stripped(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    assert "widgets" not in notebook["metadata"]
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
