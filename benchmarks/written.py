"""How captions that a language model wrote are read and checked: prose that the reader does not come from."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from checks import FOLLOWS
from claims import Case, Score, explain, judge, show_source
from machine import describe

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.review.checks import CHECKS, judge_both, judge_caption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatearthnet_explorer.review.finding import Finding

FILE = Path(__file__).parents[1] / "tests" / "data" / "written_captions.json"
SEEN_IDS = frozenset("abcdefghijkl")
"""Letters of the writers that the reader was mended on; of the others nobody looked at a caption before."""


class WrittenCaption(NamedTuple):
    """A caption that a language model wrote, and what its writer says that it says."""

    id: str
    """Chip and style, and whether it was asked for with a fault."""

    text: str
    """The caption."""

    style: str
    """3.5 or 4v."""

    fault: str
    """The check that its fault is planted for; empty where it was to be faithful."""

    answer: dict[str, Any]
    """``claims`` as [class, part, size], ``denied`` as [class, part], ``dominant``."""

    counts: np.ndarray
    """Pixels of its chip, (6, 12), as ``landcover.pixels`` counts them."""

    @property
    def case(self) -> Case:
        """What a reader should find in it."""
        rows = self.answer["claims"]
        whole = {name for name, part, _ in rows if not part}
        pairs = frozenset((name, part) for name, part, _ in rows if part)
        triples = frozenset((name, part, size) for name, part, size in rows if part and size)
        # who says "everywhere" may mean the five parts or the whole
        true_pairs = pairs | {(name, part) for name in whole for part in PARTS}
        leads = self.answer["dominant"]
        single = leads if isinstance(leads, str) else None
        return Case(self.text, frozenset(name for name, _, _ in rows), pairs, frozenset(true_pairs), triples, single)


def read_captions(path: Path = FILE) -> Iterator[WrittenCaption]:
    """Yield the captions of the file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    counts = {chip["id"]: np.array(chip["counts"], np.int64) for chip in data["chips"]}
    for one in data["captions"]:
        chip, style, *_ = one["id"].split("-")
        yield WrittenCaption(one["id"], one["caption"], style, one["fault"], one, counts[chip])


def reading(captions: Iterable[WrittenCaption], limit: int) -> None:
    """Print how well claims are read."""
    score, right, count, wrong = Score(), Counter[str](), Counter[str](), []
    for one in captions:
        claims = read_claims(one.text)
        good = judge(score, one.style, one.case, claims)
        right[one.style] += good
        count[one.style] += 1
        if not good:
            wrong.append((f"{one.id} ({one.style})", one.case, claims))
    for style in sorted(count):
        print(f"\n{style}: {right[style]} of {count[style]} captions read without a fault")
        show_source(score, style)
    for source, case, claims in wrong[:limit]:
        explain(source, case, claims)


def checking(captions: Iterable[WrittenCaption], limit: int) -> None:
    """Print which faults are found, and what is objected to beside them and in captions without."""
    faults, hits, beside, on_faithful = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    examples: dict[str, list[str]] = defaultdict(list)
    silent = Counter[str]()
    for one in captions:
        result = judge_caption(one.text, style=one.style, counts=one.counts)
        checks_found = {finding.check for finding in result.findings}
        faults[one.fault] += 1
        hits[one.fault] += one.fault in checks_found
        silent[one.fault] += not checks_found
        expected = {one.fault, *FOLLOWS.get(one.fault, ())} if one.fault else set()
        if one.fault and one.fault not in checks_found:
            examples[f"missed {one.fault}"].append(f"{one.id}: {one.answer['what']}\n    {one.text}")
        for check in checks_found - expected:
            (beside if one.fault else on_faithful)[check] += 1
            alarms = [_describe(finding) for finding in result.findings if finding.check == check]
            examples[f"alarm {check}"].append(f"{one.id} ({one.fault or 'faithful'}): {alarms}\n    {one.text}")
    faulty = faults.total() - faults[""]
    print(f"\n{faulty} captions with a fault, {faults['']} without; of the latter {silent['']} without any finding")
    print(f"{'':20}{'planted':>9}{'found':>7}{'recall':>8}{'others beside':>15}{'on faithful':>13}")
    for check in CHECKS:
        if faults[check] or beside[check] or on_faithful[check]:
            recall = f"{hits[check] / faults[check]:.3f}" if faults[check] else "-"
            counts = f"{faults[check]:9}{hits[check]:7}{recall:>8}{beside[check]:15}{on_faithful[check]:13}"
            print(f"{check:20}{counts}")
    for key, texts in examples.items():
        if limit:
            print(f"\n{key}: {len(texts)}", *texts[:limit], sep="\n  ")


def contradicting(captions: Iterable[WrittenCaption]) -> None:
    """Print how often the faultless 3.5 caption of a chip and its 4V captions are said to contradict each other."""
    by_id = {one.id: one for one in captions}
    contradictions, pairs = Counter[str](), Counter[str]()
    for first in by_id.values():
        if first.style != "3.5" or first.fault:
            continue
        one = judge_caption(first.text, style="3.5", counts=first.counts)
        for second in (by_id[first.id.replace("3.5", "4v")], by_id[first.id.replace("3.5", "4v") + "-fault"]):
            two = judge_caption(second.text, style="4v", counts=second.counts)
            pairs[second.fault] += 1
            contradictions[second.fault] += bool(judge_both({"3.5": one, "4v": two}))
    print("\ncontradiction, by the fault of the 4V caption: found / pairs")
    for fault in ("wrong dominant", "denied", ""):
        print(f"{fault or 'none':20}{contradictions[fault]:6} / {pairs[fault]}")


def _describe(finding: Finding) -> str:
    return f"{finding.land} in {finding.part or 'the whole'}, {finding.figure}: {finding.evidence}"


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--file", type=Path, default=FILE)
    options.add_argument("--wrong", type=int, default=0, metavar="N", help="print so many of those not read right")
    options.add_argument("--alarms", type=int, default=0, metavar="N", help="print so many findings of each check")
    options.add_argument("--unseen", action="store_true", help="print those of the others, too")
    args = options.parse_args()
    print(describe())
    everything = list(read_captions(args.file))
    groups = {"seen while the reader was mended": True, "never seen before": False}
    for name, was_seen in groups.items():
        captions = [one for one in everything if (one.id[0] in SEEN_IDS) == was_seen]
        if captions:
            print(f"\n== {name}: {len(captions)} captions")
            show = was_seen or args.unseen
            reading(captions, args.wrong if show else 0)
            checking(captions, args.alarms if show else 0)
            contradicting(captions)


if __name__ == "__main__":
    sys.exit(main())
