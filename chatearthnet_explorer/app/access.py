"""Who may use the server: its host names, the pages that may connect, and the token."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN_VARIABLE = "CHATEARTHNET_TOKEN"  # noqa: S105 - the name of a variable
"""Environment variable of a token that stays the same from start to start."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_PORTS = {"http": 80, "https": 443}

Host = tuple[str, int | None]
"""Name or address in lower case, and the port where one is given."""


def parse_host(text: str) -> Host | None:
    """Return name and port of a Host header or of the host part of an origin; None where it is not one.

    Args:
        text: Such as ``localhost``, ``127.0.0.1:5007``, ``[::1]:5007``, ``explorer.example``.
    """
    match = re.fullmatch(r"(\[[0-9a-f:.]{2,45}\]|[^\[\]:]+)(?::([0-9]{1,5}))?", text.lower())
    if match is None:
        return None
    name, port = match[1].strip("[]"), None if match[2] is None else int(match[2])
    address = _address(name)
    if address is not None:
        return str(address), port
    name = name.removesuffix(".")
    # a browser takes 127.1 and 0x7f.1 for addresses; none of ours is written like that
    return (name, port) if _NAME.fullmatch(name) and not name.rpartition(".")[2][:1].isdigit() else None


def parse_origin(text: str) -> Host | None:
    """Return host and port of a page's origin, the scheme's own port where none is given; None where it is not one."""
    scheme, _, rest = text.partition("://")
    host = parse_host(rest)
    if scheme not in _PORTS or host is None:
        return None
    return host[0], host[1] or _PORTS[scheme]


@dataclass(frozen=True, kw_only=True)
class Access:
    """The rules of one server. Decision 0014 says why they are these."""

    address: str
    """Address that the server listens at, as given."""

    port: int
    """Port that it listens at."""

    local: bool
    """Whether only this computer reaches it: it listens at a loopback address."""

    allowed_hosts: tuple[Host, ...] = ()
    """Hosts of ``--allow-host``; without a port, any."""

    token: str = ""
    """What a visitor must know; empty where nobody is asked."""

    def answers_to(self, host: str | None) -> bool:
        """Return whether a request with this Host header is meant for this server.

        A stranger's page can have its own name resolve to this computer, but it cannot have an address do so.
        """
        name_and_port = parse_host(host) if host else None
        if name_and_port is None:
            return False
        if self._is_allowed(*name_and_port):
            return True
        return self._own(name_and_port[0]) or (not self.local and _address(name_and_port[0]) is not None)

    def accepts(self, origin: str, host: str | None) -> bool:
        """Return whether a page of this origin may open a websocket with this Host header."""
        page, own = parse_origin(origin), parse_host(host) if host else None
        if page is None or own is None or not self.answers_to(host):
            return False
        if page[0] == own[0] and (page[1] == own[1] or (own[1] is None and page[1] in _PORTS.values())):
            return True
        if self._is_allowed(*page):
            return True
        # the same server by another of its names; another port of this computer may be anybody's
        return page[1] == self.port and self._own(page[0])

    def knows(self, token: str) -> bool:
        """Return whether this is the token; the time that it takes says nothing of it."""
        return bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())

    def has_entered(self, cookie: str) -> bool:
        """Return whether this is the value of the cookie that follows the token, or no token is asked for."""
        return not self.token or hmac.compare_digest(cookie.encode(), self.cookie_value.encode())

    @property
    def cookie_name(self) -> str:
        """Name of the cookie; with the port, as cookies are shared by all ports of a host."""
        return cookie_name_of(self.port)

    @property
    def cookie_value(self) -> str:
        """Value of the cookie: made of the token, which cannot be had back from it."""
        return cookie_value_of(self.token)

    @property
    def url(self) -> str:
        """Address to open, with the token where there is one."""
        everywhere = self.address in {"0.0.0.0", "::"}  # noqa: S104 - compared, not listened at
        host = "127.0.0.1" if everywhere else _with_brackets(self.address)
        return f"http://{host}:{self.port}/" + (f"?token={self.token}" if self.token else "")

    def _own(self, name: str) -> bool:
        address = _address(name)
        return name in {"localhost", self.address.lower()} or (address is not None and address.is_loopback)

    def _is_allowed(self, name: str, port: int | None) -> bool:
        return any(name == one and allowed_port in {None, port} for one, allowed_port in self.allowed_hosts)


def cookie_name_of(port: int | str) -> str:
    """Return the name of the cookie of the server at a port."""
    return f"chatearthnet-{port}"


def cookie_value_of(token: str) -> str:
    """Return the value of the cookie that follows a token."""
    return hmac.new(token.encode(), b"cookie", hashlib.sha256).hexdigest()


def access_for(address: str, port: int, *, hosts: Sequence[str] = (), ask_token: bool = True) -> Access:
    """Return the rules of a server that listens at an address.

    The token is ``CHATEARTHNET_TOKEN`` if that is set, and else drawn anew where only this computer can connect.

    Args:
        address: Name or address that the server listens at.
        port: Its port.
        hosts: Other names that it answers to and whose pages may connect: ``NAME`` or ``NAME:PORT``.
        ask_token: Whether visitors need a token at all.

    Raises:
        SettingError: If a name or the token cannot be used.
    """
    local = is_local(address)
    token = (_given_token() or (secrets.token_urlsafe(24) if local else "")) if ask_token else ""
    return Access(address=address, port=port, local=local, allowed_hosts=tuple(map(_allowed_host, hosts)), token=token)


def is_local(address: str) -> bool:
    """Return whether only this computer reaches what listens at an address or name."""
    literal = _address(address)
    if literal is not None:
        return literal.is_loopback
    try:
        addresses = {str(one[4][0]).partition("%")[0] for one in socket.getaddrinfo(address, None)}
    except (OSError, UnicodeError):
        return False
    return bool(addresses) and all(ip_address(one).is_loopback for one in addresses)


def embedding_origin(text: str) -> str:
    """Return the origin of a site whose pages may embed the app.

    Raises:
        SettingError: If it is not ``https://NAME``, ``http://NAME`` or one of these with ``:PORT``.
    """
    parts = urlsplit(text if text.isascii() else "")
    host = parse_host(parts.netloc)
    if (
        parts.scheme not in _PORTS
        or host is None
        or text.rstrip("/").lower() != f"{parts.scheme}://{parts.netloc}".lower()
    ):
        msg = f"--embed-in takes the origin of a site, such as https://example.org, not {text[:80]!r}."
        raise SettingError(msg)
    return f"{parts.scheme}://{_with_brackets(host[0])}" + (f":{host[1]}" if host[1] else "")


def _allowed_host(text: str) -> Host:
    host = parse_host(text)
    if host is None:
        msg = f"--allow-host takes one name, such as explorer.example or explorer.example:8443, not {text[:80]!r}."
        raise SettingError(msg)
    return host


def _given_token() -> str:
    token = os.environ.get(TOKEN_VARIABLE, "")
    if token and not _TOKEN.fullmatch(token):
        msg = f"{TOKEN_VARIABLE} needs 16 to 128 letters, digits, - or _; change it, or unset it to have one drawn."
        raise SettingError(msg)
    return token


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(name)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _with_brackets(name: str) -> str:
    return f"[{name}]" if ":" in name else name
