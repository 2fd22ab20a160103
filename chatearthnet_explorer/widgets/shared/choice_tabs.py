"""A few choices as tabs over what they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence


class ChoiceTabs(View):
    """Tabs of which one is chosen; the arrow keys move between them."""

    _esm = script("choice_tabs")

    choices: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The tabs: [value, words, tooltip] each."""

    value = t.Unicode("").tag(sync=True)
    """The value of the tab that is chosen."""

    label = t.Unicode("", read_only=True).tag(sync=True)
    """The name of the row of tabs, for those who hear it."""

    def __init__(self, choices: Sequence[tuple[str, str, str]], *, label: str) -> None:
        """Show tabs, the first of them chosen.

        Args:
            choices: Value, words and tooltip of each tab.
            label: The name of the row.
        """
        super().__init__()
        self.set_trait("choices", [list(choice) for choice in choices])
        self.set_trait("label", label)
        self.value = choices[0][0]

    def card(self) -> Card:
        """Return what is chosen, as static HTML."""
        words = next(words for value, words, _ in self.choices if value == self.value)
        return Card(self.label, (element("p", words),))

    @t.validate("value")
    def _validate_value(self, proposal: dict[str, Any]) -> str:
        value: str = proposal["value"]
        values = [choice[0] for choice in self.choices]
        if values and value not in values:
            msg = f"There is no tab {value[:40]!r}; the tabs are {', '.join(values)}."
            raise t.TraitError(msg)
        return value
