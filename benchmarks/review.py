"""Spot-checks: writing a ledger, reporting 5,000 verdicts, how often intervals hold the truth.

    python benchmarks/review.py

The ledger is measured beside one file for each writer, which needs no lock; the report beside a bootstrap that takes
captions one by one; the intervals beside the effective size without cautions, and beside Kish's alone.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import krippendorff
import numpy as np
from machine import describe

from chatearthnet_explorer.review.error_rates import StratumCount, rate_of, wilson
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.review.sampling import stratified_sample
from chatearthnet_explorer.review.verdict import VERDICTS, Verdict, digest

ENTRIES = 300
WRITE = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.verdict import Verdict, digest
ledger = Ledger(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    ledger.record(Verdict(reviewer=sys.argv[2], name=f"{number}.png", style="3.5", caption=digest(""),
                          verdict="minor", time=datetime.now(UTC)))
"""


def make_verdicts(names: tuple[str, ...], reviewers: str) -> list[Verdict]:
    """Return verdicts that agree more often than not."""
    draw, now = random.Random(0), datetime.now(UTC)
    verdicts = []
    for name in names:
        truth = draw.choices((0, 1, 2), (8, 2, 1))[0]
        for reviewer in reviewers:
            label = VERDICTS[truth if draw.random() < 0.85 else draw.choice((0, 1, 2))]
            verdicts.append(
                Verdict(reviewer=reviewer, name=name, style="3.5", caption=digest(name), verdict=label, time=now)
            )
    return verdicts


def ledgers() -> None:
    """Two processes write at once."""
    print(f"\nTwo processes, {ENTRIES} verdicts each, every one on the disk before the next")
    for what, files in (("one file, under a lock", ("a", "a")), ("a file for each writer", ("a", "b"))):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            writers = [
                subprocess.Popen([sys.executable, "-c", WRITE, f"{folder}/{file}.jsonl", who, str(ENTRIES)])
                for who, file in zip(("Ada", "Bo"), files, strict=True)
            ]
            for writer in writers:
                writer.wait()
            took = time.perf_counter() - began
            count = sum(len(Ledger(file).verdicts) for file in Path(folder).glob("*.jsonl"))
            print(f"  {what:28} {1000 * took / ENTRIES:6.1f} ms a verdict of each, {count} of {2 * ENTRIES} there")


def reports() -> None:
    """A report, and the slow way to its intervals."""
    strata = {f"{number}.png": str(number % 7) for number in range(20_000)}
    plan = stratified_sample(strata, 1667, facet="continent")
    verdicts = make_verdicts(plan.names, "abc")[:5000]
    began = time.perf_counter()
    figures = report(verdicts, plan)
    took = time.perf_counter() - began
    ranks = {name: [0, 0, 0] for name in plan.names}
    for verdict in verdicts:
        ranks[verdict.name][VERDICTS.index(verdict.verdict)] += 1
    counts = np.array(list(ranks.values()))
    draw, began = np.random.default_rng(0), time.perf_counter()
    for _ in range(100):
        for level in ("nominal", "ordinal"):
            krippendorff.alpha(
                value_counts=counts[draw.integers(0, len(counts), len(counts))], level_of_measurement=level
            )
    naive = 20 * (time.perf_counter() - began)
    print(f"\nA report of {len(verdicts):,} verdicts with 2,000 resamples: {took:.3f} s")
    print(f"  its bootstrap alone, caption by caption: {naive:.1f} s (of 100 resamples, times 20)")
    print("  " + ", ".join(f"{one.level} alpha {one.value:.3f}" for one in figures.agreement))


def coverage() -> None:
    """Many samples of populations whose error rate is known."""
    sizes = (40_000, 25_000, 15_000, 10_000, 6_000, 3_000, 1_000)
    designs = {"equal": (50,) * 7, "proportional": (140, 88, 52, 35, 21, 10, 4)}
    rates = {
        "5 % everywhere": (0.05,) * 7,
        "1 % everywhere": (0.01,) * 7,
        "2 to 50 %": (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5),
        "errors in the smallest only": (0, 0, 0, 0, 0, 0.3, 0.5),
    }
    print("\nHow often a 95 % interval holds the truth, and its mean width in points; 4,000 samples each")
    print(f"  {'':42}{'ours':>14}{'no cautions':>14}{'Kish alone':>14}")
    for truth, shares in rates.items():
        for design, sample_sizes in designs.items():
            intervals = _coverage(np.array(sizes), np.array(sample_sizes), np.array(shares))
            cells = "".join(f"{100 * share:8.1f} {100 * width:5.1f}" for share, width in intervals)
            print(f"  {truth:28}{design:14}{cells}")


def _coverage(sizes: np.ndarray, sample_sizes: np.ndarray, shares: np.ndarray) -> list[tuple[float, float]]:
    weights, truth = sizes / sizes.sum(), float(sizes @ shares / sizes.sum())
    kish = 1 / float(weights**2 @ (1 / sample_sizes))
    intervals: list[list[tuple[float, float]]] = [[], [], []]
    for errors in np.random.default_rng(0).binomial(sample_sizes, shares, (4000, len(sizes))):
        rates = errors / sample_sizes
        rate, spread = float(weights @ rates), float(weights**2 @ (rates * (1 - rates) / sample_sizes))
        ours = rate_of(
            [StratumCount(int(n), int(m), int(e)) for n, m, e in zip(sizes, sample_sizes, errors, strict=True)]
        )
        intervals[0].append((ours.low or 0.0, ours.high or 0.0))
        intervals[1].append(wilson(rate, rate * (1 - rate) / spread if spread else kish))
        intervals[2].append(wilson(rate, kish))
    ends = [np.array(one) for one in intervals]
    return [
        (float(((one[:, 0] <= truth) & (truth <= one[:, 1])).mean()), float((one[:, 1] - one[:, 0]).mean()))
        for one in ends
    ]


if __name__ == "__main__":
    print(describe("chatearthnet-explorer", "numpy", "filelock", "krippendorff"))
    ledgers()
    reports()
    coverage()
