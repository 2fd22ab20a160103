"""Streams of chat.completions, as services send them: in pieces, with faults, or without an end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TEXT = "Trees cover most of the square, and crops fill the bottom left."
MODEL = "rig-model-2026-11-01"
USAGE = {"prompt_tokens": 321, "completion_tokens": 45, "total_tokens": 366}
FULL_USAGE = {"prompt_tokens": 321, "completion_tokens": 300, "total_tokens": 621}
"""That of an answer that reached the limit of a 3.5 prompt."""


@dataclass(frozen=True)
class Stream:
    """The answer of a service that streams."""

    pieces: Iterable[bytes]
    """What is sent, each piece in a packet of its own."""

    content_type: str = "text/event-stream"

    pause: float = 0.0
    """Seconds before each piece but the first."""

    breaks_off: bool = False
    """Whether the connection ends without the end of the body."""


def event(body: object, end: str = "\n\n") -> bytes:
    return f"data: {body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)}{end}".encode()


def chunk(content: object = None, *, finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    """Return one chunk of an answer; ``delta`` has further fields of its message."""
    fields = delta if content is None else {"content": content, **delta}
    choice = {"index": 0, "delta": fields, "finish_reason": finish_reason}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}


def chunks_of(text: str = TEXT, *, usage: object = USAGE, finish_reason: str | None = "stop") -> list[dict[str, Any]]:
    """Return the chunks of an answer, word by word: the role, the words, the finish reason, the usage."""
    words = [word if number == 0 else f" {word}" for number, word in enumerate(text.split(" "))]
    chunks = [chunk("", role="assistant"), *map(chunk, words)]
    chunks.append(chunk(finish_reason=finish_reason))
    return [*chunks, {"model": MODEL, "choices": [], "usage": usage}] if usage is not None else chunks


def events_of(chunks: Iterable[object], *, has_end_mark: bool = True, end: str = "\n\n") -> list[bytes]:
    return [*(event(one, end) for one in chunks), *([event("[DONE]", end)] if has_end_mark else [])]


def stream_of(text: str = TEXT, *, pause: float = 0.0, **changes: Any) -> Stream:
    return Stream(events_of(chunks_of(text, **changes)), pause=pause)


def single_bytes(pieces: Iterable[bytes]) -> list[bytes]:
    """Return each byte as a piece: every character and every line end is cut."""
    return [bytes([one]) for one in b"".join(pieces)]


STREAMS: dict[str, Callable[[], Stream]] = {
    "stream": stream_of,
    "slow stream": lambda: stream_of(pause=0.05),
    "stream that hangs": lambda: Stream([b"".join(events_of(chunks_of()[:4], has_end_mark=False)), b""], pause=30),
    "stream that breaks off": lambda: Stream(events_of(chunks_of()[:5], has_end_mark=False), breaks_off=True),
    "stream without mark of its end": lambda: Stream(events_of(chunks_of(finish_reason=None), has_end_mark=False)),
    "stream without [DONE]": lambda: Stream(events_of(chunks_of(), has_end_mark=False)),
    "stream with error": lambda: Stream(
        events_of([*chunks_of()[:4], {"error": {"message": "The model has crashed.", "code": 500}}])
    ),
    "stream with nothing": lambda: Stream(events_of(chunks_of(""))),
    "stream with refusal": lambda: Stream(events_of([chunk(refusal="I can't help with "), chunk(refusal="that.")])),
    "stream with filter": lambda: Stream(events_of(chunks_of(finish_reason="content_filter"))),
    "stream cut at limit": lambda: Stream(events_of(chunks_of(usage=FULL_USAGE, finish_reason="length"))),
    "stream of thinking": lambda: Stream(events_of([chunk(reasoning_content="Hm. "), chunk(finish_reason="stop")])),
    "stream of 5 MB": lambda: Stream(events_of(repeat(chunk("tree " * 1000), 1000))),
    "endless stream of empty chunks": lambda: Stream(repeat(event(chunk("")) * 100)),
    "endless stream of comments": lambda: Stream(repeat(b": keep-alive\n\n" * 100)),
    "endless stream of white space": lambda: Stream(repeat(b"\n \n" * 1000)),
    "endless slow stream of comments": lambda: Stream(repeat(b": keep-alive\n\n"), pause=0.05),
    "endless slow stream of empty chunks": lambda: Stream(repeat(event(chunk(""))), pause=0.05),
    "endless slow stream of words": lambda: Stream(repeat(event(chunk("tree "))), pause=0.05),
    "stream of HTML": lambda: Stream([b"<!doctype html>", b"<script>alert(1)</script>"], "text/html"),
    "stream of JSON": lambda: Stream(
        single_bytes([json.dumps({"choices": [{"message": {"content": TEXT}}]}).encode()]), "application/json"
    ),
}
"""What a service sends that is asked for a stream; each is a mode of the scripted server."""
