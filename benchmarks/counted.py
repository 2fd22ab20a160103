"""Pages of thumbnails from a server that counts requests, as Zenodo does: requests, bytes and time of each.

Run with ``python benchmarks/counted.py``; it needs ``pip install -e '.[release,test]'`` and about 40 MB of disk.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

from machine import describe

from chatearthnet_explorer.net import web_file
from chatearthnet_explorer.net.byte_ranges import open_ranges
from chatearthnet_explorer.net.retries_and_timeouts import RELEASE
from chatearthnet_explorer.net.web_file import GAP, GAP_IF_COUNTED, WebFile
from chatearthnet_explorer.net.zip_members import read_directory, read_members

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from rig.zenodo import RECORD, Zenodo

MEMBERS = 500
PAGE = 24
CHIP_BYTES = 75_000
LATENCY = 0.15
BANDWIDTH = 5_000_000
LIMIT = 60


def write(path: Path) -> None:
    """Write a ZIP of chips of random bytes, side by side."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MEMBERS):
            archive.writestr(f"s2_images/{number}_{number}_patch00.png", os.urandom(CHIP_BYTES))


def pages(step: int) -> list[list[int]]:
    """Return the members of consecutive pages: every ``step``-th of the archive, or at random for 0."""
    order = random.Random(0).sample(range(MEMBERS), MEMBERS) if step == 0 else list(range(0, MEMBERS, step))
    return [order[start : start + PAGE] for start in range(0, len(order) - PAGE + 1, PAGE)]


def measure(path: Path, page_rows: list[list[int]]) -> str:
    """Return how many of the pages a minute's requests suffice for, and what a page costs."""
    directory = read_directory(open_ranges(path))
    members = list(directory)
    read, requests, bytes_sent, seconds = 0, 0, 0, 0.0
    with Zenodo(path.parent, limit=LIMIT, window=3600, latency=LATENCY) as server:
        server.bandwidth = BANDWIDTH
        file = WebFile(f"{server.url}/records/{RECORD}/files/{path.name}", limits=replace(RELEASE, patience=0))
        for page in page_rows:
            server.reset()
            start = time.perf_counter()
            answers = read_members(file, [members[number] for number in page])
            if any(not isinstance(answer, bytes) for answer in answers):
                break
            seconds += time.perf_counter() - start
            read, requests, bytes_sent = read + 1, requests + server.requests, bytes_sent + server.bytes_sent
    if not read:
        return "no page"
    each = f"{requests / read:5.1f} requests {bytes_sent / read / 1e6:6.2f} MB {seconds / read:6.2f} s a page"
    return f"{read:3} of {len(page_rows):2} pages, {each}"


def main() -> None:
    """Print the table."""
    print(describe("urllib3"))
    print(f"{LIMIT} requests, {LATENCY * 1000:.0f} ms, {BANDWIDTH / 1e6:.0f} MB/s a connection, {PAGE} of 75 kB a page")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "s2_rgb_images.zip"
        write(path)
        for label, step in (("neighbours", 1), ("every 5th", 5), ("every 10th", 10), ("at random", 0)):
            page_rows = pages(step)
            for near, how in ((GAP, f"gaps of {GAP // 1024} kB"), (GAP_IF_COUNTED, "wider when few are left")):
                web_file.GAP_IF_COUNTED = near
                print(f"  {label:10} {how:24} {measure(path, page_rows)}")


if __name__ == "__main__":
    main()
