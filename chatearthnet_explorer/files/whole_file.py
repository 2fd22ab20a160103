"""Write a file under another name first, so that nobody ever reads half of it."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path beside another; what the block writes there takes the other's place when the block ends.

    If the block or the disk fails, the file that was there before stays as it was, and what was written is removed.
    Each process has a name of its own; threads that write the same file need a lock.

    Args:
        path: Target, a file or a folder; its folder is there.

    Raises:
        OSError: If it cannot be moved into its place.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        with suppress(OSError):
            part.unlink(missing_ok=True)
