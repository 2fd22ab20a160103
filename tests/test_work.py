"""Work behind the widgets: one job runs, one waits, and what nobody waits for ends at its next step."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.errors import Cancelled
from chatearthnet_explorer.widgets.shared import background as module
from chatearthnet_explorer.widgets.shared.background import MOST_THREADS, Work


async def _until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not met():  # noqa: ASYNC110 - what is waited for tells nobody of it
            await asyncio.sleep(0.005)


def _threads() -> int:
    return sum(thread.name == "chatearthnet-work" for thread in threading.enumerate())


class Recorder:
    """Work whose jobs end when the test lets them, and what came of it."""

    def __init__(self) -> None:
        self.work = Work()
        self.begun: list[int] = []
        self.done: list[int] = []
        self.failed: list[Exception] = []
        self.gates: dict[int, threading.Event] = {}

    def start(self, number: int) -> None:
        def job(_step: Callable[[str], None]) -> int:
            self.begun.append(number)
            if gate := self.gates.get(number):
                assert gate.wait(30)
            return number

        self.work.start(job, done=self.done.append, failed=self.failed.append)


def test_of_many_jobs_at_once_the_first_and_the_last_run() -> None:
    async def run() -> Recorder:
        told = Recorder()
        told.gates[0] = threading.Event()
        told.start(0)
        await _until(lambda: told.begun == [0])
        for number in range(1, 200):
            told.start(number)
            assert _threads() == 1
        told.gates[0].set()
        await _until(lambda: bool(told.done))
        await _until(lambda: not _threads())
        return told

    told = asyncio.run(run())
    assert told.begun == [0, 199]
    assert told.done == [199]
    assert told.failed == []
    assert not told.work.busy


def test_a_job_does_not_wait_for_one_that_hangs() -> None:
    async def run() -> Recorder:
        told = Recorder()
        told.gates[0] = threading.Event()
        told.start(0)
        await _until(lambda: told.begun == [0])
        told.start(1)
        await _until(lambda: told.done == [1])
        told.gates[0].set()
        await _until(lambda: not _threads())
        return told

    assert asyncio.run(run()).done == [1]


def test_jobs_that_hang_take_a_bounded_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.01)

    async def run() -> Recorder:
        told = Recorder()
        for number in range(20):
            told.gates[number] = threading.Event()
            told.start(number)
            await asyncio.sleep(0.05)
            assert _threads() <= MOST_THREADS
        assert len(told.begun) == MOST_THREADS
        for gate in told.gates.values():
            gate.set()
        await _until(lambda: bool(told.done))
        await _until(lambda: not _threads())
        return told

    told = asyncio.run(run())
    assert told.begun == [0, 1, 2, 19]
    assert told.done == [19]


def test_a_replaced_job_ends_at_its_next_checkpoint() -> None:
    async def run() -> tuple[Recorder, list[str]]:
        told, seen = Recorder(), []
        begun, gate = threading.Event(), threading.Event()

        def job(_step: Callable[[str], None]) -> int:
            begun.set()
            assert gate.wait(30)
            try:
                checkpoint()
            except Cancelled:
                seen.append("cancelled")
                raise
            seen.append("went on")
            return 0

        told.work.start(job, done=told.done.append, failed=told.failed.append)
        await _until(begun.is_set)
        told.start(1)
        gate.set()
        await _until(lambda: told.done == [1])
        await _until(lambda: bool(seen))
        return told, seen

    told, seen = asyncio.run(run())
    assert seen == ["cancelled"]
    assert told.failed == []


def test_a_stop_lets_go_of_the_job_that_waits() -> None:
    async def run() -> Recorder:
        told = Recorder()
        told.gates[0] = threading.Event()
        told.start(0)
        await _until(lambda: told.begun == [0])
        told.start(1)
        told.work.stop()
        told.gates[0].set()
        await _until(lambda: not _threads())
        await asyncio.sleep(0)
        return told

    told = asyncio.run(run())
    assert told.begun == [0]
    assert told.done == []


def test_outside_a_job_a_checkpoint_stops_nobody() -> None:
    checkpoint()
