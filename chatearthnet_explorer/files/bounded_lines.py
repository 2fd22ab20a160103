"""The lines of a file of any length, each of a bounded length."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator


def bounded_lines(file: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the number (from 1) and the bytes of each line; None for one that is longer than a limit, which is skipped.

    Args:
        file: Open for reading.
        limit: Most bytes of a line, with its line break.
    """
    number = 0
    while line := file.readline(limit):
        number += 1
        is_long = len(line) == limit and not line.endswith(b"\n")
        if is_long:
            while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
                pass
        yield number, None if is_long else line
