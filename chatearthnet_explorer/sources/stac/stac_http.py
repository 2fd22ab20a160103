"""Web answers, bounded in bytes and seconds; what goes wrong is said in one sentence."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as SlowError

from chatearthnet_explorer.errors import CatalogueError, SettingError
from chatearthnet_explorer.net.guarded_requests import LeadError, send
from chatearthnet_explorer.net.proxies import network_problem

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

CONNECT, READ = 5.0, 10.0
"""Seconds until a server must have taken a connection, and between two pieces of its answer."""

LARGEST = 32_000_000
"""Bytes of one answer, unpacked; a page of 100 Sentinel-2 items takes about 3 million."""

RETRY_AFTER = 3.0
"""Seconds that a server may ask us to wait before the next try; whoever clicked waits no longer."""

_HEADERS = {"User-Agent": "chatearthnet_explorer", **urllib3.make_headers(accept_encoding=True)}
_OK = 200
_NOT_IMPLEMENTED = 501
_PIECE = 65_536
_TOO_MANY = 429
_SERVER = 500


class RefusedError(CatalogueError):
    """A server says that the request itself is wrong (4xx), or that it cannot answer such ones (501)."""

    status: int = 0
    """Its answer's status."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered."""

    body: bytes
    """Unpacked, as it came."""

    address: str
    """Where it came from in the end; redirects lead away from the address that was asked."""

    local: bool
    """Whether it came from this computer or its own network, so that it may lead there."""


class UnreachableError(CatalogueError):
    """A server does not answer, or not in time."""


class _ShortRetry(Retry):
    """Tries again where a server is busy, and waits as long as it asks, within reason."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds the server asks for, at most ``RETRY_AFTER``."""
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, RETRY_AFTER)


_RETRY = _ShortRetry(
    total=2,
    connect=0,
    read=0,
    other=0,
    backoff_factor=0.5,
    status_forcelist=[_TOO_MANY, 500, 502, 503, 504],
    allowed_methods=None,
    raise_on_status=False,
)


def read(address: str, *, deadline: float, largest: int = LARGEST) -> bytes:
    """Return the body of the answer to a GET; see ``ask``."""
    return ask(address, deadline=deadline, largest=largest).body


def ask(
    address: str,
    *,
    method: str = "GET",
    params: dict[str, Any] | None = None,
    deadline: float,
    largest: int = LARGEST,
) -> Answer:
    """Return one answer, redirects followed as ``guarded.send`` follows them.

    A busy server is asked twice more; one that does not answer is left alone at once.

    Args:
        address: An http or https address that a person set, or one of the same server.
        method: GET or POST.
        params: Query of a GET, or what a POST sends as JSON.
        deadline: When it must be there, on the clock of ``time.monotonic``.
        largest: Bytes it may have, unpacked.

    Raises:
        UnreachableError: If the server cannot be reached, or is too slow.
        RefusedError: If it says that the request is wrong.
        CatalogueError: If it is too busy, has trouble of its own, says too much, or redirects where nobody follows.
    """
    host = host_of(address)
    left = deadline - time.monotonic()
    if left <= 0:
        raise _slow(host)
    headers, body, there = dict(_HEADERS), None, address
    if method == "POST":
        headers["Content-Type"], body = "application/json", json.dumps(params).encode()
    elif params:
        query = urlencode({name: value for name, value in params.items() if value is not None})
        there = f"{address}{'&' if '?' in address else '?'}{query}"
    try:
        response = send(
            method,
            there,
            headers=headers,
            body=body,
            local=True,
            timeout=(min(CONNECT, left), min(READ, left)),
            retries=_RETRY,
        )
        try:
            if response.raw.status != _OK:
                raise _refusal(host_of(response.address), response.raw.status)
            content = _body(response.raw, host, deadline, largest)
        finally:
            response.raw.close()
    except LeadError as error:
        raise CatalogueError(str(error)) from None
    except SettingError as error:  # a ValueError as well
        raise UnreachableError(str(error)) from None
    except (HTTPError, OSError, ValueError) as error:  # ValueError: no address at all
        if isinstance(error, CatalogueError):
            raise
        raise UnreachableError(network_problem(address, error) or _reason(host, error)) from error
    return Answer(body=content, address=response.address, local=response.local)


def _body(raw: BaseHTTPResponse, host: str, deadline: float, largest: int) -> bytes:
    # piece by piece as they arrive: a server that sends one byte a second never lets a full read return
    pieces, size = [], 0
    while piece := raw.read1(_PIECE, decode_content=True):
        size += len(piece)
        pieces.append(piece)
        if size > largest:
            msg = f"{host} sent more than {largest // 1_000_000} MB, which no search needs; try another catalogue."
            raise CatalogueError(msg)
        if time.monotonic() > deadline:
            raise _slow(host)
    return b"".join(pieces)


def within(seconds: float, call: Callable[[], T], *, name: str) -> T:
    """Return what a call gives, or give up on it: neither DNS nor a dripping server keeps a click waiting.

    The call goes on on its own thread until its own bounds end it.

    Args:
        seconds: How long to wait.
        call: What to do.
        name: Who is asked, as the sentence names it.

    Raises:
        UnreachableError: If it takes longer.
    """
    result = begin(call)
    try:
        return result.result(seconds)
    except TimeoutError as error:
        if result.done():  # the call's own time-out
            raise
        raise _slow(name) from error


def begin(call: Callable[[], T]) -> Future[T]:
    """Start a call on a thread that does not keep Python from ending, and return its future."""
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()  # who no longer waits for it does not end it

    def run() -> None:
        try:
            result.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result


def host_of(address: str) -> str:
    """Return the host of an address, with its port if it names one, as sentences and credits name it."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2][:100] or "The catalogue"
    except ValueError:
        return "The catalogue"


def _slow(host: str) -> UnreachableError:
    return UnreachableError(f"{host} did not answer in time; try again later.")


def _refusal(host: str, status: int) -> CatalogueError:
    if status == _TOO_MANY:
        return CatalogueError(f"{host} was asked too often (429); wait a minute and try again.")
    if status >= _SERVER and status != _NOT_IMPLEMENTED:
        return CatalogueError(f"{host} has trouble of its own ({status}); try again later.")
    refused = RefusedError(f"{host} refused the request ({status}); check the catalogue's address.")
    refused.status = status
    return refused


def _reason(host: str, error: Exception) -> str:
    causes = _causes(error)
    # urllib3 calls a name that does not resolve, and a port that nobody listens at, a time-out, too
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return f"{host} could not be found; check the network and the address."
    if any(
        isinstance(cause, SlowError | TimeoutError) and not isinstance(cause, NewConnectionError) for cause in causes
    ):
        return str(_slow(host))
    if any(isinstance(cause, SSLError) for cause in causes):
        return f"{host} does not speak https as it should; check its address."
    if isinstance(error, ValueError):
        return f"{host} could not be asked; check its address."
    return f"{host} could not be reached or broke off; check the network and try again."


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return found
