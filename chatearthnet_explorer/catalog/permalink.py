"""A question as part of an address, and back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from chatearthnet_explorer.catalog.query import SEVERAL, Query
from chatearthnet_explorer.errors import QueryError

LONGEST = 60_000
"""Characters of an address that are read."""

# Names in an address: short, and the same as the options of the command line.
_ONE = ("words", "match", "part", "min_share", "style", "sort", "seed", "page", "size")
_PLACES = {"bbox": "box", "polygon": "polygon"}


def to_url(query: Query) -> str:
    """Return the question as the query part of an address, without ``?``; empty for the question for everything."""
    given = query.given
    pairs: list[tuple[str, str]] = []
    for key, field in SEVERAL.items():
        pairs += [(key, value) for value in given.get(field, ())]
    pairs += [(key, str(given[key])) for key in _ONE if key in given]
    if "descending" in given:
        pairs.append(("descending", "1"))
    if query.box:
        pairs.append(("bbox", ",".join(map(repr, query.box))))
    if query.polygon:
        pairs.append(("polygon", " ".join(f"{lon!r},{lat!r}" for lon, lat in query.polygon)))
    return urlencode(pairs)


def from_url(text: str) -> Query:
    """Return the question that ``to_url`` wrote, with or without ``?`` or an address before it.

    Names that are none of the question's are passed over, as other parts of a page may have their own.

    Raises:
        QueryError: If a value cannot be asked for.
    """
    if len(text) > LONGEST:
        msg = f"A link may have {LONGEST} characters at most; copy it again."
        raise QueryError(msg)
    told: dict[str, object] = {}
    several: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(text.partition("#")[0].rpartition("?")[2], max_num_fields=2000, separator="&")
    except ValueError as error:
        msg = "The link holds too many choices; copy it again."
        raise QueryError(msg) from error
    for key, value in pairs:
        if key in SEVERAL:
            several.setdefault(SEVERAL[key], []).append(value)
        elif key in _PLACES:
            told[_PLACES[key]] = _numbers(value) if key == "bbox" else tuple(map(_numbers, value.split()))
        elif key == "descending":
            told[key] = value not in {"", "0", "false"}
        elif key in _ONE:
            told[key] = value
    return Query(**told, **{name: tuple(values) for name, values in several.items()})  # type: ignore[arg-type]


def _numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a list with commas, still as text: the question checks them."""
    return tuple(text.split(","))
