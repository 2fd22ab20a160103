"""One released pair: chip, captions compared, and, on demand, labels, the prompt they give and a new caption."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.caption import RELEASED_STYLES, STYLE_NAMES
from chatearthnet_explorer.captioners import Captioner, cancel_request, is_free
from chatearthnet_explorer.captioners.service.request_quota import Quota
from chatearthnet_explorer.cards import Card, chip_card
from chatearthnet_explorer.catalog.pair import Pair
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.widgets.browse.compare_view import CompareView
from chatearthnet_explorer.widgets.browse.pair_captions import CaptionsOfPair
from chatearthnet_explorer.widgets.browse.pair_head import ACTIONS, PairHead
from chatearthnet_explorer.widgets.browse.released_pair import add_bands, add_labels, released_chip, show
from chatearthnet_explorer.widgets.shared.ask_bar import offer_of
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.chip_view import ChipView
from chatearthnet_explorer.widgets.shared.composite import Composite, panel, report_errors
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView
from chatearthnet_explorer.widgets.shared.prompt_view import PromptView
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.sources.release.release_reader import Release
    from chatearthnet_explorer.tile import Tile
    from chatearthnet_explorer.widgets.browse.pair_captions import PairCaptions

    Step = Callable[[str], None]
    Picture = NDArray[np.uint8] | str

_NO_LABELS = "The release has no label maps; press 'Load labels' to get them from the land-cover map."


class PairView(Composite):
    """Shows a pair: set ``pair``."""

    pair = traitlets.Instance(Pair, allow_none=True)
    """What is shown."""

    def __init__(
        self,
        *,
        picture: Callable[[Pair], Picture],
        captions: PairCaptions,
        labels: Source,
        captioner: Captioner,
        credit: tuple[str, ...] = (),
        simulated: bool = False,
    ) -> None:
        """Prepare to show pairs.

        Args:
            picture: Returns the pixels of a pair, (256, 256, 3) uint8, or why there are none in a sentence.
            captions: Looks up the captions of a pair.
            labels: Where labels come from.
            captioner: Who writes a new caption.
            credit: Whom to thank for the pictures.
            simulated: Whether the release is made up.
        """
        self._picture, self._captioner = picture, captioner
        # asked by a press alone, and where that costs, once at a time
        self._limited_captioner = captioner if is_free(captioner) else Quota().within(captioner)
        self._caption_task, self._picture_task, self._lookup_task = BackgroundTask(), BackgroundTask(), BackgroundTask()
        self._of_catalog = CaptionsOfPair((), (), 0)
        self._new_caption: tuple[Caption, ...] = ()
        self.head, self.chip_view, self.caption_view = PairHead(), ChipView(), GroundingView(plain=True)
        self.compare_view, self.prompt_view = CompareView(), PromptView()
        self.use_release(captions=captions, labels=labels, credit=credit, simulated=simulated)
        self.style = ipywidgets.ToggleButtons(
            options=[(STYLE_NAMES[style], style) for style in RELEASED_STYLES],
            style={"button_width": "auto"},
        )
        """Style of the prompt that the labels give."""
        self._prompts = panel(self.style, self.prompt_view)
        self._grid = ipywidgets.Box([panel(self.chip_view), panel(self.caption_view, self.compare_view)])
        self._grid.add_class("cen-grid")
        status = StatusLine()
        super().__init__([panel(self.head, status), self._grid, self._prompts], status)
        status.observe(self._show_status_if_any, ["message", "busy"])
        self._show_status_if_any(None)
        self.head.on_action(self._act)
        self.prompt_view.on_caption_again(self._caption)
        self.style.observe(self._prompt, "value")
        status.on_cancel(self._cancel)
        self._caption_task.observe(self._show_progress, ["busy", "step"])
        for view in (self.caption_view, self.compare_view, self.prompt_view):
            traitlets.link((view, "palette"), (self.chip_view, "palette"))
        for view in (self.caption_view, self.compare_view):
            for trait in ("highlight", "within"):
                traitlets.link((view, trait), (self.chip_view, trait))

    def use_release(
        self,
        *,
        captions: PairCaptions,
        labels: Source,
        credit: tuple[str, ...],
        simulated: bool,
        release: Release | None = None,
    ) -> None:
        """Show the pairs of another release from now on; the other arguments are those of the constructor.

        Args:
            captions: Where the captions of a pair come from.
            labels: Where labels come from.
            credit: Whom to thank for the pictures.
            simulated: Whether the release is made up.
            release: Where the bands of a pair are read on demand; None for no bands.
        """
        self._captions, self._labels, self._credit, self._simulated = captions, labels, credit, simulated
        self.chip_view.read_bands_with(None if release is None else lambda chip: self._read_bands(chip, release))

    def _read_bands(self, chip: Chip, release: Release) -> Chip:
        return add_bands(chip, self.pair.record, release) if self.pair else chip

    def card(self) -> Card:
        """Return the pair as static HTML."""
        cards = (self.head.card(), chip_card(self.chip_view.chip), self.caption_view.card(), self.compare_view.card())
        return Card(self.head.heading or "No pair", tuple(section for one in cards for section in one.sections))

    def stop(self) -> None:
        """Stop the current task."""
        self._caption_task.stop()
        self._end_request()
        self._picture_task.stop()
        self._lookup_task.stop()

    def _end_request(self) -> None:
        cancel_request(self._limited_captioner)

    @traitlets.observe("pair")
    @report_errors
    def _show(self, _change: object) -> None:
        self.stop()
        pair = self.pair
        self.status.show_message("")
        self.prompt_view.prompt = None
        self._prompts.layout.display = "none"
        if pair is None:
            self.head.pair = self.chip_view.chip = None
            self.caption_view.captions = self.compare_view.captions = ()
            return
        self.head.pair = pair
        self._allow(*(() if pair.record.tile is None else ("map", "labels")))
        self.caption_view.chip, self._new_caption = None, ()
        captions = self._captions
        self._show_captions(captions.own(pair))
        self._lookup_task.start(lambda _: captions.of(pair), on_result=self._show_captions, on_error=self.show_error)
        self._put(pair.record, None, "Loading the picture …")

        def on_picture(picture: Picture) -> None:
            self._show_picture(pair.record, picture)

        self._picture_task.start(lambda _: self._picture(pair), on_result=on_picture, on_error=self.show_error)

    def _allow(self, *actions: str) -> None:
        """Offer some of the actions, beside those that always lead somewhere."""
        around = [one for one in self.head.possible if one in {"back", "previous", "next"}]
        self.head.possible = [one for one in ACTIONS if one in {*around, *actions}]

    def _put(self, record: Record, picture: Picture | None, *missing: str) -> None:
        self.chip_view.place = "Satellite picture"
        show(self.chip_view, released_chip(record, picture, *missing, simulated=self._simulated, credit=self._credit))

    @report_errors
    def _show_picture(self, record: Record, picture: Picture) -> None:
        chip = self.chip_view.chip
        if chip is not None and chip.labels is not None:  # they were there first
            new_chip = released_chip(record, picture, simulated=self._simulated, credit=self._credit)
            if isinstance(new_chip, Chip):
                self.chip_view.chip = add_labels(new_chip, chip)
        else:
            self._put(record, picture, _NO_LABELS)

    @report_errors
    def _act(self, what: str) -> None:
        chip = self.chip_view.chip
        if what == "labels" and chip is not None:
            self._fetch_labels(chip.tile)
        elif what == "caption" and self.prompt_view.current is not None:
            self._caption(self.prompt_view.current)

    def _fetch_labels(self, tile: Tile) -> None:
        def job(step: Step) -> Chip:
            step("Loading the labels of this tile.")
            return self._labels.chip_at(*tile.center)

        self._end_request()
        self._caption_task.start(job, on_result=self._show_labels, on_error=self.show_error)

    @report_errors
    def _show_labels(self, source: Chip) -> None:
        chip_before = self.chip_view.chip
        if chip_before is None or source.labels is None:
            self.status.show_message(" ".join(source.missing) or "This place has no labels.", kind="error")
            return
        missing = tuple(one for one in chip_before.missing if one != _NO_LABELS)
        chip = add_labels(dataclasses.replace(chip_before, missing=missing), source)
        self.chip_view.chip = chip
        if source.simulated == self._simulated:  # made-up labels say nothing of a real caption
            self.caption_view.chip = chip
        # where it costs, the button that says how much is the only one
        self._allow("map", *(("caption",) if is_free(self._captioner) else ()))
        self.status.show_message(
            "The simulated labels and the prompt made from them are shown."
            if source.simulated
            else "The labels and the prompt made from them are shown.",
            kind="done",
        )
        self._prompt(None)

    @report_errors
    def _prompt(self, _change: object) -> None:
        chip = self.chip_view.chip
        if chip is not None and chip.labels is not None:
            self._prompts.layout.display = ""
            prompt = self.prompt_view.prompt = prompt_for(chip.labels, style=self.style.value)
            if not is_free(self._captioner):
                self.prompt_view.ask_label, self.prompt_view.cost = offer_of(self._captioner, prompt)

    @report_errors
    def _caption(self, prompt: Prompt) -> None:
        chip = self.chip_view.chip
        if chip is None or (self.prompt_view.busy and self._caption_task.busy):
            return

        def job(step: Step) -> Caption:
            step("Waiting for the caption.")
            return self._limited_captioner.caption(prompt, chip)

        self._caption_task.start(job, on_result=self._show_caption, on_error=self.show_error)

    @report_errors
    def _show_captions(self, captions: CaptionsOfPair) -> None:
        self._of_catalog = captions
        self._write_captions()
        if captions.left_out:
            self.status.show_message(
                f"Not shown: {_more(captions.left_out)} of this pair; choose their writer above the gallery."
            )

    @report_errors
    def _show_caption(self, caption: Caption) -> None:
        self._new_caption = (caption,)
        self._write_captions()
        self.status.show_message("The new caption is shown beside the released ones.", kind="done")

    def _write_captions(self) -> None:
        """Show the captions of the catalog, which may come last, and the new one."""
        captions = (*self._of_catalog.captions, *self._new_caption)
        # two captions beside each other need the whole width
        (self._grid.add_class if len(captions) > 1 else self._grid.remove_class)("cen-wide")
        self.compare_view.caption_names = self._of_catalog.names
        self.caption_view.captions = self.compare_view.captions = captions

    def _show_status_if_any(self, _change: object) -> None:
        self.status.layout.display = "" if self.status.message or self.status.busy else "none"

    @report_errors
    def _cancel(self) -> None:
        self._caption_task.stop()
        self._end_request()
        self.status.show_message("Stopped.")

    @report_errors
    def _show_progress(self, _change: dict[str, Any]) -> None:
        self.status.busy = self._caption_task.busy
        self.prompt_view.busy = self._caption_task.busy and not is_free(self._captioner)
        if self._caption_task.busy and self._caption_task.step:
            self.status.show_message(self._caption_task.step)


def _more(count: int) -> str:
    return f"{count:,} more caption{'s' * (count != 1)}"
