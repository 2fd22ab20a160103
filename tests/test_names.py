"""Names: a noun for a thing, a verb for a function, and no words of a private dialect."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FOLDERS = ("chatearthnet_explorer", "tests", "benchmarks", "docs")

WORDS = {
    name: frozenset(words)
    for name, words in tomllib.loads((ROOT / "tests/data/name_words.toml").read_text("utf-8")).items()
}


def names(path: Path) -> Iterator[tuple[str, int]]:
    """Yield what a file calls its classes, functions, arguments, variables and attributes, with the line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.alias(asname=str(name)):
                yield name, node.lineno


def faults(name: str) -> list[str]:
    """Return what a name has that no name should have."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    one = words[0] if len(words) == 1 else ""
    bare = one in WORDS["irregular_participles"] or re.fullmatch(r"\w{3,}ed", one)
    return [word for word in words if word in WORDS["dialect"]] or (
        words if bare and one not in WORDS["standard"] else []
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_names_have_no_bare_participles_and_no_metaphors(folder: str) -> None:
    bad = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name, line in names(path)
        if faults(name)
    ]
    assert bad == []


@pytest.mark.parametrize("name", ["told", "_TOLD", "what_is_said", "Judged", "held_back", "shown", "odd", "is_nobody"])
def test_finds_names_of_the_dialect(name: str) -> None:
    assert faults(name)


@pytest.mark.parametrize("name", ["results", "Captioned", "expected", "is_closed", "left", "seed", "bands_read"])
def test_accepts_names_of_the_field(name: str) -> None:
    assert faults(name) == []
