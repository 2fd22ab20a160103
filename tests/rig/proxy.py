"""A forward proxy on loopback, as companies have them: it alone knows the names outside, and may want a password."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from types import TracebackType

_HOP_HEADERS = {"proxy-connection", "proxy-authorization", "connection"}


@dataclass(frozen=True, slots=True)
class Passage:
    """What somebody asked the proxy for."""

    method: str
    """GET, POST or CONNECT."""

    target: str
    """An address, or host and port of a tunnel."""

    authorization: str
    """The ``Authorization`` header that the proxy could read; empty if there was none."""


class Proxy:
    """A context manager: passes every name on to one server on loopback, whatever the name.

    Args:
        port: Port of that server on 127.0.0.1.
        login: ``user:password`` to insist on; empty for nobody.
        refusal: Status to answer instead of passing anything on; 0 for none.
    """

    def __init__(self, port: int, *, login: str = "", refusal: int = 0) -> None:
        self.port, self.login, self.refusal = port, login, refusal
        self.log: list[Passage] = []
        self._http = _Http(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="proxy")

    @property
    def url(self) -> str:
        """Its address, as HTTP_PROXY has it, with the login."""
        user = f"{self.login}@" if self.login else ""
        return f"http://{user}127.0.0.1:{self._http.server_port}"

    def refuses(self, login: str) -> int:
        """Return the status to refuse with; 0 for none."""
        expected = f"Basic {base64.b64encode(self.login.encode()).decode()}" if self.login else ""
        return self.refusal or (407 if expected and login != expected else 0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], rig: Proxy) -> None:
        self.rig = rig
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_GET(self) -> None:
        if self._refuse():
            return
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        lines = [f"{self.command} {parts.path or '/'}{'?' if parts.query else ''}{parts.query} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in _HOP_HEADERS]
        with socket.create_connection(("127.0.0.1", self.server.rig.port)) as there:
            there.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
            with there.makefile("rb") as answer:
                self.wfile.write(answer.readline() + b"Connection: close\r\n")
                while content := answer.read1(65_536):
                    self.wfile.write(content)
        self.close_connection = True

    do_POST = do_HEAD = do_GET  # noqa: N815 - the names http.server looks for

    def do_CONNECT(self) -> None:
        if self._refuse():
            return
        with socket.create_connection(("127.0.0.1", self.server.rig.port)) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pump, args=(there, self.connection), daemon=True)
            back.start()
            _pump(self.connection, there)
            back.join()
        self.close_connection = True

    def _refuse(self) -> bool:
        rig = self.server.rig
        rig.log.append(Passage(self.command, self.path, self.headers.get("Authorization", "")))
        status = rig.refuses(self.headers.get("Proxy-Authorization", ""))
        if status:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.close_connection = True
        return bool(status)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server gives it
        """Say nothing."""


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65_536):
            sink.sendall(content)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
