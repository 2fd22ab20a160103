"""A spot-check as the query part of a link, in the words of the command line, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.catalog.permalink import LONGEST, from_url, to_url
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.spot_check import PlanRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PAIRS = 2_000
"""Pairs of a plan that is judged on screen."""

_NUMBERS, _WORDS = ("pairs", "seed"), ("style", "by", "allocation")
_ORDER = ("sort", "descending", "page", "size", "open")
"""Keys of a Browse link that mean nothing here: a plan has its own order."""

_QUERY_KEYS = (
    "words", "class", "continent", "country", "split", "flag", "finding", "match", "part", "min_share", "bbox",
    "polygon",
)  # fmt: skip
_MOST_NOTES, _MOST_PARTS, _SHORT = 5, 300, 40


class ReviewLink(NamedTuple):
    """What a link to a spot-check says."""

    request: PlanRequest
    """The sample to draw; fields that the link does not name have their defaults."""

    draws: bool
    """Whether the link names a sample at all, so that it is to be drawn at once."""

    notes: tuple[str, ...]
    """What was left out and why, one sentence each."""


def read_review_link(text: str) -> ReviewLink:
    """Return what the query part of a link says, with or without ``?``. What cannot be used is left out, with a note.

    Args:
        text: Hostile; of more than ``permalink.LONGEST`` characters nothing is read.
    """
    if len(text) > LONGEST:
        return ReviewLink(PlanRequest(), draws=False, notes=("The link is too long, so none of it was used.",))
    try:
        pairs = parse_qsl(text.removeprefix("?"), max_num_fields=_MOST_PARTS, separator="&")
    except ValueError:
        return ReviewLink(PlanRequest(), draws=False, notes=("The link has too many parts, so none of it was used.",))
    request, query = PlanRequest(), EVERYTHING
    names: set[str] = set()
    several: list[tuple[str, str]] = []
    notes: list[str] = []
    for key, value in pairs:
        if key in _QUERY_KEYS:
            try:
                query = from_url("?" + urlencode([*several, (key, value)]))
            except ExplorerError as problem:
                notes.append(f"The link's {key} was left out: {problem}")
            else:
                several.append((key, value))
        elif key in {*_NUMBERS, *_WORDS, "worst"}:
            if key in names:
                notes.append(f"The link names {key} twice; the first counts.")
                continue
            names.add(key)
            try:
                request = _with(request, **{key: _value(key, value)})
            except (ExplorerError, ValueError) as problem:
                why = problem if isinstance(problem, ExplorerError) else f"{_brief(value)} is not a whole number."
                notes.append(f"The link's {key} was left out: {why}")
        elif key not in _ORDER:
            notes.append(f"The link's part {_brief(key)} is unknown here and was left out.")
    if request.pairs > MOST_PAIRS:
        request = _with(request, pairs=MOST_PAIRS)
        notes.append(
            f"At most {MOST_PAIRS:,} captions can be judged here, so the number was lowered; `review plan` takes more."
        )
    if len(notes) > _MOST_NOTES:
        notes[_MOST_NOTES - 1 :] = [f"{len(notes) - _MOST_NOTES + 1:,} more parts of the link were left out."]
    return ReviewLink(_with(request, query=query), draws="pairs" in names, notes=tuple(map(visible, notes)))


def write_review_link(request: PlanRequest) -> str:
    """Return the query part of a link that draws the same sample from the same catalog, without ``?``."""
    return urlencode(list(_pairs(request)))


def _pairs(request: PlanRequest) -> Iterator[tuple[str, str]]:
    yield "pairs", str(request.pairs)
    yield "seed", str(request.seed)
    yield "style", request.style
    defaults = PlanRequest()
    for name in ("by", "allocation"):
        if getattr(request, name) != getattr(defaults, name):
            yield name, str(getattr(request, name))
    if request.worst:
        yield "worst", "1"
    yield from parse_qsl(to_url(_population(request.query)), separator="&")


def _population(query: Query) -> Query:
    """Return a query without what a plan has of its own, or does not care about."""
    return query.but(style="", sortby="place", descending=False, seed=0, size=EVERYTHING.size)


def _value(key: str, value: str) -> int | str | bool:
    if key in _NUMBERS:
        if not value.isascii() or not value.strip().isdigit():
            raise ValueError(value)
        return int(value[:20])
    return value not in {"", "0", "false"} if key == "worst" else value


def _with(request: PlanRequest, **changes: Any) -> PlanRequest:
    return PlanRequest(**{one.name: getattr(request, one.name) for one in fields(request)} | changes)


def _brief(text: str) -> str:
    return repr(text if len(text) <= _SHORT else text[:_SHORT] + "...")
