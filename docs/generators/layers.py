"""A drawing of the layers, from the import contracts in ``pyproject.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from html import escape

from generators import markdown
from generators.package import ROOT, modules

WIDTH = 480
"""Units of the drawing: it is read on a phone too, so it is narrow."""

LETTER, HEIGHT, GAP, PAD = 8.4, 30, 8, 12


@dataclass
class _Sheet:
    """Shapes drawn so far, and how far down they reach."""

    shapes: list[str] = field(default_factory=list)
    bottom: float = 0.0


def page() -> str:
    """Return Markdown: each import contract by its name, with a drawing of its layers or a sentence."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    parts = []
    for contract in contracts:
        parts.append(f"## {markdown.escape(contract['name'])}\n")
        if contract["type"] == "layers":
            for container in contract["containers"]:
                parts += ["```{raw} html", drawing(container, contract["layers"]), "```\n"]
        else:
            names = {
                key: ", ".join(map(markdown.code, contract[key])) for key in ("source_modules", "forbidden_modules")
            }
            parts.append(f"No module of {names['source_modules']} imports from {names['forbidden_modules']}.\n")
    return "\n".join(parts)


def drawing(container: str, layers: list[str]) -> str:
    """Return an SVG to be put into a page: one band for each layer, one box for each package or module in it.

    Args:
        container: Dotted name of the package that the layers are in.
        layers: The topmost first, each with its names as import-linter has them: ``sources | captioners``.
    """
    sheet = _Sheet()
    summaries = {module.name: module.summary for module in modules()}
    for layer in layers:
        _band(sheet, [f"{container}.{name}" for name in re.findall(r"[\w.]+", layer)], summaries)
    height = sheet.bottom - GAP + 1
    label = f"Layers of {container}: each may import what is in the bands below it."
    return (
        f'<svg class="layers" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(sheet.shapes) + "\n</svg>"
    )


def _band(sheet: _Sheet, names: list[str], summaries: dict[str, str]) -> None:
    """Draw one layer below the others."""
    top, left, y, boxes = sheet.bottom, PAD, sheet.bottom + PAD, []
    for dotted_name in names:
        name = dotted_name.rpartition(".")[2]
        page = dotted_name.split(".")[1]
        width = len(name) * LETTER + 2 * PAD
        if left > PAD and left + width > WIDTH - PAD:
            left, y = PAD, y + HEIGHT + GAP
        box = (
            f"<title>{escape(summaries[dotted_name])}</title>"
            f'<rect class="box" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT}" rx="4"/>'
            f'<text x="{left + width / 2:.1f}" y="{y + 20:.1f}">{escape(name)}</text>'
        )
        # what is a program alone has no page in the reference
        has_page = page != "__main__"
        boxes.append(f'<a href="../reference/api/{page}.html">{box}</a>' if has_page else f"<g>{box}</g>")
        left += width + GAP
    bottom = y + HEIGHT + PAD
    sheet.shapes.append(
        f'<rect class="band" x="0.5" y="{top + 0.5:.1f}" width="{WIDTH - 1}" height="{bottom - top:.1f}" rx="6"/>'
    )
    sheet.shapes += boxes
    sheet.bottom = bottom + GAP
