"""The picture and the labels of a chip, one over the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import chip_card
from chatearthnet_explorer.cards.chip_html import describe_chip
from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.cards.provenance import NO_CHIP, other_remarks, provenance, remarks
from chatearthnet_explorer.cards.steps import chip_steps
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.render import png
from chatearthnet_explorer.widgets.shared.band_tabs import BandTabs
from chatearthnet_explorer.widgets.shared.view import script, style_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.pipeline import Captioned


class ChipView(BandTabs):
    """Shows a chip: set ``chip``, and everything below it follows."""

    _esm = script("band_tabs", "chip_view")

    place = t.Unicode("").tag(sync=True)
    """Name of the place in words, shown above the picture."""

    blend = t.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    """How much of the labels lies over the picture: 0 is the picture alone, 1 the labels alone."""

    part = t.Enum(("overall", *PARTS), "overall").tag(sync=True)
    """Whose shares are shown: ``overall`` or one of ``shares.PARTS``."""

    parts = t.List(["overall", *PARTS], read_only=True).tag(sync=True)
    """What ``part`` can be."""

    label_map = t.Bytes(b"", read_only=True).tag(sync=True)
    """Class indices as greys, PNG 256 x 256; empty where there is none."""

    shares = t.Dict(read_only=True).tag(sync=True)
    """For each of ``parts``, the share (0 to 1) of each of the twelve classes."""

    simulated = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether the chip is made up."""

    provenance: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """Where the chip comes from: [what, value] by row."""

    remarks = t.List([NO_CHIP], read_only=True).tag(sync=True)
    """What to know before believing the chip, and what is missing and why, one sentence each."""

    alternative = t.Unicode("", read_only=True).tag(sync=True)
    """The picture in words for those who cannot see it: its kind, its width and its land cover by shares."""

    attribution: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """Credits and licences."""

    steps: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The headings of the picture and of the land cover: [number, title, sentence] each; empty for no headings."""

    notice = t.Unicode("").tag(sync=True)
    """Why the chip is simulated, in one sentence; empty where ``remarks`` has that, or the chip is real."""

    action = t.Unicode("").tag(sync=True)
    """The words on the button beside the notice; empty for no button."""

    actions = t.Int(0).tag(sync=True)
    """How often that button was pressed."""

    progress = t.Unicode("").tag(sync=True)
    """What the next chip waits for, in one sentence; empty while none is fetched."""

    def __init__(self, *, has_steps: bool = False, **traits: object) -> None:
        """Take traits by name.

        Args:
            has_steps: Whether picture and land cover have headings, and ``remarks`` leaves out why it is simulated.
            traits: Traits by name.
        """
        self._has_steps = has_steps
        self._callbacks: list[Callable[[], None]] = []
        super().__init__(**traits)
        if has_steps and self.chip is None:
            self.set_trait("steps", [list(step) for step in chip_steps(None)])

    def on_action(self, callback: Callable[[], None]) -> None:
        """Call a function when the button beside the notice is pressed, and not while there is none."""
        self._callbacks.append(callback)

    def card(self) -> Card:
        """Return the chip as static HTML."""
        return chip_card(self.chip, place=self.place, palette=self.palette)

    @t.validate("place")
    def _visible_place(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])

    @t.default("style_sheet")
    def _style_sheet(self) -> str:
        return style_sheet("chip_view", "band_tabs")

    @t.observe("chip")
    def _show(self, change: dict[str, Any]) -> None:
        with self.hold_sync():
            for name, value in _state(self.chip, has_steps=self._has_steps).items():
                self.set_trait(name, value)
            self.highlight, self.within = -1, []
            self._show_bands_of(change["old"])

    @t.observe("actions")
    def _press(self, _change: object) -> None:
        if self.action:
            for callback in self._callbacks:
                callback()


def encode_picture(captioned: Captioned) -> Captioned:
    """Return what was handed in, its picture encoded and kept for the views, which draw where everybody is answered."""
    if captioned.chip.rgb is not None:
        png(captioned.chip.rgb)
    return captioned


def _state(chip: Chip | None, *, has_steps: bool) -> dict[str, object]:
    """Return the synced traits that follow from a chip."""
    labels = chip.labels if chip else None
    remarks_on = other_remarks if has_steps else remarks
    return {
        "picture": b"" if chip is None or chip.rgb is None else png(chip.rgb),
        "label_map": b"" if labels is None else png(labels),
        "shares": {} if labels is None else _shares(labels),
        "simulated": bool(chip and chip.simulated),
        "provenance": [[name, visible(value)] for name, value in (provenance(chip) if chip else ())],
        "remarks": [visible(remark) for remark in (remarks_on(chip) if chip else (NO_CHIP,))],
        "alternative": visible(describe_chip(chip)) if chip else "",
        "steps": [list(step) for step in chip_steps(chip)] if has_steps else [],
        "attribution": [visible(credit) for credit in (chip.attribution if chip else ())],
    }


def _shares(labels: Any) -> dict[str, list[float]]:  # noqa: ANN401 - an array, checked by count_pixels()
    *by_part, overall = count_pixels(labels).tolist()
    return {
        part: [count / sum(counts) for count in counts]
        for part, counts in zip(("overall", *PARTS), (overall, *by_part), strict=True)
    }
