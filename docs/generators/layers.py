"""A drawing of the layers, from the import contracts in ``pyproject.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from html import escape

from generators.package import PACKAGE, ROOT, by_entry

WIDTH = 480
"""Units of the drawing: it is read on a phone too, so it is narrow."""

LETTER, HEIGHT, GAP, PAD = 8.4, 30, 8, 12


@dataclass
class _Sheet:
    """Shapes drawn so far, and how far down they reach."""

    shapes: list[str] = field(default_factory=list)
    bottom: float = 0.0


def layers() -> list[list[str]]:
    """Return the names in each layer of the contract for the whole package, the topmost layer first.

    Raises:
        ValueError: If no contract of layers is for the whole package.
    """
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    for contract in contracts:
        if contract["type"] == "layers" and PACKAGE.name in contract.get("containers", []):
            return [re.findall(r"[\w.]+", layer) for layer in contract["layers"]]
    msg = f"pyproject.toml has no contract of layers for {PACKAGE.name}."
    raise ValueError(msg)


def drawing() -> str:
    """Return an SVG to be put into a page: one band for each layer, one box for each package or module in it."""
    sheet = _Sheet()
    summaries = {name: modules[0].summary for name, modules in by_entry().items()}
    for names in layers():
        _band(sheet, names, summaries)
    height = sheet.bottom - GAP + 1
    title = "The layers of the package: each may import what is in the bands below it."
    return (
        f'<svg class="layers" role="img" aria-label="{title}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(sheet.shapes) + "\n</svg>\n"
    )


def _band(sheet: _Sheet, names: list[str], summaries: dict[str, str]) -> None:
    """Draw one layer below the others."""
    top, left, y, boxes = sheet.bottom, PAD, sheet.bottom + PAD, []
    for name in names:
        width = len(name) * LETTER + 2 * PAD
        if left > PAD and left + width > WIDTH - PAD:
            left, y = PAD, y + HEIGHT + GAP
        boxes.append(
            f'<a href="../reference/api/{name}.html"><title>{escape(summaries.get(name, name))}</title>'
            f'<rect class="box" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT}" rx="4"/>'
            f'<text x="{left + width / 2:.1f}" y="{y + 20:.1f}">{escape(name)}</text></a>'
        )
        left += width + GAP
    bottom = y + HEIGHT + PAD
    sheet.shapes.append(
        f'<rect class="band" x="0.5" y="{top + 0.5:.1f}" width="{WIDTH - 1}" height="{bottom - top:.1f}" rx="6"/>'
    )
    sheet.shapes += boxes
    sheet.bottom = bottom + GAP
