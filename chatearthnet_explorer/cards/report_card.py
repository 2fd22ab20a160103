"""The report of a spot-check as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.review.methods_paragraph import methods, share
from chatearthnet_explorer.review.verdict import CAUSES, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.review.error_rates import Rate
    from chatearthnet_explorer.review.report import JudgedCaption, Rates, Report


def report_card(report: Report) -> Card:
    """Return a report to be read, printed, or put into an appendix."""
    percent = f"{100 * report.confidence:g} %"
    strata = report.strata if len(report.strata) > 1 else ()
    facet = report.plan.facet if report.plan and report.plan.facet else "Group"
    return Card(
        "How good are the captions?",
        (
            _headline(report),
            *(element("p", remark, class_="cen-remark") for remark in report.remarks),
            _section(
                f"Error rates, with {percent} intervals",
                _rates(facet.capitalize(), (report.overall, *strata)),
            ),
            _section("What was wrong", _cross_table("Cause", report.causes, VERDICTS)),
            _section("Do the reviewers agree?", _agreement(report)),
            _section("Where reviewers chose different causes", _confusion(report)),
            _section("Examples", *map(_example, report.examples)) if report.examples else element("section"),
            _section("Methods, to copy", element("p", methods(report), class_="cen-methods")),
        ),
    )


def _headline(report: Report) -> Element:
    rate = report.overall.error
    if rate.rate is None:
        return element("p", "No caption has been judged yet.", class_="cen-text")
    figure = element("span", f"{100 * rate.rate:.1f} %", class_="cen-figure")
    if rate.low is None or rate.high is None:
        sentence = f" of the judged captions have an error, {share(report.overall.major)} a major one."
    else:
        group = "captions" if report.plan else "judged captions"
        sentence = (
            f" of the {group} have an error ({100 * report.confidence:g} % interval: {100 * rate.low:.1f} to "
            f"{100 * rate.high:.1f} %), {share(report.overall.major)} a major one."
        )
    return element("p", figure, sentence, class_="cen-text")


def _rates(facet: str, rates: Sequence[Rates]) -> Element:
    rows = (
        (
            one.value or "All",
            f"{one.population:,}" if one.population else "not known",
            f"{one.error.sample_size:,}",
            _bar(one.error),
            share(one.error),
            share(one.major),
        )
        for one in rates
    )
    return _table(
        (facet, "Pairs", "Judged", element("span", "Interval", class_="cen-no-interval"), "Any error", "Major error"),
        rows,
    )


def _bar(rate: Rate) -> Element:
    """Return the interval as a bar and the estimate as a line in it, over 0 to 100 percent."""
    low, high = (rate.low, rate.high) if rate.low is not None and rate.high is not None else (rate.rate, rate.rate)
    if rate.rate is None or low is None or high is None:
        return element("span", class_="cen-no-interval")
    left, wide = 100 * low, max(100 * (high - low), 0.5)
    return element(
        "div",
        element("div", class_="cen-span", style=f"left:{left:.2f}%;width:{wide:.2f}%"),
        element("div", class_="cen-mark", style=f"left:{100 * rate.rate:.2f}%"),
        class_="cen-interval",
        title=share(rate),
    )


def _agreement(report: Report) -> Element:
    if len(report.reviewers) < 2:  # noqa: PLR2004 - it takes two to agree
        return element("p", "Agreement needs two reviewers; ask a second one to judge some of the same captions.")
    rows = (
        (
            one.measure,
            one.level,
            f"{one.captions:,}",
            one.why if one.value is None else f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]",
        )
        for one in report.agreement
    )
    return _table(("Measure", "Differences", "Captions", "Value"), rows)


def _confusion(report: Report) -> Element:
    if not any(sum(row.values()) for row in report.confusion.values()):
        return element("p", "No caption was judged by two reviewers.")
    return _cross_table("First reviewer, second reviewer", report.confusion, tuple(CAUSES))


def _cross_table(corner: str, counts: Mapping[str, Mapping[str, int]], columns: Sequence[str]) -> Element:
    head = (corner, *(CAUSES.get(column, column) for column in columns))
    return _table(head, ((CAUSES[row], *(f"{counts[row][column]:,}" for column in columns)) for row in counts))


def _example(caption_judged: JudgedCaption) -> Element:
    sentence = (
        element(
            "p",
            f"{one.reviewer}: {one.verdict}",
            f", {CAUSES[one.cause]}" if one.cause else None,
            f". {one.note}" if one.note else None,
            f" Should read: {one.correction}" if one.correction else None,
        )
        for one in caption_judged.verdicts
    )
    return element(
        "article",
        element("h4", f"{caption_judged.name} ({caption_judged.verdict}, {caption_judged.stratum})"),
        element("p", caption_judged.caption, class_="cen-text", dir="auto") if caption_judged.caption else None,
        *sentence,
    )


def _section(heading: str, *content: Element) -> Element:
    return element("section", element("h4", heading), *content)


def _table(head: Iterable[Element | str], rows: Iterable[Iterable[Element | str]]) -> Element:
    cells = (element("tr", *(element("th" if at == 0 else "td", cell) for at, cell in enumerate(row))) for row in rows)
    titles = element("tr", *(element("th", title, scope="col") for title in head))
    return element("table", element("thead", titles), element("tbody", *cells), class_="cen-facts")
