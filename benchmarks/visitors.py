"""Visitors of the served app over real websockets: how long they wait, and what memory they take and give back.

``PYTHONPATH=tests python benchmarks/visitors.py``: no network; the chips are simulated, and no model is asked. With
``--beside DIR``, a checkout of another commit, both are measured in turns in one run. All of it takes about six minutes
a commit; ``--only latency`` takes one, ``--only quick`` half of one, ``--only memory`` the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from machine import describe
from rig.measured_app import CHECKOUT, AppProcess, app_process
from rig.page_client import sign_in

if TYPE_CHECKING:
    from rig.page_client import Visitor

PLACES = (
    *((6.73, 0.336), (2.35, 48.85), (-60.0, -3.1), (31.2, 30.0), (77.2, 28.6), (139.7, 35.7), (-99.1, 19.4)),
    *((18.4, -33.9), (37.6, 55.7), (106.8, -6.2), (-70.6, -33.4), (151.2, -33.8), (-122.4, 37.7), (24.9, 60.1)),
    *((36.8, -1.3), (90.4, 23.8), (-47.9, -15.8), (12.5, 41.9), (44.4, 33.3), (116.4, 39.9)),
)
"""Longitude and latitude of places on land, on every continent that has a country."""


@dataclass
class Waits:
    """Seconds that visitors waited."""

    opening: list[float] = field(default_factory=list)
    captioned: list[float] = field(default_factory=list)


async def crowd(server: AppProcess, visitors: int, clicks: int, waits: Waits) -> list[Visitor]:
    """Have visitors open the page at once, then click at once; return them."""
    there = await asyncio.gather(*(server.visit() for _ in range(visitors)))
    waits.opening += [one.opening_time for one in there]
    await asyncio.sleep(2)

    async def clicking(number: int, visitor: Visitor) -> None:
        for turn in range(clicks):
            lon, lat = PLACES[(number + 7 * turn) % len(PLACES)]
            # no two clicks of a run hit the same chip
            lon, lat = lon + random.uniform(-0.2, 0.2), lat + random.uniform(-0.2, 0.2)
            since, began = len(visitor.messages), time.perf_counter()
            await visitor.click(lon, lat)
            waits.captioned.append(await visitor.captioned(lon, lat, since=since) - began)
            await asyncio.sleep(random.random())

    await asyncio.gather(*(clicking(*one) for one in enumerate(there)))
    return list(there)


async def latency(server: AppProcess, options: argparse.Namespace, waits: Waits) -> None:
    """Measure what a crowd waits for, once the server is warm."""
    await (await server.visit()).close()
    there = await crowd(server, options.visitors, options.clicks, waits)
    kilobytes = statistics.mean(one.bytes for one in there) / 1e3
    print(f"  {kilobytes:.0f} kB a visitor, {server.memory():.0f} MB in {server.processes()} processes while there")
    await asyncio.gather(*(one.close() for one in there))


async def quick(server: AppProcess, options: argparse.Namespace) -> None:
    """Measure many clicks at once of one visitor."""
    visitor = await server.visit()
    # what is loaded at the first click is no part of it
    since = len(visitor.messages)
    await visitor.click(3.0, 47.0)
    await visitor.captioned(3.0, 47.0, since=since)
    await asyncio.sleep(3)
    before = peak = server.memory()
    stop_event = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop_event.wait(0.02):
            peak = max(peak, server.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    since, began = len(visitor.messages), time.perf_counter()
    for number in range(options.quick):
        lon, lat = PLACES[number % len(PLACES)]
        lon += 0.001 * number
        await visitor.click(lon, lat)
    took = await visitor.captioned(lon, lat, since=since) - began
    await asyncio.sleep(3)
    stop_event.set()
    watcher.join()
    print(
        f"  {options.quick} clicks at once: the last caption after {took:.2f} s; {before:.0f} MB before, "
        f"{peak:.0f} MB at the peak (+{peak - before:.0f}), {server.memory():.0f} MB after; "
        f"{server.processes()} processes, {server.process.num_threads()} threads"
    )
    await visitor.close()


async def memory(server: AppProcess, options: argparse.Namespace) -> None:
    """Measure what is left of visitors who have gone, round after round."""
    before = await server.alive()
    print(f"  before: {server.memory():.0f} MB, {_describe(before)}")
    for number in range(options.rounds):
        there = await crowd(server, options.visitors, options.clicks, Waits())
        most = server.memory()
        await asyncio.gather(*(one.close() for one in there))
        await asyncio.sleep(options.pause)
        after = server.memory()
        left = await server.alive()
        print(
            f"  round {number + 1}: {most:.0f} MB, {after:.0f} MB {options.pause:g} s after they left, "
            f"{_describe(left)}"
        )


def _describe(alive: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in alive.items())


def _row(what: str, seconds: list[float]) -> str:
    durations = sorted(seconds)
    p95 = durations[min(len(durations) - 1, int(0.95 * len(durations)))]
    return f"{what:<48}p50 {statistics.median(durations):6.2f} s   p95 {p95:6.2f} s   most {durations[-1]:6.2f} s"


async def measure(name: str, checkout: Path, options: argparse.Namespace, waits: Waits) -> None:
    """Measure one commit in a server of its own for each part."""
    parts = [("latency", lambda one: latency(one, options, waits)), ("quick", lambda one: quick(one, options))]
    parts += [("memory", lambda one: memory(one, options))]
    for part, run in parts:
        if part in options.only:
            print(f"{name}, {part}, load {os.getloadavg()[0]:.1f}:", flush=True)
            with app_process(checkout) as server:
                server.cookies = await sign_in(server.address)
                await run(server)
                print(f"  the log: {server.log()[:2000] or 'empty'}", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, metavar="DIR", help="checkout of another commit, measured in turns")
    parser.add_argument("--only", nargs="+", choices=("latency", "quick", "memory"), help="parts to measure")
    parser.add_argument("--visitors", type=int, default=20, help="visitors at once")
    parser.add_argument("--clicks", type=int, default=3, help="clicks of each")
    parser.add_argument("--quick", type=int, default=200, help="clicks at once of one visitor")
    parser.add_argument("--rounds", type=int, default=4, help="rounds of visitors whose memory is looked for")
    parser.add_argument("--pause", type=float, default=40.0, help="seconds between rounds")
    parser.add_argument("--repeat", type=int, default=2, help="how often each commit takes its turn for latency")
    options = parser.parse_args()
    options.only = options.only or ["latency", "quick", "memory"]
    print(describe("panel", "bokeh", "ipywidgets", "tornado"))
    checkouts = {"this checkout": CHECKOUT} | (
        {str(options.beside.name): options.beside.resolve()} if options.beside else {}
    )
    waits = {name: Waits() for name in checkouts}
    for turn in range(max(1, options.repeat if "latency" in options.only else 1)):
        for name, checkout in checkouts.items():
            arguments = argparse.Namespace(**vars(options))
            arguments.only = [part for part in options.only if part == "latency" or turn == 0]
            asyncio.run(measure(name, checkout, arguments, waits[name]))
    for name, one in waits.items():
        if one.opening:
            print(_row(f"{name}: page open", one.opening))
            print(_row(f"{name}: click to caption", one.captioned))


if __name__ == "__main__":
    main()
