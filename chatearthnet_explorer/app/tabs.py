"""A tab that opens a page: its session, its widget, and the end of both."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets
import panel as pn

from chatearthnet_explorer.app.assets import version
from chatearthnet_explorer.app.map_outline import without_outline
from chatearthnet_explorer.app.sessions import Session, widgets_of
from chatearthnet_explorer.app.site_page import Visit
from chatearthnet_explorer.app.widget_scripts import WidgetPane
from chatearthnet_explorer.errors import ExplorerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bokeh.document import Document

    from chatearthnet_explorer.app.shared_parts import SharedParts
    from chatearthnet_explorer.app.site_page import SitePage


def tab_opener(page: SitePage, parts: SharedParts) -> Callable[[], None]:
    """Return what Panel calls for each tab that opens a page."""

    def open_this() -> None:  # a function: Panel calls no other kind of callable
        if pn.state.curdoc is not None:
            open_tab(page, pn.state.curdoc, parts)

    return open_this


def open_tab(page: SitePage, document: Document, parts: SharedParts) -> None:
    """Put the widget of a page into the document of the tab that opens it.

    The widget is the one root of the document, without a layout of Panel around it: so the page needs no script of
    Panel's.
    """
    document.on_session_destroyed(pn.state._destroy_session)  # noqa: SLF001 - as Panel does
    document.add_root(widget_pane(page, document, parts).model_for(document))


def widget_pane(page: SitePage, document: Document, parts: SharedParts) -> WidgetPane:
    """Return a pane with the widget of a page, which is closed when the session of the document ends."""
    session = Session(document)
    visit = Visit(arguments=pn.state.session_args, document=document, on_ready=pn.state.onload, on_end=session.on_end)
    try:
        with without_outline():
            widget = page.make(visit)
    except ExplorerError as error:
        widget = ipywidgets.HTML(f"<p class='cen-view cen-problem' role='alert'>{escape(str(error))}</p>")
    session.on_end(widget.close)
    states = {one: one.get_state() for one in widgets_of(document)}
    pn.state.onload(lambda: _send_changes(states))
    return WidgetPane(widget, scripts=f"{page.up}assets/{version()}/widgets", parts=parts)


def _send_changes(states: dict[Any, dict[str, Any]]) -> None:
    """Send what has changed since the page was sent its widgets: before it had them, nothing reached it.

    Args:
        states: What each widget was like then; those that were made first come first.
    """
    for widget, state in states.items():
        if widget.comm is not None:
            changes = {name for name, value in widget.get_state().items() if state.get(name, states) != value}
            if changes:
                widget.send_state(changes)
    states.clear()
