"""The layout of the package: what each module must have, and what an import may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "chatearthnet_explorer"
FORBIDDEN = {"utils", "common", "helpers", "base", "types", "constants", "manager"}
HEAVY = {
    "leafmap",
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


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_says_in_one_line_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring
    first, *rest = docstring.splitlines()
    assert first.endswith(".")
    assert not rest or not rest[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_is_short_shallow_and_named_for_its_purpose(path: Path) -> None:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    assert len(parts) <= 3
    assert not FORBIDDEN & set(parts)
    assert len(path.read_text("utf-8").splitlines()) <= 320


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
def test_public_name_is_documented(name: str) -> None:
    code = f"from chatearthnet_explorer import {name}; print({name}.__doc__)"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert len(output.split()) > 3
