"""Facts of one 256 x 256 label map, beside a naive way, and the time to import the package."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from machine import describe

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35

if TYPE_CHECKING:
    from collections.abc import Callable

SLICES = {
    "top left": (slice(0, 128), slice(0, 128)),
    "top right": (slice(0, 128), slice(128, 256)),
    "bottom left": (slice(128, 256), slice(0, 128)),
    "bottom right": (slice(128, 256), slice(128, 256)),
    "middle": (slice(64, 192), slice(64, 192)),
}


def naive(labels: np.ndarray) -> dict[str, dict[str, float]]:
    """Count each class of each part with a mask of its own, as one would write it first."""
    return {part: {land.name: float((labels[SLICES[part]] == land.index).mean()) for land in CLASSES} for part in PARTS}


def milliseconds(work: Callable[[], object], times: int = 300) -> float:
    """Return the median time of one call."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(0)
    labels = np.kron(rng.integers(0, 12, (32, 32)), np.ones((8, 8))).astype(np.uint8)
    print(describe("numpy"))
    print(f"facts, style 3.5        {milliseconds(lambda: facts_35(labels)):8.3f} ms")
    print(f"facts, style 4v         {milliseconds(lambda: facts_4v(labels)):8.3f} ms")
    print(f"naive masks, counts only{milliseconds(lambda: naive(labels)):8.3f} ms")
    for module in ("numpy", "chatearthnet_explorer"):
        seconds = []
        for _ in range(7):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
            seconds.append(time.perf_counter() - start)
        print(f"python -c 'import {module}' {statistics.median(seconds):6.3f} s")


if __name__ == "__main__":
    main()
