"""The modules of the package, read from its files without importing them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "chatearthnet_explorer"


@dataclass(frozen=True)
class Module:
    """A module and the first line of its docstring."""

    path: Path
    """Its file, relative to the package: ``catalog/search_result.py``."""

    summary: str
    """First line of its docstring."""

    @property
    def entry(self) -> str:
        """The package or module at the top level that it belongs to: ``catalog``; empty for the package itself."""
        top = self.path.parts[0].removesuffix(".py")
        return "" if top == "__init__" else top

    @property
    def name(self) -> str:
        """Its dotted name: ``chatearthnet_explorer.catalog.search``."""
        parts = [PACKAGE.name, *self.path.with_suffix("").parts]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> list[Module]:
    """Return all modules, packages before what they contain.

    Raises:
        ValueError: If a module has no docstring.
    """
    modules_found = []
    for path in sorted(PACKAGE.rglob("*.py"), key=_key):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        if not docstring:
            msg = f"{path} has no docstring; its first line says what the module is for."
            raise ValueError(msg)
        modules_found.append(Module(path.relative_to(PACKAGE), docstring.splitlines()[0]))
    return modules_found


def by_entry() -> dict[str, list[Module]]:
    """Return the modules by package or module at the top level, in alphabetical order."""
    entries: dict[str, list[Module]] = {}
    for module in modules():
        entries.setdefault(module.entry, []).append(module)
    return dict(sorted(entries.items()))


def _key(path: Path) -> list[str]:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ["" if part == "__init__" else part for part in parts]
