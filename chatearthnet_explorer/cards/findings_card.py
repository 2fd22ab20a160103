"""The findings of an audit as HTML, and the checks that could not be made."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.html_tree import element, markup, style_sheet
from chatearthnet_explorer.review.checks import all_checks
from chatearthnet_explorer.review.estimates import reason_unchecked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.review.estimates import Share

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HEADINGS = {
    "all": "Everything",
    "style": "By style",
    "split": "By split",
    "continent": "By continent",
    "country": "By country",
    "class": "By land cover that the caption names",
}

STRICT = "Strict: claims that a caption only likely makes were checked as well, so more findings are false."
"""The sentence for a strict audit."""


@dataclass(frozen=True, kw_only=True)
class AuditSummary:
    """Facts about the whole audit for a findings page."""

    data: str
    """The release that was audited, hostile."""

    simulated: bool
    """Whether the data are simulated."""

    date: str
    """When the audit was finished, ``2026-11-27``."""

    pairs: int
    """Pairs that were audited."""

    total: int
    """Pairs of the catalog."""

    findings: int
    """Findings of all checks."""

    labels: str
    """Where the labels are from, hostile; empty where there were none."""

    pictures: str
    """The release that the pictures were read from, hostile; empty where they were not looked at."""

    dataset: tuple[str, ...] = ()
    """What is wrong with the data set and no single pair, one sentence each."""

    strict: bool = False
    """Whether claims that captions only likely make were checked as well."""


def findings_page(shares: Sequence[Share], audit: AuditSummary) -> str:
    """Return a complete page without scripts or external files: each check with its shares, the most frequent first.

    Args:
        shares: As ``tally`` gives them.
        audit: What they are of.
    """
    title = f"{'Simulated data: ' if audit.simulated else ''}Findings of an audit"
    by_check = {check: list(some) for check, some in groupby(shares, key=lambda one: one.check)}
    whole = {check: next((one for one in some if one.by == "all"), some[0]) for check, some in by_check.items()}
    checks_made = sorted((one for one in whole.values() if one.of), key=lambda one: -(one.share or 0.0))
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", title),
            style_sheet("findings"),
        ),
        element(
            "body",
            element("h1", "Findings of an audit"),
            element("p", "SIMULATED", class_="simulated") if audit.simulated else None,
            *_summary(audit),
            _overview(checks_made),
            *_left_out([one for one in whole.values() if not one.of], audit),
            *(_check(one.check, by_check[one.check]) for one in checks_made),
        ),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{markup(page)}\n"


def _summary(audit: AuditSummary) -> list[Element]:
    facts = (
        ("Data set", f"{audit.data}{', simulated: not real captions and pictures' if audit.simulated else ''}"),
        ("Audited", f"{audit.pairs:,} of {audit.total:,} pairs, finished on {audit.date}"),
        ("Findings", f"{audit.findings:,}"),
        ("Labels", audit.labels or "none: nothing was compared with land cover"),
        ("Pictures", audit.pictures or "not checked"),
    )
    rows = (element("tr", element("th", name, scope="row"), element("td", value)) for name, value in facts)
    strict = element("p", STRICT) if audit.strict else None
    note = (
        "A finding says that something does not match, not which side is wrong: WorldCover is about 74 to 77 % "
        "accurate, and a check may misread a caption."
    )
    whole = (element("p", sentence) for sentence in audit.dataset)
    return [
        element("table", element("tbody", *rows), class_="facts"),
        *([strict] if strict is not None else []),
        *whole,
        element("p", note),
    ]


def _overview(checks_made: Sequence[Share]) -> Element:
    rows = (
        element("tr", element("th", element("a", one.check, href=f"#{_anchor(one.check)}"), scope="row"), *_cells(one))
        for one in checks_made
    )
    return element(
        "section", element("h2", "All checks"), element("table", element("tbody", *rows)) if checks_made else None
    )


def _left_out(shares: Sequence[Share], audit: AuditSummary) -> list[Element]:
    if not shares:
        return []
    why = (
        (reason, [one.check for one in shares if _reason(one, audit) == reason])
        for reason in dict.fromkeys(_reason(one, audit) for one in shares)
    )
    rows = (
        element("tr", element("th", ", ".join(checks), scope="row"), element("td", reason)) for reason, checks in why
    )
    return [element("section", element("h2", "Not checked"), element("table", element("tbody", *rows), class_="facts"))]


def _reason(share: Share, audit: AuditSummary) -> str:
    return reason_unchecked(share.check, labels=bool(audit.labels), pictures=bool(audit.pictures))


def _check(check: str, shares: Sequence[Share]) -> Element:
    tables = (
        element("tbody", element("tr", element("th", _HEADINGS[by], colspan="4", scope="rowgroup")), *map(_row, some))
        for by, some in groupby(shares, key=lambda one: one.by)
    )
    section = element(
        "section", element("h2", check), element("p", all_checks()[check].description), element("table", *tables)
    )
    section.set("id", _anchor(check))
    return section


def _row(share: Share) -> Element:
    return element("tr", element("td", share.value or "all"), *_cells(share))


def _cells(share: Share) -> tuple[Element, ...]:
    if share.share is None:
        return (element("td"), element("td", "not checked", class_="number"), element("td"))
    percent = f"{100 * share.share:.1f} %"
    bar = element("div", element("div", style=f"width:{100 * share.share:.1f}%"), class_="bar")
    return (
        element("td", bar, class_="share"),
        element("td", percent, class_="number"),
        element("td", f"{share.count:,} of {share.of:,}", class_="number"),
    )


def _anchor(check: str) -> str:
    return check.replace(" ", "-")
