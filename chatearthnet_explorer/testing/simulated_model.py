"""A model service on this computer without a model: the interface of chat.completions, and answers that say so."""

from __future__ import annotations

import json
import math
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.testing.simulated_writer import MODELS, write_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE = 0.02
"""Seconds between two words of a stream."""

_CHARACTERS_OF_A_TOKEN = 4
_LARGEST = 20_000_000  # bytes of a request: six pictures take 2 MB


class SimulatedModel:
    """Answers requests on a free port of this computer until it is closed, and keeps nothing but counts.

    A token that it writes is a word, and one that it reads four characters. It reads no key, and sees no pictures.
    """

    def __init__(self, *, pause: float = PAUSE) -> None:
        """Start.

        Args:
            pause: Seconds it takes for each word.
        """
        self.pause = pause
        self.request_count = 0
        """Requests for an answer so far."""
        self.cut_count = 0
        """Answers that were not completed, as the client had left."""
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._listener = _Listener(("127.0.0.1", 0), _Handler)
        self._listener.service = self
        self.base_url = f"http://127.0.0.1:{self._listener.server_port}/v1"
        """Its address."""
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End, with the answers under way."""
        self._end.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def __repr__(self) -> str:
        """Return its address."""
        return f"SimulatedModel({self.base_url!r})"

    def count(self, *, cut: bool = False) -> None:
        """Count a request, or an answer that was cut off by its client."""
        with self._lock:
            self.cut_count += cut
            self.request_count += not cut

    def wait(self) -> bool:
        """Wait as long as a word takes; return whether it was closed meanwhile."""
        return self._end.wait(self.pause)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Listener

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._send_json({"object": "list", "data": [{"id": name, "object": "model"} for name in MODELS]})
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such path.")

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit() or int(length) > _LARGEST:
            self.close_connection = True
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request has no length, or is too large.")
            return
        try:
            request = read_json(self.rfile.read(int(length)))
        except ValueError:
            request = None
        if self.path != "/v1/chat/completions" or not isinstance(request, dict):
            self._refuse(HTTPStatus.NOT_FOUND, "This is no request for a chat completion.")
            return
        model = request.get("model")
        if not isinstance(model, str) or model not in MODELS:
            self._refuse(HTTPStatus.NOT_FOUND, f"The model {str(model)[:100]!r} does not exist.", "model_not_found")
            return
        self.server.service.count()
        try:
            self._answer(model, request)
        except OSError:  # the client has left
            self.server.service.count(cut=True)
            self.close_connection = True

    def _answer(self, model: str, request: dict[str, Any]) -> None:
        messages = request.get("messages")
        messages = messages if isinstance(messages, list) else []
        question = _text(messages[-1:])
        words = write_answer(model, question).split(" ")
        limits = [request.get(name) for name in ("max_completion_tokens", "max_tokens")]
        limit = min((one for one in limits if isinstance(one, int) and one > 0), default=len(words))
        reason = "length" if len(words) > limit else "stop"
        words = words[:limit]
        tokens_in = math.ceil(len(_text(messages)) / _CHARACTERS_OF_A_TOKEN)
        usage = {"prompt_tokens": tokens_in, "completion_tokens": len(words)}
        usage["total_tokens"] = sum(usage.values())
        head = {"id": "simulated", "created": int(time.time()), "model": model}
        if request.get("stream") is not True:
            if any(self.server.service.wait() for _ in words):
                self.close_connection = True
                return
            choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": " ".join(words)}}
            self._send_json({**head, "object": "chat.completion", "choices": [choice], "usage": usage})
            return
        self._start_stream()
        for text in _pieces(words):
            self._send_event({**head, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
            if self.server.service.wait():
                return
        self._send_event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        options = request.get("stream_options")
        if isinstance(options, dict) and options.get("include_usage") is True:
            self._send_event({**head, "choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _start_stream(self) -> None:
        self.close_connection = True  # which ends the stream
        self.send_response(HTTPStatus.OK)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()

    def _send_event(self, event: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps({'object': 'chat.completion.chunk', **event})}\n\n".encode())

    def _refuse(self, status: HTTPStatus, message: str, code: str | None = None) -> None:
        self._send_json({"error": {"message": message, "type": "invalid_request_error", "code": code}}, status)

    def _send_json(self, content: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a log of requests would fill the notebook."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    service: SimulatedModel

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that leave."""


def _text(messages: list[Any]) -> str:
    """Return the text of messages: the text itself, or the parts that are text."""
    contents = [message.get("content") for message in messages if isinstance(message, dict)]
    parts = [part for one in contents for part in (one if isinstance(one, list) else [{"text": one}])]
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


def _pieces(words: list[str]) -> Iterator[str]:
    """Yield the words with the spaces between them."""
    yield from (word if number == 0 else f" {word}" for number, word in enumerate(words))
