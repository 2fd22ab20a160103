"""The base of widgets made of widgets: panels, handlers that lose no exception, and closing."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

import ipywidgets

from chatearthnet_explorer.errors import Cancelled, ExplorerError
from chatearthnet_explorer.widgets.shared.view import Readable, static

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.widgets.shared.status_line import StatusLine

_LOG = logging.getLogger(__name__)
_UNEXPECTED_ERROR = "Unexpected error. Try again, or see the log."


class Composite(Readable, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A widget made of widgets, with a status line."""

    stop_message = "Stopped."
    """The message after the person cancelled a task."""

    def __init__(self, children: list[ipywidgets.Widget], status: StatusLine, *, sheets: tuple[str, ...] = ()) -> None:
        """Put widgets below each other.

        Args:
            children: What it is made of, ``status`` somewhere among them.
            status: Where sentences are said.
            sheets: Files of the widgets whose rules it brings.
        """
        self.status = status
        rules = "".join(static(name) for name in sheets)
        look = [ipywidgets.HTML(f"<style>{rules}</style>", layout={"display": "none"})] if rules else []
        super().__init__([*look, *children], layout={"width": "100%", "overflow": "hidden"})

    def show_error(self, problem: Exception) -> None:
        """Show an error in one sentence; unexpected errors go to the log in full."""
        if isinstance(problem, Cancelled):
            self.status.show_message(self.stop_message, kind="hint")
        elif isinstance(problem, ExplorerError):
            self.status.show_message(str(problem), kind="error")
        else:
            _LOG.error("A handler failed.", exc_info=problem)
            self.status.show_message(_UNEXPECTED_ERROR, kind="error")

    def close(self) -> None:
        """Close this widget and every one in it."""
        for widget in descendants(self):
            ipywidgets.Widget.close(widget)


def report_errors(handler: Callable[..., None]) -> Callable[..., None]:
    """Wrap a handler so that no exception is lost: the person reads a sentence, the log has the rest."""

    @functools.wraps(handler)
    def run(self: Composite, *arguments: object, **keywords: Any) -> None:
        try:
            handler(self, *arguments, **keywords)
        except Exception as problem:  # noqa: BLE001 - widgets swallow exceptions of callbacks
            self.show_error(problem)

    return run


def panel(*widgets: ipywidgets.Widget) -> ipywidgets.VBox:
    """Return widgets below each other in a frame."""
    frame = ipywidgets.VBox(widgets)
    frame.add_class("cen-panel")
    return frame


def descendants(widget: ipywidgets.Widget) -> set[ipywidgets.Widget]:
    """Return a widget and every one that it holds, at any depth: closing one does not close the others."""
    widgets, to_do = set(), [widget]
    while to_do:
        one = to_do.pop()
        if one not in widgets:
            widgets.add(one)
            for value in (*vars(one).values(), *one._trait_values.values()):  # noqa: SLF001 - asking by name makes them
                children = value if isinstance(value, list | tuple) else (value,)
                to_do += [other for other in children if isinstance(other, ipywidgets.Widget)]
    return widgets
