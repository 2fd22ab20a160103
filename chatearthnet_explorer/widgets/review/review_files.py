"""The files of a spot-check that a browser saves: ledger, table, report, corrections, plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.report_card import report_card
from chatearthnet_explorer.files.spreadsheets import ENCODING
from chatearthnet_explorer.review.export_verdicts import corrections, to_csv
from chatearthnet_explorer.review.ledger_entries import line_bytes
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.widgets.shared.download_button import FileOffer, SavedFile, safe_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.review.ledger import Ledger
    from chatearthnet_explorer.review.plan import Plan

LEDGER = "ledger"
"""Key of the file that can be added again."""


def review_files(
    ledger: Ledger,
    plan: Plan,
    *,
    reviewer: str,
    caption_of: Callable[[str, str], str | None],
    on_ledger: Callable[[], None] = lambda: None,
) -> list[FileOffer]:
    """Return what can be saved of a spot-check.

    Args:
        ledger: The verdicts.
        plan: What they were given on.
        reviewer: Who judges, untrusted; part of the names of the files.
        caption_of: Returns the caption of a name and style.
        on_ledger: Called, on a thread, before the ledger is read.
    """

    def file(stem: str, ending: str, media_type: str, data: bytes) -> SavedFile:
        return SavedFile(name=safe_name(stem, reviewer, ending=ending), data=data, media_type=media_type)

    def page() -> bytes:
        result = report(ledger.verdicts, plan, caption_of=caption_of, remarks=ledger.remarks)
        return report_card(result).page().encode("utf-8", "replace")

    def verdicts() -> bytes:
        on_ledger()
        return ledger_bytes(ledger)

    def correct() -> list[dict[str, str]]:
        return corrections(ledger.verdicts, style=plan.style, caption_set=plan.caption_set)

    def json_of(value: object) -> bytes:
        return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")

    return [
        FileOffer(
            key=LEDGER,
            label="Verdicts, to go on or to merge (ledger)",
            make=lambda: file("verdicts", "jsonl", "application/jsonl", verdicts()),
        ),
        FileOffer(key="report", label="Report (HTML)", make=lambda: file("report", "html", "text/html", page())),
        FileOffer(
            key="table",
            label="Verdicts as a table (CSV)",
            make=lambda: file("verdicts", "csv", "text/csv", to_csv(ledger.verdicts).encode(ENCODING, "replace")),
        ),
        FileOffer(
            key="corrections",
            label="Corrected captions (JSON)",
            make=lambda: file("corrections", "json", "application/json", json_of(correct())),
        ),
        FileOffer(
            key="plan",
            label="Plan (JSON)",
            make=lambda: file("plan", "json", "application/json", json_of(plan.to_dict())),
        ),
    ]


def ledger_bytes(ledger: Ledger) -> bytes:
    """Return all lines of a ledger that can be read.

    Raises:
        LedgerError: If the ledger cannot be read.
    """
    return b"".join(map(line_bytes, ledger.lines))
