"""HTTP connections that never lead from a public server into a private network. Only this module uses urllib3."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from chatearthnet_explorer.net import private_networks
from chatearthnet_explorer.net.addresses import basic_login, host_of
from chatearthnet_explorer.net.http_errors import UnreachableError, lost_error, slow_error
from chatearthnet_explorer.net.proxies import error_chain, is_certificate_error, network_problem
from chatearthnet_explorer.net.retries_and_timeouts import CONNECTIONS

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

_SMALL = 65_536  # unread bytes up to which ``drain`` reads an answer to its end


@dataclass(frozen=True, kw_only=True, eq=False)
class Response:
    """An answer whose body is still to be read; ``close`` it in the end."""

    raw: urllib3.BaseHTTPResponse
    """The answer as urllib3 has it."""

    address: str
    """Address after redirects, without user and password."""

    subject: str
    """Name of the requested address in messages."""

    local: bool
    """Whether it is from this computer or its network, so that its links may lead there."""

    deadline: float
    """When its body must be complete, on the clock of ``time.monotonic``."""

    @property
    def status(self) -> int:
        """Status of the answer."""
        return self.raw.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer, by their names in any case."""
        return self.raw.headers

    def read(self, most: int, *, unpack: bool = False) -> bytes:
        """Return the next bytes of the body, at most so many; empty at its end.

        Args:
            most: Bytes to read at most.
            unpack: Whether to undo a content encoding such as gzip.

        Raises:
            UnreachableError: If the connection breaks off or stalls, or the body ends too early.
        """
        try:
            content = self.raw.read1(most, decode_content=unpack)
        except (HTTPError, OSError) as error:
            raise _unreachable(self.address, self.subject, error) from None
        if not content and self.raw.length_remaining:
            raise lost_error(self.subject)
        return content

    def close(self, *, drain: bool = False) -> None:
        """Give the connection back if the whole answer was read, else close it.

        Args:
            drain: Whether to read the rest of a small answer first, so that the connection can be kept.
        """
        left = self.raw.length_remaining
        if left == 0 or (drain and left is not None and left < _SMALL):
            self.raw.drain_conn()
        self.raw.close()


def open_response(
    method: str,
    address: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: tuple[float, float],
    proxy: str | None,
    context: ssl.SSLContext,
    local: bool,
    subject: str,
    deadline: float,
) -> Response:
    """Send one request and return its response with any status; redirects are not followed.

    Args:
        method: GET or POST.
        address: An http or https address without user and password.
        headers: Headers to send.
        body: What to post.
        timeout: Seconds until a connection is there, and between two pieces of the answer.
        proxy: The proxy to use.
        context: What checks certificates.
        local: Whether this computer and private networks may be reached.
        subject: Name of the requested address in messages.
        deadline: When the body must be complete, on the clock of ``time.monotonic``.

    Raises:
        UnsafeAddressError: If the connection leads to a forbidden network.
        UnreachableError: If there is no response.
    """
    try:
        raw = _pool(proxy, context, local).request(
            method,
            address,
            headers=headers,
            body=body,
            redirect=False,
            retries=False,
            timeout=urllib3.Timeout(*timeout),
            preload_content=False,
        )
    except _PrivatePeerError as error:
        raise private_networks.private_error(str(error)) from None
    except (HTTPError, OSError) as error:
        # the cause would print the query, where signatures are
        raise _unreachable(address, subject, error) from None
    peer = getattr(raw, "peer", "")
    # a proxy hides the peer: then the host's name decides
    private = (
        not private_networks.may_reach(peer, local=False)
        if peer
        else private_networks.is_local(urlsplit(address).hostname or "")
    )
    return Response(raw=raw, address=address, subject=subject, local=local and private, deadline=deadline)


def _unreachable(address: str, subject: str, error: Exception) -> UnreachableError:
    """Return the error, with a sentence of ours, for what urllib3 or the operating system raised."""
    chain = list(error_chain(error))
    if sentence := network_problem(address, error):
        problem = UnreachableError(sentence)
        problem.temporary = not is_certificate_error(error)  # a proxy may do better the next time
        return problem
    # urllib3 calls a name that does not resolve, and a port where nothing listens, a time-out as well
    if any(isinstance(one, NameResolutionError) for one in chain):
        host = host_of(address)
        return UnreachableError(f"{host} could not be found: there is no server of this name; check the address.")
    if any(
        isinstance(one, Urllib3TimeoutError | TimeoutError) and not isinstance(one, NewConnectionError) for one in chain
    ):
        return slow_error(subject)
    if any(isinstance(one, SSLError) for one in chain):
        return UnreachableError(f"{host_of(address)} does not speak https as it should; check its address.")
    return lost_error(subject)


class _PrivatePeerError(Exception):
    """A connection leads to a forbidden network; not an OSError, which urllib3 would wrap."""


class _GuardedConnection(HTTPConnection):
    """A connection that is closed, before anything is sent, if it leads to a place that is not allowed."""

    local = False
    peer = ""

    def _new_conn(self) -> socket.socket:
        try:
            places = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            places = []  # urllib3 reports it in its own way
        for *_, place in places:
            self._check(str(place[0]))
        connection = super()._new_conn()
        self.peer = str(connection.getpeername()[0])
        try:
            self._check(self.peer)
        except _PrivatePeerError:
            connection.close()
            raise
        return connection

    def getresponse(self) -> Any:  # noqa: ANN401 - urllib3's own response, with who gave it
        response = super().getresponse()
        response.peer = self.peer  # type: ignore[attr-defined]
        return response

    def _check(self, number: str) -> None:
        if not private_networks.may_reach(number, local=self.local):
            raise _PrivatePeerError(self.host)


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    """The same, encrypted."""


class _LocalConnection(_GuardedConnection):
    local = True


class _LocalTlsConnection(_GuardedTlsConnection):
    local = True


class _Http(urllib3.HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _Https(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class _LocalHttp(urllib3.HTTPConnectionPool):
    ConnectionCls = _LocalConnection


class _LocalHttps(urllib3.HTTPSConnectionPool):
    ConnectionCls = _LocalTlsConnection


@lru_cache(maxsize=8)
def _pool(proxy: str | None, context: ssl.SSLContext, local: bool) -> urllib3.PoolManager:  # noqa: FBT001 - a key
    """Return what keeps the connections of one way to the web: direct, or through one proxy."""
    options: dict[str, Any] = {"num_pools": 64, "maxsize": CONNECTIONS, "ssl_context": context}
    if proxy is None:
        pool = urllib3.PoolManager(**options)
        pool.pool_classes_by_scheme = (
            {"http": _LocalHttp, "https": _LocalHttps} if local else {"http": _Http, "https": _Https}
        )
        return pool
    user = urlsplit(proxy).netloc.rpartition("@")[0]
    return urllib3.ProxyManager(
        proxy,
        proxy_headers={"proxy-authorization": basic_login(user)} if user else None,
        proxy_ssl_context=context,
        **options,
    )
