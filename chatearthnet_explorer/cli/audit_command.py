"""The command `audit`: run all checks over a catalog."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.caption_set_command import add_captions_to, open_chosen
from chatearthnet_explorer.cli.catalog_command import add_folder_to, add_query_to, query_of
from chatearthnet_explorer.cli.progress_bar import progress
from chatearthnet_explorer.cli.terminal import complain, one_line, put, write
from chatearthnet_explorer.files.spreadsheets import ENCODING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from chatearthnet_explorer.cards.findings_card import AuditSummary
    from chatearthnet_explorer.catalog_audit import AuditResult
    from chatearthnet_explorer.review.estimates import Share


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``audit``."""
    parser = commands.add_parser("audit", help="run all checks over the pairs of a catalog")
    add_folder_to(parser)
    add_query_to(parser)
    add_captions_to(parser)
    parser.add_argument("--release", metavar="RELEASE", help="where the pictures are, to check them as well")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="object also to claims that a caption only likely makes, not only to certain",
    )
    parser.add_argument("--scheduler", default="threads", help="threads, processes, or a Dask cluster: tcp://host:port")
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write the shares by class, region and split as a page"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the same shares as a table")
    parser.add_argument("--json", action="store_true", help="print every finding, then the totals")
    parser.set_defaults(run=_audit)


def _audit(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.cards.findings_card import findings_page
    from chatearthnet_explorer.catalog_audit import audit_catalog
    from chatearthnet_explorer.review.checks import check_problems
    from chatearthnet_explorer.review.estimates import failures, tally, to_csv

    for sentence in check_problems():
        complain(sentence)
    with progress() as report_progress:
        result = audit_catalog(
            open_chosen(options).folder,
            query=query_of(options),
            release=options.release,
            scheduler=options.scheduler,
            strict=options.strict,
            progress=lambda count, total: report_progress("pairs", count, total),
        )
    for check, count in failures(result.audit.folder).items():
        complain(f"The check {check!r} failed on {count:,} captions or pictures; correct or uninstall its package.")
    shares = tally(result.audit.folder)
    summary = _summary(result, options.release)
    if options.html:
        options.html.write_text(findings_page(shares, summary), "utf-8")
    if options.csv:
        table = to_csv(
            shares, simulated=summary.simulated, labels=bool(summary.labels), pictures=bool(summary.pictures)
        )
        options.csv.write_text(table, ENCODING, newline="")
    totals = [share for share in shares if share.by == "all"]
    if options.json:
        _print_json(result, totals, summary)
    else:
        put(_summary_text(result, totals, summary))


def _summary(result: AuditResult, release: str | None) -> AuditSummary:
    from chatearthnet_explorer.cards.findings_card import AuditSummary

    catalog, audit = result
    report = catalog.files.report
    data, caption_set = str(report.get("release") or "unknown"), catalog.caption_set
    return AuditSummary(
        data=f"captions by {caption_set.label}, on pairs of {data}" if caption_set else data,
        simulated=catalog.simulated,
        date=datetime.fromtimestamp(audit.captions.stat().st_mtime, UTC).date().isoformat(),
        pairs=audit.pairs,
        total=len(catalog),
        findings=audit.finding_count,
        labels=str(report.get("labels") or "yes") if catalog.files.counts is not None else "",
        pictures=str(release or ""),
        dataset=tuple(report["audit"]["dataset"]),
        strict=bool(report["audit"].get("strict")),
    )


def _print_json(result: AuditResult, totals: Sequence[Share], summary: AuditSummary) -> None:
    """Print one object, its records as they are read: there may be a hundred thousand."""
    from chatearthnet_explorer.review.findings_table import read_findings

    write('{"records": [')
    link = "\n"
    for record in read_findings(result.audit.findings):
        write(link + json.dumps(record, ensure_ascii=False))
        link = ",\n"
    caption_set = result.catalog.caption_set
    totals_json = {
        "pairs": result.audit.pairs,
        "findings": result.audit.finding_count,
        "simulated": result.catalog.simulated,
        "strict": summary.strict,
        "captions": None if caption_set is None else caption_set.to_dict(),
        "dataset": list(summary.dataset),
        "totals": {share.check: {"found": share.count, "of": share.of, "share": share.share} for share in totals},
    }
    write("\n], " + json.dumps(totals_json, ensure_ascii=False)[1:] + "\n")


def _summary_text(result: AuditResult, totals: Sequence[Share], summary: AuditSummary) -> str:
    from chatearthnet_explorer.cards.findings_card import STRICT
    from chatearthnet_explorer.review.estimates import reason_unchecked

    audit = result.audit
    lines = ["The data are simulated."] if summary.simulated else []
    caption_set = result.catalog.caption_set
    lines += [f"The captions are by {one_line(caption_set.label)}."] if caption_set else []
    lines.append(f"{audit.pairs:,} pairs were checked; {audit.finding_count:,} findings are in {audit.findings}.")
    lines += [STRICT] if summary.strict else []
    lines += [
        f"{share.check:20} {share.count:8,} of {share.of:9,}  {100 * share.share:5.1f} %"
        for share in sorted(totals, key=lambda one: -(one.share or 0.0))
        if share.share is not None
    ]
    reasons: dict[str, list[str]] = {}
    for share in totals:
        if share.share is None:
            why = reason_unchecked(share.check, labels=bool(summary.labels), pictures=bool(summary.pictures))
            reasons.setdefault(why, []).append(share.check)
    lines += [f"Not checked: {', '.join(checks)}. {why}" for why, checks in reasons.items()]
    lines += summary.dataset
    return "\n".join(lines)
