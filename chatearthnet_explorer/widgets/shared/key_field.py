"""A field for the key of a model's service: kept in memory for one address, and written nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.captioners.service.endpoint import open_endpoint, same_address
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 1_000
"""Characters of a key."""

_PLAIN = "A key is not sent to {host} over plain http, because others could read it; use https."


class KeyField(View):
    """Takes a key that a person types.

    The key comes as a message of its own and is no trait: traits are sent back to the page, are stored with a notebook,
    and are in the state of the widget manager. It belongs to the address that was chosen when it was typed, and is
    forgotten when another is.
    """

    _esm = script("key_field")

    key_host = t.Unicode("", read_only=True).tag(sync=True)
    """Host that a key is kept for; empty where there is none."""

    problem = t.Unicode("", read_only=True).tag(sync=True)
    """Why what was typed is not kept, in one sentence."""

    base_url = t.Unicode("")
    """Address of the service, as it is chosen now; empty for that of the environment. It is not sent to the page."""

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        self._key, self._address = "", ""
        super().__init__(**traits)
        self.on_msg(self._receive)

    def __getstate__(self) -> object:
        """Refuse to be stored, as the key would be stored along."""
        msg = "A key field cannot be pickled: it may hold a key."
        raise TypeError(msg)

    def key(self, base_url: str = "") -> str | None:
        """Return the key that was typed for an address; None where there is none."""
        return self._key if self._key and same_address(self._address, open_endpoint(base_url or None).url) else None

    def access(self, base_url: str, own_url: str) -> dict[str, Any]:
        """Return the keywords of ``open_captioner`` that say where requests go, and with which key.

        Args:
            base_url: Address of the service; empty for that of the environment.
            own_url: Address that the owner of the environment chose, and whose key may go there; empty for none.
        """
        is_own = bool(own_url) and same_address(base_url, own_url)
        return {
            "base_url": base_url or None,
            "typed_address": self.key(base_url) is not None or not is_own,
            # asked when it is needed, so that no captioner keeps it; never in the terminal of whoever serves
            "ask_key": lambda: self.key(base_url),
        }

    def forget(self) -> None:
        """Forget the key."""
        self._key, self._address = "", ""
        self.set_trait("key_host", "")

    def card(self) -> Card:
        """Return whether there is a key, as static HTML."""
        return Card("Key", (element("p", f"A key is kept for {self.key_host}." if self.key_host else "No key."),))

    def _receive(self, _widget: object, content: Mapping[str, object], _buffers: object) -> None:
        key = content.get("key")
        if not isinstance(key, str):
            self.forget()
            return
        try:
            endpoint = open_endpoint(self.base_url or None)
        except SettingError as error:
            self.forget()
            self.set_trait("problem", visible(str(error)))
            return
        plain = endpoint.plain and not endpoint.loopback
        self.set_trait("problem", _PLAIN.format(host=endpoint.host) if plain else "")
        if plain or not key.strip():
            self.forget()
            return
        self._key, self._address = key.strip()[: LONGEST + 1], endpoint.url
        self.set_trait("key_host", endpoint.host)

    @t.observe("base_url")
    def _address_changed(self, _change: object) -> None:
        try:
            key = self.key(self.base_url)
        except SettingError:
            key = None
        if key is None and self._key:
            self.forget()

    def close(self) -> None:
        """Forget the key, and close."""
        self._key, self._address = "", ""
        super().close()
