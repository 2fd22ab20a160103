"""Check paths from users before they are opened, and explain why one cannot be read."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def unreadable(path: Path, *, missing: bool = False) -> str:
    """Return why a path cannot be read as a file, as the end of a sentence; empty if it can.

    Opening a pipe blocks until something writes to it, and a device may never end, so neither is opened.

    Args:
        path: What somebody named; links are followed.
        missing: Whether it may be a file that is not there yet.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "" if missing else "is not there; check the path"
    except (OSError, ValueError) as error:  # too long, a loop of links, a NUL in it, no permission
        return f"cannot be reached ({getattr(error, 'strerror', None) or error}); check the path"
    if stat.S_ISREG(mode):
        return ""
    if stat.S_ISDIR(mode):
        return "is a folder; give a file"
    return "is a pipe, a socket or a device; give an ordinary file"
