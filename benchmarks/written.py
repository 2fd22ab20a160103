"""How captions that others wrote are read and checked, beside the reader of an earlier commit, with intervals."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from checks import FOLLOWS
from machine import describe
from rig.caption_measures import (
    MANY_AUTHORS,
    MEASURES,
    ONE_MODEL,
    Hits,
    WrittenCaption,
    bootstrap,
    measure,
    precision_and_recall,
    read_captions,
)
from statsmodels.stats.proportion import proportion_confint

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.review.checks import CHECKS, CheckResult, judge_both, judge_caption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

GROUPS: dict[str, Callable[[WrittenCaption], bool]] = {
    "one language model, 720 captions, the reader was improved on them": lambda one: not one.prose,
    "many authors, the reader was improved on them": lambda one: bool(one.prose) and not one.is_reserved,
    "many authors, held back": lambda one: one.is_reserved,
}
"""The captions that are measured together."""


class Result(NamedTuple):
    """What reading and checking one caption gave."""

    id: str
    """The caption."""

    hits: dict[str, Hits]
    """Counts by measure; empty where reading failed."""

    checks: frozenset[str]
    """The checks that found something."""

    is_failure: bool
    """Whether reading it raised an exception."""


def judge(caption: WrittenCaption) -> Result:
    """Read and check one caption."""
    try:
        findings = judge_caption(caption.text, style=caption.style, counts=caption.counts).findings
        hits = measure(caption, read_claims(caption.text))
    except Exception:  # noqa: BLE001 - an earlier reader stops at some captions, which counts as nothing read
        nothing = {name: Hits(0, 0, 0, hit.expected) for name, hit in measure(caption, read_claims("")).items()}
        return Result(caption.id, nothing, frozenset(), is_failure=True)
    return Result(caption.id, hits, frozenset(finding.check for finding in findings), is_failure=False)


def judge_elsewhere(checkout: Path) -> dict[str, Result]:
    """Read and check every caption with the package of another checkout."""
    env = {**os.environ, "PYTHONPATH": str(checkout)}
    process = subprocess.run([sys.executable, __file__, "--json"], env=env, check=True, capture_output=True, text=True)
    rows = json.loads(process.stdout)
    return {
        id_: Result(id_, {name: Hits(*hit) for name, hit in hits.items()}, frozenset(checks), is_failure)
        for id_, hits, checks, is_failure in rows
    }


def show_reading(captions: Sequence[WrittenCaption], columns: dict[str, dict[str, Result]]) -> None:
    """Print precision and recall by style, with 95 % intervals."""
    print(f"\n{'':7}{'':20}" + "".join(f"{name:>17} precision{'':14}recall" for name in columns) + f"{'claims':>10}")
    for style in ("3.5", "4v"):
        of_style = [one for one in captions if one.style == style]
        for name in MEASURES:
            cells = ""
            for results in columns.values():
                hits = [results[one.id].hits[name] for one in of_style if name in results[one.id].hits]
                for value, (low, high) in zip(precision_and_recall(hits), bootstrap(hits), strict=True):
                    cells += f"   {value:.3f} ({low:.3f}-{high:.3f})"
            print(f"{style:7}{name:20}{cells}{sum(hit.expected for hit in hits):10}")


def show_checking(captions: Sequence[WrittenCaption], columns: dict[str, dict[str, Result]]) -> None:
    """Print which faults are found, and what is objected to in captions without a fault."""
    print(f"\n{'':32}" + "".join(f"{name:>34}" for name in columns))
    faulty = [one for one in captions if one.fault]
    rows: list[tuple[str, list[WrittenCaption], Callable[[WrittenCaption, Result], bool]]] = [
        ("planted faults found", faulty, lambda one, result: one.fault in result.checks),
        ("others beside the planted", faulty, lambda one, result: bool(_beside(one, result))),
    ]
    for prose in dict.fromkeys(one.prose for one in captions):
        for style in ("3.5", "4v", ""):
            some = [
                one for one in captions if not one.fault and one.prose == prose and one.style == (style or one.style)
            ]
            label = " ".join(filter(None, ("faithful, with a finding", prose, style)))
            rows.append((label, some, lambda _, result: bool(result.checks)))
    for label, some, is_counted in rows:
        cells = "".join(
            f"{_with_interval(sum(is_counted(one, r[one.id]) for one in some), len(some)):>34}"
            for r in columns.values()
        )
        print(f"{label:36}{cells}")
    print(f"\n{'':20}" + "".join(f"{name + ': planted, found, beside, on faithful':>50}" for name in columns))
    for check in CHECKS:
        counts = [_count(check, captions, results) for results in columns.values()]
        if any(map(any, counts)):
            print(
                f"{check:20}"
                + "".join(
                    f"{planted_count:23}{hit:9}{beside:9}{false:9}" for planted_count, hit, beside, false in counts
                )
            )
    is_failure = {name: sum(results[one.id].is_failure for one in captions) for name, results in columns.items()}
    if any(is_failure.values()):
        print("captions at which reading stopped with an exception:", is_failure)


def _beside(one: WrittenCaption, result: Result) -> frozenset[str]:
    return result.checks - {one.fault, *FOLLOWS.get(one.fault, ())}


def _count(check: str, captions: Iterable[WrittenCaption], results: dict[str, Result]) -> tuple[int, int, int, int]:
    planted_count = hit = beside = false = 0
    for one in captions:
        result = results[one.id]
        planted_count += one.fault == check
        hit += one.fault == check and check in result.checks
        beside += bool(one.fault) and check in _beside(one, result)
        false += not one.fault and check in result.checks
    return planted_count, hit, beside, false


def _with_interval(count: int, total: int) -> str:
    if not total:
        return "-"
    low, high = proportion_confint(count, total, method="wilson")
    return f"{count} of {total}, {count / total:.1%} ({low:.1%} to {high:.1%})"


def show_contradictions(captions: Sequence[WrittenCaption]) -> None:
    """Print how often the faultless 3.5 caption of a chip and a 4V caption are said to contradict each other."""
    by_id = {one.id: one for one in captions}
    contradictions, pairs = Counter[str](), Counter[str]()
    for first in captions:
        if first.style != "3.5" or first.fault:
            continue
        for id_ in (first.id.replace("3.5", "4v"), first.id.replace("3.5", "4v") + "-fault"):
            if id_ in by_id:
                second = by_id[id_]
                pairs[second.fault] += 1
                contradictions[second.fault] += bool(judge_both({"3.5": _result(first), "4v": _result(second)}))
    print("\ncontradiction, by the fault of the 4V caption: found / pairs")
    for fault in ("wrong dominant", "denied", ""):
        print(f"{fault or 'none':20}{contradictions[fault]:6} / {pairs[fault]}")


def _result(one: WrittenCaption) -> CheckResult:
    return judge_caption(one.text, style=one.style, counts=one.counts)


def show_examples(captions: Iterable[WrittenCaption], most: int) -> None:
    """Print captions that are not read or judged right."""
    examples: dict[str, list[str]] = defaultdict(list)
    for one in captions:
        findings = _result(one).findings
        checks = {finding.check for finding in findings}
        if one.fault and one.fault not in checks:
            examples[f"missed {one.fault}"].append(f"{one.id}: {one.fault_text}\n    {one.text}")
        for check in checks - ({one.fault, *FOLLOWS.get(one.fault, ())} if one.fault else set()):
            alarms = [f"{finding.evidence}" for finding in findings if finding.check == check]
            examples[f"alarm {check}"].append(f"{one.id} ({one.fault or 'faithful'}): {alarms}\n    {one.text}")
    for key, texts in examples.items():
        print(f"\n{key}: {len(texts)}", *texts[:most], sep="\n  ")


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--before", type=Path, metavar="CHECKOUT", help="checkout of the commit to compare with")
    options.add_argument("--examples", type=int, default=0, metavar="N", help="print N captions of each kind of error")
    options.add_argument("--held-back", action="store_true", help="print those held back, too")
    options.add_argument("--json", action="store_true", help="print the result of each caption, for --before")
    args = options.parse_args()
    captions = [one for path in (ONE_MODEL, MANY_AUTHORS) for one in read_captions(path)]
    results = {one.id: judge(one) for one in captions}
    if args.json:
        rows: list[Any] = [(one.id, one.hits, sorted(one.checks), one.is_failure) for one in results.values()]
        json.dump(rows, sys.stdout)
        return
    columns = {"before": judge_elsewhere(args.before)} if args.before else {}
    columns["now"] = results
    print(describe())
    for name, is_member in GROUPS.items():
        some = [one for one in captions if is_member(one)]
        if not some:
            continue
        print(f"\n== {name}: {len(some)} captions")
        show_reading(some, columns)
        show_checking(some, columns)
        show_contradictions(some)
        if args.examples and (args.held_back or not some[0].is_reserved):
            show_examples(some, args.examples)


if __name__ == "__main__":
    sys.exit(main())
