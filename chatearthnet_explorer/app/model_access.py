"""Which models visitors of a server may use, at which address, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import usable_captioners
from chatearthnet_explorer.captioners.model_table import DEFAULT, find_model
from chatearthnet_explorer.captioners.service.endpoint import open_endpoint
from chatearthnet_explorer.captioners.service.request_quota import Quota, Quotas
from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bokeh.document import Document

UNKNOWN = "unknown"
"""What visitors without an address are known by, all of them."""


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """What whoever serves decides about models."""

    offer: bool = False
    """Whether strangers may have a model asked: this one, at this address, with the key of the environment."""

    requests: int = 60
    """Requests of one visitor within any hour; all visitors together may send ``request_quota.WHOLE`` times as many."""

    model: str = ""
    """Identifier of the model; empty for the project's choice."""

    base_url: str = ""
    """Address of the service; empty for ``OPENAI_BASE_URL`` or OpenAI's own."""

    cap: float | None = None
    """US dollars that the requests of one visitor may cost until the server ends, and ``request_quota.WHOLE`` times
    that for all visitors together; None for no limit. No visitor can raise it."""


class ModelAccess:
    """What a server grants its visitors.

    Raises:
        SettingError: If the address of the service cannot be used, or the cap, or there is a cap for visitors and the
            price of their model is not known.
    """

    def __init__(self, options: ModelOptions, *, near: bool, behind_proxy: bool = False) -> None:
        """Decide.

        Args:
            options: What whoever serves wants.
            near: Whether the visitor is whoever serves: nobody else can connect.
            behind_proxy: Whether visitors come through a proxy, whose ``X-Forwarded-For`` names them; else anybody
                could write the address of another visitor there.
        """
        open_endpoint(options.base_url or None)
        model = options.model or DEFAULT
        if options.cap is not None and not near and options.offer and not find_model(model).has_price:
            msg = (
                f"The price of the model {model[:100]!r} is not known, so the cap of your visitors cannot be kept; "
                "give its price in the file that CHATEARTHNET_MODELS names, or leave the cap out."
            )
            raise SettingError(msg)
        self._quotas = Quotas(options.requests, cap=options.cap)
        self._behind_proxy = behind_proxy
        self.captioners = tuple(
            plugin.name for plugin in usable_captioners() if near or options.offer or not plugin.needs_service
        )
        """Captioners that a visitor may choose, of those that are installed on the server."""
        self.choose_service = near
        """Whether a visitor may choose model and address, and edit prompts. A stranger may not: the server would
        connect to addresses inside its network for them, and ask costly models anything they like."""
        self.model, self.base_url = options.model, options.base_url

    def quota_of(self, document: Document | None) -> Quota:
        """Return the quota of the visitor whose page a document is: the same for all their tabs."""
        return self._quotas.of(self.visitor(document))

    def visitor(self, document: Document | None) -> str:
        """Return what the visitor is known by whose page a document is; ``UNKNOWN`` if that has no address."""
        request = getattr(getattr(document, "session_context", None), "request", None)
        peer = getattr(request, "remote_ip", None)
        headers = (getattr(request, "headers", None) or {}) if self._behind_proxy else {}
        return visitor_of(peer, headers)


def visitor_of(peer: str | None, headers: Mapping[str, object]) -> str:
    """Return what a visitor is known by: the network address; for IPv6 the /64 that providers hand out.

    A cookie would be thrown away by whoever wants more, and a tab is opened in a second. Behind a proxy on this machine
    or in a private network, the address is the last one of ``X-Forwarded-For``: what the proxy itself wrote, while
    those before it are whatever the visitor sent. People behind one address count as one, and one with many addresses
    counts as many: the limit for all together is there for that.

    Args:
        peer: Address of whoever connected.
        headers: Those of the request, by name.
    """
    address = _parse_address(peer)
    if address is None or not address.is_global:
        forwarded_for = next((value for name, value in headers.items() if name.lower() == "x-forwarded-for"), "")
        last = forwarded_for[-1] if isinstance(forwarded_for, list) and forwarded_for else forwarded_for
        address = _parse_address(str(last).rpartition(",")[2].strip()) or address
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def _parse_address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text or "")
    except ValueError:
        return None
