"""The files of a spot-check that a browser saves: ledger, table, report, corrections, plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.report_card import report_card
from chatearthnet_explorer.review.export_verdicts import corrections, to_csv
from chatearthnet_explorer.review.ledger_entries import Newer
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.widgets.review.ledger_files import DownloadFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.review.ledger import Ledger
    from chatearthnet_explorer.review.plan import Plan

LEDGER, REPORT_PAGE, TABLE, CORRECTIONS, PLAN_FILE = "ledger", "report", "table", "corrections", "plan"
"""What can be saved."""

DOWNLOADS = {
    LEDGER: "Verdicts, to go on or to merge (ledger)",
    REPORT_PAGE: "Report (HTML)",
    TABLE: "Verdicts as a table (CSV)",
    CORRECTIONS: "Corrected captions (JSON)",
    PLAN_FILE: "Plan (JSON)",
}
"""Their labels on screen, in order."""


def make_review_file(
    what: str, ledger: Ledger, plan: Plan, *, caption_of: Callable[[str, str], str | None]
) -> DownloadFile:
    """Return one of ``DOWNLOADS``.

    Args:
        what: Its id.
        ledger: The verdicts.
        plan: What they were given on.
        caption_of: Returns the caption of a name and style.

    Raises:
        LedgerError: If the ledger cannot be read.
        KeyError: If there is no file of that id.
    """
    makers: dict[str, Callable[[], DownloadFile]] = {
        LEDGER: lambda: DownloadFile("verdicts.jsonl", "application/jsonl", ledger_text(ledger)),
        REPORT_PAGE: lambda: DownloadFile("report.html", "text/html", report_page(ledger, plan, caption_of=caption_of)),
        TABLE: lambda: DownloadFile("verdicts.csv", "text/csv", "\ufeff" + to_csv(ledger.verdicts)),
        CORRECTIONS: lambda: DownloadFile("corrections.json", "application/json", _corrections(ledger, plan)),
        PLAN_FILE: lambda: DownloadFile("plan.json", "application/json", json.dumps(plan.to_dict(), indent=1) + "\n"),
    }
    return makers[what]()


def ledger_text(ledger: Ledger) -> str:
    """Return all lines of a ledger that can be read, ASCII.

    Raises:
        LedgerError: If the ledger cannot be read.
    """
    lines = ledger.lines
    return b"".join(one.line + b"\n" if isinstance(one, Newer) else one.to_line() for one in lines).decode(
        "ascii", "replace"
    )


def report_page(ledger: Ledger, plan: Plan, *, caption_of: Callable[[str, str], str | None]) -> str:
    """Return the report as a complete HTML page.

    Raises:
        LedgerError: If the ledger cannot be read.
    """
    return report_card(report(ledger.verdicts, plan, caption_of=caption_of, remarks=ledger.remarks)).page()


def _corrections(ledger: Ledger, plan: Plan) -> str:
    return json.dumps(corrections(ledger.verdicts, style=plan.style), ensure_ascii=False, indent=1) + "\n"
