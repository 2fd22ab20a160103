"""The button that copies the link of the page."""

from __future__ import annotations

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.widgets.shared.view import View, script


class ShareButton(View):
    """Copies the address of a page that a ``PageLink`` keeps true; hidden on every other page, such as a notebook."""

    _esm = script("share_button")

    def card(self) -> Card:
        """Return nothing: a static page has no link of its own."""
        return Card("Share", ())
