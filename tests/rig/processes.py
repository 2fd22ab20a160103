"""The end of a process that a test started."""

from __future__ import annotations

import subprocess
from typing import Any

_SECONDS = 20


def end(process: subprocess.Popen[Any]) -> None:
    """End a process: politely, and by force after 20 seconds."""
    process.terminate()
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
