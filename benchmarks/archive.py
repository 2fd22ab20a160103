"""Members of a ZIP on a server 60 ms away: ours beside the naive ways; and its directory at full size.

Run with ``python benchmarks/archive.py``; it needs ``pip install -e '.[release,test]'`` and about 30 MB of disk.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3
from machine import describe

from chatearthnet_explorer.net.byte_ranges import open_ranges
from chatearthnet_explorer.net.web_file import WebFile
from chatearthnet_explorer.net.zip_members import read_directory, read_members

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from rig.range_server import RangeServer

if TYPE_CHECKING:
    from collections.abc import Callable

MEMBERS = 163_488
PAGE = 24
CHIP_BYTES = 75_000
LATENCY = 0.06


class RangeFile(io.RawIOBase):
    """A seekable file over Range requests, the usual way to give a web file to zipfile."""

    def __init__(self, address: str) -> None:
        """Ask for the size."""
        super().__init__()
        self._address, self._place = address, 0
        self._pool = urllib3.PoolManager()
        answer = self._pool.request("HEAD", address)
        self._size = int(answer.headers["Content-Length"])

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any place can be read."""
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move."""
        self._place = offset + (0, self._place, self._size)[whence]
        return self._place

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the buffer with one request."""
        stop = min(self._place + len(buffer), self._size)
        if stop <= self._place:
            return 0
        span = {"Range": f"bytes={self._place}-{stop - 1}"}
        content = self._pool.request("GET", self._address, headers=span).data
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)


def write_pages(path: Path) -> list[str]:
    """Write chips of random bytes, far enough apart that none share a request, and return a page of names."""
    names = [f"s2_images/{number}_{number}_patch00.png" for number in range(PAGE)]
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, os.urandom(CHIP_BYTES))
            archive.writestr(f"{name}.other", bytes(300_000))
    return names


def write_full(path: Path) -> None:
    """Write a ZIP with as many members as the release, each of one byte."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MEMBERS):
            name = f"s2_images/{number % 8192}_{number // 8192}_patch{number % 2}{number // 2 % 2}.png"
            archive.writestr(zipfile.ZipInfo(name), b"x")


def time_and_traffic(server: RangeServer, work: Callable[[], object], times: int = 5) -> str:
    """Return the median time of one call, its round trips, its requests and its bytes."""
    seconds = []
    for _ in range(times):
        server.reset()
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    traffic = f"{server.trips:3} round trips {server.requests:5} requests {server.bytes_sent / 1e6:8.2f} MB"
    return f"{statistics.median(seconds):8.3f} s {traffic}"


def time_and_memory(directory: Callable[[Path], object], path: Path) -> str:
    """Return time, and memory that the process kept and needed at most, in a process of its own."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()

    def child() -> None:
        before, peak = _resident(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        start = time.perf_counter()
        result = directory(path)
        seconds = time.perf_counter() - start
        after, highest = _resident(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        there.send((seconds, after - before, highest - max(peak, before), result is not None))

    process = context.Process(target=child)
    process.start()
    seconds, memory, highest, _ = here.recv()
    process.join()
    return f"{seconds:8.3f} s {memory:8.1f} MB kept {highest:8.1f} MB at most"


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Print the tables."""
    print(describe("numpy", "urllib3"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = write_pages(folder / "pages.zip")
        write_full(folder / "full.zip")
        print(f"\ncentral directory of {MEMBERS:,} members, file on this computer")
        print(
            "  ours (arrays)        ",
            time_and_memory(lambda path: read_directory(open_ranges(path)), folder / "full.zip"),
        )
        print("  zipfile (ZipInfo)    ", time_and_memory(zipfile.ZipFile, folder / "full.zip"))
        with RangeServer(folder, latency=LATENCY) as server:
            full, pages = f"{server.url}/full.zip", f"{server.url}/pages.zip"
            print(f"\nthe same behind {LATENCY * 1000:.0f} ms")
            print("  ours                 ", time_and_traffic(server, lambda: read_directory(WebFile(full)), times=3))
            print(
                "  zipfile on a web file", time_and_traffic(server, lambda: zipfile.ZipFile(RangeFile(full)), times=3)
            )

            directory = read_directory(WebFile(pages))
            members = [member for one in names if (member := directory.get(one))]
            near = WebFile(pages)
            near.tail(1)
            zip_file = zipfile.ZipFile(RangeFile(pages))

            def cold() -> None:
                file = WebFile(pages)
                members_found = read_directory(file)
                read_members(file, [member for one in names if (member := members_found.get(one))])

            print(f"\n{PAGE} thumbnails of {CHIP_BYTES // 1000} kB behind {LATENCY * 1000:.0f} ms")
            print("  ours, places known   ", time_and_traffic(server, lambda: read_members(near, members)))
            print("  ours, from cold      ", time_and_traffic(server, cold))
            print(
                "  ours, one by one     ",
                time_and_traffic(server, lambda: [read_members(near, [one]) for one in members]),
            )
            print(
                "  zipfile on a web file",
                time_and_traffic(server, lambda: [zip_file.read(one) for one in names], times=2),
            )


if __name__ == "__main__":
    main()
