"""The list of modules: the first line of each docstring."""

from __future__ import annotations

from generators import markdown, package


def page() -> str:
    """Return one table for each package at the top level; modules at the top level share one."""
    entries = package.by_entry()
    alone = [modules[0] for modules in entries.values() if len(modules) == 1 and not _is_package(modules[0])]
    top = entries.pop("") + alone
    parts = ["## At the top level\n", _table(top)]
    for name, modules in entries.items():
        if _is_package(modules[0]):
            parts += [f"## {name}\n", f"{markdown.escape(modules[0].summary)}\n", _table(modules[1:])]
    return "\n".join(parts)


def _is_package(module: package.Module) -> bool:
    return module.path.name == "__init__.py"


def _table(modules: list[package.Module]) -> str:
    rows = [(markdown.code(module.path.as_posix()), markdown.escape(module.summary)) for module in modules]
    return markdown.table(("module", "what it is for"), rows) if rows else ""
