"""The layout of the package: what each module must have."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "chatearthnet_explorer"
FORBIDDEN = {"utils", "common", "helpers", "base", "types", "constants", "manager"}


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_docstring_has_a_one_line_summary(path: Path) -> None:
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


def test_module_names_are_unique() -> None:
    counts = Counter(path.stem for path in MODULES if path.stem != "__init__")
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_constants_that_docstrings_name_exist(path: Path) -> None:
    sources = {one.stem if one.stem != "__init__" else one.parent.name: one.read_text("utf-8") for one in MODULES}
    names = re.findall(r"``(?:[a-z_0-9]+\.)*([a-z_0-9]+)\.([A-Z][A-Z_0-9]+)``", path.read_text("utf-8"))
    assert [name for name in names if not re.search(rf"\b{name[1]}\b", sources.get(name[0], ""))] == []
