"""A visitor of the served app, without a browser: the page, its websocket, clicks on the map, and what comes back."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
import uuid
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit, urlunsplit

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Payload = dict[str, Any]

TIMEOUT = 120.0
"""Seconds after which a page or a caption counts as lost."""

_LARGEST = 200_000_000


class Visitor:
    """One tab: opened, clicked, closed. Speaks Bokeh's protocol and, inside it, that of Jupyter's widgets."""

    def __init__(self, address: str, cookies: str = "") -> None:
        """Prepare to visit an address, which may hold a token, with cookies from ``sign_in``."""
        self.address = urlsplit(address)
        self.cookies = cookies
        self.messages: list[tuple[float, Payload]] = []
        """What the server sent and when: messages of widgets, and the document."""
        self.bytes = 0
        self.map_id = ""
        self.opening_time = 0.0
        """Seconds from asking for the page until all of its widgets are there."""
        self._arrival = asyncio.Condition()
        self._closed = False

    async def open(self) -> Self:
        """Load the page, connect, and fetch the document; the first place is asked for as a browser would."""
        began = time.perf_counter()
        headers = {"Cookie": self.cookies} if self.cookies else {}
        page = urlunsplit(self.address)
        answer = await AsyncHTTPClient().fetch(
            HTTPRequest(page, headers=headers, request_timeout=TIMEOUT, connect_timeout=TIMEOUT)
        )
        match = re.search(r'"token":"([^"]+)"', answer.body.decode())
        if match is None:
            msg = f"{page} is no page of the app."
            raise ConnectionError(msg)
        socket = urlunsplit(("ws", self.address.netloc, f"{self.address.path.rstrip('/')}/ws", "", ""))
        headers["Origin"] = f"http://{self.address.netloc}"
        self._socket = await websocket_connect(
            HTTPRequest(socket, headers=headers, connect_timeout=TIMEOUT),
            subprotocols=["bokeh", match[1]],
            max_message_size=_LARGEST,
        )
        self._reader = asyncio.create_task(self._read())
        await self.wait(lambda one: one.get("msgtype") == "ACK")
        await self._send("PULL-DOC-REQ", {})
        document = await self.wait(lambda one: one.get("msgtype") == "PULL-DOC-REPLY")
        self.opening_time = time.perf_counter() - began
        self.map_id = _map_of(document)
        await self._patch(
            {
                "kind": "MessageSent",
                "msg_type": "bokeh_event",
                "msg_data": {"type": "event", "name": "document_ready", "values": {"type": "map"}},
            }
        )
        return self

    async def first_caption(self) -> None:
        """Wait for the caption that every page opens with."""
        await self.wait(lambda one: bool(state_of(one).get("code")))

    async def click(self, lon: float, lat: float) -> None:
        """Click the map."""
        content = {"event": "interaction", "type": "click", "coordinates": [lat, lon]}
        message = {
            "buffers": [],
            "channel": "shell",
            "content": {"comm_id": self.map_id, "data": {"method": "custom", "content": content}},
            "header": {
                "date": "2026-01-01T00:00:00.000Z",
                "msg_id": str(uuid.uuid4()),
                "msg_type": "comm_msg",
                "session": "visitor",
                "username": "",
                "version": "5.2",
            },
            "metadata": {},
            "parent_header": {},
        }
        await self._patch(
            {"kind": "MessageSent", "msg_type": "ipywidgets_bokeh", "msg_data": json.dumps(message)},
        )

    async def captioned(self, lon: float, lat: float, *, since: int = 0) -> float:
        """Wait for the caption of a place; return when it came, in seconds of ``time.perf_counter``."""
        start, _ = await self._first(lambda one: shows(one, lon, lat), since)
        return start

    async def wait(self, condition: Callable[[Payload], bool], *, since: int = 0) -> Payload:
        """Return the first message, from a position on, that is wanted."""
        return (await self._first(condition, since))[1]

    async def close(self) -> None:
        """Close the tab."""
        self._socket.close()
        await self._reader

    async def _first(self, condition: Callable[[Payload], bool], position: int) -> tuple[float, Payload]:
        async with asyncio.timeout(TIMEOUT), self._arrival:
            while True:
                for at, one in self.messages[position:]:
                    if condition(one):
                        return at, one
                position = len(self.messages)
                if self._closed:
                    msg = "The server closed the connection."
                    raise ConnectionError(msg)
                await self._arrival.wait()

    async def _read(self) -> None:
        try:
            while True:
                about = json.loads(await self._part())
                await self._part()
                text = await self._part()
                buffers = {}
                for _ in range(about.get("num_buffers", 0)):
                    header = json.loads(await self._part())
                    buffers[header.get("id")] = await self._part()
                at = time.perf_counter()
                self.bytes += len(text) + sum(map(len, buffers.values()))
                content = json.loads(text)
                if about["msgtype"] == "PATCH-DOC":
                    messages = [(at, one) for one in _messages(content)]
                else:
                    messages = [(at, {"msgtype": about["msgtype"], "content": content})]
                async with self._arrival:
                    self.messages += messages
                    self._arrival.notify_all()
        except ConnectionError:
            pass
        finally:
            self._closed = True
            async with self._arrival:
                self._arrival.notify_all()

    async def _part(self) -> Any:
        part = await self._socket.read_message()
        if part is None:  # which Tornado says once, and then nothing any more
            raise ConnectionError
        return part

    async def _patch(self, event: Payload) -> None:
        await self._send("PATCH-DOC", {"events": [event]})

    async def _send(self, kind: str, content: Payload) -> None:
        for part in ({"msgid": uuid.uuid4().hex, "msgtype": kind}, {}, content):
            await self._socket.write_message(json.dumps(part))


async def sign_in(address: str) -> str:
    """Return the cookies that a server sets at its address, as a browser would send them back."""
    client = AsyncHTTPClient()
    answer = await client.fetch(HTTPRequest(address, follow_redirects=False), raise_error=False)
    return "; ".join(one.partition(";")[0] for one in answer.headers.get_list("Set-Cookie"))


def state_of(message: Payload) -> Payload:
    """Return what a message changes in a widget; nothing where it changes none."""
    data = message.get("content", {}).get("data")
    state = data.get("state") if isinstance(data, dict) else None
    return state if isinstance(state, dict) else {}


def shows(message: Payload, lon: float, lat: float) -> bool:
    """Return whether a message brings what becomes of a click: the code names its place."""
    match = re.search(r"caption_at\((-?[\d.e-]+), (-?[\d.e-]+)", str(state_of(message).get("code", "")))
    return bool(match) and abs(float(match[1]) - lon) < 1e-6 and abs(float(match[2]) - lat) < 1e-6


def _messages(content: Payload) -> Iterator[Payload]:
    """Yield the messages of widgets that a patch of the document carries."""
    for event in content.get("events", []):
        data = event.get("msg_data") if event.get("msg_type") == "ipywidgets_bokeh" else None
        if isinstance(data, str):
            yield json.loads(data)
        elif isinstance(data, dict) and isinstance(data.get("data"), str):  # with buffers after it
            raw = base64.b64decode(data["data"])
            first = int.from_bytes(raw[4:8], "big")
            after = int.from_bytes(raw[8:12], "big") if int.from_bytes(raw[:4], "big") > 1 else len(raw)
            yield json.loads(raw[first:after])


def _map_of(document: Payload) -> str:
    """Return the identifier of the map among the widgets of a document."""
    for one in _objects(document):
        entries = one["entries"] if one.get("type") == "map" and isinstance(one.get("entries"), list) else one.items()
        for name, value in entries:
            if isinstance(name, str) and re.fullmatch("[0-9a-f]{32}", name) and "LeafletMapModel" in _text(value):
                return name
    msg = "The page has no map."
    raise ConnectionError(msg)


def _text(value: object) -> str:
    return json.dumps(value)[:4000]


def _objects(value: object) -> Iterator[Payload]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)
