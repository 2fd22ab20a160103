"""The rules of a prompt as switches, and what the prompt mentions in each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.learn.prompt_rules import RULES, facts_by_rules
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class RuleBoard(View):
    """Shows the facts of a label map as the rules make them; each rule can be switched off."""

    _esm = script("rule_board")

    rules = t.List([list(pair) for pair in RULES.items()], read_only=True).tag(sync=True)
    """The rules: id and words."""

    switches = t.List(t.Enum(tuple(RULES)), list(RULES)).tag(sync=True)
    """The rules that are on, by id."""

    facts: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """For each part its name and its classes, each [class index, name, amount, whether a rule would leave it out]."""

    def __init__(self, labels: NDArray[np.uint8], **traits: object) -> None:
        """Show the facts of labels.

        Args:
            labels: Class indices, (256, 256) uint8.
            traits: Traits by name.
        """
        self._labels = labels
        super().__init__(**traits)
        self._show(None)

    @property
    def extra_classes(self) -> dict[str, list[str]]:
        """For each part the classes that are mentioned only because a rule is off."""
        return {part: [name for _, name, _, is_extra in amounts if is_extra] for part, amounts in self.facts}

    def card(self) -> Card:
        """Return the facts as static HTML."""
        rows = (
            element("li", f"{part}: " + ", ".join(f"{amount} {name}" for _, name, amount, _ in amounts))
            for part, amounts in self.facts
        )
        return Card("What the prompt mentions", (element("ul", *rows),))

    @t.observe("switches")
    def _show(self, _change: object) -> None:
        facts = facts_by_rules(self._labels, self.switches)
        self.set_trait(
            "facts",
            [
                [part, [[one.index, one.name, one.amount, one.is_extra] for one in amounts]]
                for part, amounts in facts.items()
            ],
        )
