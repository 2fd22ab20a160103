"""Text and tables for Markdown pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, except that double backticks (reStructuredText) mark code."""
    parts = re.split(r"(``.+?``)", " ".join(text.split()))
    return "".join(code(part[2:-2]) if part.startswith("``") else _plain(part) for part in parts)


def code(text: str) -> str:
    """Return text as code that may stand in a table."""
    return "`" + text.replace("|", "\\|") + "`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", text)
