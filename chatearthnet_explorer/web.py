"""Requests to web servers: bounded, patient with busy ones, and silent about what an address keeps secret."""

from __future__ import annotations

import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from chatearthnet_explorer.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import urllib3

T = TypeVar("T")

CONNECTIONS = 24
"""Requests that are under way at once: a page of thumbnails."""

PATIENCE = 15.0
"""Seconds that a busy server's ``Retry-After`` is waited for; a longer one is said, not slept through."""

TRIES = 3
"""Times that a request is sent while a server is busy (429, 5xx) or hangs up."""

_CONNECT, _READ = 5.0, 20.0
_PIECE = 65_536
# Bytes a second below which an answer counts as too slow, and seconds it may take in any case.
_SLOWEST, _GRACE = 10_000, 30.0
_BUSY = {429, 500, 502, 503, 504}
_LONGEST_PAUSE = 86_400.0


class BusyError(ArchiveError):
    """A server asks to come back later."""


class AbsentError(ArchiveError):
    """A server has no such file."""


class OddRangeError(ArchiveError):
    """A server does not understand the range it was asked for, or has nothing there."""


class Web:
    """Sends requests. Its threads wait together when a server asks them to."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        """Prepare; nothing is sent yet.

        Args:
            patience: Seconds that a server may ask us to wait.
        """
        self._patience = patience
        self._quiet_until = 0.0
        self._lock = threading.Lock()

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        import urllib3  # noqa: PLC0415 - not needed for files on this computer

        return urllib3.PoolManager(
            maxsize=CONNECTIONS,
            headers={"User-Agent": "chatearthnet_explorer", "Accept-Encoding": "identity"},
            timeout=urllib3.Timeout(connect=_CONNECT, read=_READ),
            # this class waits and tries again by itself, within its bounds; urllib3 follows redirects only
            retries=urllib3.Retry(connect=0, read=0, redirect=3, status=0, other=0, respect_retry_after_header=False),
        )

    def ask(self, address: str, take: Callable[[urllib3.BaseHTTPResponse], T], *, span: str = "") -> T:
        """Send a GET and return what is taken of its answer; what is left unread is not drained.

        Args:
            address: An http or https address.
            take: Reads the answer, a 200 or 206; called again with the next answer when the connection breaks.
            span: What to ask for, as ``Range: bytes=`` has it; empty for all.

        Raises:
            ArchiveError: If the server refuses, cannot be reached, or is busy beyond patience.
        """
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - as above

        asked, said = _checked(address), shown(address)
        pause = 0.5
        problem = ArchiveError(f"{said} could not be reached, or its server hung up; check the connection, try again.")
        for left in reversed(range(TRIES)):
            time.sleep(max(self._quiet_until - time.monotonic(), 0.0))
            try:
                response = self._pool.request(
                    "GET",
                    asked[0],
                    headers=asked[1] | ({"Range": f"bytes={span}"} if span else {}),
                    preload_content=False,
                )
                try:
                    if response.status not in _BUSY:
                        _check_status(said, address, response)
                        return take(response)
                    problem = self._busy(said, response, pause)
                finally:
                    if response.length_remaining == 0:
                        response.release_conn()
                    else:
                        response.close()
            except ArchiveError:
                raise
            except (HTTPError, OSError):
                self._rest(pause if left else 0.0)
            pause *= 2
        raise problem

    def _busy(self, said: str, response: urllib3.BaseHTTPResponse, pause: float) -> ArchiveError:
        """Arrange the wait that the server asks for, and return the error for when all tries are used up."""
        seconds = min(_retry_after(response, pause), _LONGEST_PAUSE)
        problem = BusyError(
            f"{said} is busy ({response.status}) and asks to come back in {seconds:.0f} s; wait and try again."
        )
        if seconds > self._patience:
            raise problem
        self._rest(seconds)
        return problem

    def _rest(self, seconds: float) -> None:
        with self._lock:
            self._quiet_until = max(self._quiet_until, time.monotonic() + seconds)


def pieces(response: urllib3.BaseHTTPResponse, length: int) -> Iterator[bytes]:
    """Yield the body as it arrives, ``length`` bytes in all; a server that drips is not waited for.

    Raises:
        ArchiveError: If it comes slower than 10 kB a second.
    """
    from urllib3.exceptions import IncompleteRead  # noqa: PLC0415 - not needed for files on this computer

    deadline = time.monotonic() + _GRACE + length / _SLOWEST
    left = length
    while left and (piece := response.read1(min(_PIECE, left), decode_content=False)):
        left -= len(piece)
        yield piece
        if time.monotonic() > deadline:
            msg = "The server sends too slowly; try again later, or use another one."
            raise ArchiveError(msg)
    if left:
        raise IncompleteRead(length - left, left)


def shown(address: str) -> str:
    """Return an address as it may be printed: without user, password, query and fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "The address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:300]


def below(address: str, name: str) -> str:
    """Return the address of a file in the folder that an address names; a query, such as a signature, is kept."""
    folder, mark, query = address.partition("?")
    return f"{folder.rstrip('/')}/{name}{mark}{query}"


def _checked(address: str) -> tuple[str, dict[str, str]]:
    """Return the address without its user, and the headers that speak for that user."""
    try:
        parts = urlsplit(address)
        web = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        web = False
    if not web:
        msg = f"{address[:80].partition('?')[0]!r} is no http or https address; correct it."
        raise ArchiveError(msg)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return address, {}
    import urllib3  # noqa: PLC0415 - not needed for files on this computer

    return parts._replace(netloc=host).geturl(), urllib3.make_headers(basic_auth=unquote(user))


def _check_status(said: str, address: str, response: urllib3.BaseHTTPResponse) -> None:
    status = response.status
    if address.startswith("https:") and (response.geturl() or "").startswith("http:"):
        msg = f"{said} leads to an address without encryption, so it was not read; use another server."
        raise ArchiveError(msg)
    if status in {200, 206}:
        return
    if status in {404, 410}:
        msg = f"{said} is not there ({status}); check the address."
        raise AbsentError(msg)
    if status in {400, 416, 501}:
        msg = f"{said} ends before the part that was asked for ({status}); it is cut short, so use another server."
        raise OddRangeError(msg)
    if status in {401, 403}:
        msg = f"{said} may not be read ({status}): its server asks for permission; use another server."
        raise ArchiveError(msg)
    msg = f"{said} could not be read: the server answered {status}; check the address."
    raise ArchiveError(msg)


def _retry_after(response: urllib3.BaseHTTPResponse, default: float) -> float:
    """Return the seconds that the server asks us to wait."""
    import urllib3  # noqa: PLC0415 - not needed for files on this computer

    asked = response.headers.get("Retry-After")
    try:
        return default if asked is None else urllib3.Retry().parse_retry_after(asked)
    except urllib3.exceptions.InvalidHeader:
        return default
