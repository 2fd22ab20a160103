"""Requests that follow redirects, and that no public server can lead into a private network."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from chatearthnet_explorer.errors import SourceError
from chatearthnet_explorer.net.proxies import is_local, is_loopback, password_problem, proxy_for, ssl_context
from chatearthnet_explorer.net.urls import with_path

if TYPE_CHECKING:
    import ssl

REDIRECTS = 5
"""Redirects that are followed one after the other."""

CONNECTIONS = 32
"""Idle connections to one server that are kept."""

_MOVED = {301, 302, 303, 307, 308}
_SEE_OTHER = 303
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOW_BITS = 0xFFFF_FFFF

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class LeadError(SourceError):
    """An address to which nothing is sent: in a private network, without encryption, or round in a circle."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Response:
    """An answer whose body is still to be read; whoever asked closes ``raw``."""

    raw: urllib3.BaseHTTPResponse
    """Status, headers and body."""

    address: str
    """Where it came from in the end, without user and password."""

    local: bool
    """Whether it came from this computer or its own network, so that it may lead there."""


def send(  # noqa: PLR0913 - a request and its bounds
    method: str,
    address: str,
    *,
    headers: dict[str, str],
    timeout: tuple[float, float],
    local: bool,
    body: bytes | None = None,
    retries: urllib3.Retry | None = None,
) -> Response:
    """Send a request and follow redirects; a POST stays a POST, with its body, unless the server says 303.

    Where ``local`` is False, and behind a redirect of a public server, an address of this computer, of a private
    network or of the link itself (where cloud services keep credentials) is refused before anything is sent: by what
    its name resolves to, and by where the connection leads in the end, so that a name that changes its mind in between
    gets a connection and no request. Link-local addresses are refused always. Behind a proxy, which resolves names by
    itself, only addresses that are written as numbers are checked.

    Args:
        method: GET or POST.
        address: An http or https address, perhaps with user and password.
        headers: To be sent; ``Authorization`` goes to the server of the address only.
        timeout: Seconds until a connection is there, and between two pieces of the answer.
        local: Whether the address may be one of this computer or its network: if a person set it, or if whoever gave it
            lies there as well.
        body: What to post.
        retries: How often to try again; None for never.

    Raises:
        LeadError: If it leads where nobody follows.
        SettingError: If the environment's proxy or certificates cannot be used.
        urllib3.exceptions.HTTPError: If it cannot be had.
    """
    if problem := password_problem(address):
        raise LeadError(problem)
    address, headers = _without_user(address, headers)
    for _ in range(REDIRECTS + 1):
        host = urlsplit(address).hostname or ""
        _check_name(host, local=local)
        raw = _pool(proxy_for(address), ssl_context(), local).request(
            method,
            address,
            headers=headers,
            body=body,
            redirect=False,
            retries=retries or False,
            timeout=urllib3.Timeout(*timeout),
            preload_content=False,
        )
        peer = getattr(raw, "peer", "")
        local = local and (not may_reach(peer, local=False) if peer else is_local(host))
        target = raw.headers.get("Location") if raw.status in _MOVED else None
        if target is None:
            return Response(raw=raw, address=address, local=local)
        raw.close()
        if raw.status == _SEE_OTHER:
            method, body = "GET", None
        address, headers = _redirected(address, target, headers)
    msg = f"{_host(address)} redirects again and again; check its address."
    raise LeadError(msg)


def may_reach(address: str, *, local: bool) -> bool:
    """Return whether a request may go to an IP address.

    Args:
        address: In the form that sockets give it.
        local: Whether this computer and private networks are allowed.
    """
    known = _plain(ipaddress.ip_address(address.partition("%")[0]))
    if known.is_global and not known.is_multicast:
        return True
    unusual = known.is_link_local or known.is_multicast or (known.is_reserved and not known.is_loopback)
    return local and not unusual


def _plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address wraps, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _LOW_BITS)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def _check_name(host: str, *, local: bool) -> None:
    try:
        number = str(ipaddress.ip_address(host))
    except ValueError:
        try:
            # 127.1, 0x7f000001 and 2130706433, as every resolver takes them
            number = socket.inet_ntoa(socket.inet_aton(host))
        except (OSError, UnicodeError):
            number = "127.0.0.1" if is_loopback(host) else ""
    if number and not may_reach(number, local=local):
        raise _private(host)


def _redirected(address: str, target: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    try:
        there = urljoin(address, target)
        before, after = urlsplit(address), urlsplit(there)
        web = after.scheme in {"http", "https"} and bool(after.hostname) and (after.port or 1) > 0
    except ValueError:
        web = False
    if not web:
        msg = f"{_host(address)} redirects to something that is not on the web; check its address."
        raise LeadError(msg)
    if before.scheme == "https" and after.scheme != "https":
        msg = f"{_host(address)} redirects to an address without encryption, which is not followed; check its address."
        raise LeadError(msg)
    there, _ = _without_user(there, {})
    if (before.scheme, before.hostname, before.port) != (after.scheme, after.hostname, after.port):
        headers = {name: value for name, value in headers.items() if name != "Authorization"}
    return there, headers


def _without_user(address: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return an address without its user, and the headers that speak for that user."""
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return with_path(address), headers
    return with_path(parts._replace(netloc=host).geturl()), headers | {
        "Authorization": urllib3.make_headers(basic_auth=unquote(user))["authorization"]
    }


def _host(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2][:100]


def _private(host: str) -> LeadError:
    return LeadError(f"{host[:100]} lies in a private network, where a public server must not lead; it was not asked.")


class _Checked(HTTPConnection):
    """A connection that is given up, before anything is sent, where it leads to a place that is not allowed."""

    local = False
    peer = ""

    def _new_conn(self) -> socket.socket:
        try:
            places = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            places = []  # urllib3 says it in its own way
        for *_, place in places:
            self._check(str(place[0]))
        connected = super()._new_conn()
        self.peer = str(connected.getpeername()[0])
        try:
            self._check(self.peer)
        except LeadError:
            connected.close()
            raise
        return connected

    def getresponse(self) -> Any:  # noqa: ANN401 - urllib3's own response, and who gave it
        response = super().getresponse()
        response.peer = self.peer  # type: ignore[attr-defined]
        return response

    def _check(self, number: str) -> None:
        if not may_reach(number, local=self.local):
            raise _private(self.host)


class _CheckedTls(_Checked, HTTPSConnection):
    """The same, encrypted."""


class _Local(_Checked):
    local = True


class _LocalTls(_CheckedTls):
    local = True


class _Http(urllib3.HTTPConnectionPool):
    ConnectionCls = _Checked


class _Https(urllib3.HTTPSConnectionPool):
    ConnectionCls = _CheckedTls


class _LocalHttp(urllib3.HTTPConnectionPool):
    ConnectionCls = _Local


class _LocalHttps(urllib3.HTTPSConnectionPool):
    ConnectionCls = _LocalTls


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
    user = unquote(urlsplit(proxy).netloc.rpartition("@")[0])
    return urllib3.ProxyManager(
        proxy,
        proxy_headers=urllib3.make_headers(proxy_basic_auth=user) if user else None,
        proxy_ssl_context=context,
        **options,
    )
