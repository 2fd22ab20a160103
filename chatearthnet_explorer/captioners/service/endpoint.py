"""The address of a model service, and the API key to send there."""

from __future__ import annotations

import getpass
import ipaddress
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import KeyMissingError, SettingError
from chatearthnet_explorer.net.private_networks import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

OPENAI = "https://api.openai.com/v1"
"""Address of OpenAI's service."""

PLACEHOLDER = "no-key-needed"
"""Sent in place of a key to a service that needs none, since the protocol requires a key."""

_NEAR_NAMES = (".local", ".internal", ".lan", ".home.arpa")
_LONGEST_KEY = 1_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service with the chat.completions API."""

    url: str
    """Its address, such as ``https://api.openai.com/v1``, without user, password, query or fragment."""

    host: str
    """Its host and port, as errors name it."""

    loopback: bool
    """Whether it runs on this machine."""

    near: bool
    """Whether it runs on this machine or in a private network, where a service may need no key."""

    gets_environment_key: bool = True
    """Whether the environment's key may be sent there: the address comes from the environment too, or from code."""

    @property
    def plain(self) -> bool:
        """Whether requests can be read on the way."""
        return self.url.startswith("http:")

    @property
    def unreachable_sentence(self) -> str:
        """What to say if no connection can be made."""
        advice = (
            "start the server there, or check the address" if self.loopback else "check the network and the address"
        )
        return f"{self.host} cannot be reached; {advice}."


def open_endpoint(base_url: str | None = None, *, from_page: bool = False) -> Endpoint:
    """Return the service at an address, or at ``OPENAI_BASE_URL``, or OpenAI's own.

    Args:
        base_url: The address; None for that of the environment.
        from_page: Whether it was typed by a person who may not own the environment, such as a visitor of a page. The
            environment's key is sent to such an address only if it is the environment's own address.

    Raises:
        SettingError: If the address is not http or https, holds a password or a query, or is plain http to a host
            that is neither this machine nor in a private network. The text never repeats a password.
    """
    own = os.environ.get("OPENAI_BASE_URL") or OPENAI
    address = base_url or own
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in {"http", "https"} or not address.isprintable():
        msg = "The model service's address (base_url, OPENAI_BASE_URL) is not an http or https address; write it as in http://127.0.0.1:8080/v1."
        raise SettingError(msg)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        msg = (
            f"The address of the model's service at {host} holds a user, password, query or fragment; "
            "leave these out and put the key into OPENAI_API_KEY."
        )
        raise SettingError(msg)
    loopback, near = _nearness(host)
    if parts.scheme == "http" and not near:
        msg = f"Prompts are not sent to {host} over plain http, where anybody on the way can read them; use https."
        raise SettingError(msg)
    host_and_port = f"{host}:{port}" if port else host
    gets_environment_key = not from_page or same_address(address, own)
    return Endpoint(
        url=parts.geturl(), host=host_and_port, loopback=loopback, near=near, gets_environment_key=gets_environment_key
    )


def same_address(one: str, other: str) -> bool:
    """Return whether two addresses are those of one service, however they are written; False if that is unclear."""
    try:
        return _address_parts(one) == _address_parts(other)
    except ValueError:
        return False


def key_for(endpoint: Endpoint, ask_key: Callable[[], str | None], *, from_page: bool = False) -> str:
    """Return the key to send: from ``OPENAI_API_KEY``, from the person, or a placeholder where none is needed.

    A key is never sent over plain http to another machine, not even in a private network.

    Args:
        endpoint: The service it is for.
        ask_key: Called for a key where the environment has none.
        from_page: Whether a person types the key on a page; it then takes precedence over the environment's.

    Raises:
        KeyMissingError: If there is none, or it cannot be a key.
    """
    if endpoint.plain and not endpoint.loopback:
        return PLACEHOLDER
    environment = os.environ.get("OPENAI_API_KEY", "").strip() if endpoint.gets_environment_key else ""
    key = (from_page and (ask_key() or "").strip()) or environment
    if not key and endpoint.near:
        return PLACEHOLDER
    key = key or ("" if from_page else (ask_key() or "").strip())
    if not key:
        how = "type it under 'API key' in Options" if from_page else "set OPENAI_API_KEY before you start"
        if not from_page and same_address(endpoint.url, OPENAI):
            how += ", name another service (--base-url, OPENAI_BASE_URL)"
        msg = f"Asking a model at {endpoint.host} needs a key: {how}, or choose fixed sentences, which need none."
        raise KeyMissingError(msg)
    if not key.isascii() or not key.isprintable() or " " in key or len(key) > _LONGEST_KEY:
        msg = "The API key has invalid characters; copy it again."
        raise KeyMissingError(msg)
    return key


def ask_in_terminal() -> str | None:
    """Return a key typed in the terminal without echo; None where there is no terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    try:
        return getpass.getpass("Key of the model's service (not shown, not stored): ")
    except EOFError:
        return None


def _address_parts(address: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(address.strip())
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").rstrip("."), port, parts.path.rstrip("/")


def _nearness(host: str) -> tuple[bool, bool]:
    """Return whether a host is this machine, and whether it is near: this machine or a private network."""
    name = host.lower().rstrip(".")
    loopback = is_loopback(name)
    try:
        private = ipaddress.ip_address(name).is_private
    except ValueError:
        private = "." not in name or name.endswith(_NEAR_NAMES)
    return loopback, loopback or private
