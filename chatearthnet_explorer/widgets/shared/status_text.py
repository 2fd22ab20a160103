"""The sentence of a status line, in a region of the page that screen readers read when it changes."""

from __future__ import annotations

from typing import Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.widgets.shared.view import View, script


class StatusText(View):
    """One sentence, as text."""

    _esm = script("status_text")

    message = t.Unicode("").tag(sync=True)
    """The sentence."""

    state = t.Enum(("hint", "done", "error", "busy"), "hint").tag(sync=True)
    """What it is: what to do next, what there is now, what went wrong, or what is under way."""

    def card(self) -> Card:
        """Return the sentence as static HTML."""
        return Card("Status", (element("p", self.message),))

    @t.validate("message")
    def _visible_message(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])
