"""A row of buttons of which one is pressed."""

from __future__ import annotations

from typing import Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.widgets.shared.view import View, script


class ChoiceBar(View):
    """Shows choices as buttons; ``value`` is the one that is pressed."""

    _esm = script("choice_bar")

    label = t.Unicode("").tag(sync=True)
    """What is chosen, in words."""

    options: t.List[Any] = t.List().tag(sync=True)
    """The choices: for each its id and the words on its button."""

    value = t.Unicode("").tag(sync=True)
    """The id of the pressed one."""

    note = t.Unicode("").tag(sync=True)
    """A sentence below the buttons; empty for none."""

    def card(self) -> Card:
        """Return the choices as static HTML."""
        return Card(self.label, (element("ul", *(element("li", words) for _, words in self.options)),))

    @t.validate("value")
    def _known_value(self, proposal: dict[str, Any]) -> str:
        ids = [ident for ident, _ in self.options]
        return proposal["value"] if proposal["value"] in ids else self.value
