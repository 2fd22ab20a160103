"""A web server that serves folders by byte range, counts, can be slow, and fails as it is told."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import ssl
    from pathlib import Path
    from types import TracebackType

    Connection = socket.socket | tuple[bytes, socket.socket]

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK = 65_536


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with a path; the fields combine."""

    status: int = 0
    """Status to answer with, and no file; 0 for none."""

    times: int | None = None
    """Requests that fail before all is well again; None for every one."""

    retry_after: int | None = None
    """Seconds to name in ``Retry-After``."""

    location: str = ""
    """Address to name in ``Location``, for a status of 3xx."""

    stall: float = 0
    """Seconds to keep silent before the answer; ends early when the server stops."""

    cut: int | None = None
    """Bytes of the body after which the connection is closed, whatever was promised."""

    ignore_range: bool = False
    """Whether to send the whole file (200) to whom asked for a part."""

    body: bytes | None = None
    """What to serve instead of the file; also where there is none."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked for."""

    method: str
    """GET or HEAD."""

    path: str
    """Path without query."""

    query: str
    """What stood behind ``?``."""

    span: str
    """The ``Range`` header, such as ``bytes=0-99``; empty if there was none."""

    authorization: str
    """The ``Authorization`` header; empty if there was none."""


class RangeServer:
    """A context manager: HTTP/1.1 with keep-alive on a free port of 127.0.0.1, a thread for each connection.

    Args:
        folders: A folder to serve at the root, or folders by the prefix they are mounted at (``{"cogs": path}``).
        latency: Seconds before each answer.
        bandwidth: Bytes a second of each connection; None for no limit.
        shared: Bytes a second of all connections together; None for no limit.
        tls: Certificate to show, for https; None for plain http.
    """

    def __init__(
        self,
        folders: Path | Mapping[str, Path],
        *,
        latency: float = 0,
        bandwidth: float | None = None,
        shared: float | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.folders = dict(folders) if isinstance(folders, Mapping) else {"": folders}
        self.latency = latency
        self.bandwidth = bandwidth
        self.log: list[Request] = []
        self.answer_times: list[tuple[float, float]] = []  # when each request came, and when its answer set out
        self.bytes_sent = 0
        self.connections = 0
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.shared = _Pace(shared)
        self._faults: dict[str, list[Fault]] = {}
        self._http = _Http(("127.0.0.1", 0), self)
        self._scheme = "https" if tls else "http"
        if tls:  # the handshake waits for the connection's own thread
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="range-server")

    @property
    def url(self) -> str:
        """Address of the root, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Its port."""
        return self._http.server_port

    @property
    def requests(self) -> int:
        """Requests since the start or the last ``reset``."""
        return len(self.log)

    @property
    def trips(self) -> int:
        """Round trips since the start or the last ``reset``: how often somebody asked after an answer had set out.

        It is the longest chain of requests of which each came in after the answer to the one before; requests that
        wait for their answers together are one trip, however many they are. It needs a ``latency`` longer than
        a client takes to send them all.
        """
        count, free_at = 0, 0.0
        with self.lock:
            times = sorted(self.answer_times, key=lambda one: one[1])
        for began, end in times:
            if began >= free_at:
                count, free_at = count + 1, end
        return count

    def reset(self) -> None:
        """Count from zero again."""
        with self.lock:
            self.log.clear()
            self.answer_times.clear()
            self.bytes_sent = self.connections = 0

    def fail(self, path: str, *faults: Fault) -> None:
        """Let a path (such as ``/a/b.tif``) fail: in order, each fault for its ``times``; no fault at all heals it."""
        with self.lock:
            self._faults[path] = [fault for fault in faults for _ in range(fault.times or 1)]
            if faults and faults[-1].times is not None:
                self._faults[path].append(Fault())

    def fault(self, path: str) -> Fault:
        """Take the next fault of a path; the last one stays."""
        with self.lock:
            waiting = self._faults.get(path) or [Fault()]
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def file(self, path: str) -> Path | None:
        """Return the file a path leads to, or None; never one outside the folders."""
        name = unquote(path).lstrip("/")
        for prefix, folder in sorted(self.folders.items(), reverse=True):
            if name == prefix or name.startswith(f"{prefix}/" if prefix else ""):
                file = folder / name[len(prefix) :].lstrip("/")
                return file if ".." not in file.parts and file.is_file() else None
        return None

    def headers(self) -> dict[str, str]:
        """Return further headers of an answer."""
        return {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()


@dataclass
class _Pace:
    """When the next bytes may leave."""

    rate: float | None
    free_at: float = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, count: int) -> None:
        if self.rate is None:
            return
        with self.lock:
            self.free_at = max(self.free_at, time.monotonic()) + count / self.rate
            pause = self.free_at - time.monotonic()
        time.sleep(max(pause, 0))


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], rig: RangeServer) -> None:
        self.rig = rig
        self._open: set[Connection] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Connection, client_address: object) -> None:
        with self.rig.lock:
            self._open.add(request)
            self.rig.connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Connection) -> None:
        with self.rig.lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self.rig.lock:
            for connection in self._open:
                try:
                    assert isinstance(connection, socket.socket)
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster

    def handle_error(self, request: Connection, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def setup(self) -> None:
        super().setup()
        self.pace = _Pace(self.server.rig.bandwidth)

    def do_GET(self) -> None:
        began = time.monotonic()
        rig = self.server.rig
        parts = urlsplit(self.path)
        span = self.headers.get("Range", "")
        with rig.lock:
            rig.log.append(Request(self.command, parts.path, parts.query, span, self.headers.get("Authorization", "")))
        fault = rig.fault(parts.path)
        if rig.stopping.wait(rig.latency + fault.stall):
            self.close_connection = True
            return
        with rig.lock:  # before a byte is sent, so that nobody can have asked on the strength of it
            rig.answer_times.append((began, time.monotonic()))
        file = rig.file(parts.path)
        if fault.status or (file is None and fault.body is None):
            self._refuse(fault)
            return
        if fault.body is not None:
            self._serve(fault.body, "" if fault.ignore_range else span, fault.cut)
        elif file is not None:
            self._serve(file, "" if fault.ignore_range else span, fault.cut)

    do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

    def _refuse(self, fault: Fault) -> None:
        self.send_response(fault.status or 404)
        if fault.retry_after is not None:
            self.send_header("Retry-After", str(fault.retry_after))
        if fault.location:
            self.send_header("Location", fault.location)
        self._send_headers()
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_headers(self) -> None:
        for name, value in self.server.rig.headers().items():
            self.send_header(name, value)

    def _serve(self, content: bytes | Path, span: str, cut: int | None) -> None:
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        start, stop = _span(span, size)
        if span and start >= stop:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if span else 200)
        self._send_headers()
        self.send_header("ETag", f'"{size}"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(stop - start))
        if span:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.end_headers()
        if self.command == "HEAD":
            return
        if cut is not None:
            stop = min(stop, start + cut)
            self.close_connection = True
        if isinstance(content, bytes):
            self._send(content[start:stop])
            return
        with content.open("rb") as file:
            file.seek(start)
            while start < stop and (chunk := file.read(min(_CHUNK, stop - start))):
                self._send(chunk)
                start += len(chunk)

    def _send(self, content: bytes) -> None:
        rig = self.server.rig
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            self.pace.rate = rig.bandwidth  # as a test has set it meanwhile
            self.pace.wait(len(chunk))
            rig.shared.wait(len(chunk))
            self.wfile.write(chunk)
            with rig.lock:
                rig.bytes_sent += len(chunk)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server gives it
        """Say nothing."""


def _span(header: str, size: int) -> tuple[int, int]:
    """Return first and last byte (excluded) of a single range; an empty one where there is nothing to send."""
    match = _RANGE.fullmatch(header)
    if match is None:
        return 0, size if not header else 0
    first, last = match.groups()
    if not first:
        return max(size - int(last or 0), 0), size
    return int(first), min(int(last) + 1, size) if last else size
