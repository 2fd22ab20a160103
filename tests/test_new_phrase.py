"""The recipe for a new turn of phrase in CONTRIBUTING.md, tried in a copy of the package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import chatearthnet_explorer

ROOT = Path(__file__).parents[1]
# Reads a row of the table as tests/test_reading_steps.py does.
SESSION = """
import json, sys
from data.reading_tables import claim_lines, lead_lines, one_part_each
from chatearthnet_explorer.claims import read_claims

row = json.load(sys.stdin)
reading = read_claims(row["text"])
print(claim_lines(reading) == one_part_each(row["claims"]), lead_lines(reading) == one_part_each(row["leads"]))
"""


def test_recipe_for_a_new_turn_of_phrase_works(tmp_path: Path) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    recipe = page[page.index("## Add a turn of phrase") : page.index("## Add a page to the site")]
    line, table = re.findall(r"^```(?:text|toml)\n(.*?)^```", recipe, re.MULTILINE | re.DOTALL)
    (row,) = tomllib.loads(table)["row"]
    package = tmp_path / "chatearthnet_explorer"
    package.mkdir()
    for path in Path(chatearthnet_explorer.__file__).parent.iterdir():
        if path.name != "claims":
            (package / path.name).symlink_to(path)
    shutil.copytree(Path(chatearthnet_explorer.__file__).parent / "claims", package / "claims")
    signals = package / "claims" / "lexicon" / "signals.toml"
    before = signals.read_text("utf-8")
    assert _read(row, tmp_path) == "True False"
    signals.write_text(before.replace("leads = [\n", f"leads = [\n{line}", 1), "utf-8")
    assert _read(row, tmp_path) == "True True"


def _read(row: dict, folder: Path) -> str:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT / "tests")))}
    command = [sys.executable, "-c", SESSION]
    process = subprocess.run(
        command, input=json.dumps(row), env=env, capture_output=True, text=True, check=False, cwd=folder
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return process.stdout.strip()
