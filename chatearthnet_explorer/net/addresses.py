"""Parse, check and join web addresses, and show them without secrets."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from chatearthnet_explorer.net.http_errors import UnsafeAddressError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

LONGEST = 300
"""Characters of an address that are shown; those of its host end at 100."""


def split_address(address: str) -> SplitResult:
    """Return the parts of an http or https address.

    Raises:
        UnsafeAddressError: If it is something else; the text shows neither its password nor its query.
    """
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        msg = f"{redact(address)!r} is not an http or https address; correct it."
        raise UnsafeAddressError(msg)
    return parts


def is_web_address(address: str) -> bool:
    """Return whether this is an http or https address with a host."""
    try:
        split_address(address)
    except UnsafeAddressError:
        return False
    return True


def redact(text: str) -> str:
    """Return the beginning of what should have been an address, without what may be a password or a signature."""
    return text.partition("?")[0].rpartition("@")[2][:80]


def public_address(address: str) -> str:
    """Return an address as it may be shown: without user, password, query and fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "The address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:LONGEST]


def host_of(address: str) -> str:
    """Return the host of an address, with its port if it names one, as sentences and credits name it."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2][:100] or "The server"
    except ValueError:
        return "The server"


def below(address: str, name: str) -> str:
    """Return the address of a file in the folder that an address names; a query, such as a signature, is kept."""
    folder, mark, query = address.partition("?")
    return f"{folder.rstrip('/')}/{name}{mark}{query}"


def split_login(address: str) -> tuple[str, dict[str, str]]:
    """Return an address without its user and password, and the header that replaces them.

    The address has at least a slash after its host: without one, some proxies do not understand it.

    Raises:
        UnsafeAddressError: If it is not an http or https address.
    """
    parts = split_address(address)
    user, at, host = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=host, path=parts.path or "/").geturl()
    return bare, {"Authorization": basic_login(user)} if at else {}


def basic_login(user: str) -> str:
    """Return the header value for the ``user:password`` of an address (RFC 7617)."""
    return f"Basic {base64.b64encode(unquote(user).encode()).decode()}"
