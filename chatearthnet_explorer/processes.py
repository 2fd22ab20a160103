"""Plain programs of this package that share one piece of work."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def processors() -> int:
    """Return how many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def programs(module: str, arguments: Sequence[object], count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start the ``main`` of a module several times, and end all of them on leaving.

    They are programs rather than ``multiprocessing``, which would run the user's own script once more in each of them.

    Args:
        module: Its name; ``main`` is called with texts.
        arguments: What each is told; then follows its number, from 0.
        count: How many. What they write can be read from ``stdout`` of each.
    """
    command = [sys.executable, "-c", f"import sys; from {module} import main; main(*sys.argv[1:])"]
    command += [str(argument) for argument in arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    running = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, env=environment)  # noqa: S603 - ourselves
        for number in range(count)
    ]
    try:
        yield running
    finally:
        for process in running:
            process.terminate()
            process.wait()
            if process.stdout:
                process.stdout.close()
