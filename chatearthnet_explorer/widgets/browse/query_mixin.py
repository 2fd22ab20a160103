"""What every view that changes the question shares: the question, and why it cannot be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.catalog.search_result import SearchResult
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping


class QueryMixin(t.HasTraits):
    """Mixed into a widget: ``query`` is what is asked, to be linked with that of others."""

    query = t.Instance(Query, ())
    """The question."""

    result = t.Instance(SearchResult, allow_none=True)
    """What it found; that of the question before until the answer is there."""

    problem = t.Unicode()
    """Why what the person wants cannot be asked, in one sentence; empty if it can."""

    def change_query(self, **fields: Any) -> None:  # noqa: ANN401 - fields of Query
        """Change some fields of the question, or say why that cannot be."""
        try:
            self.query, self.problem = self.query.but(**fields), ""
        except QueryError as error:
            self.problem = ""  # so that the same sentence is said once more
            self.problem = str(error)


def read_request(message: Mapping[str, object]) -> tuple[str, object]:
    """Return what a script sent as ``{"what": ..., "value": ..., "turn": ...}``: what is wanted, and its value."""
    what = message.get("what")
    return (what if isinstance(what, str) else ""), message.get("value")
