"""A server that sends bytes as a test wants them, be they HTTP or not."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
"""The start of a good answer, up to its other headers."""


class RawServer:
    """Answers each connection with the same pieces, with a pause after each."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.pieces: Iterable[bytes] = ()
        self.pause = 0.0
        self.requests = 0
        self.heads: list[bytes] = []
        self.closing = threading.Event()


def whole(body: bytes, headers: bytes = b"") -> bytes:
    """Return a good answer with further headers, each with its line end."""
    return HEAD + headers + b"content-length: %d\r\n\r\n" % len(body) + body


def chunk(body: bytes) -> bytes:
    """Return a chunk of a body."""
    return b"%x\r\n%s\r\n" % (len(body), body)


@contextmanager
def raw_server() -> Iterator[RawServer]:
    """Start one on a free port of this machine, and end it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(listener.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(server, listener), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _accept(server: RawServer, listener: socket.socket) -> None:
    with suppress(OSError):
        while not server.closing.is_set():
            connection, _ = listener.accept()
            threading.Thread(target=_answer, args=(server, connection), daemon=True).start()


def _answer(server: RawServer, connection: socket.socket) -> None:
    connection.settimeout(10)
    with connection, suppress(OSError):
        head, _, body = _read_until(connection, b"\r\n\r\n").partition(b"\r\n\r\n")
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        left = int(lengths[0]) - len(body) if lengths else 0
        while left > 0:
            left -= len(connection.recv(65_536)) or left
        server.requests += 1
        server.heads.append(head)
        for piece in server.pieces:
            connection.sendall(piece)
            if server.closing.wait(server.pause):
                return


def _read_until(connection: socket.socket, end: bytes) -> bytes:
    content = b""
    while end not in content and (piece := connection.recv(65_536)):
        content += piece
    return content
