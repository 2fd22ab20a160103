"""The value ``Query``: the filters, order and page of a search."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, NoReturn, get_args

from chatearthnet_explorer.catalog.bit_codes import NAMES
from chatearthnet_explorer.catalog.facet_order import MULTIPLE
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.record import SPLITS
from chatearthnet_explorer.tile import wrap_longitude
from chatearthnet_explorer.values import Value

StyleFilter = Literal["3.5", "4v", "both"]
"""Pairs with a caption of one style, or with both."""

SortBy = Literal["place", "name", "lat", "lon", "country", "share", "worst", "random"]
"""An order of the pairs, see ``SORTS``."""

STYLE_CHOICES: tuple[StyleFilter, ...] = get_args(StyleFilter)
"""Values of ``Query.style``, besides empty."""

SORTS: tuple[SortBy, ...] = get_args(SortBy)
"""Orders of the pairs: along a Z-curve (nearby places together), by column and row of the name, from the south, from
the west, by country, by share of the first class in the labels, by what the checks found (the worst first), or random
by the seed."""

MATCHES = ("all", "any")
"""Whether a pair must name all of the classes or any of them."""

LONGEST_WORDS, MOST_VERTICES, MOST_CHOICES, LARGEST_PAGE = 500, 1000, 300, 1000
"""Limits of one query."""

_NAME_OF = {alias: land.name for land in CLASSES[1:] for alias in (land.name, land.name_4v)}
_POLE, _TURN = 90.0, 360.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Query(Value):
    """The filters of a search. A field with its default value matches every pair.

    A pair is in a region if the center of its chip is. Words and classes are looked for in one caption of the pair:
    in the caption of the style if there is one, in either caption if the style is empty or ``both``.

    Raises:
        QueryError: If a value cannot be searched for.
    """

    words: str = ""
    """Words that must all occur: ``"quoted words"`` next to each other, ``begin*`` for the beginning of a word, and
    ``-word`` for a word that must not occur."""

    continent: tuple[str, ...] = ()
    """Any of these, or ``none``."""

    country: tuple[str, ...] = ()
    """Any of these, by name or ISO 3166-1 code (alpha-2 or alpha-3), or ``none``."""

    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees. It crosses the antimeridian if west is greater than east."""

    polygon: tuple[tuple[float, float], ...] = ()
    """Corners (longitude, latitude) in degrees, not closed; sides take the shorter way around the world."""

    classes: tuple[str, ...] = ()
    """Classes that the caption names; with ``min_share``, that the labels have."""

    match: str = "all"
    """One of ``MATCHES``: all of the classes, or any."""

    part: str = ""
    """One of ``landcover.shares.PARTS`` in which the caption must name the classes."""

    min_share: float | None = None
    """Share (0 to 1) of the chip that the classes must have in the labels."""

    style: str = ""
    """Pairs with a caption of this style, or with ``both`` captions."""

    split: tuple[str, ...] = ()
    """Any of ``record.SPLITS``, of the caption of the style if there is one."""

    flag: tuple[str, ...] = ()
    """Any of ``pair_flags.FLAGS``; pairs must not have those with ``-`` before them."""

    finding: tuple[str, ...] = ()
    """Any of the checks that found something, or ``none``; those with ``-`` before them must not have."""

    sortby: str = "place"
    """One of ``SORTS``."""

    descending: bool = False
    """Whether the order is reversed."""

    seed: int = 0
    """Seed of the random order."""

    page: int = 1
    """Which page, from 1; a page after the last one is empty."""

    size: int = 24
    """Pairs on a page."""

    def __post_init__(self) -> None:
        """Bring the values into one form, and refuse those that cannot be searched for."""

        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("words", _text("words", self.words, LONGEST_WORDS))
        for name in ("continent", "country", "finding"):
            put(name, _several(name, getattr(self, name)))
        put("classes", tuple(dict.fromkeys(_NAME_OF.get(name, name) for name in _several("classes", self.classes))))
        _among("classes", self.classes, NAMES)
        for name, choices in (
            ("match", MATCHES),
            ("part", ("", *PARTS)),
            ("style", ("", *STYLE_CHOICES)),
            ("sortby", SORTS),
        ):
            _among(name, (_text(name, getattr(self, name), 40),), choices)
        put("split", _among("split", _several("split", self.split), SPLITS))
        put("flag", _several("flag", self.flag))
        _among("flag", tuple(flag.removeprefix("-") for flag in self.flag), tuple(FLAGS))
        for name, low, high in (("page", 1, 10**9), ("size", 1, LARGEST_PAGE), ("seed", 0, 2**32 - 1)):
            put(name, _whole(name, getattr(self, name), low, high))
        put("descending", bool(self.descending))
        put("min_share", None if self.min_share is None else _number("min_share", self.min_share, 0.0, 1.0))
        put("bbox", None if self.bbox is None else _bbox(self.bbox))
        put("polygon", _polygon(self.polygon))
        if self.min_share is not None and self.part:
            _refuse("min_share is a share of the whole chip and cannot be combined with a part; leave one of them out.")
        if self.sortby == "share" and not self.classes:
            _refuse("To sort by share, choose a class.")

    def but(self, **changes: Any) -> Query:
        """Return the query with some fields changed, and on the first page unless the page is one of them."""
        return replace(self, **{"page": 1, **changes})

    def without(self, facet: str) -> Query:
        """Return the query without the filter on a facet."""
        if facet == "style":
            return self.but(style="")
        order = {"sortby": "place"} if facet == "class" and self.sortby == "share" else {}
        return self.but(**{MULTIPLE[facet]: ()}, **order)

    @property
    def filters(self) -> dict[str, Any]:
        """The fields that differ from their defaults."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}


def combine(query: Query, **values: Any) -> Query:
    """Return a query with the fields that are not None replaced; where a field has several values, one may do.

    Raises:
        QueryError: If a value cannot be searched for.
    """
    changes = {name: value for name, value in values.items() if value is not None}
    for name in MULTIPLE.values():
        if isinstance(changes.get(name), str):
            changes[name] = (changes[name],)
    if isinstance(changes.get("bbox"), Iterable):
        changes["bbox"] = tuple(changes["bbox"])
    return query.but(**changes) if changes else query


def check_limit(limit: int | None) -> int | None:
    """Return the size of a page for a limit of pairs; None without a limit.

    Raises:
        QueryError: If the limit is not a whole number from 1.
    """
    return None if limit is None else min(_whole("limit", limit, 1, 10**9), LARGEST_PAGE)


def _text(name: str, value: object, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit:
        _refuse(f"{name} must be text of at most {limit} characters.")
    return value.encode("utf-8", "replace").decode().strip()


def _several(name: str, values: object) -> tuple[str, ...]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        _refuse(f"{name} must be a list of texts.")
    choices = tuple(dict.fromkeys(_text(name, value, 100) for value in values))
    if len(choices) > MOST_CHOICES:
        _refuse(f"{name} can have at most {MOST_CHOICES} values.")
    return choices


def _among(name: str, values: tuple[str, ...], choices: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value not in choices:
            _refuse(f"{value[:40]!r} is not a known value of {name}; choose from {', '.join(filter(None, choices))}.")
    return values


def _number(name: str, value: object, low: float, high: float) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        _refuse(f"{name} must be a number from {low:g} to {high:g}.")
    return number + 0.0  # never -0


def _whole(name: str, value: object, low: int, high: int) -> int:
    number = _number(name, value, low, high)
    if number != int(number):
        _refuse(f"{name} must be a whole number.")
    return int(number)


def _bbox(values: object) -> tuple[float, float, float, float]:
    if not isinstance(values, tuple | list) or len(values) != 4:  # noqa: PLR2004 - the four sides
        _refuse("A bbox is four numbers: west, south, east, north.")
    west, south, east, north = (_number("A side of the bbox", value, -1e4, 1e4) for value in values)
    if not -_POLE <= south <= north <= _POLE:
        _refuse("The south of a bbox must be less than its north, both from -90 to 90 degrees.")
    if east - west >= _TURN:
        return -180.0, south, 180.0, north
    # an eastern side of 180 stays, or a bbox up to the antimeridian would span the whole world
    return wrap_longitude(west), south, 180.0 if east == 180.0 else wrap_longitude(east), north  # noqa: PLR2004


def _polygon(corners: object) -> tuple[tuple[float, float], ...]:
    if not isinstance(corners, tuple | list) or len(corners) > MOST_VERTICES:
        _refuse(f"A polygon is a list of at most {MOST_VERTICES} corners, each a longitude and a latitude.")
    vertices = []
    for corner in corners:
        if not isinstance(corner, tuple | list) or len(corner) != 2:  # noqa: PLR2004 - longitude and latitude
            _refuse("A corner of the polygon must be two numbers: longitude, latitude.")
        lon = _number("A longitude of the polygon", corner[0], -1e4, 1e4)
        vertices.append((wrap_longitude(lon), _number("A latitude of the polygon", corner[1], -_POLE, _POLE)))
    if len(vertices) > 1 and vertices[0] == vertices[-1]:
        vertices.pop()
    if 0 < len(vertices) < 3:  # noqa: PLR2004 - a triangle
        _refuse("A polygon needs at least three corners.")
    return tuple(vertices)


def _refuse(message: str) -> NoReturn:
    raise QueryError(message)


EVERYTHING = Query()
"""The query that matches every pair."""
