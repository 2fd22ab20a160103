"""The layout of the Browser: parts in the order of a phone, placed by browser.css on wider pages."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.widgets.browse.browse_files import search_files
from chatearthnet_explorer.widgets.shared.composite import panel
from chatearthnet_explorer.widgets.shared.download_button import DownloadButton
from chatearthnet_explorer.widgets.shared.share_button import ShareButton

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.widgets.browse.gallery import Gallery
    from chatearthnet_explorer.widgets.shared.status_line import StatusLine

_MOST_NOTES, _LONGEST_NOTE = 5, 400


def head(
    caption_choice: ipywidgets.Widget, search_bar: ipywidgets.Widget, status: StatusLine, notes: ipywidgets.Widget
) -> ipywidgets.VBox:
    """Return whose captions are searched, the search bar, status and notes.

    The status hides where the gallery's heading says the same.
    """

    def show_news(_change: object) -> None:
        status.layout.display = "" if status.busy or status.kind != "done" else "none"

    status.observe(show_news, ["kind", "busy"])
    notes.add_class("cen-notes")
    top = panel(caption_choice, search_bar, status, notes)
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


def results_of(offer: ipywidgets.Widget | None, gallery: Gallery, catalog: Callable[[], Catalog]) -> ipywidgets.VBox:
    """Return the gallery below the offer of real captions, above what can be done with all pairs that match.

    Args:
        offer: Offers the real captions; None where there is no such offer.
        gallery: A page of pairs.
        catalog: Returns what is searched now.
    """
    files = DownloadButton()

    def show(_change: object) -> None:
        result = gallery.result
        files.offers = search_files(catalog(), gallery.query, result.total) if result is not None else ()

    gallery.observe(show, "result")
    tools = ipywidgets.HBox([ShareButton(), files], layout={"flex_flow": "row wrap", "grid_gap": "8px"})
    tools.add_class("cen-tools")
    return ipywidgets.VBox([*([offer] if offer is not None else []), gallery, tools])


def notes_html(notes: Sequence[str]) -> str:
    """Return the notes of a catalog as HTML, a few of them; empty for none."""
    return "".join(f"<p>{html.escape(visible(note[:_LONGEST_NOTE]))}</p>" for note in notes[:_MOST_NOTES])
