"""The websocket of a page: only allowed messages, at a limited rate, and a quiet log."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import traitlets
from bokeh.util.token import check_token_signature, get_session_id, get_token_payload
from panel.io.server import WSHandler
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketClosedError

from chatearthnet_explorer.app.message_allowlist import BadFrameError, MessageReader

if TYPE_CHECKING:
    from bokeh.protocol.message import Message as ProtocolMessage

    from chatearthnet_explorer.app.access import Access

_LOG = logging.getLogger(__name__)
_PER_SECOND, _AT_ONCE = 200.0, 600.0
"""Messages that a page may send each second, and at once: a page that loads sends 160 for its widgets."""

_COST = {"PULL-DOC-REQ": 50.0}
"""What counts for more than one: the answer is the whole page."""

_BYTES = 500
"""Bytes of a frame that count as one message: it is the length that takes time and memory."""

_GOING_AWAY, _UNUSABLE = 1001, 1008
_MOST_ORIGINS = 20
_VISITORS_LOGGERS = ("Comm", "ipykernel.comm", "traitlets", "bokeh.server.protocol_handler")
_MOST_LINES, _WINDOW = 20, 60.0


class PageSocket(WSHandler):
    """Bokeh's websocket with the messages of ``MessageReader`` alone."""

    refused_origins: set[str] = set()  # noqa: RUF012 - one for all, so that each is named once
    """Origins of pages that were refused."""

    def get_compression_options(self) -> dict[str, Any]:
        """Compress what is sent: a page's widgets repeat their scripts and styles. The window is small, for memory."""
        return {"compression_level": 5, "mem_level": 8}

    def check_origin(self, origin: str) -> bool:
        """Return whether a page of this origin may connect; the first refusal of each is logged with what to do."""
        access: Access = self.application.settings["access"]
        if access.accepts(origin, self.request.headers.get("Host")):
            return True
        if origin not in self.refused_origins and len(self.refused_origins) < _MOST_ORIGINS:
            self.refused_origins.add(origin)
            _LOG.warning(
                "Refused a connection from a page of %r; if it is yours, add --allow-host with its name.",
                origin[:100],
            )
        return False

    def open(self, *arguments: str, **options: str) -> None:
        """Begin, if the page brings the session token that it was given."""
        self._reader, self._left, self._last_count = MessageReader(), _AT_ONCE, time.monotonic()
        if self.selected_subprotocol != "bokeh" or not self._has_session():
            self._end("no session token of this server")
            return
        super().open(*arguments, **options)  # type: ignore[no-untyped-call]  # half of Panel has types

    async def on_message(self, fragment: str | bytes) -> None:
        """Handle one frame. Waiting here makes the page wait: the next frame is read when this one is done."""
        try:
            message = self._reader.feed(fragment)
        except BadFrameError as error:
            self._end(str(error))
            return
        cost = _COST.get(message.kind, 1.0) if message else 1.0 / 3
        await self._pace(max(cost, len(fragment) / _BYTES))
        if message is None:
            return
        if self.connection is None:
            self._end("a message before the server was ready")
            return
        work = await self._handle(self.connection.protocol.assemble(*message.frames))
        if work:
            await self._schedule(work)

    def on_close(self) -> None:
        """End the session of a page that was left or reloaded at once, with the request to a model that it waits for.

        A browser says so; a network that is away says nothing, and that session stays for a while.
        """
        session = self.connection.session if self.connection is not None else None
        super().on_close()
        if session is not None and self.close_code == _GOING_AWAY:
            session.request_expiration()
            IOLoop.current().add_callback(self.application._cleanup_sessions)  # type: ignore[attr-defined]  # noqa: SLF001 - Bokeh's, which looks every few seconds

    async def send_message(self, message: ProtocolMessage[Any]) -> None:
        """Send a message; that the page has just been closed is nothing to warn of."""
        with suppress(WebSocketClosedError):
            await message.send(self)  # type: ignore[arg-type]  # what Bokeh itself hands over

    async def _pace(self, cost: float) -> None:
        now = time.monotonic()
        self._left = min(_AT_ONCE, self._left + (now - self._last_count) * _PER_SECOND) - cost
        self._last_count = now
        if self._left < 0:
            await asyncio.sleep(-self._left / _PER_SECOND)

    def _has_session(self) -> bool:
        token = self._token or ""
        try:
            ok = check_token_signature(token, signed=True, secret_key=self.application.secret_key)  # type: ignore[attr-defined]  # it is Bokeh's
            return bool(ok and get_session_id(token) and get_token_payload(token)["session_expiry"] > time.time())
        except Exception:  # noqa: BLE001 - Bokeh's reader of tokens raises whatever a stranger's text leads to
            return False

    def _end(self, why: str) -> None:
        _LOG.debug("A page's connection was closed: %s.", why)
        self.close(_UNUSABLE, "unusable")


class VisitorFaults(logging.Filter):
    """Keeps what a page sends its own widgets from filling the log with tracebacks.

    A value of another type than a widget takes, or a widget that is gone, is no fault of this program.
    """

    def __init__(self) -> None:
        """Start with all lines left."""
        super().__init__()
        self.left, self._since = _MOST_LINES, time.monotonic()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line is logged; without the traceback if what the page sent is the reason."""
        if record.getMessage().startswith("No such comm"):
            return False
        fault = record.exc_info[1] if record.exc_info else None
        if not isinstance(fault, traitlets.TraitError | TypeError | ValueError | LookupError | AttributeError):
            return True
        record.msg, record.args = "A page sent a widget what it does not take (%s).", (type(fault).__name__,)
        if time.monotonic() - self._since > _WINDOW:
            self.left, self._since = _MOST_LINES, time.monotonic()
        record.exc_info, self.left = None, self.left - 1
        return self.left >= 0


def quiet_visitor_faults() -> None:
    """Log what visitors send their own widgets in one line each, and 20 of them a minute at most."""
    faults = VisitorFaults()
    for name in _VISITORS_LOGGERS:
        logging.getLogger(name).addFilter(faults)
