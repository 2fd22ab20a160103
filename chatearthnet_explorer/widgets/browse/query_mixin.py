"""The mixin of every view that changes the query: the query, its result, and why a change is impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.catalog.search_result import SearchResult
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping


class QueryMixin(t.HasTraits):
    """Mixin for a widget whose ``query`` is linked with that of other widgets."""

    query = t.Instance(Query, ())
    """The query."""

    result = t.Instance(SearchResult, allow_none=True)
    """Its result; the one of the previous query until the search is done."""

    problem = t.Unicode()
    """Why the requested change is impossible, in one sentence; empty if it is possible."""

    def change_query(self, **fields: Any) -> None:
        """Change some fields of the query, or set ``problem``."""
        try:
            self.query, self.problem = self.query.but(**fields), ""
        except QueryError as error:
            self.problem = ""  # so that the same sentence notifies again
            self.problem = str(error)


def read_request(message: Mapping[str, object]) -> tuple[str, object]:
    """Return action and value of what a script sent as ``{"what": ..., "value": ..., "turn": ...}``."""
    what = message.get("what")
    return (what if isinstance(what, str) else ""), message.get("value")
