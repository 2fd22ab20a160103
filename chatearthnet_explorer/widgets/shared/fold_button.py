"""A button that opens and closes a part of the page, and names what is chosen there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from typing import Any

    import ipywidgets


class FoldButton(View):
    """Opens and closes a widget: set ``summary`` to what is chosen in it."""

    _esm = script("fold_button")

    label = t.Unicode("", read_only=True).tag(sync=True)
    """The words on the button."""

    summary = t.Unicode("").tag(sync=True)
    """What is chosen, in a few words behind the label."""

    is_open = t.Bool(default_value=False).tag(sync=True)
    """Whether the widget is open."""

    def __init__(self, label: str, content: ipywidgets.Widget) -> None:
        """Close a widget until the button is pressed.

        Args:
            label: The words on the button.
            content: What it opens.
        """
        self._content, self._words = content, label
        super().__init__()
        self._show(None)

    def card(self) -> Card:
        """Return what is chosen, as static HTML."""
        return Card(self.label, (element("p", self.summary),))

    @t.default("label")
    def _first_label(self) -> str:
        # in the first message: what follows may not reach a page that is being drawn
        return self._words

    @t.validate("summary")
    def _visible_summary(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])

    @t.observe("is_open")
    def _show(self, _change: object) -> None:
        self._content.layout.display = "" if self.is_open else "none"
