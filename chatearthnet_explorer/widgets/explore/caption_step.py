"""The card of the caption: its styles, its text, and whether it is checked against the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.captioners.chip_guard import SIMULATED
from chatearthnet_explorer.cards.steps import CAPTION
from chatearthnet_explorer.cards.text_cards import NO_CAPTION
from chatearthnet_explorer.widgets.explore.code_view import CodeView
from chatearthnet_explorer.widgets.explore.explore_files import place_files
from chatearthnet_explorer.widgets.explore.step_card import StepCard
from chatearthnet_explorer.widgets.shared.download_button import DownloadButton
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView
from chatearthnet_explorer.widgets.shared.released_captions import captions_at
from chatearthnet_explorer.widgets.shared.share_button import ShareButton
from chatearthnet_explorer.widgets.shared.toggle_view import ToggleView

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.pipeline import Captioned
    from chatearthnet_explorer.widgets.shared.ask_bar import AskBar
    from chatearthnet_explorer.widgets.shared.choice_tabs import ChoiceTabs


BROKEN_OFF = "Incomplete: the answer broke off, so this is not kept as a caption."
"""Note of a text whose end never came."""

CANCELLED = "Cancelled: incomplete, so this is not kept as a caption."
"""Note of a text that a person did not wait for."""


class CaptionStep(StepCard):
    """Shows the captions of a place."""

    def __init__(self, tabs: ChoiceTabs, ask_bar: AskBar, *, catalog: Catalog | None) -> None:
        """Begin without a caption.

        Args:
            tabs: The styles.
            ask_bar: The button that sends a request to a model.
            catalog: Whose captions come before a new one where it has the chip.
        """
        self._catalog = catalog
        self._chip: Chip | None = None
        self.view = GroundingView(plain=True, known_notes=(SIMULATED,))
        """The captions."""
        self.check = ToggleView(
            "Check against the labels", tooltip="Underline each claim to show whether the labels support it"
        )
        """Whether captions are checked against the labels."""
        self.code_view = CodeView()
        """The code that gives the same."""
        self.files = DownloadButton()
        """What can be saved."""
        tools = ipywidgets.HBox(
            [self.check, ShareButton(), self.files], layout={"flex_flow": "row wrap", "grid_gap": "8px"}
        )
        super().__init__(CAPTION, tabs, ask_bar, self.view, tools.add_class("cen-tools"), self.code_view)
        self.check.observe(self._set_chip, "value")

    def show(self, captioned: Captioned, *, button: str) -> None:
        """Show what became of a click.

        Args:
            captioned: What became of it.
            button: The words on the button that has a model asked; empty where there is none.
        """
        self._chip = captioned.chip
        with self.view.hold_sync():  # no caption is ever seen beside what another chip says of it
            self._set_chip(None)
            self.view.set_trait("empty", f"No caption yet: press '{button}'." if button else NO_CAPTION)
            self.view.break_off(BROKEN_OFF) if captioned.error else self.view.forget_text()
            fresh = (captioned.caption,) if captioned.caption else ()
            self.view.captions = (*captions_at(self._catalog, captioned.chip.tile), *fresh)
        self.view.error = str(captioned.error or "")
        self.code_view.code = captioned.code
        self.files.offers = place_files(captioned, lambda: self.view.palette)

    def _set_chip(self, _change: object) -> None:
        self.view.chip = self._chip if self.check.value else None
