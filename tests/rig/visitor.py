"""A visitor of the app without a browser: the page's HTML, its websocket, and whatever one wants to send over it."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from rig import servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECONDS = 120
"""How long anything may take on a busy machine."""


class Visitor:
    """One page and its websocket. ``received`` has the content of every message, ``kernel_received`` the kernel's."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection
        self.messages: list[dict[str, Any]] = []
        self.kernel_received: list[dict[str, Any]] = []
        self.closed = False
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def send_frames(self, *frames: str | bytes) -> None:
        """Send frames as they are."""
        for frame in frames:
            await self.connection.write_message(frame, binary=isinstance(frame, bytes))

    async def send(self, kind: str, content: object, **header: object) -> None:
        """Send a message of Bokeh's protocol."""
        head = {"msgid": uuid.uuid4().hex, "msgtype": kind, **header}
        await self.send_frames(json.dumps(head), "{}", json.dumps(content))

    async def patch(self, *events: object) -> None:
        """Send events of a document."""
        await self.send("PATCH-DOC", {"events": events})

    async def to_kernel(self, kind: str, content: object, *, channel: str = "shell", **parts: object) -> str:
        """Send a message of Jupyter's protocol; return its identifier."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "username": "", "version": "5.2"}
        message = {"header": header, "channel": channel, "content": content, "metadata": {}, "parent_header": {}}
        await self.raw_to_kernel(json.dumps({**message, "buffers": [], **parts}))
        return header["msg_id"]

    async def raw_to_kernel(self, data: object) -> None:
        """Send anything to where the kernel's messages arrive."""
        await self.patch({"kind": "MessageSent", "msg_type": "ipywidgets_bokeh", "msg_data": data})

    async def document(self) -> dict[str, Any]:
        """Ask for the document and return it."""
        before = len(self.messages)
        await self.send("PULL-DOC-REQ", {})
        return await self.wait(lambda: next((one["doc"] for one in self.messages[before:] if "doc" in one), None))  # type: ignore[no-any-return]

    async def is_served(self) -> bool:
        """Return whether the kernel still answers this visitor."""
        message_id = await self.to_kernel("kernel_info_request", {})
        return bool(await self.wait(lambda: self.was_handled(message_id)))

    def was_handled(self, message_id: str) -> bool:
        """Return whether the kernel is done with a message: Panel's sends no replies, but says when it is idle."""
        return any(
            one["msg_type"] == "status"
            and one["content"]["execution_state"] == "idle"
            and one["parent_header"].get("msg_id") == message_id
            for one in self.kernel_received
        )

    async def click(self, lon: float, lat: float) -> str:
        """Click the map, and return the code that the page then shows for the place."""
        event = {"event": "interaction", "type": "click", "coordinates": [lat, lon]}
        await self.to_kernel("comm_msg", {"comm_id": await self.map(), "data": {"method": "custom", "content": event}})
        return await self.wait(lambda: self._code(lon))  # type: ignore[no-any-return]

    async def ready(self) -> None:
        """Say that the page is there, upon which the first place is captioned."""
        event = {"type": "event", "name": "document_ready", "values": {"type": "map"}}
        await self.patch({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event})

    async def map(self) -> str:
        """Return the identifier of the map's comm."""
        return next(ident for ident, name in comms_of(await self.document()).items() if name == "LeafletMapModel")

    async def wait(self, look: Any) -> Any:
        """Wait until ``look`` returns something, or fail."""
        async with asyncio.timeout(SECONDS), self._news:
            while not look():
                assert not self.closed, "the server closed the connection"
                await self._news.wait()
        return look()

    async def wait_closed(self) -> int | None:
        """Wait until the server has closed the connection; return its code."""
        async with asyncio.timeout(SECONDS):
            await self._reading
        return self.connection.close_code

    async def _read(self) -> None:
        try:
            while True:
                header = json.loads(await self._frame())
                await self._frame()
                content = json.loads(await self._frame())
                for _ in range(2 * header.get("num_buffers", 0)):
                    await self._frame()
                self.messages.append(content)
                for event in content.get("events", []):
                    if isinstance(event.get("msg_data"), str) and event["msg_type"] == "ipywidgets_bokeh":
                        self.kernel_received.append(json.loads(event["msg_data"]))
                async with self._news:
                    self._news.notify_all()
        except EOFError:
            self.closed = True
            async with self._news:
                self._news.notify_all()

    async def _frame(self) -> str | bytes:
        frame = await self.connection.read_message()
        if frame is None:  # it is said once; who asks again waits for ever
            raise EOFError
        return frame

    def _code(self, lon: float) -> str:
        states = [one["content"].get("data", {}).get("state", {}) for one in self.kernel_received]
        codes = [state["code"] for state in states if state.get("code")]
        return next((code for code in reversed(codes) if f"caption_at({lon}" in code), "")


def comms_of(document: object) -> dict[str, str]:
    """Return the names of the widgets' models in a document, by the identifier of their comm."""
    comms: dict[str, str] = {}
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            entries = value.get("entries") if value.get("type") == "map" else list(value.items())
            for key, one in entries if isinstance(entries, list) else []:
                name = re.search(r'"(\w+Model)"', json.dumps(one)) if re.fullmatch("[0-9a-f]{32}", str(key)) else None
                if name:
                    comms[key] = name[1]
                waiting.append(one)
    return comms


def widget_states(document: object) -> dict[str, dict[str, Any]]:
    """Return the states of the widgets in a document, by the identifier of their comm."""
    states: dict[str, dict[str, Any]] = {}
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            entries = value.get("entries") if value.get("type") == "map" else list(value.items())
            for key, one in entries if isinstance(entries, list) else []:
                fields = dict(one["entries"]) if isinstance(one, dict) and isinstance(one.get("entries"), list) else {}
                if re.fullmatch("[0-9a-f]{32}", str(key)) and isinstance(fields.get("state"), dict):
                    states[key] = dict(fields["state"]["entries"])
                waiting.append(one)
    return states


@asynccontextmanager
async def visiting(address: str, path: str = "", *, pull: bool = True, **headers: str) -> AsyncIterator[Visitor]:
    """Open a page of the app and its websocket.

    Args:
        address: Address of the app, with the token.
        path: The page.
        pull: Whether to wait until the document is there.
        headers: What the websocket's request has instead: ``origin``, ``host``.
    """
    parts = urlsplit(address)
    base, cookie = f"{parts.scheme}://{parts.netloc}", servers.cookie_of(address)
    page = await AsyncHTTPClient().fetch(f"{base}/{path}", headers={"Cookie": cookie}, request_timeout=SECONDS)
    token = re.search(r'"token":"([^"]+)"', page.body.decode())
    assert token
    request_headers = {"Cookie": cookie, "Origin": headers.get("origin", base)}
    request = HTTPRequest(
        f"ws://{parts.netloc}/{path + '/' if path else ''}ws", headers=request_headers, request_timeout=SECONDS
    )
    connection = await websocket_connect(request, subprotocols=["bokeh", token[1]], max_message_size=200_000_000)
    visitor = Visitor(connection)
    try:
        if pull:
            await visitor.wait(lambda: visitor.messages)  # the acknowledgement
            await visitor.document()
        yield visitor
    finally:
        connection.close()
        await visitor._reading
