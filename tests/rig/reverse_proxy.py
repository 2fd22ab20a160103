"""A reverse proxy as people put one before the app: another port, a path prefix, Host kept or rewritten."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 65536


@contextmanager
def reverse_proxy(port: int, *, prefix: str = "", rewrite_host: bool = False) -> Iterator[int]:
    """Pass requests on to a port of this computer; gives the proxy's own port.

    Args:
        port: Where the app listens.
        prefix: What stands before the app's paths, such as ``/user/x/proxy/5007``; it is taken off.
        rewrite_host: Whether the app is told its own address for Host, as nginx does unless it is told otherwise.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_accept, args=(listening, port, prefix, rewrite_host), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, port: int, prefix: str, rewrite_host: bool) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_serve, args=(client, port, prefix, rewrite_host), daemon=True).start()


def _serve(client: socket.socket, port: int, prefix: str, rewrite_host: bool) -> None:
    with client, suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(_MOST)
            if not data:
                return
            head += data
        head, _, rest = head.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        method, path, version = first.split(b" ")
        if not path.startswith(prefix.encode() + b"/"):
            client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        upgrade = b"upgrade: websocket" in head.lower()
        forward = [b" ".join([method, path[len(prefix) :], version])]
        for line in lines:
            name = line.partition(b":")[0].lower()
            if name == b"host" and rewrite_host:
                forward.append(b"Host: 127.0.0.1:%d" % port)
            elif name == b"connection" and not upgrade:
                forward.append(b"Connection: close")  # one request for each connection: simpler here
            else:
                forward.append(line)
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall(b"\r\n".join(forward) + b"\r\n\r\n" + rest)
            threading.Thread(target=_pump, args=(server, client), daemon=True).start()
            _pump(client, server)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_MOST):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
