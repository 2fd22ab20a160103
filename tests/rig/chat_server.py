"""A real HTTP server that speaks chat.completions: well, slowly, wrongly, or with malice, as a test wants it."""

from __future__ import annotations

import gzip
import json
import select
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rig.streams import FULL_USAGE, MODEL, STREAMS, TEXT, USAGE, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# openai-python waits 0.5 s and more before it tries again, unless the service names a time.
SOON = {"retry-after-ms": "5"}

AUTHORITY = Path(__file__).parents[1] / "data" / "tls" / "authority.pem"
"""The authority that signed the certificate of a server with TLS, for 127.0.0.1, localhost and models.example.test."""

Reply = tuple[int, dict[str, str], bytes]


def completion(text: object = TEXT, **changes: Any) -> dict[str, Any]:
    """Return the body of an answer; ``changes`` replace or remove (None) what it holds."""
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    choice["message"] |= changes.pop("message", {})
    choice |= changes.pop("choice", {})
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice], "usage": USAGE}
    return {name: value for name, value in (body | changes).items() if value is not None}


def failure(status: int, message: str, *, code: str | None = None, **headers: str) -> Reply:
    body = {"error": {"message": message, "type": "error", "param": None, "code": code}}
    return json_reply(body, status=status, **headers)


def json_reply(body: object, *, status: int = 200, **headers: str) -> Reply:
    return status, {"content-type": "application/json"} | headers, json.dumps(body).encode()


MODES: dict[str, Callable[[], Reply]] = {
    **dict.fromkeys(("normal", "slow", "trickle", "cut", "only max_tokens"), lambda: json_reply(completion())),
    "busy": lambda: failure(429, "Rate limit reached.", code="rate_limit_exceeded", **SOON),
    "busy for an hour": lambda: failure(429, "Rate limit reached.", **{"retry-after": "3600"}),
    "quota": lambda: failure(429, "You exceeded your current quota.", code="insufficient_quota", **SOON),
    "broken": lambda: failure(500, "The server had an error.", **SOON),
    "truncated": lambda: (200, {"content-type": "application/json"}, json.dumps(completion()).encode()[:90]),
    "html": lambda: (200, {"content-type": "text/html"}, b"<!doctype html><script>alert(1)</script><p>Log in"),
    "refusal": lambda: json_reply(completion(None, message={"refusal": "I can't help with that."})),
    "empty": lambda: json_reply(completion("  \n")),
    "no such path": lambda: (404, {"content-type": "text/plain"}, b"404 page not found"),
    "huge": lambda: json_reply(completion("tree " * 1_000_000)),
    "gzip bomb in gzip": lambda: (
        200,
        {"content-type": "application/json", "content-encoding": "gzip, gzip"},
        gzip.compress(gzip.compress(b" " * 20_000_000)),
    ),
    "gzip bomb": lambda: (
        200,
        {"content-type": "application/json", "content-encoding": "gzip"},
        gzip.compress(bytes(50_000_000), 1),
    ),
    "length": lambda: json_reply(
        completion("Trees cover most of the", choice={"finish_reason": "length"}, usage=FULL_USAGE)
    ),
    "thought too long": lambda: json_reply(completion("", choice={"finish_reason": "length"})),
    "filtered": lambda: json_reply(completion("", choice={"finish_reason": "content_filter"})),
    "redirect": lambda: (307, {"location": "http://127.0.0.1:1/v1/chat/completions"}, b""),
}
"""What each mode answers; ``wrong key`` and others below need the request."""


class ChatServer:
    """Answers each request with the next of ``modes``, the last one again and again; keeps what it was sent."""

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.port = port
        self.base_url = f"{scheme}://127.0.0.1:{port}/v1"
        self.modes: list[str | Reply | Stream | Callable[[dict[str, Any]], Reply | Stream]] = ["normal"]
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.waiting = threading.Event()
        """Set once a request of the mode ``slow`` is there."""
        self.closing = threading.Event()
        self.sending_times: list[float] = []
        """When each piece of a stream was sent, in seconds of ``time.time``."""
        self.hangups: list[float] = []
        """When clients ended a stream, in seconds of ``time.monotonic``."""
        self._lock = threading.Lock()

    def answer_with(self, body: object, *, status: int = 200) -> None:
        """Answer every request with this JSON."""
        self.modes = [json_reply(body, status=status)]

    def refuse_with(self, refusal: Callable[[dict[str, Any]], str | None], *, status: int = 400) -> None:
        """Refuse requests with a sentence, or answer those for which there is none."""
        self.modes = [
            lambda request: failure(status, words) if (words := refusal(request)) else json_reply(completion())
        ]

    def reply(self, request: dict[str, Any], headers: dict[str, str]) -> tuple[str, Reply | Stream]:
        key = headers.get("authorization", "")[7:]
        with self._lock:
            mode = self.modes.pop(0) if len(self.modes) > 1 else self.modes[0]
            self.requests.append(request)
            self.keys.append(key)
            self.headers.append(headers)
        if callable(mode):
            return "made", mode(request)
        if not isinstance(mode, str):
            return "made", mode
        return mode, STREAMS[mode]() if mode in STREAMS else self._reply_of(mode, request, key)

    @staticmethod
    def _reply_of(mode: str, request: dict[str, Any], key: str) -> Reply:
        if mode == "only max_tokens" and "max_completion_tokens" in request:
            return failure(400, "Extra inputs are not permitted: max_completion_tokens")
        if mode == "wrong key":
            return failure(401, f"Incorrect API key provided: {key}.", code="invalid_api_key")
        if mode == "forbidden":
            return failure(403, f"Key {key[:9]}***{key[-7:]} has no access.")
        if mode == "unknown model":
            return failure(404, f"The model `{request['model']}` does not exist.", code="model_not_found")
        return MODES[mode]()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60  # a busy computer may take its time between a connection and its request
    server: _Listener

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path != "/v1/chat/completions":
            self.send_error(404)
            return
        chat = self.server.chat
        headers = {name.lower(): value for name, value in self.headers.items()}
        mode, reply = chat.reply(request, headers)
        if isinstance(reply, Stream):
            self._stream(reply)
            return
        status, headers, body = reply
        if mode == "slow":
            chat.waiting.set()
            chat.closing.wait(60)
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self._send(mode, body)
        except OSError:  # the client has had enough, as it should
            self.close_connection = True

    def _send(self, mode: str, body: bytes) -> None:
        if mode == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif mode == "trickle":
            for byte in body:
                self.wfile.write(bytes([byte]))
                if self.server.chat.closing.wait(0.05):
                    return
        else:
            self.wfile.write(body)

    def _stream(self, stream: Stream) -> None:
        self.send_response(200)
        self.send_header("content-type", stream.content_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chat = self.server.chat
        try:
            for number, piece in enumerate(stream.pieces):
                if chat.closing.is_set() or self._is_over(stream.pause if number else 0):
                    self.close_connection = True
                    return
                if piece:
                    chat.sending_times.append(time.time())
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if stream.breaks_off:
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            chat.hangups.append(time.monotonic())
            self.close_connection = True

    def _is_over(self, pause: float) -> bool:
        """Wait, and return whether the client has ended the connection meanwhile."""
        if not select.select([self.connection], [], [], pause)[0]:
            return False
        self.server.chat.hangups.append(time.monotonic())
        return True

    def log_message(self, *_: object) -> None:
        """Keep the tests' output to what the tests say."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    chat: ChatServer

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the game."""


@contextmanager
def chat_server(*, tls: bool = False) -> Iterator[ChatServer]:
    """Start one on a free port of this machine, and end it."""
    listener = _Listener(("127.0.0.1", 0), _Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(AUTHORITY.with_name("server.pem"))
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
    listener.chat = ChatServer(listener.server_port, "https" if tls else "http")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener.chat
    finally:
        listener.chat.closing.set()
        listener.shutdown()
        listener.server_close()
        thread.join(5)
