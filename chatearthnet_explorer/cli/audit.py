"""A catalog through all checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.catalog import add_folder_to, add_query_to, query_of
from chatearthnet_explorer.cli.output import put, write
from chatearthnet_explorer.cli.progress import progress
from chatearthnet_explorer.spreadsheet import ENCODING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from chatearthnet_explorer.catalog_audit import Audited
    from chatearthnet_explorer.review.tally import Share


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``audit``."""
    parser = commands.add_parser("audit", help="put the pairs of a catalog through all checks")
    add_folder_to(parser)
    add_query_to(parser)
    parser.add_argument("--release", metavar="RELEASE", help="where the pictures are, to check them as well")
    parser.add_argument("--scheduler", default="threads", help="threads, processes, or a Dask cluster: tcp://host:port")
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write the shares by class, region and split as a page"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the same shares as a table")
    parser.add_argument("--json", action="store_true", help="print every finding, then the totals")
    parser.set_defaults(run=_audit)


def _audit(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.catalog_audit import audit_catalog  # noqa: PLC0415 - heavy
    from chatearthnet_explorer.review.tally import figure, tally, to_csv  # noqa: PLC0415 - heavy

    with progress() as told:
        audited = audit_catalog(
            options.catalog,
            query=query_of(options),
            release=options.release,
            scheduler=options.scheduler,
            progress=lambda done, total: told("pairs", done, total),
        )
    shares = tally(audited.audit.folder)
    if options.html:
        options.html.write_text(figure(shares, audited.catalog.stored.report["audit"]["dataset"]), "utf-8")
    if options.csv:
        options.csv.write_text(to_csv(shares), ENCODING, newline="")
    totals = [share for share in shares if share.by == "all"]
    if options.json:
        _print_json(audited, totals)
    else:
        put(_told(audited, totals))


def _print_json(audited: Audited, totals: Sequence[Share]) -> None:
    """Print one object, its records as they are read: there may be a hundred thousand."""
    from chatearthnet_explorer.review.listing import listed  # noqa: PLC0415 - heavy

    write('{"records": [')
    link = "\n"
    for record in listed(audited.audit.findings):
        write(link + json.dumps(record, ensure_ascii=False))
        link = ",\n"
    told = {
        "pairs": audited.audit.pairs,
        "findings": audited.audit.found,
        "dataset": audited.catalog.stored.report["audit"]["dataset"],
        "totals": {share.check: {"found": share.found, "of": share.of, "share": share.share} for share in totals},
    }
    write("\n], " + json.dumps(told, ensure_ascii=False)[1:] + "\n")


def _told(audited: Audited, totals: Sequence[Share]) -> str:
    done = audited.audit
    lines = [f"{done.pairs:,} pairs were checked; {done.found:,} findings are in {done.findings}."]
    lines += [
        f"{share.check:20} {share.found:8,} of {share.of:9,}  {100 * share.share:5.1f} %"
        for share in sorted(totals, key=lambda one: -one.share)
        if share.of
    ]
    left_out = [share.check for share in totals if not share.of]
    if left_out:
        lines.append(f"Not checked, for want of labels, pictures or second captions: {', '.join(left_out)}.")
    lines += audited.catalog.stored.report["audit"]["dataset"]
    return "\n".join(lines)
