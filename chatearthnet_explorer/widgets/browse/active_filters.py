"""The filters of a query in words, and the query without each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import RELEASED_STYLES, STYLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.query import Query

STYLES = {**{style: STYLE_NAMES[style] for style in RELEASED_STYLES}, "both": "both styles"}
"""Labels of the caption styles. A simulated release has them as well, though no model wrote its captions."""

SPLITS = {"train": "training", "val": "validation", "test": "test"}
"""The splits."""

WITHOUT = {
    "no place": "only pairs with a place",
    "no picture": "only pairs with a picture",
    "blank": "only pictures with something to see",
    "named twice": "only pairs published once",
    "splits differ": "only pairs in one split",
}
"""What is true of a pair without each of ``pair_flags.FLAGS``."""


def choices_of(query: Query) -> Iterator[tuple[str, Query]]:
    """Yield each filter in words, with the query without it."""
    if query.words:
        yield f"words: {query.words}", query.but(words="")
    yield from _classes(query)
    yield from _region(query)
    if query.style:
        yield (
            "with both captions" if query.style == "both" else f"with a caption in {STYLES[query.style]}",
            query.but(style=""),
        )
    for name in query.split:
        yield f"split: {SPLITS[name]}", query.but(split=_but(query.split, name))
    for finding in query.finding:
        words = finding_words(finding.removeprefix("-"), absent=finding.startswith("-"))
        yield words, query.but(finding=_but(query.finding, finding))
    for flag in query.flag:
        words = flag_words(flag.removeprefix("-"), absent=flag.startswith("-"))
        yield words, query.but(flag=_but(query.flag, flag))


def alternatives(catalog: Catalog, query: Query) -> list[tuple[str, Query, int]]:
    """Return what matches with one filter removed, the most pairs first: the filter in words, the query, the pairs."""
    counts = [(words, less, catalog.search(less.but(size=1)).total) for words, less in choices_of(query)]
    return sorted((one for one in counts if one[2]), key=lambda one: -one[2])


def flag_words(flag: str, *, absent: bool) -> str:
    """Return the filter for a flag in words."""
    return WITHOUT.get(flag, f"not {flag}") if absent else flag


def finding_words(finding: str, *, absent: bool) -> str:
    """Return the filter for a finding in words."""
    if finding == "none":
        return "a check found a problem" if absent else "no problem found"
    return f"without: {finding}" if absent else f"found: {finding}"


def place_words(name: str) -> str:
    """Return a continent or country in words."""
    return "No country (open sea or unknown location)" if name == "none" else name


def _classes(query: Query) -> Iterator[tuple[str, Query]]:
    for name in query.classes:
        remaining = _but(query.classes, name)
        # sorting by share needs a class
        sort = "place" if query.sortby == "share" and not remaining else query.sortby
        words = f"caption names {name}" if query.min_share is None else f"land cover has {name}"
        yield words, query.but(classes=remaining, sortby=sort)
    if query.part:
        yield f"in the {query.part}", query.but(part="")
    if query.min_share is not None:
        yield f"at least {100 * query.min_share:g} % of the square", query.but(min_share=None)


def _region(query: Query) -> Iterator[tuple[str, Query]]:
    for name in query.continent:
        yield place_words(name), query.but(continent=_but(query.continent, name))
    for name in query.country:
        yield place_words(name), query.but(country=_but(query.country, name))
    if query.bbox:
        west, south, east, north = query.bbox
        yield f"box {west:.4g}, {south:.4g}, {east:.4g}, {north:.4g}", query.but(bbox=None)
    if query.polygon:
        yield f"polygon with {len(query.polygon)} corners", query.but(polygon=())


def _but(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(one for one in names if one != name)
