"""Web answers, bounded in bytes and seconds; what goes wrong is said in one sentence."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from chatearthnet_explorer.errors import CatalogueError, SettingError
from chatearthnet_explorer.network import network_problem, proxy_for, ssl_context

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

CONNECT, READ = 5.0, 10.0
"""Seconds until a server must have taken a connection, and between two pieces of its answer."""

LARGEST = 32_000_000
"""Bytes of one answer, unpacked; a page of 100 Sentinel-2 items takes about 3 million."""

RETRY_AFTER = 3.0
"""Seconds that a server may ask us to wait before the next try; whoever clicked waits no longer."""

REDIRECTS = 3
"""Redirects that are followed one after the other."""

_MOVED = {301, 302, 303, 307, 308}
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


class UnreachableError(CatalogueError):
    """A server does not answer, or not in time."""


class _ShortRetry(Retry):
    """Tries again where a server is busy, and waits as long as it asks, within reason."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds the server asks for, at most ``RETRY_AFTER``."""
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, RETRY_AFTER)


def open_session() -> requests.Session:
    """Return a session that tries a busy server twice more; one that does not answer it leaves alone at once."""
    retry = _ShortRetry(
        total=2,
        connect=0,
        read=0,
        other=0,
        backoff_factor=0.5,
        status_forcelist=[_TOO_MANY, 500, 502, 503, 504],
        allowed_methods=None,
        raise_on_status=False,
    )
    session = requests.Session()
    session.trust_env = False  # our adapter knows proxies and certificates, and a .netrc is nobody's business
    session.headers["User-Agent"] = "chatearthnet_explorer"
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(max_retries=retry))
    return session


class _Adapter(HTTPAdapter):
    """Sends each request, redirected ones included, through the proxy and with the certificates of ``network``."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401
        """Send through the proxy of this very address."""
        ssl_context()  # what is wrong with it is said here: further in, requests would blame the address
        proxy = proxy_for(request.url or "")
        options["proxies"] = {urlsplit(request.url or "").scheme: proxy} if proxy else {}
        return super().send(request, *args, **options)

    def build_connection_pool_key_attributes(
        self,
        request: requests.PreparedRequest,
        verify: Any,  # noqa: ANN401
        cert: Any = None,  # noqa: ANN401
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what makes a connection, with our check of its certificate in place of requests' own."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"cert_reqs": "CERT_REQUIRED", "ssl_context": ssl_context()}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ANN401
        """Leave the connection as it was made: requests would add its own authorities."""

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401
        """Return what keeps the connections through one proxy, whose certificate is checked likewise."""
        return super().proxy_manager_for(proxy, proxy_ssl_context=ssl_context(), **options)


def read(session: requests.Session, address: str, *, deadline: float, largest: int = LARGEST) -> bytes:
    """Return the body of the answer to a GET; see ``ask``."""
    return ask(session, address, deadline=deadline, largest=largest).body


def ask(  # noqa: PLR0913 - a request, and its two bounds
    session: requests.Session,
    address: str,
    *,
    method: str = "GET",
    json: dict[str, Any] | None = None,
    params: dict[str, str] | None = None,
    deadline: float,
    largest: int = LARGEST,
) -> Answer:
    """Return one answer, redirects followed: a POST stays a POST, with its body, unless the server says 303.

    Browsers make a GET of a POST that is answered by 301 or 302, for which no search has an answer.

    Args:
        session: What ``open_session`` gave.
        address: An http or https address.
        method: GET or POST.
        json: Body of a POST.
        params: Query of a GET.
        deadline: When it must be there, on the clock of ``time.monotonic``.
        largest: Bytes it may have, unpacked.

    Raises:
        UnreachableError: If the server cannot be reached, or is too slow.
        RefusedError: If it says that the request is wrong.
        CatalogueError: If it is too busy, has trouble of its own, says too much, or redirects where nobody follows.
    """
    there = address
    for _ in range(REDIRECTS + 1):
        host = host_of(there)
        left = deadline - time.monotonic()
        if left <= 0:
            raise _slow(host)
        try:
            with session.request(
                method,
                there,
                json=json,
                params=params,
                stream=True,
                allow_redirects=False,
                timeout=(min(CONNECT, left), min(READ, left)),
            ) as response:
                if response.status_code == requests.codes.ok:
                    return Answer(body=_body(response.raw, host, deadline, largest), address=response.url)
                target = response.headers.get("Location") if response.status_code in _MOVED else None
                if target is None:
                    raise _refusal(host, response.status_code)
                if response.status_code == requests.codes.see_other:
                    method, json = "GET", None
                there, params = _redirect(response.url, target), None
        except SettingError as error:  # a ValueError as well
            raise UnreachableError(str(error)) from None
        except (requests.RequestException, HTTPError, ValueError) as error:  # ValueError: no address at all
            raise UnreachableError(network_problem(there, error) or _reason(host, error)) from error
    msg = f"{host_of(address)} redirects in a circle; check the catalogue's address."
    raise CatalogueError(msg)


def _redirect(address: str, target: str) -> str:
    there = urljoin(address, target)
    if address.startswith("https:") and not there.startswith("https:"):
        msg = f"{host_of(address)} redirects to an address without encryption; check the catalogue's address."
        raise CatalogueError(msg)
    return there


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
    # requests calls it a broken connection where urllib3 was told not to try again
    if any(isinstance(cause, requests.Timeout | ReadTimeoutError) for cause in causes):
        return str(_slow(host))
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return f"{host} could not be found; check the network and the address."
    if isinstance(error, requests.exceptions.SSLError):
        return f"{host} does not speak https as it should; check its address."
    if isinstance(error, requests.ConnectionError | HTTPError):
        return f"{host} could not be reached or broke off; check the network and try again."
    return f"{host} could not be asked; check its address."


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return found
