"""The layout of the Browser: parts in the order of a phone, placed by browser.css on wider pages."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.widgets.shared.composite import panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.widgets.shared.status_line import StatusLine

_MOST_NOTES, _LONGEST_NOTE = 5, 400


def head(search_bar: ipywidgets.Widget, status: StatusLine, notes: ipywidgets.Widget) -> ipywidgets.VBox:
    """Return the search bar with status and notes; the status hides where the gallery's heading says the same."""

    def show_news(_change: object) -> None:
        status.layout.display = "" if status.busy or status.kind != "done" else "none"

    status.observe(show_news, ["kind", "busy"])
    notes.add_class("cen-notes")
    top = panel(search_bar, status, notes)
    top.add_class("cen-browse-top")
    return top


def columns(
    *, filters: ipywidgets.Widget, map_view: ipywidgets.Widget, gallery: ipywidgets.Widget, pair: ipywidgets.Widget
) -> ipywidgets.Box:
    """Return filters, map, gallery and pair in one box."""
    parts: dict[str, ipywidgets.Widget] = {
        "cen-filters": filters,
        "cen-where-map": map_view,
        "cen-results": gallery,
        "cen-pair": pair,
    }
    for name, part in parts.items():
        part.add_class(name)
    box = ipywidgets.Box(list(parts.values()))
    box.add_class("cen-browse")
    return box


def notes_html(notes: Sequence[str]) -> str:
    """Return the notes of a catalog as HTML, a few of them; empty for none."""
    return "".join(f"<p>{html.escape(visible(note[:_LONGEST_NOTE]))}</p>" for note in notes[:_MOST_NOTES])
