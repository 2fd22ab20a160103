"""The layout of the Browser: parts in the order of a phone, placed by browser.css on wider pages."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.cards.html_tree import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_NOTES, _LONGEST_NOTE = 5, 400


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
