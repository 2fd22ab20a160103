"""The button that sends a request to a model, with its cost; nothing else on the page spends money."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.captioners import model_of
from chatearthnet_explorer.captioners.estimate import estimate_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.prompts.prompt import Prompt

_LONGEST_NAME = 40


def offer_of(captioner: Captioner, prompt: Prompt) -> tuple[str, str]:
    """Return the words on a button that asks, such as ``Ask gpt-6-luna``, and what a caption will cost, in words.

    Args:
        captioner: Who is asked.
        prompt: What is asked.
    """
    name, estimate = model_of(captioner) or captioner.name, estimate_of(captioner, prompt)
    return (
        f"Ask {name if len(name) <= _LONGEST_NAME else f'{name[:_LONGEST_NAME]}…'}",
        estimate.summary if estimate else "",
    )


class AskBar(ipywidgets.HBox):  # type: ignore[misc]  # ipywidgets has no types
    """Shows the button while a model is chosen and there is a prompt to ask with."""

    def __init__(self) -> None:
        """Begin without a button."""
        self._button = ipywidgets.Button(tooltip="Send the prompt to the model", layout={"width": "auto"})
        self._button.add_class("cen-ask")
        self._cost = ipywidgets.HTML(layout={"flex": "1 1 160px", "min_width": "0"})
        super().__init__(
            [self._button, self._cost],
            layout={"flex_flow": "row wrap", "align_items": "center", "margin": "0 0 8px", "grid_gap": "8px"},
        )
        self.hide()

    @property
    def label(self) -> str:
        """The words on the button; empty while there is none."""
        return self._button.description if self.layout.display != "none" else ""

    @property
    def disabled(self) -> bool:
        """Whether the page takes no presses."""
        return bool(self._button.disabled)

    @disabled.setter
    def disabled(self, value: bool) -> None:
        self._button.disabled = value

    def on_press(self, callback: Callable[[], None]) -> None:
        """Call a function when the button is pressed, and not while it is away.

        The press may come while the button is disabled: the page learns of that a moment later.
        """
        self._button.on_click(lambda _: callback() if self.label else None)

    def show(self, label: str, cost: str, *notes: str) -> None:
        """Offer to ask.

        Args:
            label: The words on the button.
            cost: What that will cost, in words; empty where nobody knows.
            notes: What else to know before the press, one sentence each: what this session has cost, a model that ends.
        """
        self._button.description = label
        words = f"Cost of a caption: {cost or 'unknown'}."
        lines = "".join(f"<div>{html.escape(line)}</div>" for line in (words, *notes) if line)
        self._cost.value = f"<div class='cen-note'>{lines}</div>"
        self.layout.display = ""

    def press(self) -> None:
        """Press the button by code."""
        self._button.click()

    def hide(self) -> None:
        """Offer nothing."""
        self.layout.display = "none"
