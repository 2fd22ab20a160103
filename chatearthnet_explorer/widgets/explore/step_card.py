"""A card of the page: the heading of a step, a sentence for a newcomer, and the widgets of the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.cards.html_tree import markup
from chatearthnet_explorer.cards.steps import heading

if TYPE_CHECKING:
    from chatearthnet_explorer.cards.steps import Step


def story(**cards: ipywidgets.Widget) -> ipywidgets.Box:
    """Return cards in the order of reading, which a narrow page has from top to bottom; their names place them."""
    for name, card in cards.items():
        card.add_class(f"cen-{name}-card")
    return ipywidgets.Box(list(cards.values())).add_class("cen-story")


class StepCard(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Widgets below the heading of their step."""

    def __init__(self, step: Step, *widgets: ipywidgets.Widget) -> None:
        """Put widgets below the heading of a step."""
        self._step = step
        self._heading = ipywidgets.HTML()
        self._heading.add_class("cen-head")
        super().__init__([self._heading, *widgets])
        self.add_class("cen-panel")
        self.set_note("")

    def set_note(self, note: str) -> None:
        """Set what stands beside the title, such as the name of the place; it is shown as text."""
        self._heading.value = "".join(markup(part) for part in heading(self._step, note))
