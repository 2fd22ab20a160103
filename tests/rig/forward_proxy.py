"""A forward proxy on loopback, as a company has one: names outside are known to it alone."""

from __future__ import annotations

import contextlib
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


class ForwardProxy:
    """Leads every request and tunnel to one server of this machine, and keeps what it could read on the way."""

    def __init__(self, port: int, target: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.target = ("127.0.0.1", target)
        self.refuses = False
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Method, target and headers of each."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    server: _Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self._refuses():
            return
        target = urlsplit(self.path)
        headers = "".join(
            f"{name}: {value}\r\n" for name, value in self.headers.items() if not name.lower().endswith("connection")
        )
        with socket.create_connection(self.server.proxy.target, timeout=5) as upstream:
            head = f"{self.command} {target.path} HTTP/1.1\r\n{headers}connection: close\r\n\r\n"
            upstream.sendall(head.encode() + body)
            self._pump(upstream, self.connection)
        self.close_connection = True

    def do_CONNECT(self) -> None:
        if self._refuses():
            return
        with socket.create_connection(self.server.proxy.target, timeout=5) as upstream:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=self._pump, args=(upstream, self.connection), daemon=True)
            back.start()
            self._pump(self.connection, upstream)
            back.join(5)
        self.close_connection = True

    def _refuses(self) -> bool:
        proxy = self.server.proxy
        proxy.requests.append((self.command, self.path, dict(self.headers)))
        if proxy.refuses:
            self.send_response(403)
            self.send_header("content-length", "0")
            self.end_headers()
        return proxy.refuses

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output to what the tests say."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    proxy: ForwardProxy

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the game."""


@contextmanager
def forward_proxy(target: int) -> Iterator[ForwardProxy]:
    """Start one that leads to a port of this machine, and end it."""
    listener = _Listener(("127.0.0.1", 0), _Handler)
    listener.proxy = ForwardProxy(listener.server_port, target)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener.proxy
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join(5)
