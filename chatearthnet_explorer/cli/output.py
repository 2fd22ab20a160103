"""What a command prints."""

from __future__ import annotations

import json
import sys


def put(told: str | dict[str, object]) -> None:
    """Print words as they are, and anything else as JSON."""
    text = told if isinstance(told, str) else json.dumps(told, indent=2, ensure_ascii=False)
    sys.stdout.write(text + "\n")
