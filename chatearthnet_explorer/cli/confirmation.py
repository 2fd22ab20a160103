"""Ask before many requests that cost."""

from __future__ import annotations

import sys

from chatearthnet_explorer.cli.terminal import standard_error, write_error
from chatearthnet_explorer.errors import SettingError

FEW = 10
"""Requests that are sent without a question about their price."""


def confirm(question: str) -> None:
    """Ask a person at a terminal whether to go on.

    Args:
        question: What would be sent and what it costs, without the full stop.

    Raises:
        SettingError: If the answer is not yes.
    """
    write_error(f"{question}. Send them? [y/N] ")
    standard_error().flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        msg = "Nothing was sent; answer y, or repeat the command with --yes, to send it."
        raise SettingError(msg)


def can_ask() -> bool:
    """Return whether there is a person to ask."""
    return sys.stdin is not None and sys.stdin.isatty()
