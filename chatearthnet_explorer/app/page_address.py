"""The state of a page in its URL: read with checks when the page opens, written whenever it changes."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from bokeh.document.events import MessageSentEvent

from chatearthnet_explorer.catalog.permalink import from_url, to_url
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.sources import YEARS, Year
from chatearthnet_explorer.tile import LATITUDE_LIMIT

if TYPE_CHECKING:
    from bokeh.document import Document

    from chatearthnet_explorer.app.site_page import Arguments, Visit
    from chatearthnet_explorer.catalog.query import Query
    from chatearthnet_explorer.widgets.browse.browser import Browser
    from chatearthnet_explorer.widgets.explore.explorer import Explorer

MESSAGE = "place"
"""Name of the message that page.js takes the query of the address from."""

_LONGEST = 40
"""Characters of one value that are read: a coordinate has some 20."""

_DIGITS = 6
"""Decimals of a degree in the address: a tenth of a metre."""


class ExplorePlace(NamedTuple):
    """Where a page of the Explorer opens; None where the address does not say."""

    lonlat: tuple[float, float] | None = None
    """Degrees east and north."""

    year: Year | None = None
    """Year of labels and scene."""

    style: str | None = None
    """Style of the prompt."""


def explore_place(arguments: Arguments) -> ExplorePlace:
    """Return what an address says of the place; what it says wrongly counts as not said.

    Args:
        arguments: Values of the query by name, as Tornado has them.
    """
    lon, lat = _number(_one(arguments, "lon"), 180.0), _number(_one(arguments, "lat"), LATITUDE_LIMIT)
    year, style = _one(arguments, "year"), _one(arguments, "style")
    return ExplorePlace(
        None if lon is None or lat is None else (lon, lat),
        next((one for one in YEARS if str(one) == year), None),
        style if style in STYLES else None,
    )


def browse_query(arguments: Arguments, default: Query | str) -> Query | str:
    """Return what an address asks of the catalog; the default where it asks for nothing, or for what cannot be."""
    pairs = [(name, _text(value)) for name, values in arguments.items() for value in values]
    try:
        query = from_url("?" + urlencode(pairs))
    except QueryError:
        return default
    return query if to_url(query) else default


def open_explorer(explorer: Explorer, visit: Visit) -> None:
    """Have an Explorer start at the place of the address, or at the first of the places, and keep the address true."""
    place = explore_place(visit.arguments)
    if place.year is not None:
        explorer.options.year = place.year
    if place.style is not None:
        explorer.options.style = place.style
    document = visit.document

    def keep(_change: object) -> None:
        options = explorer.options
        lonlat = explorer.map.lonlat
        if lonlat is not None:
            where = {"lon": f"{lonlat[0]:.{_DIGITS}f}", "lat": f"{lonlat[1]:.{_DIGITS}f}"}
            _send(document, urlencode({**where, "year": options.year, "style": options.style}))

    explorer.map.observe(keep, "lonlat")
    explorer.options.observe(keep, ["year", "style"])
    lonlat = place.lonlat or (PLACES[0].lon, PLACES[0].lat)
    # a change made before the page is there would never reach it
    visit.on_ready(lambda: explorer.map.go(*lonlat))


def keep_query(browser: Browser, visit: Visit) -> None:
    """Keep the address of a page true to what its Browser asks for."""
    browser.observe(lambda change: _send(visit.document, to_url(change["new"])), "query")


def _send(document: Document | None, query: str) -> None:
    if document is None or document.session_context is None:  # not served
        return
    event = MessageSentEvent(document, MESSAGE, query)
    document.add_next_tick_callback(partial(document.callbacks.trigger_on_change, event))


def _one(arguments: Arguments, name: str) -> str:
    values = arguments.get(name) or [b""]
    return _text(values[0]) if len(values[0]) <= _LONGEST else ""


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _number(text: str, limit: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= limit else None
