"""Which modules to import anew after one has changed, so that a forked process keeps all others as they are."""

from __future__ import annotations

import ast
import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def dependents(folder: Path, module: str) -> set[str]:
    """Return the modules of a package that import one, directly or through others, and that one itself.

    Args:
        folder: Of the package.
        module: Dotted name.
    """
    imports = {name: set(_imports(path)) for name, path in _modules(folder)}
    result, new = set(), {module}
    while new:
        result |= new
        new = {name for name, others in imports.items() if others & new} - result
    return result


def forget(modules: set[str]) -> None:
    """Take modules out of this process; packages among them are imported anew, with what is left of their modules."""
    removals = sorted(modules & sys.modules.keys())
    for name in removals:
        del sys.modules[name]
        package, _, last = name.rpartition(".")
        if hasattr(sys.modules.get(package), last):
            delattr(sys.modules[package], last)
    submodules = sorted(name for name in sys.modules if name.rpartition(".")[0] in removals)
    for name in submodules:
        package, _, last = name.rpartition(".")
        setattr(importlib.import_module(package), last, sys.modules[name])


def _modules(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
