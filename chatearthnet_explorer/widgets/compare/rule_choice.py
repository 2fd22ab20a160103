"""The rules of a prompt as boxes to tick: a rule that is not ticked is left out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.prompts.picture_prompt import picture_words
from chatearthnet_explorer.prompts.rules import PromptRule, rules_of
from chatearthnet_explorer.prompts.wording import STYLES, open_wording
from chatearthnet_explorer.widgets.shared.fold_button import FoldButton

if TYPE_CHECKING:
    from chatearthnet_explorer.caption import Style

_LABEL = "Rules of the prompt"


class RuleChoice(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The rules of a style: set ``style``, set or observe ``without``."""

    style = traitlets.Enum(STYLES, default_value=STYLES[0])
    """Style of the prompt."""

    without = traitlets.Tuple()
    """Numbers of the rules that are left out."""

    def __init__(self) -> None:
        """Show the rules of the first style, all of them on."""
        self._is_filling = False
        self._boxes: dict[int, ipywidgets.Checkbox] = {}
        self._list = ipywidgets.VBox([], _dom_classes=("cen-rules",))
        self._fold = FoldButton(_LABEL, self._list)
        super().__init__([self._fold, self._list])
        self._fill(None)

    @traitlets.observe("style")
    def _fill(self, _change: object) -> None:
        for box in self._boxes.values():
            box.close()
        self._boxes = {}
        for rule in style_rules(self.style):
            box = ipywidgets.Checkbox(description=f"{rule.number}. {' '.join(rule.text.split())}", indent=False)
            box.value = rule.number not in self.without
            box.observe(self._read, "value")
            self._boxes[rule.number] = box
        self._list.children = tuple(self._boxes.values())
        self._tick(None)

    @traitlets.observe("without")
    def _tick(self, _change: object) -> None:
        self._is_filling = True
        try:
            for number, box in self._boxes.items():
                box.value = number not in self.without
        finally:
            self._is_filling = False
        off = sum(not box.value for box in self._boxes.values())
        self._fold.summary = f"{off} of {len(self._boxes)} off" if off else f"all {len(self._boxes)} on"

    def _read(self, _change: object) -> None:
        if not self._is_filling:
            self.without = tuple(number for number, box in self._boxes.items() if not box.value)


@cache
def style_rules(style: Style) -> tuple[PromptRule, ...]:
    """Return the rules of the project's own wording of a style; they do not depend on the chip."""
    return rules_of(picture_words()[0] if style == MULTISPECTRAL else open_wording(style).fill("system", count=1))
