"""The house: every room is on the plan, and says of itself what the plan says."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "chatearthnet_explorer"
PLAN = Path(__file__).parents[1] / "docs" / "rooms.md"
FORBIDDEN = {"utils", "common", "helpers", "base", "types", "constants", "manager"}
HEAVY = {
    "leafmap",
    "ipyleaflet",
    "anywidget",
    "duckdb",
    "pyarrow",
    "dask",
    "panel",
    "odc",
    "rioxarray",
    "rasterio",
    "xarray",
    "pandas",
    "openai",
    "ipywidgets",
    "pystac_client",
}


def _rooms() -> dict[str, str]:
    """Return the first line of each module's docstring, by its path in the package."""
    rooms = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert docstring, f"{path} says nothing of itself"
        rooms[path.relative_to(PACKAGE).as_posix()] = docstring.splitlines()[0]
    return rooms


def test_the_plan_shows_every_room_with_its_own_words() -> None:
    plan = dict(re.findall(r"^\| `([^`]+)` \| (.+?) \|$", PLAN.read_text("utf-8"), re.MULTILINE))
    assert plan == _rooms()


def test_rooms_are_small_shallow_and_named_for_what_they_do() -> None:
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        assert len(parts) <= 3
        assert not FORBIDDEN & {part.removesuffix(".py") for part in parts}
        assert len(path.read_text("utf-8").splitlines()) <= 320, path


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, chatearthnet_explorer; print(' '.join({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "numpy" in loaded
    assert not HEAVY & set(loaded)


@pytest.mark.parametrize(
    "name",
    [
        "Browser",
        "Chip",
        "Explorer",
        "ExplorerError",
        "Prompt",
        "ReviewDesk",
        "Tile",
        "caption_at",
        "card",
        "open_captioner",
        "prompt_for",
    ],
)
def test_the_names_worth_importing_are_there(name: str) -> None:
    code = f"from chatearthnet_explorer import {name}; print({name}.__doc__)"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert len(told.split()) > 3
