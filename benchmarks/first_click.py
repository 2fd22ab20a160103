"""Click to visible caption in a real browser, what the kernel takes of memory for it, and what importing costs.

``PYTHONPATH=tests python benchmarks/first_click.py``: no network; the chips are simulated, and no model is asked.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from machine import describe
from rig import servers, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CLICKS = 20
PEER = "an ipyleaflet map alone"
MODULES = {
    "numpy": "numpy",
    "chatearthnet_explorer": "chatearthnet_explorer",
    PEER: "ipyleaflet",
    "leafmap": "leafmap.leafmap",
    "the Explorer": "chatearthnet_explorer.widgets.explore.explorer",
    "the app": "chatearthnet_explorer.app",
}


def places() -> Iterator[tuple[float, float]]:
    """Yield shares of the map's width and height, no two the same: from Nigeria to the Congo, where none is at sea."""
    for row_, column in product(range(5), range(5)):
        yield 0.68 + 0.06 * column, 0.14 + 0.07 * row_


def lab(browser: Browser, folder: Path) -> tuple[list[float], list[float], float, float]:
    """Return seconds of first and of second clicks, and megabytes of the kernel before and at its peak."""
    with servers.lab(folder) as address, servers.watched_page(browser) as visit:
        visit.page.goto(address)
        servers.run_all(visit.page)
        servers.caption(visit.page)
        servers.wait_idle(visit.page)
        visit.page.get_by_role("button", name="GPT-3.5 style").click()
        (kernel,) = (one for one in psutil.Process().children(recursive=True) if "ipykernel_launcher" in one.cmdline())
        before = kernel.memory_info().rss / 1e6
        first = [servers.click_map(visit.page, right=right, down=down) for right, down in islice(places(), CLICKS)]
        again = [servers.click_map(visit.page, right=right, down=down) for right, down in islice(places(), 5)]
        return first, again, before, peak(kernel)


def app(browser: Browser, folder: Path) -> list[float]:
    """Return seconds of clicks in the app."""
    with servers.app(folder) as address, servers.watched_page(browser) as visit:
        visit.page.goto(address)
        servers.caption(visit.page)
        return [servers.click_map(visit.page, right=right, down=down) for right, down in islice(places(), CLICKS)]


def peak(process: psutil.Process) -> float:
    """Return megabytes of the most memory a process ever had; where the system does not tell, what it has now."""
    status = Path(f"/proc/{process.pid}/status")
    for line in status.read_text().splitlines() if status.is_file() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return process.memory_info().rss / 1e6


def importing(module: str) -> tuple[float, float]:
    """Return median seconds and megabytes of a process that imports one module."""
    code = (
        f"import time; began = time.perf_counter(); import {module}; took = time.perf_counter() - began; "
        "import psutil; print(took, psutil.Process().memory_info().rss / 1e6)"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    runs = []
    for _ in range(4):
        process = subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        )
        runs.append(tuple(map(float, process.stdout.split()[-2:])))
    # the first may have had to compile
    return tuple(statistics.median(column) for column in zip(*runs[1:], strict=True))


def row(what: str, seconds: list[float]) -> str:
    """Return a line of the table."""
    return f"{what:<44}{statistics.median(seconds):8.3f} s   most {max(seconds):6.3f} s   of {len(seconds)}"


def main() -> None:
    """Print the tables."""
    print(describe("leafmap", "ipyleaflet", "anywidget", "jupyterlab", "panel"))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, stage.chromium() as browser:
        first, again, before, most = lab(browser, Path(folder) / "lab")
        app_seconds = app(browser, Path(folder) / "app")
    print(row("click to visible caption, JupyterLab", first))
    print(row("the same places a second time", again))
    print(row("click to visible caption, app", app_seconds))
    print(f"{'kernel before the clicks':<44}{before:8.0f} MB")
    print(f"{f'and at its peak, {CLICKS} clicks later':<44}{most:8.0f} MB")
    for name, module in MODULES.items():
        seconds, megabytes = importing(module)
        print(f"{f'import {name}':<44}{seconds:8.3f} s{megabytes:8.0f} MB")
    print(f"measured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
