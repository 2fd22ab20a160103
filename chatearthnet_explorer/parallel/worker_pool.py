"""The process pool that all visitors of a server share: started at the first use, replaced when a worker dies."""

from __future__ import annotations

import logging
import pickle
import struct
import sys
import threading
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.parallel.processes import processors, start

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from typing import BinaryIO

MOST = 4
"""Most processes: each takes some 60 MB, and a page on Binder has 2 GB in all."""

_ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Environment of a worker: it computes on one processor, and returns free memory to the system."""

_PATIENCE = 0.05  # seconds between two checks whether the caller still waits
_LENGTH = struct.Struct("!Q")
_LOG = logging.getLogger(__name__)


class Workers:
    """Runs functions in worker processes, one at a time in each, without the interpreter lock of this process.

    The workers are plain programs of this package (decision 0011). They end when their input ends, so even a server
    that is killed leaves none behind.
    """

    def __init__(self, count: int | None = None) -> None:
        """Prepare; nothing is started yet.

        Args:
            count: Most processes; None for one per processor, up to ``MOST``.
        """
        self.count = count or max(1, min(processors(), MOST))
        """Most processes."""
        self._lock = threading.Lock()
        self._all: list[_Worker] = []
        self._idle: list[_Worker] = []
        self._waiting: deque[_Ticket] = deque()
        self._closed = False

    def run(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - what the function returns
        """Return the result of a function of a module, computed in one of the processes.

        If a process dies, another one tries; if none can be started, this process computes it.

        Raises:
            Cancelled: If the caller stops waiting before a process is free.
            Exception: If the function raises it.
        """
        request = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        for _ in range(2):
            worker = self._take()
            if worker is None:
                break
            try:
                is_result, answer = worker.ask(request)
            except (OSError, EOFError, pickle.UnpicklingError):
                _LOG.info("A worker has died; another takes its place.")
                self._drop(worker)
                continue
            self._give(worker)
            if not is_result:
                raise answer
            return answer
        return function(*arguments)

    def close(self) -> None:
        """End all processes; later calls are computed in this process."""
        with self._lock:
            self._closed = True
            workers, self._all = self._all, []
        for worker in workers:
            worker.end()

    def _take(self) -> _Worker | None:
        """Return an idle process, in the order of the calls; None if none can be started."""
        with self._lock:
            if not self._start():
                return None
            if self._idle:
                return self._idle.pop()
            ticket = _Ticket()
            self._waiting.append(ticket)
        try:
            while not ticket.ready.wait(_PATIENCE):
                checkpoint()
                if self._closed:
                    return None
        except BaseException:
            with self._lock, suppress(ValueError):
                self._waiting.remove(ticket)
            if ticket.worker is not None:
                self._give(ticket.worker)
            raise
        return ticket.worker

    def _start(self) -> bool:
        """Start the missing processes, and return whether there are any."""
        while len(self._all) < self.count and not self._closed:
            try:
                worker = _Worker()
            except OSError:
                break
            self._all.append(worker)
            self._hand(worker)
        return bool(self._all)

    def _give(self, worker: _Worker) -> None:
        with self._lock:
            self._hand(worker)

    def _hand(self, worker: _Worker) -> None:
        """Hand a process to the caller that has waited longest."""
        if self._waiting:
            ticket = self._waiting.popleft()
            ticket.worker = worker
            ticket.ready.set()
        else:
            self._idle.append(worker)

    def _drop(self, worker: _Worker) -> None:
        worker.end()
        with self._lock, suppress(ValueError):
            self._all.remove(worker)
            self._start()


class _Ticket:
    """The place of one thread in the queue for a process."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.worker: _Worker | None = None


class _Worker:
    """One worker process, seen from the server."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] = start(__name__, environment=_ALONE)

    def ask(self, request: bytes) -> tuple[bool, Any]:
        """Return whether the function returned, and its result or exception."""
        _write(self._process.stdin, request)
        answer: tuple[bool, Any] = pickle.loads(_read(self._process.stdout))  # noqa: S301 - our own process
        return answer

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]  # both are pipes


def main() -> None:
    """Compute the requests on standard input until it ends; this runs in each worker."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a library may print, but not between the answers
    for request in iter(partial(_next, incoming), None):
        try:
            function, arguments = pickle.loads(request)  # noqa: S301 - from the process that started this one
            answer = True, function(*arguments)
        except Exception as problem:  # noqa: BLE001 - raised again in the caller
            answer = False, problem
        _write(outgoing, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))


def _next(pipe: BinaryIO) -> bytes | None:
    """Return the next request; None after the server has ended."""
    try:
        return _read(pipe)
    except (EOFError, KeyboardInterrupt):
        return None


def _write(pipe: Any, data: bytes) -> None:  # noqa: ANN401 - a pipe of Popen
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _read(pipe: Any) -> bytes:  # noqa: ANN401 - likewise
    (size,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, size)


def _exactly(pipe: Any, size: int) -> bytes:  # noqa: ANN401 - likewise
    data: bytes = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
