"""Plain programs of this package that share one piece of work."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def processors() -> int:
    """Return how many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start(
    module: str, *arguments: object, environment: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    """Start the ``main`` of a module as a program of its own, with pipes to its input and from its output.

    It is a program rather than ``multiprocessing``, which would run the user's own script once more in it.

    Args:
        module: Its name; ``main`` is called with texts.
        arguments: What it is told.
        environment: Variables beside those of this program.
    """
    command = [sys.executable, "-c", f"import sys; from {module} import main; main(*sys.argv[1:])"]
    return subprocess.Popen(  # noqa: S603 - ourselves
        [*command, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
    )


@contextmanager
def programs(module: str, arguments: Sequence[object], count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start the ``main`` of a module several times, and end all of them on leaving.

    Args:
        module: Its name; ``main`` is called with texts.
        arguments: What each is told; then follows its number, from 0.
        count: How many. What they write can be read from ``stdout`` of each.
    """
    running = [start(module, *arguments, number) for number in range(count)]
    try:
        yield running
    finally:
        for process in running:
            process.terminate()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
