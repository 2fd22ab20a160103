"""The report of a bench of captioners as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioner_bench.conclusions import conclusions
from chatearthnet_explorer.captioner_bench.judging import ANY, KINDS, MEANINGS
from chatearthnet_explorer.captioner_bench.reader_errors import reader_errors
from chatearthnet_explorer.captioner_bench.report_text import (
    AGAIN,
    CAUTIONS,
    PROSE_WORDS,
    SHARES,
    TEST,
    all_corrections,
    cost_words,
    number_words,
    percent_words,
    problems,
    provenance,
    share_words,
)
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.captioner_bench.correction import CorrectedShare
    from chatearthnet_explorer.captioner_bench.rates import Share
    from chatearthnet_explorer.captioner_bench.results import BenchReport, ContenderResult

_LEAST_P = 0.001


def bench_card(report: BenchReport) -> Card:
    """Return a report to be read: bars with intervals, tables, and how to make it again."""
    results = [report.results[position] for position in report.ranking()]
    return Card(
        "Captioners compared",
        (
            *([element("p", _SIMULATED, class_="cen-remark")] if report.simulated else []),
            _section("In short", element("ul", *(element("li", _unbroken(one)) for one in conclusions(report)))),
            _section(
                "Captions in which the labels contradict a claim",
                element("p", _LEGEND, class_="cen-credit"),
                *(_contender(report, one) for one in results),
            ),
            _section("By kind of error, as the reader finds it", _kinds(results)),
            _section("What the captions are like", _measures(results)),
            _section("On the same chips", _comparisons(report)),
            _section("How well the reader reads", _reader()),
            _section("What the numbers mean", element("ul", *(element("li", one) for one in CAUTIONS))),
            _section("What was compared", *(element("p", one, class_="cen-credit") for one in provenance(report))),
            _section("The same again", element("p", AGAIN, class_="cen-credit"), element("pre", report.command)),
        ),
    )


_SIMULATED = "Simulated data: places, labels and released captions are made up."
_LEGEND = (
    "Thin bar: found by the reader, the part of this program that reads captions. Thick bar: corrected for what the "
    "reader gets wrong. The track is 0 to 100 %, the line the share in this sample, the bar where the share of all "
    "such chips may lie, with 95 % confidence."
)


def _contender(report: BenchReport, result: ContenderResult) -> Element:
    """Return a contender with its main figure, found and corrected."""
    share = result.rate(ANY)
    _, main = report.main_correction(result)
    corrections = all_corrections(report, result)
    rows = [("errors found by the reader", share_words(share), _bar(*_ends(share), thin=True))]
    for position, (prose, words) in enumerate(corrections):
        label = f"corrected, if it is {PROSE_WORDS[prose]}" if len(corrections) > 1 else "corrected"
        bar = _bar(*_corrected_ends(main if position == 0 else result.corrected_shares(ANY)[prose]))
        rows.append((label, words, bar))
    name = result.label + (" (simulated)" if result.simulated else "")
    return element(
        "article",
        element("h4", name),
        element(
            "p",
            element("span", share_words(result.faithful), class_="cen-figure-small"),
            " of all chips have a caption that makes claims and in which no error was found.",
        ),
        *(
            element("div", element("span", f"{label}: {words}"), bar, class_="cen-bench-row")
            for label, words, bar in rows
        ),
        class_="cen-bench",
    )


def _ends(share: Share) -> tuple[float, float, float] | tuple[None, None, None]:
    return (share.share, *share.interval) if share.share is not None and share.interval else (None, None, None)


def _corrected_ends(share: CorrectedShare | None) -> tuple[float, float, float] | tuple[None, None, None]:
    return (None, None, None) if share is None else (share.share, share.low, share.high)


def _bar(share: float | None, low: float | None, high: float | None, *, thin: bool = False) -> Element:
    """Return an interval as a bar and the estimate as a line in it, over 0 to 100 percent."""
    if share is None or low is None or high is None:
        return element("span")
    width = max(100 * (high - low), 0.5)
    return element(
        "div",
        element("div", class_="cen-span", style=f"left:{100 * low:.2f}%;width:{width:.2f}%"),
        element("div", class_="cen-mark", style=f"left:{min(100 * share, 99.5):.2f}%"),
        class_="cen-interval cen-interval-wide" + (" cen-thin" if thin else ""),
        role="img",
        aria_label=f"{100 * share:.1f} %, from {100 * low:.1f} to {100 * high:.1f} %",
    )


def _kinds(results: Sequence[ContenderResult]) -> Element:
    rows = ((one.label, *(share_words(one.rate(kind)) for kind in KINDS)) for one in results)
    meanings = element("ul", *(element("li", f"{kind}: {MEANINGS[kind]}") for kind in KINDS), class_="cen-credit")
    note = element("p", SHARES, class_="cen-credit")
    return element("div", note, _table(("Contender", *KINDS), rows), meanings)


def _measures(results: Sequence[ContenderResult]) -> Element:
    head = ("Contender", "Claims", "Not certain", "Words", "Class words of the prompt", "Not checked", "Cost")
    rows = (
        (
            one.label,
            number_words(one.claims_per_caption),
            percent_words(one.uncertain_claims),
            number_words(one.words_per_caption),
            percent_words(one.prompt_words),
            problems(one),
            cost_words(one),
        )
        for one in results
    )
    return _table(head, rows)


def _comparisons(report: BenchReport) -> Element:
    rows = [
        (
            f"{report.results[one.first].label} – {report.results[one.second].label}",  # noqa: RUF001 - a pair
            f"{one.n:,}",
            f"{one.only_first:,}",
            f"{one.only_second:,}",
            _p(one.p),
            _p(one.p_holm),
        )
        for one in report.comparisons
        if one.kind == ANY
    ]
    if not rows:
        return element("p", "No two contenders have the same style.")
    head = ("First – second", "Chips", "Only the first errs", "Only the second errs", "p", "p (Holm)")  # noqa: RUF001
    return element("div", element("p", TEST, class_="cen-credit"), _table(head, rows))


def _reader() -> Element:
    rows = (
        (
            PROSE_WORDS[one.prose],
            share_words(one.false_alarms[ANY]),
            share_words(one.recall[ANY]),
            percent_words(one.prompt_words),
        )
        for one in reader_errors().values()
    )
    head = ("Prose", "Faithful captions in which it finds an error", "Planted errors that it finds")
    return _table((*head, "Class words of the prompt"), rows)


def _unbroken(text: str) -> str:
    """Return a cell in which no line ends within a figure or an interval."""
    return text.replace(" %", "\u00a0%").replace(" to ", "\u00a0to\u00a0").replace("< ", "<\u00a0")


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= _LEAST_P else "< 0.001"


def _section(heading: str, *content: Element) -> Element:
    return element("section", element("h4", heading, class_="cen-bench-heading"), *content)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Element:
    titles = list(head)
    cells = (
        element(
            "tr",
            *(
                element("th", cell, scope="row") if at == 0 else element("td", _unbroken(cell), data_label=titles[at])
                for at, cell in enumerate(row)
            ),
        )
        for row in rows
    )
    header = element("tr", *(element("th", title, scope="col") for title in titles))
    return element("table", element("thead", header), element("tbody", *cells), class_="cen-facts cen-stacked")
