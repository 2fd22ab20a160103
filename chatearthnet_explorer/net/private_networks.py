"""Recognise addresses in private networks, and decide where a request may go (decision 0019)."""

from __future__ import annotations

import ipaddress
import socket

from chatearthnet_explorer.net.http_errors import UnsafeAddressError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOW_BITS = 0xFFFF_FFFF

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer by its name; no name is looked up."""
    address = _number(host)
    return _is_localhost(host) if address is None else _ipv4_if_wrapped(address).is_loopback


def is_local(host: str) -> bool:
    """Return whether a host is this computer or in a private network by its name; no name is looked up."""
    address = _number(host)
    return _is_localhost(host) if address is None else not _ipv4_if_wrapped(address).is_global


def may_reach(address: str, *, local: bool) -> bool:
    """Return whether a request may go to an IP address.

    Args:
        address: In the form that sockets give it.
        local: Whether this computer and private networks are allowed.
    """
    plain = _ipv4_if_wrapped(ipaddress.ip_address(address.partition("%")[0]))
    if plain.is_global and not plain.is_multicast:
        return True
    unusual = plain.is_link_local or plain.is_multicast or (plain.is_reserved and not plain.is_loopback)
    return local and not unusual


def check_host(host: str, *, local: bool) -> None:
    """Refuse a host that is written as the number of a private network; no name is looked up.

    Raises:
        UnsafeAddressError: If it is.
    """
    try:
        number = str(ipaddress.ip_address(host))
    except ValueError:
        try:
            # 127.1, 0x7f000001 and 2130706433, as every resolver takes them
            number = socket.inet_ntoa(socket.inet_aton(host))
        except (OSError, UnicodeError):
            number = "127.0.0.1" if is_loopback(host) else ""
    if number and not may_reach(number, local=local):
        raise private_error(host)


def private_error(host: str) -> UnsafeAddressError:
    """Return the error for a host in a private network."""
    return UnsafeAddressError(
        f"{host[:100]} lies in a private network, where a public server must not lead; nothing was sent."
    )


def _number(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host.strip("[]").rstrip("."))
    except ValueError:
        return None


def _is_localhost(host: str) -> bool:
    name = host.strip("[]").rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _ipv4_if_wrapped(address: IpAddress) -> IpAddress:
    """Return the IPv4 address that an IPv6 address wraps, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _LOW_BITS)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
