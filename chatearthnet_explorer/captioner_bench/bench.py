"""A bench on one page: sample, chips, captions, judgements, report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import combinations
from typing import TYPE_CHECKING, Protocol

from chatearthnet_explorer.caption_file import CaptionEntry
from chatearthnet_explorer.captioner_bench.chips import MOST_CHIPS
from chatearthnet_explorer.captioner_bench.contenders import RELEASE_ROW, file_of, label_of
from chatearthnet_explorer.captioner_bench.judging import ANY, KINDS
from chatearthnet_explorer.captioner_bench.pairing import compare
from chatearthnet_explorer.captioner_bench.reader_errors import CLOSE
from chatearthnet_explorer.captioner_bench.results import BenchReport, result_of
from chatearthnet_explorer.captioner_bench.running import write_captions
from chatearthnet_explorer.captioner_bench.sample import draw_sample
from chatearthnet_explorer.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from chatearthnet_explorer.captioner_bench.chips import BenchChips
    from chatearthnet_explorer.captioner_bench.sample import BenchSample
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.budget import Budget
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.writer import Writer

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and of how much; may raise ``Cancelled``."""


class OpenContender(Protocol):
    """Opens the captioner of a contender; it is never called for the released captions."""

    def __call__(self, contender: Writer, /) -> Captioner:
        """Return the captioner."""
        ...


@dataclass(frozen=True, kw_only=True)
class BenchPlan:
    """What a bench does, before anything is asked of a model."""

    catalog: Catalog
    """The pairs."""

    contenders: tuple[Writer, ...]
    """What is compared."""

    sample: BenchSample
    """Which chips."""

    prose: str = CLOSE
    """The kind of prose that models are taken to write, for the correction that is shown first."""


def plan_bench(
    catalog: Catalog, contenders: Sequence[Writer], *, pairs: int, seed: int, prose: str = CLOSE
) -> BenchPlan:
    """Draw the sample of a bench.

    Raises:
        PlanError: If there are fewer usable chips, or more are wanted than a bench can hold.
    """
    if pairs < 1:
        msg = f"A bench needs at least one chip, not {pairs:,}; choose another --pairs."
        raise PlanError(msg)
    if pairs > MOST_CHIPS:
        msg = f"A bench holds at most {MOST_CHIPS:,} chips, not {pairs:,}; choose fewer."
        raise PlanError(msg)
    styles = {one.style for one in contenders if one.captioner == RELEASE_ROW}
    sample = draw_sample(catalog, pairs, seed=seed, released_styles=styles)
    return BenchPlan(catalog=catalog, contenders=tuple(contenders), sample=sample, prose=prose)


def run_bench(
    plan: BenchPlan,
    chips: BenchChips,
    *,
    open_contender: OpenContender,
    folder: Path,
    budget: Budget | None = None,
    concurrency: int = 8,
    retry_failures: bool = False,
    command: str = "",
    progress: Progress = lambda _what, _count, _total: None,
) -> BenchReport:
    """Have the sample captioned by every contender, judge the captions, and return the report.

    A bench that was stopped goes on where it was: answers are in one file of captions for each contender.

    Args:
        plan: Sample and contenders.
        chips: The chips of the sample, loaded.
        open_contender: Opens the captioner of a contender.
        folder: Where the files of captions are.
        budget: Its cap holds for all contenders together; None for no cap.
        concurrency: Requests at a time.
        retry_failures: Whether to send again what failed for reasons that are likely to last.
        command: The command that makes the same report.
        progress: Called as the work goes on.

    Raises:
        CaptionerError: If the captions of a contender are not all there: the cap, the key, Ctrl-C.
        CaptionFileError: If a file of captions cannot be read or written.
        Cancelled: If ``progress`` raises it.
    """
    names = [name for name in plan.sample.names if name in chips.chips]
    release_entries = _release_entries(plan, names)
    results = []
    for contender in plan.contenders:
        if contender.captioner == RELEASE_ROW:
            entries: Mapping[str, CaptionEntry | None] = {
                name: release_entries.get((name, contender.style)) for name in names
            }
        else:
            entries = write_captions(
                contender,
                open_contender(contender),
                chips.chips,
                names,
                path=folder / file_of(contender),
                budget=budget,
                concurrency=concurrency,
                retry_failures=retry_failures,
                progress=_with_label(progress, label_of(contender)),
            )
        results.append(result_of(contender, entries, chips.counts, simulated=plan.catalog.simulated))
    report = plan.catalog.files.report
    judgements = [one.judgements for one in results]
    pairs = [
        (first, second)
        for first, second in combinations(range(len(results)), 2)
        if plan.contenders[first].style == plan.contenders[second].style
    ]
    return BenchReport(
        data=str(report.get("release") or "unknown"),
        catalog_version=plan.catalog.version,
        labels=str(
            report.get("labels") or next((chip.label_version for chip in chips.chips.values()), "") or "unknown"
        ),
        simulated=plan.catalog.simulated,
        sample=plan.sample,
        unusable=len(plan.sample.names) - len(names),
        results=tuple(results),
        comparisons=tuple(one for kind in (ANY, *KINDS) for one in compare(judgements, pairs, kind)),
        prose=plan.prose,
        command=command,
        version=version("chatearthnet-explorer"),
        day=datetime.now(UTC).date().isoformat(),
    )


def _with_label(progress: Progress, label: str) -> Progress:
    return lambda _step, count, total: progress(label, count, total)


def _release_entries(plan: BenchPlan, names: Sequence[str]) -> dict[tuple[str, str], CaptionEntry]:
    """Return the released captions of chips as entries, by name and style."""
    styles = [one.style for one in plan.contenders if one.captioner == RELEASE_ROW]
    entries = {}
    for name in names if styles else ():
        pair = plan.catalog.pair_named(name)
        for style in styles:
            text = pair.record.captions.get(style) if pair else None
            if text:
                entries[name, str(style)] = CaptionEntry(name=name, style=style, captioner=RELEASE_ROW, caption=text)
    return entries
