"""Ports for servers that are told their port."""

from __future__ import annotations

import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""No system gives these to a socket that asks for any port, so nothing takes one before its server does."""


def free_port() -> int:
    """Return a port of this computer at which nothing listens."""
    while True:
        port = random.choice(_BELOW_EPHEMERAL)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
