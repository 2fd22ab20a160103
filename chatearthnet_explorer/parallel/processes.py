"""Start worker programs of this package that share one task."""

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
    """Return the number of processors that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start(
    module: str, *arguments: object, environment: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    """Start the ``main`` of a module as a program, with pipes to its input and from its output.

    ``multiprocessing`` would run the user's own script again in it.

    Args:
        module: Name of the module; ``main`` is called with texts.
        arguments: Arguments of ``main``.
        environment: Variables in addition to those of this program.
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
    """Start the ``main`` of a module several times, and end all programs at the end.

    Args:
        module: Name of the module; ``main`` is called with texts.
        arguments: Arguments of each; its number, from 0, is added.
        count: Number of programs. Their output can be read from ``stdout`` of each.
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
