"""Work behind the widgets: one job runs, one waits, and what nobody waits for ends at its next step."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.errors import Cancelled
from chatearthnet_explorer.widgets.shared import background as module
from chatearthnet_explorer.widgets.shared.background import MOST_THREADS, BackgroundTask


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody of it
            await asyncio.sleep(0.005)


def _threads() -> int:
    return sum(thread.name == "chatearthnet-work" for thread in threading.enumerate())


class Recorder:
    """Work whose jobs end when the test lets them, and what came of it."""

    def __init__(self) -> None:
        self.work = BackgroundTask()
        self.started_jobs: list[int] = []
        self.results: list[int] = []
        self.errors: list[Exception] = []
        self.gates: dict[int, threading.Event] = {}

    def start(self, number: int) -> None:
        def job(_step: Callable[[str], None]) -> int:
            self.started_jobs.append(number)
            if gate := self.gates.get(number):
                assert gate.wait(60)
            return number

        self.work.start(job, on_result=self.results.append, on_error=self.errors.append)


def test_of_many_jobs_at_once_the_first_and_the_last_run() -> None:
    async def run() -> Recorder:
        recorder = Recorder()
        recorder.gates[0] = threading.Event()
        recorder.start(0)
        await _until(lambda: recorder.started_jobs == [0])
        for number in range(1, 200):
            recorder.start(number)
            assert _threads() == 1
        recorder.gates[0].set()
        await _until(lambda: bool(recorder.results))
        await _until(lambda: not _threads())
        return recorder

    recorder = asyncio.run(run())
    assert recorder.started_jobs == [0, 199]
    assert recorder.results == [199]
    assert recorder.errors == []
    assert not recorder.work.busy


def test_a_job_does_not_wait_for_one_that_hangs() -> None:
    async def run() -> Recorder:
        recorder = Recorder()
        recorder.gates[0] = threading.Event()
        recorder.start(0)
        await _until(lambda: recorder.started_jobs == [0])
        recorder.start(1)
        await _until(lambda: recorder.results == [1])
        recorder.gates[0].set()
        await _until(lambda: not _threads())
        return recorder

    assert asyncio.run(run()).results == [1]


def test_jobs_that_hang_take_a_bounded_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.01)

    async def run() -> Recorder:
        recorder = Recorder()
        for number in range(20):
            recorder.gates[number] = threading.Event()
            recorder.start(number)
            await _until(lambda: len(recorder.started_jobs) >= min(number + 1, MOST_THREADS))  # noqa: B023 - called now
            await asyncio.sleep(0.02)
            assert _threads() <= MOST_THREADS
        assert len(recorder.started_jobs) == MOST_THREADS
        for gate in recorder.gates.values():
            gate.set()
        await _until(lambda: bool(recorder.results))
        await _until(lambda: not _threads())
        return recorder

    recorder = asyncio.run(run())
    assert recorder.started_jobs == [0, 1, 2, 19]
    assert recorder.results == [19]


def test_a_replaced_job_ends_at_its_next_checkpoint() -> None:
    async def run() -> tuple[Recorder, list[str]]:
        recorder, events = Recorder(), []
        job_started, gate = threading.Event(), threading.Event()

        def job(_step: Callable[[str], None]) -> int:
            job_started.set()
            assert gate.wait(60)
            try:
                checkpoint()
            except Cancelled:
                events.append("cancelled")
                raise
            events.append("went on")
            return 0

        recorder.work.start(job, on_result=recorder.results.append, on_error=recorder.errors.append)
        await _until(job_started.is_set)
        recorder.start(1)
        gate.set()
        await _until(lambda: recorder.results == [1])
        await _until(lambda: bool(events))
        return recorder, events

    recorder, events = asyncio.run(run())
    assert events == ["cancelled"]
    assert recorder.errors == []


def test_a_stop_lets_go_of_the_job_that_waits() -> None:
    async def run() -> Recorder:
        recorder = Recorder()
        recorder.gates[0] = threading.Event()
        recorder.start(0)
        await _until(lambda: recorder.started_jobs == [0])
        recorder.start(1)
        recorder.work.stop()
        recorder.gates[0].set()
        await _until(lambda: not _threads())
        await asyncio.sleep(0)
        return recorder

    recorder = asyncio.run(run())
    assert recorder.started_jobs == [0]
    assert recorder.results == []


def test_checkpoint_outside_a_job_does_nothing() -> None:
    checkpoint()
