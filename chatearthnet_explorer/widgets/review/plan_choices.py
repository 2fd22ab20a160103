"""What the form of a plan offers: lists with counts, and a sentence on what the number of captions gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.catalog.caption_sets import is_id
from chatearthnet_explorer.catalog.query import EVERYTHING
from chatearthnet_explorer.review.margin_of_error import margin_of
from chatearthnet_explorer.spot_check import captions_to_judge
from chatearthnet_explorer.widgets.browse.active_filters import STYLES, choices_of, place_words
from chatearthnet_explorer.widgets.browse.caption_choice import writer_options
from chatearthnet_explorer.widgets.review.review_link import MOST_PAIRS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.catalog.caption_set import CaptionSet
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.query import Query
    from chatearthnet_explorer.spot_check import PlanRequest

WORST = "worst"
"""The choice of pairs that the audit ranks worst, among those of ``by``."""

_BY = {
    "": "At random",
    "continent": "At random, a fair share of each continent",
    "country": "At random, a fair share of each country",
    "split": "At random, a fair share of each split (training, validation, test)",
    "dominant": "At random, a fair share of each main land cover",
}
_WORST_WORDS = "Those that look worst to the audit (finds errors, gives no rate)"
_FIELDS = {"continent": "continent", "country": "country", "class": "classes"}
"""The lists that filter the population, and the fields of the query that they set."""

_SECONDS_EACH = 30


class PlanOutlook(NamedTuple):
    """What a request can draw from."""

    population: int
    """Number of pairs."""

    counts: Mapping[str, Mapping[str, int]]
    """Number of pairs for each value of each facet; for ``style`` those of the release."""

    has_audit: bool
    """Whether the captions went through the checks."""

    sets: tuple[CaptionSet, ...]
    """The captions to choose from, beside those of the release."""


def outlook_of(catalog: Catalog, request: PlanRequest) -> PlanOutlook:
    """Return what a request can draw from.

    Raises:
        QueryError: If the catalog cannot answer the query, or has no such captions.
        CatalogError: If a set of captions is damaged.
    """
    judged_catalog, request = captions_to_judge(catalog, request)
    result = judged_catalog.search(request.population_query, limit=1)
    counts = result.facets
    if judged_catalog is not catalog:
        counts = counts | {"style": catalog.search(EVERYTHING, limit=1).facets["style"]}
    return PlanOutlook(result.total, counts, judged_catalog.files.findings is not None, catalog.caption_sets)


def outlook_words(request: PlanRequest, population: int) -> str:
    """Return what the number of captions gives, in one or two sentences; empty if they cannot be drawn."""
    if not 0 < request.pairs <= min(population, MOST_PAIRS):
        return ""
    time = f"At half a minute each, that takes about {_duration(request.pairs * _SECONDS_EACH)}."
    if request.worst:
        return f"{_captions(request.pairs)} of {population:,}, the worst first: good to find errors. {time}"
    margin = 100 * margin_of(request.pairs, population=population)
    if request.pairs == population:
        return f"All {population:,} captions: the share of wrong ones will be known exactly. {time}"
    return (
        f"{request.pairs:,} verdicts tell the share of wrong captions among {population:,} to within about "
        f"±{margin:.0f} points (95 % interval, at worst). {time}"
    )


def outlook_problem(request: PlanRequest, population: int) -> str:
    """Return why a request cannot be drawn, in one sentence; empty if it can."""
    if request.pairs > MOST_PAIRS:
        return f"At most {MOST_PAIRS:,} captions can be judged on this page; `review plan` draws more."
    if not population:
        return "No pair fits these choices; choose fewer of them."
    if request.pairs > population:
        return f"Only {population:,} captions fit these choices; lower the number, or choose fewer of them."
    return ""


def form_options(outlook: PlanOutlook, query: Query) -> dict[str, list[list[str]]]:
    """Return what each list of the form offers: [value, label], labels made visible."""
    counts = outlook.counts
    styles = counts.get("style", {})
    options = {
        "style": [[style, _with_count(STYLES[style], styles.get(style, 0))] for style in ("3.5", "4v")]
        + writer_options(outlook.sets, 0)[1:],
        "by": [[value, label] for value, label in _BY.items()] + [[WORST, _WORST_WORDS]] * outlook.has_audit,
    }
    for key, field in _FIELDS.items():
        values = counts.get(key, {})
        names = dict.fromkeys((*values, *getattr(query, field)))
        sorted_names = sorted(names, key=lambda name, values=values: -values.get(name, 0)) if key == "class" else names  # type: ignore[misc]  # mypy infers no type for a lambda's default
        words = (lambda name: name) if key == "class" else place_words
        anywhere = "Any land cover" if key == "class" else "Anywhere" if key == "continent" else "Any country"
        options[key] = [["", anywhere]] + [
            [name, _with_count(words(name), values.get(name, 0))] for name in sorted_names
        ]
    return options


def form_choices(request: PlanRequest) -> dict[str, str]:
    """Return the value that each list of the form shows for a request."""
    single = {key: getattr(request.query, field) for key, field in _FIELDS.items()}
    return {
        "style": request.captions or request.style,
        "by": WORST if request.worst else request.by,
        **{key: values[0] if len(values) == 1 else "" for key, values in single.items()},
    }


def apply_choices(request: PlanRequest, choices: Mapping[str, object]) -> PlanRequest:
    """Return a request with what was chosen in the lists of the form; choices that have not changes are left alone.

    Raises:
        PlanError: If a choice is none.
        QueryError: Likewise.
    """
    before = form_choices(request)
    changes = {key: str(value) for key, value in choices.items() if key in before and str(value) != before[key]}
    filters = {_FIELDS[key]: (value,) if value else () for key, value in changes.items() if key in _FIELDS}
    query = request.query.but(**filters)
    worst = changes["by"] == WORST if "by" in changes else request.worst
    by = changes.get("by", request.by)
    kind = changes.get("style", request.captions or request.style)
    by = "" if by == WORST else by
    if is_id(kind):
        return replace(request, query=query, worst=worst, by=by, captions=kind)
    return replace(request, query=query, worst=worst, by=by, captions="", style=kind)


def other_filters(query: Query) -> list[tuple[str, Query]]:
    """Return the filters that no list of the form shows: words made visible, and the query without each."""
    list_words = {place_words(name) for field in ("continent", "country") for name in _single(query, field)}
    list_words |= {f"caption names {name}" for name in _single(query, "classes")}
    filters = ((words, without) for words, without in choices_of(query) if words not in list_words)
    return [(visible(words), without) for words, without in filters]


def request_words(request: PlanRequest, population: int, writer: str = "") -> str:
    """Return what is judged, in one line, made visible; the writer is that of the plan."""
    writer_words = f"by {writer or request.captions}" if request.captions else f"in {STYLES[request.style]}"
    captions = f"{request.pairs:,} of {population:,} captions {writer_words}"
    filters = [words for words, _ in choices_of(request.query)]
    how = _WORST_WORDS.partition(" (")[0].lower() if request.worst else f"sample {request.seed}"
    return visible(", ".join((captions, *filters, how)))


def _single(query: Query, field: str) -> tuple[str, ...]:
    values: tuple[str, ...] = getattr(query, field)
    return values if len(values) == 1 else ()


def _with_count(words: str, count: int) -> str:
    return f"{visible(words)} ({count:,})"


def _captions(count: int) -> str:
    return f"{count:,} caption{'s' * (count != 1)}"


def _duration(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'s' * (minutes != 1)}" if minutes < 90 else f"{minutes / 60:.0f} hours"  # noqa: PLR2004
