"""Join the chunks of a streamed chat completion to the completion that would have come without a stream."""

from __future__ import annotations

from typing import Any

from chatearthnet_explorer.captioners.service.event_stream import EventStream
from chatearthnet_explorer.net.safe_json import read_json

END_MARK = b"[DONE]"
"""Data of the event that ends a stream."""

THINKING_FIELDS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")
"""Fields of a message in which services send the reasoning of a model."""

_TEXT_PARTS = ("text", "output_text")


class StreamedCompletion:
    """The chunks of one answer so far."""

    def __init__(self) -> None:
        """Begin without a chunk."""
        self._events = EventStream()
        self._texts: list[str] = []
        self._refusals: list[str] = []
        self._fields: dict[str, Any] = {}
        self._error: dict[str, Any] | None = None
        self._finish_reason: object = None
        self._has_reasoning = False
        self.is_whole = False
        """Whether the service marked the end: by a finish reason or ``END_MARK``."""
        self.is_over = False
        """Whether ``END_MARK`` came: nothing after it counts."""
        self.size = 0
        """Characters of text and of reasoning so far; what else a stream has does not count."""
        self.chunks = 0
        """Chunks so far."""

    @property
    def text(self) -> str:
        """The text so far, as the model wrote it."""
        if len(self._texts) > 1:
            self._texts = ["".join(self._texts)]
        return self._texts[0] if self._texts else ""

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body, cut anywhere."""
        for event in self._events.feed(data):
            self._take(event)

    def finish(self) -> None:
        """Take the end of the body."""
        for event in self._events.finish():
            self._take(event)

    def completion(self) -> dict[str, Any]:
        """Return the body of the answer without a stream; empty if there was no chunk, an error if one was sent."""
        if self._error is not None:
            return self._error
        if not self.chunks:
            return {}
        message: dict[str, Any] = {"content": self.text}
        if self._refusals:
            message["refusal"] = "".join(self._refusals)
        if self._has_reasoning:
            message[THINKING_FIELDS[0]] = True
        choice = {"message": message, "finish_reason": self._finish_reason}
        return {**self._fields, "choices": [choice]}

    def _take(self, event: bytes) -> None:
        if self.is_over:
            return
        if event.strip() == END_MARK:
            self.is_whole = self.is_over = True
            return
        chunk = read_object(event)
        if not chunk:
            return
        self.chunks += 1
        for name in ("model", "usage"):
            if chunk.get(name):
                self._fields[name] = chunk[name]
        choices = chunk.get("choices")
        own = [one for one in choices if isinstance(one, dict)] if isinstance(choices, list) else []
        choice = next((one for one in own if one.get("index") in (0, None)), {})
        if chunk.get("error") or choice.get("error"):
            self._error = self._error or {"error": chunk.get("error") or choice["error"]}
        if choice.get("finish_reason"):
            self._finish_reason, self.is_whole = choice["finish_reason"], True
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            self._take_delta(delta)

    def _take_delta(self, delta: dict[str, Any]) -> None:
        if text := content_text(delta.get("content")):
            self._texts.append(text)
            self.size += len(text)
        if isinstance(refusal := delta.get("refusal"), str):
            self._refusals.append(refusal)
            self.size += len(refusal)
        for name in THINKING_FIELDS:
            if thinking := delta.get(name):
                self._has_reasoning = True
                self.size += len(thinking) if isinstance(thinking, str) else 1


def is_stream(body: bytes) -> bool:
    """Return whether a body holds server-sent events and not one JSON value or a page."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] not in {b"{", b"[", b"<", b""} and (b"\n" + start).replace(b"\r", b"\n").find(b"\ndata:") >= 0


def read_completion(body: bytes) -> tuple[dict[str, Any], bool]:
    """Return the completion that a body holds, streamed or not, and whether its end was marked.

    The completion is empty if the body is something else.
    """
    if not is_stream(body):
        return read_object(body), True
    stream = StreamedCompletion()
    stream.feed(body)
    stream.finish()
    return stream.completion(), stream.is_whole


def read_object(text: bytes) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    try:
        content = read_json(text)
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {}


def content_text(content: object) -> str:
    """Return the text of a message's content: the text itself, or those of its parts without reasoning."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    texts = (
        one
        if isinstance(one, str)
        else one.get("text")
        if isinstance(one, dict) and one.get("type", "text") in _TEXT_PARTS
        else None
        for one in parts
    )
    return "".join(text for text in texts if isinstance(text, str))
