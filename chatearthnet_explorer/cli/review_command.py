"""The commands `review plan|report|merge`: spot-checks of captions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.cli.caption_set_command import add_captions_to, open_chosen
from chatearthnet_explorer.cli.catalog_command import add_folder_to, add_query_to, query_of
from chatearthnet_explorer.cli.terminal import one_line, put
from chatearthnet_explorer.errors import LedgerError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.files.spreadsheets import ENCODING
from chatearthnet_explorer.review.plan import STRATA

if TYPE_CHECKING:
    import argparse


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands ``review plan``, ``report`` and ``merge``."""
    review = commands.add_parser("review", help="plan a spot-check, report on it, merge ledgers of reviewers")
    tasks = review.add_subparsers(required=True, metavar="TASK")

    plan = tasks.add_parser("plan", help="choose the pairs to review")
    add_folder_to(plan)
    plan.add_argument("plan", type=Path, metavar="PLAN", help="file to write the plan to (JSON)")
    plan.add_argument("--pairs", type=int, help="how many pairs; default: as many as the margin needs")
    plan.add_argument("--margin", type=float, default=0.05, help="half the width of the interval to aim for")
    plan.add_argument("--confidence", type=float, default=0.95, help="of the interval")
    plan.add_argument("--by", choices=STRATA, help="stratify by this")
    plan.add_argument("--allocation", choices=("proportional", "equal"), default="proportional")
    plan.add_argument(
        "--worst", action="store_true", help="pairs that `audit` ranks worst: finds faults, gives no estimate"
    )
    plan.add_argument("--seed", type=int, default=0, help="another seed gives another sample")
    plan.add_argument("--json", action="store_true", help="print the plan")
    add_query_to(plan)
    add_captions_to(plan)
    plan.set_defaults(run=_plan)

    report = tasks.add_parser("report", help="error rates, agreement and a methods paragraph")
    report.add_argument("ledger", type=Path, metavar="LEDGER", help="file of the verdicts")
    report.add_argument("--plan", type=Path, help="plan that chose the pairs")
    report.add_argument("--confidence", type=float, default=0.95, help="of the intervals")
    report.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write every verdict as a table")
    report.add_argument("--corrections", type=Path, metavar="FILE", help="write corrected captions (JSON)")
    report.add_argument("--json", action="store_true", help="print JSON")
    report.set_defaults(run=_report)

    merge = tasks.add_parser("merge", help="merge the ledgers of several people; nothing is lost")
    merge.add_argument("files", type=Path, nargs="+", metavar="FILE", help="ledgers, or folders of them")
    merge.add_argument("--into", type=Path, required=True, metavar="LEDGER", help="ledger to write them to")
    merge.set_defaults(run=_merge)


def _plan(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.review.margin_of_error import margin_of, sample_size
    from chatearthnet_explorer.review.sampling import PROPORTIONAL
    from chatearthnet_explorer.spot_check import PlanRequest, draw_plan, population_of

    request = PlanRequest(
        pairs=1 if options.pairs is None else options.pairs,
        seed=options.seed,
        style=options.released_style if options.released_style in RELEASED_STYLES else "3.5",
        by=options.by or "",
        allocation=options.allocation,
        worst=options.worst,
        query=query_of(options),
    )
    margin, confidence = options.margin, options.confidence
    with open_chosen(options) as catalog:
        population = population_of(catalog, request)
        if options.pairs is None:
            count = sample_size(margin, confidence=confidence, population=population or None)
            request = replace(request, pairs=count)
        plan = draw_plan(catalog, request)
    plan.save(options.plan)
    count = len(plan.pairs)
    message = f"{count:,} of {plan.population:,} pairs are to be reviewed: {options.plan}."
    message += f" The captions are by {one_line(plan.writer)}." if plan.writer else ""
    if not options.worst and options.allocation == PROPORTIONAL:
        margin = 100 * margin_of(count, confidence=confidence, population=plan.population)
        message += f" The share of wrong captions will be known to within {margin:.1f} points, or better."
    put(plan.to_dict() if options.json else message)


def _report(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.cards.report_card import report_card
    from chatearthnet_explorer.review.export_verdicts import corrections, to_csv
    from chatearthnet_explorer.review.ledger import Ledger
    from chatearthnet_explorer.review.methods_paragraph import methods
    from chatearthnet_explorer.review.plan import Plan
    from chatearthnet_explorer.review.report import report

    if why := unreadable(options.ledger):
        msg = f"The ledger {options.ledger} {why}."
        raise LedgerError(msg)
    ledger = Ledger(options.ledger)
    plan = Plan.load(options.plan) if options.plan else None
    figures = report(ledger.verdicts, plan, confidence=options.confidence, remarks=ledger.remarks)
    if options.html:
        report_card(figures).save(options.html)
    if options.csv:
        options.csv.write_text(to_csv(ledger.verdicts), ENCODING, newline="")
    if options.corrections:
        style = plan.style if plan else "3.5"
        correct = corrections(ledger.verdicts, style=style, caption_set=plan.caption_set if plan else "")
        corrected_captions = json.dumps(correct, ensure_ascii=False, indent=1)
        options.corrections.write_text(corrected_captions, "utf-8")
    put(figures.to_dict() if options.json else methods(figures))


def _merge(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.review.ledger import Ledger, merge

    put(merge(options.files, Ledger(options.into)).to_dict())
