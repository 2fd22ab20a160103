"""The report of a bench as JSON and as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import price_words
from chatearthnet_explorer.captioner_bench import judging
from chatearthnet_explorer.captioner_bench.conclusions import conclusions, unchecked_words
from chatearthnet_explorer.captioner_bench.judging import ANY, KINDS, MEANINGS
from chatearthnet_explorer.captioner_bench.reader_errors import CLOSE, LOOSE, OWN, reader_errors
from chatearthnet_explorer.captioners.service.answer import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.captioner_bench.correction import CorrectedShare
    from chatearthnet_explorer.captioner_bench.rates import Share
    from chatearthnet_explorer.captioner_bench.results import BenchReport, ContenderResult

FORMAT = 1
"""Version of the JSON; a change that a reader must know raises it."""

PROSE_WORDS = {
    CLOSE: "prose close to the words of the prompt",
    LOOSE: "loose prose",
    OWN[0]: "this project's sentences, style 3.5",
    OWN[1]: "this project's sentences, style 4v",
}
"""Kinds of prose in words."""

AGAIN = "The addresses and keys of services are not part of a report; set OPENAI_BASE_URL and OPENAI_API_KEY as before."
"""What stands above the command that makes the same report."""

SHARES = "In brackets: where the share of all such chips may lie, with 95 % confidence."
"""What stands beside each share."""

TEST = (
    "McNemar's exact test on chips of which both captions were checked. The last column allows for the number of "
    "comparisons: below 0.05 the difference is hardly chance."
)
"""How contenders are compared."""

CAUTIONS = (
    (
        "An error is a claim that disagrees with the labels. The labels are ESA WorldCover's or made like them, and "
        "about one in four of WorldCover's is wrong: not every disagreement is an error of the caption."
    ),
    (
        "The reader, the part of this program that reads captions, errs as well. The corrected shares take away what "
        "it errs on average, as measured on captions that were held back. Whether a model writes close or loose prose "
        "is for you to see; its share of class words that are the prompt's own is a hint. A correction is not possible "
        "where fewer errors were found than the reader alone makes in such prose."
    ),
    (
        "A refusal, a failure, a caption in another language and a caption without claims are counted by themselves "
        "and never as faithful."
    ),
    "Styles ask for different things, so contenders are compared within their style only.",
)
"""What the numbers do not mean, one sentence or two each."""

# marks of Markdown and HTML, and what makes an address a link
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])|(?<=:)(//)|(?<=www)(\.)")
_NEW_LINE = re.compile(r"\s+")
_MOST_MODELS = 10  # a service may report another one with each answer


def to_json(report: BenchReport) -> dict[str, Any]:
    """Return a report for JSON; docs/reference/file-formats.md explains its fields."""
    sample = report.sample
    return {
        "format": FORMAT,
        "simulated": report.simulated,
        "data": report.data,
        "catalog_version": report.catalog_version,
        "labels": report.labels,
        "sample": {
            "seed": sample.seed,
            "chips": len(sample.names),
            "unusable": report.unusable,
            "population": sample.population,
            "left_out": sample.left_out,
            "strata_by": sample.facet,
            "strata": [
                {"value": value, "population": population, "sample": count}
                for value, population, count in sample.strata
            ],
            "names": list(sample.names),
        },
        "confidence": 0.95,
        "in_short": conclusions(report),
        "kinds": dict(MEANINGS),
        "outcomes": dict(judging.OUTCOMES),
        "contenders": [one.to_dict() for one in report.results],
        "comparisons": [
            {
                **one._asdict(),
                "first": report.results[one.first].contender.spec,
                "second": report.results[one.second].contender.spec,
            }
            for one in report.comparisons
        ],
        "prose": report.prose,
        "reader": [one.to_dict() for one in reader_errors().values()],
        "command": report.command,
        "version": report.version,
        "date": report.day,
    }


def to_markdown(report: BenchReport) -> str:
    """Return a report as Markdown; whatever names come from outside are escaped."""
    lines = ["# Captioners compared", ""]
    if report.simulated:
        lines += ["**Simulated data: places, labels and released captions are made up.**", ""]
    lines += ["## In short", "", *(f"- {escape_markdown(sentence)}" for sentence in conclusions(report)), ""]
    lines += ["## The figures", "", SHARES, ""]
    head = ("contender", "faithful", "any error, found by the reader", "corrected", *KINDS, *_MORE)
    rows = [_row(report, report.results[position]) for position in report.ranking()]
    lines += _table(head, rows)
    lines += ["", "## Compared on the same chips", "", TEST, "", *_comparisons(report)]
    lines += ["", "## The reader", "", *_reader(), "", "## What the numbers mean", ""]
    lines += [f"- {escape_markdown(sentence)}" for sentence in CAUTIONS]
    lines += ["", "## What was compared", "", *(f"- {escape_markdown(sentence)}" for sentence in provenance(report))]
    lines += ["", "## The same again", "", escape_markdown(AGAIN), ""]
    lines += ["```sh", visible(report.command)[0].replace("`", ""), "```", ""]
    return "\n".join(lines)


def provenance(report: BenchReport) -> list[str]:
    """Return what the report is of, one sentence each."""
    sample = report.sample
    used = len(sample.names) - report.unusable
    sentences = [
        (
            f"{used:,} chips of {report.data} (catalog version {report.catalog_version}), drawn with "
            f"seed {sample.seed} from {sample.population:,}, in proportion to the {sample.facet}."
        ),
        f"Labels: {report.labels}.",
        f"Made on {report.day} by chatearthnet-explorer {report.version}.",
    ]
    if report.unusable:
        sentences.append(f"{report.unusable:,} more chips of the sample have nothing to describe and were left out.")
    for result in report.results:
        if result.models:
            days = dict.fromkeys(day[:10] for day in (result.first_day, result.last_day) if day)
            dates = f", written {' to '.join(days)}" if days else ""
            wording = f", wording {result.wording}" if result.wording else ""
            rest = len(result.models) - _MOST_MODELS
            models = ", ".join([*result.models[:_MOST_MODELS], *([f"{rest:,} more"] if rest > 0 else [])])
            sentences.append(f"{result.label}: answered by {models}{wording}{dates}.")
    return sentences


def share_words(share: Share) -> str:
    """Return a share as ``12.5 % (8.6 to 17.8)``; a dash for none."""
    if share.share is None or share.interval is None:
        return "–"  # noqa: RUF001 - the dash of an empty cell
    low, high = share.interval
    return f"{100 * share.share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def corrected_words(estimate: CorrectedShare | None) -> str:
    """Return a corrected share in the same form."""
    if estimate is None:
        return "not possible"
    return f"{100 * estimate.share:.1f} % ({100 * estimate.low:.1f} to {100 * estimate.high:.1f})"


def all_corrections(report: BenchReport, result: ContenderResult, kind: str = ANY) -> list[tuple[str, str]]:
    """Return prose and corrected share in words for each prose that a contender may write, the main one first."""
    main, _ = report.main_correction(result, kind)
    corrections = result.corrected_shares(kind)
    return [(prose, corrected_words(corrections[prose])) for prose in sorted(corrections, key=lambda one: one != main)]


def problems(result: ContenderResult) -> str:
    """Return how many chips have no checked caption, by reason; ``none`` if all have one."""
    return unchecked_words(result) or "none"


def cost_words(result: ContenderResult) -> str:
    """Return the price and the time in words."""
    price = price_words(result.dollars)
    return price if result.seconds is None else f"{price}, {result.seconds:.1f} s a caption"


def number_words(number: float | None) -> str:
    """Return a number with one decimal; a dash for none."""
    return "–" if number is None else f"{number:.1f}"  # noqa: RUF001 - likewise


def percent_words(share: Share) -> str:
    """Return a share without its interval; a dash for none."""
    return "–" if share.share is None else f"{100 * share.share:.1f} %"  # noqa: RUF001 - likewise


def escape_markdown(text: str) -> str:
    """Return a text in which no character acts as Markdown or HTML, or acts unseen, on one line."""
    return _SPECIAL.sub(r"\\\g<0>", visible(_NEW_LINE.sub(" ", text))[0])


_MORE = ("claims", "words", "class words of the prompt", "not checked", "cost")


def _row(report: BenchReport, result: ContenderResult) -> tuple[str, ...]:
    corrections = "; ".join(
        f"{words} if {prose}" if len(result.prose) > 1 else words for prose, words in all_corrections(report, result)
    )
    return (
        escape_markdown(result.label) + (" **(simulated)**" if result.simulated else ""),
        share_words(result.faithful),
        share_words(result.rate(ANY)),
        corrections,
        *(share_words(result.rate(kind)) for kind in KINDS),
        number_words(result.claims_per_caption),
        number_words(result.words_per_caption),
        percent_words(result.prompt_words),
        problems(result),
        cost_words(result),
    )


def _comparisons(report: BenchReport) -> list[str]:
    rows = [
        (
            escape_markdown(report.results[one.first].label),
            escape_markdown(report.results[one.second].label),
            f"{one.n:,}",
            f"{one.only_first:,}",
            f"{one.only_second:,}",
            f"{one.p:.3g}",
            f"{one.p_holm:.3g}",
        )
        for one in report.comparisons
        if one.kind == ANY
    ]
    if not rows:
        return ["No two contenders have the same style."]
    head = ("first", "second", "chips", "only the first errs", "only the second errs", "p", "p (Holm)")
    return _table(head, rows)


def _reader() -> list[str]:
    rows = [
        (
            PROSE_WORDS[one.prose],
            share_words(one.false_alarms[ANY]),
            share_words(one.recall[ANY]),
            percent_words(one.prompt_words),
        )
        for one in reader_errors().values()
    ]
    head = ("prose", "faithful captions in which it finds an error", "planted errors that it finds")
    return _table((*head, "class words of the prompt"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
