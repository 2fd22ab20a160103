"""Convert a query to the query string of a link, and back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from chatearthnet_explorer.catalog.facets import MULTIPLE
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.errors import QueryError

LONGEST = 60_000
"""Characters of a link that are read."""

# Keys in a link, which are options of the command line, and fields of Query.
_TEXTS = {name: name for name in ("words", "match", "part", "min_share", "style", "seed", "page", "size")}
_TEXTS |= {"sort": "sortby"}
_NUMBERS = ("bbox", "polygon")


def to_url(query: Query) -> str:
    """Return a query as the query part of a link, without ``?``; empty for the query that matches every pair."""
    filters = query.filters
    pairs: list[tuple[str, str]] = []
    for key, field in MULTIPLE.items():
        pairs += [(key, value) for value in filters.get(field, ())]
    pairs += [(key, str(filters[field])) for key, field in _TEXTS.items() if field in filters]
    if "descending" in filters:
        pairs.append(("descending", "1"))
    if query.bbox:
        pairs.append(("bbox", ",".join(map(repr, query.bbox))))
    if query.polygon:
        pairs.append(("polygon", " ".join(f"{lon!r},{lat!r}" for lon, lat in query.polygon)))
    return urlencode(pairs)


def from_url(text: str) -> Query:
    """Return the query that ``to_url`` wrote, with or without ``?`` or a whole link before it.

    Keys of other parts of a page are ignored.

    Raises:
        QueryError: If a value cannot be searched for.
    """
    if len(text) > LONGEST:
        msg = f"A link can have at most {LONGEST} characters; copy it again."
        raise QueryError(msg)
    fields: dict[str, object] = {}
    several: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(text.partition("#")[0].rpartition("?")[2], max_num_fields=2000, separator="&")
    except ValueError as error:
        msg = "The link has too many parts; copy it again."
        raise QueryError(msg) from error
    for key, value in pairs:
        if key in MULTIPLE:
            several.setdefault(MULTIPLE[key], []).append(value)
        elif key in _NUMBERS:
            fields[key] = _numbers(value) if key == "bbox" else tuple(map(_numbers, value.split()))
        elif key == "descending":
            fields[key] = value not in {"", "0", "false"}
        elif key in _TEXTS:
            fields[_TEXTS[key]] = value
    return Query(**fields, **{name: tuple(values) for name, values in several.items()})  # type: ignore[arg-type]


def _numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a list with commas, still as text: the query checks them."""
    return tuple(text.split(","))
