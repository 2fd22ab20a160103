"""Processes that compute for all visitors: the same answers, one at a time each, and none is ever left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest

from chatearthnet_explorer.cancellation import cancelled_by
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import Cancelled, PlaceError, SettingError
from chatearthnet_explorer.parallel.worker_pool import Workers
from chatearthnet_explorer.render import png
from chatearthnet_explorer.sources import open_source, simulated_chips
from chatearthnet_explorer.sources.simulated_chip_pool import CHIPS_IN_MEMORY, SharedChips, draw_chip, shared_chips
from chatearthnet_explorer.tile import Tile

TILE = Tile.at(2.35, 48.85)


@pytest.fixture(autouse=True)
def _other_processes() -> Iterator[None]:
    others.update(psutil.Process().children())  # of earlier tests, such as Python's own tracker of resources
    yield
    others.clear()


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()
    assert _children() == []


others: set[psutil.Process] = set()


def _children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child not in others]


def test_starts_no_process_before_the_first_call(workers: Workers) -> None:
    assert _children() == []
    assert workers.run(os.getpid) != os.getpid()
    assert len(_children()) == 2


def test_a_chip_of_a_worker_is_the_same(workers: Workers) -> None:
    chip, file = workers.run(draw_chip, TILE, 2021, True)  # noqa: FBT003 - the key of a chip
    here = simulated_chips.simulate(TILE, 2021, bands=True)
    assert isinstance(chip, Chip)
    for name in ("rgb", "labels", "scl"):
        np.testing.assert_array_equal(getattr(chip, name), getattr(here, name))
    assert chip.bands.keys() == here.bands.keys()
    np.testing.assert_array_equal(chip.bands["B08"], here.bands["B08"])
    assert (chip.tile, chip.scene, chip.missing, chip.attribution) == (
        *(here.tile, here.scene),
        *(here.missing, here.attribution),
    )
    assert file == png(here.rgb)


def test_raises_exceptions_of_the_worker_here(workers: Workers) -> None:
    with pytest.raises(PlaceError, match="nearer to the equator"):
        workers.run(Tile.at, 0.0, 89.0)
    assert workers.run(os.getpid) != os.getpid()


def test_a_killed_worker_is_replaced(workers: Workers) -> None:
    first = workers.run(os.getpid)
    for child in _children():
        child.send_signal(signal.SIGKILL)
        child.wait(60)
    pids = {workers.run(os.getpid) for _ in range(3)}
    assert first not in pids
    assert os.getpid() not in pids


def test_works_in_this_process_when_every_worker_dies(workers: Workers) -> None:
    # a process that ends itself over what it is asked does so in every worker
    assert workers.run(_pid_or_death, os.getpid()) == os.getpid()


def _pid_or_death(home: int) -> int:
    if os.getpid() != home:
        os._exit(1)
    return home


def test_after_its_end_everything_is_computed_here() -> None:
    pool = Workers(1)
    assert pool.run(os.getpid) != os.getpid()
    pool.close()
    assert pool.run(os.getpid) == os.getpid()
    assert _children() == []


def test_cancelled_caller_does_not_block_a_worker() -> None:
    pool = Workers(1)
    cancelled_event = threading.Event()

    def check() -> None:
        if cancelled_event.is_set():
            raise Cancelled

    def impatient() -> None:
        with cancelled_by(check):
            pool.run(time.sleep, 0.1)

    try:
        with ThreadPoolExecutor(8) as threads:
            busy = threads.submit(pool.run, time.sleep, 3.0)  # longer than five threads need to begin
            waiting = [threads.submit(impatient) for _ in range(5)]
            while len(pool._waiting) < 5:
                time.sleep(0.01)
            cancelled_event.set()
            assert [type(one.exception(30)) for one in waiting] == [Cancelled] * 5
            busy.result(30)
        assert not pool._waiting
        assert pool.run(os.getpid) != os.getpid()
    finally:
        pool.close()


SERVER = """
import os, sys
from chatearthnet_explorer.parallel.worker_pool import Workers
pool = Workers(1)
print(pool.run(os.getpid), flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_killed_server_leaves_no_worker() -> None:
    process = subprocess.run([sys.executable, "-c", SERVER], capture_output=True, text=True, check=False)
    worker = int(process.stdout)
    deadline = time.monotonic() + 60
    while psutil.pid_exists(worker) and psutil.Process(worker).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Counting(Workers):
    """Workers that write down what they were asked."""

    def __init__(self) -> None:
        super().__init__(1)
        self.calls: list[tuple[object, ...]] = []

    def run(self, function: Callable[..., object], *arguments: object) -> object:
        self.calls.append(arguments)
        time.sleep(0.05)
        return function(*arguments)


def test_computes_a_chip_once_for_simultaneous_callers() -> None:
    counting = Counting()
    with shared_chips(counting), ThreadPoolExecutor(8) as threads:
        source = open_source("simulated")
        chips = list(threads.map(lambda _: source.chip_at(2.35, 48.85), range(8)))
    assert len(counting.calls) == 1
    assert all(chip is chips[0] for chip in chips)
    assert simulated_chips.make_chip is simulated_chips.simulate


def test_chips_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    chip = simulated_chips.simulate(TILE, 2020, bands=False)
    monkeypatch.setattr(simulated_chips, "simulate", lambda *_: chip)
    counting = Counting()
    shared = SharedChips(counting)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    for column in range(3 * CHIPS_IN_MEMORY):
        shared.chip(Tile(column, 5000), 2020, bands=False)
    assert len(shared._chips) == CHIPS_IN_MEMORY


def test_cancelled_caller_does_not_fail_the_next_one() -> None:
    is_running = threading.Event()

    class Refusing(Counting):
        def run(self, function: Callable[..., object], *arguments: object) -> object:
            if not self.calls:
                self.calls.append(arguments)
                is_running.set()
                time.sleep(0.2)
                raise Cancelled
            return super().run(function, *arguments)

    shared = SharedChips(Refusing())
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shared.chip, TILE, 2020, bands=False)
        assert is_running.wait(60)
        second = threads.submit(shared.chip, TILE, 2020, bands=False)
        assert isinstance(first.exception(30), Cancelled)
        assert second.result(30).tile == TILE


def test_wrong_choice_raises_before_a_worker_is_used() -> None:
    counting = Counting()
    with shared_chips(counting), pytest.raises(SettingError, match="2020 and 2021"):
        open_source("simulated").chip_at(2.35, 48.85, year=1999)
    assert counting.calls == []
