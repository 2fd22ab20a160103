"""Convert a query to the query string of a link, and back."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from chatearthnet_explorer.catalog.facet_order import MULTIPLE
from chatearthnet_explorer.catalog.query import LONGEST_WORDS, MOST_CHOICES, Query
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.query_string import LONGEST, MOST_FIELDS, QueryString

# Keys in a link, which are options of the command line, and fields of Query.
_TEXTS = {name: name for name in ("words", "match", "part", "min_share", "style", "seed", "page", "size")}
_TEXTS |= {"sort": "sortby"}
_NUMBERS = ("bbox", "polygon")
_OTHER_NAMES = {
    "class": ("classes",),
    "min_share": ("min-share",),
    "size": ("limit",),
    "sort": ("sortby",),
}
"""What the command line also calls a key."""

_EVERYTHING = "sort=place"
"""The query that matches every pair, on a page whose empty link is another query."""


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
        pairs = parse_qsl(text.partition("#")[0].rpartition("?")[2], max_num_fields=MOST_FIELDS, separator="&")
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


def write_link(query: Query) -> str:
    """Return a query as the query part of a link that is never empty: a page without one may show something else."""
    return to_url(query) or _EVERYTHING


def read_link(fields: QueryString) -> Query | None:
    """Return the query of a page's link; what cannot be searched for is left out and noted in ``fields``.

    Args:
        fields: The fields of the link, of a stranger: nothing in them raises an exception. Those of a query are read,
            all others stay.

    Returns:
        The query, or None where the link has no field of a query that can be used.
    """
    values: dict[str, Any] = {}
    for key, field in MULTIPLE.items():
        texts = fields.several(key, *_OTHER_NAMES.get(key, ()))
        if key == "class":  # the names of the legend have no capitals
            texts = [value.lower() for value in texts]
        texts = [value for value in texts if _fits(fields, key, field, value)]
        for value in texts[MOST_CHOICES:][:1]:
            fields.leave_out(key, value, f"at most {MOST_CHOICES} values are read")
        if texts:
            values[field] = tuple(texts[:MOST_CHOICES])
    for key, field in _TEXTS.items():
        value = fields.text(key, *_OTHER_NAMES.get(key, ()), longest=LONGEST_WORDS)
        if value:
            _add(fields, values, key, field, value, value)
    descending = fields.text("descending")
    if descending:
        values["descending"] = descending not in {"0", "false"}
    for key in _NUMBERS:
        text = fields.text(key, longest=LONGEST)
        if text:
            _add(
                fields, values, key, key, text, _numbers(text) if key == "bbox" else tuple(map(_numbers, text.split()))
            )
    return Query(**values) if values else None


def _fits(fields: QueryString, key: str, field: str, value: str) -> bool:
    """Return whether one of several values can be searched for, and note why if it cannot."""
    return _add(fields, {}, key, field, value, (value,))


def _add(fields: QueryString, values: dict[str, Any], key: str, field: str, text: str, value: object) -> bool:
    """Add a value to those of the query if it can be searched for beside them, and note why if it cannot."""
    try:
        Query(**{**values, field: value})
    except QueryError as error:
        fields.leave_out(key, text, str(error).rstrip("."))
        return False
    values[field] = value
    return True


def _numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a list with commas, still as text: the query checks them."""
    return tuple(text.split(","))
