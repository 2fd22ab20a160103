"""Requests to web servers: bounded, patient with busy ones, and silent about what an address keeps secret."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from chatearthnet_explorer.errors import ArchiveError, SettingError
from chatearthnet_explorer.net.proxies import (
    is_certificate_error,
    network_problem,
    proxy_for,
    ssl_context,
)
from chatearthnet_explorer.net.rate_limits import BusyError, duration, limit_of, seconds_to_wait
from chatearthnet_explorer.net.urls import checked, redirected, shown

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    import urllib3

T = TypeVar("T")

CONNECTIONS = 24
"""Requests that are under way at once: a page of thumbnails."""

PATIENCE = 15.0
"""Seconds that a busy server is waited for; where it asks for more, a sentence says so and nobody waits."""

TRIES = 3
"""Times that a request is sent while a server is busy (429, 5xx) or hangs up."""

REDIRECTS = 3
"""Times that a server may lead on to another address."""

_CONNECT, _READ = 5.0, 20.0
_SMALL = 65_536  # bytes of a redirect that are read, for the sake of the connection
_BUSY = {429, 500, 502, 503, 504}
_HEADERS = {"User-Agent": "chatearthnet_explorer", "Accept-Encoding": "identity"}


class AbsentError(ArchiveError):
    """A server has no such file."""


class OddRangeError(ArchiveError):
    """A server does not understand the range it was asked for, or has nothing there."""


class _LostError(ArchiveError):
    """A proxy did not lead on."""


class Web:
    """Sends requests, and waits where a server asks for it."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        """Prepare; nothing is sent yet.

        Args:
            patience: Seconds that a server may ask us to wait.
        """
        self._patience = patience
        self._pools = lru_cache(maxsize=8)(_pool)

    def ask(self, address: str, take: Callable[[urllib3.BaseHTTPResponse], T], *, span: str = "") -> T:
        """Send a GET and return what is taken of its answer; what is left unread is not drained.

        Args:
            address: An http or https address.
            take: Reads the answer, a 200 or 206; called again with the next answer when the connection breaks.
            span: What to ask for, as ``Range: bytes=`` has it; empty for all.

        Raises:
            ArchiveError: If the server refuses, cannot be reached, or is busy beyond patience.
        """
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - not needed for files on this computer

        target, headers = checked(address)
        headers |= {"Range": f"bytes={span}"} if span else {}
        said = shown(address)
        delay = 0.5
        problem = ArchiveError(f"{said} could not be reached, or its server hung up; check the connection, try again.")
        for left in reversed(range(TRIES)):
            try:
                final, response = self.open(target, headers)
                try:
                    if response.status not in _BUSY:
                        _check_status(said, response.status)
                        return take(response)
                    problem = self._busy(said, final, response, delay)
                finally:
                    if response.length_remaining == 0:
                        response.release_conn()
                    else:
                        response.close()
            except _LostError as error:
                problem = ArchiveError(str(error))
                time.sleep(delay if left else 0.0)
            except ArchiveError:
                raise
            except (HTTPError, OSError):
                time.sleep(delay if left else 0.0)
            delay *= 2
        raise problem

    def left(self, address: str) -> int | None:
        """Return how many requests the server of an address takes for now; None where it does not count."""
        return limit_of(address).left

    def open(
        self, address: str, headers: dict[str, str], *, redirects: int = REDIRECTS
    ) -> tuple[str, urllib3.BaseHTTPResponse]:
        """Return the answer to a GET, whatever its status, and the address that it came from in the end.

        Raises:
            ArchiveError: If a certificate, a proxy or a redirect stands in the way.
            urllib3.exceptions.HTTPError: If the server cannot be reached.
        """
        for _ in range(redirects + 1):
            response = self._send(address, headers)
            location = response.get_redirect_location()
            if not location:
                return address, response
            if response.length_remaining is not None and response.length_remaining < _SMALL:
                response.drain_conn()
            response.close()
            address, headers = redirected(address, location, headers)
        msg = f"{shown(address)} leads on and on without end, so it was not read; use another server."
        raise ArchiveError(msg)

    def _send(self, address: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - as above

        limit = limit_of(address)
        limit.acquire(urlsplit(address).path, self._patience)
        try:
            pool = self._pools(proxy_for(address), ssl_context())
            response = pool.request("GET", address, headers=_HEADERS | headers, preload_content=False, redirect=False)
        except SettingError as error:
            raise ArchiveError(str(error)) from None
        except HTTPError as error:
            if sentence := network_problem(address, error):
                # the cause prints the query, where signatures are; only a proxy may do better the next time
                raise (ArchiveError if is_certificate_error(error) else _LostError)(sentence) from None
            raise
        limit.learn(response.headers)
        return response

    def _busy(self, said: str, address: str, response: urllib3.BaseHTTPResponse, delay: float) -> BusyError:
        """Arrange the wait that the server asks for, and return the error for when all tries are used up."""
        seconds = seconds_to_wait(response.headers, delay)
        limit_of(address).refuse(urlsplit(address).path, seconds, patience=self._patience)
        problem = BusyError(
            f"{said} is busy ({response.status}) and asks to come back in {duration(seconds)}; wait and try again."
        )
        if seconds > self._patience:
            raise problem
        return problem


def _pool(proxy: str | None, context: ssl.SSLContext) -> urllib3.PoolManager:
    """Return what keeps the connections of one way to the web: direct, or through one proxy."""
    import urllib3  # noqa: PLC0415 - not needed for files on this computer

    options: dict[str, Any] = {
        "maxsize": CONNECTIONS,
        "ssl_context": context,
        "timeout": urllib3.Timeout(connect=_CONNECT, read=_READ),
        # ``Web`` waits, follows redirects and tries again by itself, within its bounds
        "retries": urllib3.Retry(total=0, respect_retry_after_header=False, raise_on_status=False),
    }
    if proxy is None:
        return urllib3.PoolManager(**options)
    user = unquote(urlsplit(proxy).netloc.rpartition("@")[0])
    return urllib3.ProxyManager(
        proxy,
        proxy_headers=urllib3.make_headers(proxy_basic_auth=user) if user else None,
        proxy_ssl_context=context,
        **options,
    )


def _check_status(said: str, status: int) -> None:
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
    if status == 407:  # noqa: PLR2004 - Proxy Authentication Required
        msg = "The proxy asks for a user and password (407); write them into HTTP_PROXY as http://user:password@host."
        raise ArchiveError(msg)
    msg = f"{said} could not be read: the server answered {status}; check the address."
    raise ArchiveError(msg)
