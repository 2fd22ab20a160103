"""The command `caption-many`: captions of many chips at once, into one file."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import author_of, money
from chatearthnet_explorer.captioners import captioner_problems, model_of
from chatearthnet_explorer.cli.captioner_options import add_captioner_to, captioner_of
from chatearthnet_explorer.cli.catalog_command import add_query_to, query_of
from chatearthnet_explorer.cli.confirmation import FEW, can_ask, confirm
from chatearthnet_explorer.cli.dollars import dollars
from chatearthnet_explorer.cli.progress_bar import progress
from chatearthnet_explorer.cli.prompt_command import add_wording_to
from chatearthnet_explorer.cli.terminal import complain, put
from chatearthnet_explorer.errors import CaptionerError, SettingError
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import YEARS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from chatearthnet_explorer.caption_runs.chip_tasks import ChipTasks
    from chatearthnet_explorer.caption_runs.places import PlaceList
    from chatearthnet_explorer.caption_runs.run_cost import RunCost
    from chatearthnet_explorer.caption_runs.run_report import RunReport
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.budget import Budget

SIMULATED = "simulated"
"""What stands for simulated places instead of a catalog or a file."""

_SIMULATED_COUNT = 100
_SELECTION = (
    *("words", "country", "continent", "bbox", "classes", "min_share"),
    *("released_style", "split", "flag", "finding"),
)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``caption-many``."""
    parser = commands.add_parser("caption-many", help="have many chips captioned, side by side or as a batch")
    parser.add_argument("chips", metavar="CHIPS", help="folder of a catalog, file of names, or the word simulated")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="file of captions (JSONL), added to")
    add_captioner_to(parser)
    parser.add_argument("--year", type=int, choices=YEARS, default=YEARS[0], help="year of labels and scenes")
    parser.add_argument("--worldcover", help="address above v100/2020/map (CHATEARTHNET_WORLDCOVER)")
    parser.add_argument("--concurrency", type=int, default=8, metavar="N", help="requests at a time (8)")
    parser.add_argument("--cap", type=dollars, metavar="DOLLARS", help="most that all captions of the file may cost")
    parser.add_argument("--token-cap", type=int, metavar="N", help="most tokens that they may take")
    parser.add_argument("--retry-failures", action="store_true", help="send again what a model refused, and the like")
    parser.add_argument("--count", type=int, metavar="N", help="chips, at most; simulated places: 100")
    parser.add_argument("--batch", action="store_true", help="use the service's Batch API: hours later, half the price")
    parser.add_argument("--status", action="store_true", help="with --batch: say how far the batches are")
    parser.add_argument("--cancel", action="store_true", help="with --batch: end the batches")
    parser.add_argument("--poll", type=float, metavar="SECONDS", help="with --batch: time between two looks (30)")
    parser.add_argument(
        "--batch-size", type=int, metavar="N", help="with --batch: requests of each (50,000, OpenAI's most)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be sent and what it costs, send nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask before requests that cost")
    add_wording_to(parser)
    add_query_to(parser.add_argument_group("pairs of a catalog"), style_option="--released-style")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.caption_runs.batch_run import BatchTiming, run_batch
    from chatearthnet_explorer.caption_runs.job import CaptionJob
    from chatearthnet_explorer.caption_runs.run import run_captions

    if not options.batch and (options.poll is not None or options.batch_size is not None):
        msg = "--poll and --batch-size say how batches are sent; add --batch, or leave them out."
        raise SettingError(msg)
    for sentence in captioner_problems():
        complain(sentence)
    captioner = captioner_of(options)
    if options.status or options.cancel:
        _print_status(options, captioner)
        return
    with _open_places(options) as place_list:
        job = CaptionJob(
            place_list=place_list,
            captioner=captioner,
            path=options.out,
            style=options.style,
            seed=options.seed,
            wording=options.wording,
            year=options.year,
            settings=Settings(**({"worldcover": options.worldcover} if options.worldcover else {})),
            retry_failures=options.retry_failures,
        )
        with progress() as report_progress:
            cost = job.cost(batch=options.batch, progress=report_progress)
        if options.dry_run:
            put(asdict(cost) if options.json else _cost_text(cost, captioner, options.out))
            return
        _confirm(cost, captioner, options)
        with progress() as report_progress:
            if options.batch:
                report = run_batch(
                    job,
                    budget=_budget(options),
                    timing=BatchTiming() if options.poll is None else BatchTiming(poll=options.poll),
                    part_requests=options.batch_size,
                    progress=report_progress,
                )
            else:
                report = run_captions(
                    job.tasks,
                    captioner,
                    path=options.out,
                    concurrency=options.concurrency,
                    budget=_budget(options),
                    progress=report_progress,
                    total=cost.requests,
                    retry_failures=options.retry_failures,
                )
    result = _summary(report, job.in_file, job.tasks)
    put(result if options.json else _summary_text(result, options.out))
    if report.stop_reason:
        raise CaptionerError(report.stop_reason)
    if reason := report.failure or job.tasks.reason:
        if report.new or result["in_file"]:
            complain(f"The last failure: {reason}")
        else:
            msg = f"There is no caption. {reason}"
            raise CaptionerError(msg)


def _print_status(options: argparse.Namespace, captioner: Captioner) -> None:
    from chatearthnet_explorer.caption_runs.batch_status import batch_status

    rows = batch_status(options.out, captioner, cancel=options.cancel)
    if options.json:
        put({"parts": [asdict(row) for row in rows]})
        return
    for row in rows:
        place = f"batch {row.batch} is {row.status}" if row.batch else f"{row.stage}, no batch yet"
        counts = "" if row.answers is None else f"; {row.answers:,} answers, {row.failures:,} failures"
        where = f"; its results are in {options.out}" if row.stage == "collected" else ""
        put(f"Part {row.part}, {row.requests:,} requests: {place}{counts}{where}.")


@contextmanager
def _open_places(options: argparse.Namespace) -> Iterator[PlaceList]:
    from chatearthnet_explorer.caption_runs.places import catalog_places, file_places, simulated_places

    if options.chips == SIMULATED:
        count = _SIMULATED_COUNT if options.count is None else options.count
        place_list, catalog = simulated_places(count, options.seed), None
    elif Path(options.chips).is_dir():
        from chatearthnet_explorer.catalog import open_catalog

        catalog = open_catalog(options.chips)
        place_list = catalog_places(catalog, query_of(options))
    elif not Path(options.chips).exists():
        msg = f"There is no catalog and no list of chips at {options.chips}; check the path, or build a catalog first."
        raise SettingError(msg)
    else:
        place_list, catalog = file_places(Path(options.chips)), None
    if catalog is None and any(getattr(options, name) not in (None, "", []) for name in _SELECTION):
        msg = f"Pairs are selected from a catalog, and {options.chips} is none; leave out options such as --country."
        raise SettingError(msg)
    if options.count is not None:
        place_list = place_list.first(options.count)
    for note in place_list.notes:
        complain(note)
    with catalog or nullcontext():
        yield place_list


def _budget(options: argparse.Namespace) -> Budget | None:
    """Return the budget with what the file says of earlier runs; None without a cap."""
    from chatearthnet_explorer.caption_runs.known_requests import read_known
    from chatearthnet_explorer.captioners.budget import Budget

    if options.cap is None and options.token_cap is None:
        return None
    return Budget(options.cap, options.token_cap, spent=read_known(options.out).spending)


def _confirm(cost: RunCost, captioner: Captioner, options: argparse.Namespace) -> None:
    """Ask before many requests that cost.

    Raises:
        SettingError: If there is no terminal to ask on, or the answer is no.
    """
    if options.yes or cost.dollars == 0 or cost.requests <= FEW:
        return
    price = f"{cost.requests:,} requests to {_author(captioner)}, {cost.summary}"
    if not can_ask():
        msg = f"Nothing was sent: {price}; repeat the command with --yes to agree."
        raise SettingError(msg)
    confirm(price)


def _cost_text(cost: RunCost, captioner: Captioner, path: Path) -> str:
    return (
        f"{cost.requests:,} requests to {_author(captioner)}, {cost.summary}; "
        f"{cost.in_file:,} results are in {path} already. Nothing was sent."
    )


def _author(captioner: Captioner) -> str:
    return author_of(captioner.name, model_of(captioner))


def _summary(report: RunReport, in_file: int, tasks: ChipTasks) -> dict[str, Any]:
    return {
        "new": report.new,
        "in_file": in_file + report.skipped_count,
        "failures": dict(report.failures),
        "failure": report.failure,
        "without_labels": tasks.without_labels,
        "unreadable": tasks.unreadable,
        "tokens_in": report.tokens_in,
        "tokens_out": report.tokens_out,
        "dollars": report.dollars,
        "without_price": report.unpriced,
        "seconds": round(report.seconds, 3),
        "notes": list(report.notes),
        "damaged_lines": report.damaged_line_count,
        "stop_reason": report.stop_reason,
    }


def _summary_text(result: dict[str, Any], path: Path) -> str:
    lines = [f"{result['new']:,} new captions are in {path}; {result['in_file']:,} results were there before."]
    if result["failures"]:
        lines.append("Failures: " + ", ".join(f"{count:,} {kind}" for kind, count in result["failures"].items()) + ".")
    if result["without_labels"]:
        lines.append(f"{result['without_labels']:,} places have no land-cover map and are left out.")
    if result["unreadable"]:
        lines.append(f"The labels of {result['unreadable']:,} places cannot be read; the same command tries again.")
    if result["damaged_lines"]:
        lines.append(f"Damaged lines of the file: {result['damaged_lines']:,}; their requests were sent again.")
    price = money(result["dollars"])
    if result["without_price"]:  # which is not 0
        price = f"{price} and {result['without_price']:,} of unknown price" if result["dollars"] else "price unknown"
    tokens = f"{result['tokens_in']:,} tokens in, {result['tokens_out']:,} out, {price}, "
    lines.append(f"{tokens if result['tokens_in'] else ''}{result['seconds']:.1f} s.")
    return "\n".join([*lines, *result["notes"]])
