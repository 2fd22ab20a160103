"""The address and port that the server listens on, or one sentence that says why it cannot."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_PORT = 5007
"""Port where none is asked for; 5006 is Panel's and Bokeh's own, which people who use those have taken."""

TRIES = 50
"""Ports tried after the default one."""

_LAST_PORT = 65535


def listen(address: str, port: int | None) -> tuple[list[socket.socket], int]:
    """Return listening sockets, one for each address that a name has, and their port.

    Args:
        address: Name or address of this computer.
        port: Port; 0 for any free one, None for ``DEFAULT_PORT`` or the next free one.

    Raises:
        SettingError: If there is no such address or port here, or the port is taken or not allowed.
    """
    if not address.strip():
        msg = "--address is empty; use 127.0.0.1 for this computer alone, or 0.0.0.0 for others as well."
        raise SettingError(msg)
    if port is not None and not 0 <= port <= _LAST_PORT:
        msg = f"There is no port {str(port)[:20]}; choose one from 1024 to {_LAST_PORT}, or 0 for any free port."
        raise SettingError(msg)
    if port is not None:
        return _open(address, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + TRIES):
        try:
            return _open(address, candidate)
        except _TakenError:
            continue
    return _open(address, 0)


class _TakenError(SettingError):
    """Another program listens there."""


def _open(address: str, port: int) -> tuple[list[socket.socket], int]:
    sockets: list[socket.socket] = []
    try:
        for family, host in _addresses(address):
            sockets.append(_bind(family, host, sockets[0].getsockname()[1] if sockets else port))
    except OSError as error:
        for one in sockets:
            one.close()
        raise _problem(error, address, port) from error
    return sockets, sockets[0].getsockname()[1]


def _addresses(name: str) -> Sequence[tuple[socket.AddressFamily, str]]:
    try:
        candidates = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        msg = f"There is no computer called {name[:80]!r}; use 127.0.0.1, 0.0.0.0 or an address of this computer."
        raise SettingError(msg) from error
    usable = dict.fromkeys((family, str(where[0])) for family, _, _, _, where in candidates)
    version_4 = [one for one in usable if one[0] == socket.AF_INET]
    # a name of this computer often has an address of version 6 that is switched off
    return [one for one in usable if one[0] == socket.AF_INET or not version_4 or _works(*one)]


def _works(family: socket.AddressFamily, host: str) -> bool:
    try:
        _bind(family, host, 0).close()
    except OSError:
        return False
    return True


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows lets two programs have one port otherwise
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _problem(error: OSError, address: str, port: int) -> SettingError:
    where = address[:80]
    if error.errno == errno.EADDRINUSE:
        return _TakenError(f"Port {port} is used by another program; choose another with --port, or leave --port out.")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return SettingError(f"Port {port} needs administrator rights; choose a port from 1024 on with --port.")
    if error.errno == errno.EADDRNOTAVAIL:
        return SettingError(f"{where} is not an address of this computer; use 127.0.0.1 or 0.0.0.0.")
    return SettingError(f"Cannot listen at {where}, port {port} ({error.strerror}); choose others.")
