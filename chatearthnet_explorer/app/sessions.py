"""The session of a tab: silent until its page has loaded, closed completely when the tab closes."""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from bokeh.document import Document
from ipykernel.comm.comm import BaseComm
from ipywidgets.widgets.widget import _instances
from panel.io.ipywidget import _get_kernel
from panel.io.resources import LOCAL_DIST
from tornado.ioloop import IOLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget

EXPIRY = 10_000
"""Milliseconds that a session without a connection is kept, for a tab whose network was away for a moment.

Bokeh's own 15 seconds, looked at every 17, keep some visitors for half a minute after they have gone.
"""

_TIDY_DELAY = 1.0
"""Seconds after a session's end until memory is given back: for those that end together, once."""

_LOG = logging.getLogger(__name__)


class Session:
    """What a tab has in this process: a document, a kernel, widgets, and what they have under way."""

    _tidying: object | None = None

    def __init__(self, document: Document | None) -> None:
        """Begin the session of a document, None for one that nobody sees: before any widget is made for it.

        Widgets tell their page of every change, but the page is yet to come, and has the state of all of them in it.
        Until then nothing is sent: it would be made, kept, and thrown away, or arrive a second time.
        """
        self._document = document = document or Document()
        self._kernel = _get_kernel(doc=document)
        self._closers: list[Callable[[], None]] = []
        # where style sheets lie; Panel itself would say so at a GET, and name a public server until then
        document.template_variables["dist_url"] = LOCAL_DIST
        self._silence()
        document.add_next_tick_callback(self._speak)
        document.on_session_destroyed(self.end)

    def on_end(self, close: Callable[[], None]) -> None:
        """Have a function called when the tab is closed, before its widgets are."""
        self._closers.append(close)

    def _silence(self) -> None:
        self._kernel.session.send = _nowhere

    def _speak(self) -> None:
        with suppress(AttributeError):  # the tab may be gone before it was ever there
            del self._kernel.session.send

    def end(self, session_context: object) -> None:
        """Close everything. The document has ended before, so that a message to it would raise an exception."""
        del session_context  # Bokeh hands it over by this name
        self._silence()
        for close in self._closers:
            try:
                close()
            except Exception:  # noqa: BLE001 - whatever it is, the rest must be closed
                _LOG.exception("A part of a closed tab could not be closed.")
        for widget in widgets_of(self._document):
            widget.close()
            widget._document = None  # noqa: SLF001 - Panel's; libraries hold some widgets for ever
        self._kernel.comm_manager.comms = {}
        if BaseComm.kernel is self._kernel:  # Panel leaves the latest there
            BaseComm.kernel = None
        self._closers.clear()
        del self._kernel, self._document
        _tidy_soon()


def widgets_of(document: Document) -> list[Widget]:
    """Return the widgets that were made for a document and are not closed: Panel writes down for which."""
    return [widget for widget in _instances.values() if getattr(widget, "_document", None) is document]


def _nowhere(*_arguments: object, **_options: object) -> None:
    """Send nothing, in place of ``jupyter_client.session.Session.send``."""


def _tidy_soon() -> None:
    """Collect what the ended sessions left, and give it back to the system, once for all that end together."""
    if Session._tidying is None:  # noqa: SLF001 - one for all sessions
        Session._tidying = IOLoop.current().call_later(_TIDY_DELAY, _tidy)  # noqa: SLF001 - likewise


def _tidy() -> None:
    Session._tidying = None  # noqa: SLF001 - likewise
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # of the GNU C library, which keeps what was freed
            ctypes.CDLL(None).malloc_trim(0)


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether a line belongs into the log: that a tab was closed while it was told something does not."""
    return not record.getMessage().startswith("Failed sending message as connection was closed")


for _name in ("bokeh.server.views.ws", "panel.io.document"):
    logging.getLogger(_name).addFilter(_is_news)
