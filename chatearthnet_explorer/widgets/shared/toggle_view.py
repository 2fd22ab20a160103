"""A button that is on or off, and says so to those who hear the page."""

from __future__ import annotations

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.widgets.shared.view import View, script


class ToggleView(View):
    """A button that is pressed once for on, and again for off."""

    _esm = script("toggle_view")

    value = t.Bool(default_value=False).tag(sync=True)
    """Whether it is on."""

    label = t.Unicode("", read_only=True).tag(sync=True)
    """The words on it."""

    hint = t.Unicode("", read_only=True).tag(sync=True)
    """What it does, in one sentence."""

    def __init__(self, label: str, *, tooltip: str = "") -> None:
        """Begin with the button off.

        Args:
            label: The words on it.
            tooltip: What it does, in one sentence.
        """
        super().__init__()
        self.set_trait("label", label)
        self.set_trait("hint", tooltip)

    def card(self) -> Card:
        """Return whether it is on, as static HTML."""
        return Card(self.label, (element("p", "On" if self.value else "Off"),))
