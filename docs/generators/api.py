"""Pages of the Python reference: one for each package or module at the top level, filled by autodoc."""

from __future__ import annotations

import inspect
import re

import chatearthnet_explorer
from generators import markdown, package

_OPTIONS = "   :members:\n   :ignore-module-all:\n   :show-inheritance:\n"
"""What autodoc shows of a module: the public names that are defined in it, not those that it passes on."""

_PROGRAMS = re.compile(r"chatearthnet_explorer\.(__main__|app\.panel_serve\.\w+)")
"""Modules that start something when they are imported, as autodoc would."""


def pages() -> dict[str, str]:
    """Return Markdown by file name."""
    entries = {
        entry: [module for module in modules if not _PROGRAMS.fullmatch(module.name)]
        for entry, modules in package.by_entry().items()
        if entry not in {"", "__main__"}
    }
    return {"top_level.md": _names(), **{f"{name}.md": _page(name, modules) for name, modules in entries.items()}}


def _page(name: str, modules: list[package.Module]) -> str:
    parts = [f"# {name}\n"]
    for module in modules:
        if len(modules) > 1:
            title = module.name.removeprefix(f"{package.PACKAGE.name}.")
            parts.append(f"## {markdown.code(title)}\n")
        parts.append(f"```{{eval-rst}}\n.. automodule:: {module.name}\n{_OPTIONS}```\n")
    return "\n".join(parts)


def _names() -> str:
    """Return what ``import chatearthnet_explorer`` offers, each name with its first line and a link."""
    rows = []
    for name in sorted(chatearthnet_explorer.__all__):
        value = getattr(chatearthnet_explorer, name)
        summary = (
            (inspect.getdoc(value) or "").splitlines()[:1] if inspect.isroutine(value) or inspect.isclass(value) else []
        )
        home = getattr(value, "__module__", None)
        link = f"{{py:obj}}`{name} <{home}.{name}>`" if summary and home else markdown.code(name)
        rows.append((link, markdown.escape(" ".join(summary))))
    return "# chatearthnet_explorer\n\n" + markdown.table(("name", "what it is"), rows)
