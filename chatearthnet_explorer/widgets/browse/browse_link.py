"""The link of a page of pairs, or of an open pair: read from a query string, and written as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chatearthnet_explorer.catalog.caption_sets import is_id
from chatearthnet_explorer.catalog.permalink import read_link, write_link
from chatearthnet_explorer.query_string import QueryString

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.query import Query

_PAIR, _CAPTIONS = "pair", "captions"


@dataclass(frozen=True, kw_only=True)
class BrowseLink:
    """What a link says of the catalog."""

    query: Query | None = None
    """The query; None where the link has none, and the page shows its first."""

    pair: str = ""
    """Name of the pair that is open; empty while the gallery shows."""

    captions: str = ""
    """Id of the set whose captions are browsed; empty for those of the release."""


def read_browse_link(query: str) -> tuple[BrowseLink, tuple[str, ...]]:
    """Return what a link says of the catalog, and notes of what was left out, for ``left_out_sentence``.

    Args:
        query: The query string, of a stranger: nothing in it raises an exception.
    """
    fields = QueryString(query)
    captions = fields.text(_CAPTIONS)
    if captions and not is_id(captions):
        fields.leave_out(_CAPTIONS, captions, "it is no id of captions")
        captions = ""
    link = BrowseLink(query=read_link(fields), pair=fields.text(_PAIR), captions=captions)
    fields.note_unknown()
    return link, tuple(fields.notes)


def write_browse_link(query: Query, pair: str = "", captions: str = "") -> str:
    """Return the query string of a page of pairs, or of the pair that is open, with the captions of a set."""
    fields = {name: value for name, value in ((_CAPTIONS, captions), (_PAIR, pair)) if value}
    return write_link(query) + (f"&{urlencode(fields)}" if fields else "")
