"""The messages that a page may send over its websocket; each is rebuilt from checked parts."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

LONGEST = 300_000
"""Bytes that one frame may have; the longest that our pages send have a thousand, an edited prompt 100,000 at most."""

_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_FRAMES = 3
_KERNEL_MESSAGES = frozenset({"comm_msg", "comm_close", "comm_info_request", "kernel_info_request"})
"""Messages of the Jupyter protocol that widgets need. A page also sends comm_open; Panel's kernel ignores it."""


class BadFrameError(ValueError):
    """A frame that no page of ours sends; the connection is of no further use."""


class Message(NamedTuple):
    """A message of Bokeh's protocol, checked."""

    kind: str
    """``PULL-DOC-REQ`` or ``PATCH-DOC``."""

    frames: tuple[str, str, str]
    """Header, metadata and content as JSON."""


class MessageReader:
    """Puts the frames of one connection together, and drops what is not on the list.

    Bokeh's protocol would also let a page change models, load a document of its own, and send events of any name;
    Jupyter's would let it run code, and stop the process. Our pages do none of that.
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self._frames: list[str] = []
        self._ready = False

    def feed(self, frame: str | bytes) -> Message | None:
        """Take the next frame; return the message that it completes, if there is one and it is allowed.

        Raises:
            BadFrameError: If the frame cannot be a part of any message that a page of ours sends.
        """
        if not isinstance(frame, str) or len(frame) > LONGEST:
            self._frames.clear()
            msg = "not a text frame of a usual length"
            raise BadFrameError(msg)
        self._frames.append(frame)
        if len(self._frames) < _FRAMES:
            return None
        frames, self._frames = self._frames, []
        header, _, content = map(_json_object, frames)
        return self._check_message(header, content)

    def _check_message(self, header: dict[str, Any], content: dict[str, Any]) -> Message | None:
        kind, ident = header.get("msgtype"), header.get("msgid")
        if not isinstance(ident, str) or not _ID.fullmatch(ident) or header.get("num_buffers"):
            msg = "not a header of Bokeh's protocol, or one with buffers"
            raise BadFrameError(msg)
        if kind == "PULL-DOC-REQ":
            return _message(kind, ident, {})
        events = content.get("events")
        if kind != "PATCH-DOC" or not isinstance(events, list):
            return None
        allowed_events = [event for event in map(self._event, events) if event]
        return _message(kind, ident, {"events": allowed_events}) if allowed_events else None

    def _event(self, event: object) -> dict[str, Any] | None:
        if not isinstance(event, dict) or event.get("kind") != "MessageSent":
            return None
        data = event.get("msg_data")
        if event.get("msg_type") == "bokeh_event":
            return self._page_ready(data)
        if event.get("msg_type") == "ipywidgets_bokeh" and isinstance(data, str):
            kernel_message = _kernel_message(_parse_json(data))
            if kernel_message:
                return {"kind": "MessageSent", "msg_type": "ipywidgets_bokeh", "msg_data": _text(kernel_message)}
        return None

    def _page_ready(self, data: object) -> dict[str, Any] | None:
        if self._ready or not isinstance(data, dict) or data.get("name") != "document_ready":
            return None
        self._ready = True
        data = {"type": "event", "name": "document_ready", "values": {"type": "map"}}
        return {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": data}


def _message(kind: str, ident: str, content: dict[str, Any]) -> Message:
    return Message(kind, (json.dumps({"msgid": ident, "msgtype": kind}), "{}", _text(content)))


def _kernel_message(message: object) -> dict[str, Any] | None:
    """Return an allowed message to the kernel with the fields that the kernel reads, else None."""
    if not isinstance(message, dict) or message.get("channel") != "shell" or message.get("buffers"):
        return None
    header, content = message.get("header"), message.get("content")
    if not isinstance(header, dict) or not isinstance(content, dict):
        return None
    kind, ident = header.get("msg_type"), header.get("msg_id")
    if (
        not isinstance(kind, str)
        or kind not in _KERNEL_MESSAGES
        or not isinstance(ident, str)
        or not _ID.fullmatch(ident)
    ):
        return None
    fields = _content(kind, content)
    if fields is None:
        return None
    session = header.get("session")
    session = session if isinstance(session, str) and _ID.fullmatch(session) else "page"
    names = {"msg_id": ident, "msg_type": kind, "session": session, "username": "", "version": "5.3"}
    return {
        "header": names,
        "parent_header": {},
        "metadata": {},
        "content": fields,
        "channel": "shell",
        "buffers": [],
    }


def _content(kind: str, content: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fields that a message of a kind needs, each of its type, else None."""
    if kind == "kernel_info_request":
        return {}
    if kind == "comm_info_request":
        return {"target_name": "jupyter.widget"}
    comm = content.get("comm_id")
    if not isinstance(comm, str) or not _ID.fullmatch(comm):
        return None
    data = {} if kind == "comm_close" else _widget_data(content.get("data"))
    return None if data is None else {"comm_id": comm, "data": data}


def _widget_data(data: object) -> dict[str, Any] | None:
    if not isinstance(data, dict) or data.get("buffer_paths"):
        return None
    method = data.get("method")
    if method == "request_state":
        return {"method": method}
    part = {"update": "state", "custom": "content"}.get(method) if isinstance(method, str) else None
    if part is None or not isinstance(data.get(part), dict):
        return None
    return {"method": method, part: data[part], "buffer_paths": []}


def _text(value: object) -> str:
    """Return JSON without lone surrogates, which Python can neither encode nor send on."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def _json_object(text: str) -> dict[str, Any]:
    value = _parse_json(text)
    if not isinstance(value, dict):
        msg = "not a JSON object"
        raise BadFrameError(msg)
    return value


def _parse_json(text: str) -> object:
    """Return the value of a JSON text; None where it is none, or nested too deep."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
