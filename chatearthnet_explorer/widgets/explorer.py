"""A click becomes a caption, on screen: map, chip, prompt and caption together."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.captioners import CAPTIONERS, Captioner, open_captioner
from chatearthnet_explorer.card import Card, card, chip_card
from chatearthnet_explorer.card.provenance import coordinates
from chatearthnet_explorer.errors import Cancelled, ExplorerError
from chatearthnet_explorer.pipeline import Captioned, caption_at, caption_of
from chatearthnet_explorer.render import png
from chatearthnet_explorer.sources import SOURCES, Source, open_source
from chatearthnet_explorer.widgets.chip_view import ChipView
from chatearthnet_explorer.widgets.click_map import ClickMap
from chatearthnet_explorer.widgets.code_view import CodeView
from chatearthnet_explorer.widgets.composed import Composed, guarded, panel
from chatearthnet_explorer.widgets.grounding_view import GroundingView
from chatearthnet_explorer.widgets.places import PLACES, Place
from chatearthnet_explorer.widgets.prompt_view import PromptView
from chatearthnet_explorer.widgets.released_captions import released_captions
from chatearthnet_explorer.widgets.status_line import StatusLine
from chatearthnet_explorer.widgets.switches import Switches
from chatearthnet_explorer.widgets.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.catalog.table import Catalog
    from chatearthnet_explorer.prompt import Prompt
    from chatearthnet_explorer.tile import Tile

    Step = Callable[[str], None]

_LOG = logging.getLogger(__name__)
_HINT = "Click anywhere on land: its chip, its labels, the prompt and a caption appear here."


class Explorer(Composed):
    """Click a place and see its Sentinel-2 chip, its land cover, ChatEarthNet's prompt of it, and a caption.

    As the last line of a cell it shows itself; ``explorer.go(lon, lat)`` does by code what a click does.
    """

    stopped = "Stopped. Click anywhere to go on."

    result = traitlets.Instance(Captioned, allow_none=True, default_value=None)
    """What became of the latest click; the views show it."""

    def __init__(
        self,
        *,
        source: str | Source = "auto",
        captioner: str | Captioner = "template",
        captioners: Sequence[str] = CAPTIONERS,
        place: Place | None = PLACES[0],
        catalog: Catalog | None = None,
    ) -> None:
        """Open on a place.

        Args:
            source: Where chips come from: ``auto``, ``stac``, ``simulated``, or an object.
            captioner: Who writes: ``template``, ``chat``, ``vision``, or an object.
            captioners: Those a person can choose from.
            place: What is shown before the first click; None for the map alone.
            catalog: Whose captions come before a new one where it has the chip.

        Raises:
            SettingError: If there is no source or captioner of that name.
        """
        self._source, self._captioner = open_source(source), open_captioner(captioner)
        self._catalog = catalog
        self._work, self._listing, self._scene, self._quiet = Work(), Work(), "", False
        self.map = ClickMap()
        """Where to."""
        self.switches = Switches(
            sources=() if source is self._source else SOURCES,
            captioners=() if captioner is self._captioner else captioners,
        )
        """How."""
        if isinstance(source, str):
            self.switches.source = source
        if isinstance(captioner, str):
            self.switches.captioner = captioner
        self.chip_view, self.prompt_view, self.caption_view = ChipView(), PromptView(), GroundingView(plain=True)
        self.check = ipywidgets.ToggleButton(
            description="Check against the labels",
            tooltip="Underline what the caption claims by what the labels say of it",
            layout={"width": "auto", "align_self": "flex-start"},
        )
        """Whether captions are held against the labels."""
        self.code_view, status = CodeView(), StatusLine(message=_HINT)
        super().__init__(self._composed(status), status, sheets=("explorer.css",))
        self.add_class("cen-explorer")
        self._connect()
        if place is not None:
            self.map.go(place.lon, place.lat)

    def go(self, lon: float, lat: float) -> Captioned:
        """Go to a place, wait, and return what became of it; the views show it.

        Args:
            lon: Degrees east; wrapped beyond -180 to 180.
            lat: Degrees north, within 85.0511 of the equator.

        Raises:
            ExplorerError: If there is no such place, or something could not be had.
        """
        self._work.stop()
        self._quiet = True
        try:
            self.map.go(lon, lat)
        finally:
            self._quiet = False
        self._forget_scenes()
        shown = self._fetching()(lambda _: None)
        self._show(shown)
        return shown

    def card(self) -> Card:
        """Return what is on screen, as HTML to be read."""
        return card(self.result, palette=self.chip_view.palette) if self.result else chip_card(None)

    def close(self) -> None:
        """Let go of everything: what is under way ends at its next step, the widgets close."""
        self._work.stop()
        self._listing.stop()
        super().close()

    def _connect(self) -> None:
        self.map.observe(self._picked, "lonlat")
        self.observe(self._draw, "result")
        self.switches.observe(self._from_anew, ["source", "year"])
        self.switches.observe(self._other_scene, "scene")
        self.switches.observe(self._same_chip, ["style", "seed", "captioner", "model", "base_url", "image"])
        self.prompt_view.on_caption_again(self._asked_again)
        self.check.observe(self._checked, "value")
        self.status.on_cancel(self._cancelled)
        self._work.observe(self._progress, ["busy", "step"])
        for pointing in ("highlight", "within"):
            traitlets.link((self.caption_view, pointing), (self.chip_view, pointing))
        traitlets.link((self.caption_view, "palette"), (self.chip_view, "palette"))
        traitlets.link((self.prompt_view, "palette"), (self.chip_view, "palette"))

    def _composed(self, status: StatusLine) -> list[ipywidgets.Widget]:
        columns = [
            ipywidgets.VBox(
                [
                    panel(status, self.map, self.switches.where),
                    panel(self.switches.how, self.caption_view, self.check, self.code_view),
                ]
            ),
            ipywidgets.VBox([panel(self.chip_view), panel(self.prompt_view)]),
        ]
        grid = ipywidgets.Box(columns)
        grid.add_class("cen-grid")
        return [grid]

    @guarded
    def _picked(self, change: dict[str, Any]) -> None:
        if change["new"] is not None and not self._quiet:
            self._forget_scenes()
            self._start(self._fetching())

    @guarded
    def _from_anew(self, _change: dict[str, Any]) -> None:
        if self.switches.source != self._source.name and self.switches.sources:
            self._source = open_source(self.switches.source)
        self._forget_scenes()
        if self.map.lonlat is not None:
            self._start(self._fetching())

    @guarded
    def _other_scene(self, _change: dict[str, Any]) -> None:
        if self.switches.scene != self._scene and self.map.lonlat is not None:
            self._scene = self.switches.scene
            self._start(self._fetching())

    @guarded
    def _same_chip(self, _change: dict[str, Any]) -> None:
        self._write(None)

    @guarded
    def _asked_again(self, prompt: Prompt) -> None:
        self._write(prompt)

    @guarded
    def _cancelled(self) -> None:
        self._work.stop()
        self.tell(Cancelled())

    def _write(self, prompt: Prompt | None) -> None:
        """Have the chip on screen captioned, without fetching it anew."""
        shown, choice = self.result, self._choice()
        if shown is None:
            return

        def job(step: Step) -> Captioned:
            return caption_of(shown.chip, shown.lon, shown.lat, prompt=prompt, step=step, **choice)

        self._start(job)

    def _fetching(self) -> Callable[[Step], Captioned]:
        """Return the work of a click, with every choice as it is now."""
        lon, lat = self.map.lonlat
        source, scene, choice = self._source, self._scene, self._choice()

        def job(step: Step) -> Captioned:
            return caption_at(lon, lat, source=source, scene=scene or None, step=step, **choice)

        return job

    def _choice(self) -> dict[str, Any]:
        chosen = self.switches
        if chosen.captioners:
            self._captioner = open_captioner(
                chosen.captioner,
                model=chosen.model or None,
                base_url=chosen.base_url or None,
                image=chosen.image,
            )
        return {"captioner": self._captioner, "style": chosen.style, "year": chosen.year, "seed": chosen.seed}

    def _forget_scenes(self) -> None:
        self._listing.stop()
        self._scene, self.switches.scenes = "", ()

    def _list_scenes(self) -> None:
        """Offer the scenes of the place, where the source has a list of them."""
        scenes_at = getattr(self._source, "scenes_at", None)
        if scenes_at is None or self.switches.scenes or self._listing.busy:
            return
        (lon, lat), year = self.map.lonlat, self.switches.year

        # that there is none, the chip says already
        self._listing.start(
            lambda _: scenes_at(lon, lat, year=year),
            done=lambda scenes: self.switches.set_trait("scenes", scenes),
            failed=_log,
        )

    def _start(self, job: Callable[[Step], Captioned]) -> None:
        def encoded(step: Step) -> Captioned:
            shown = job(step)
            if shown.chip.rgb is not None:
                png(shown.chip.rgb)  # kept there for the views, which are drawn on the loop that answers everybody
            return shown

        self._work.start(encoded, done=self._show, failed=self.tell)

    @guarded
    def _progress(self, _change: dict[str, Any]) -> None:
        self.status.busy = self._work.busy
        if self._work.busy and self._work.step:
            self.status.say(self._work.step, kind="hint")

    @guarded
    def _show(self, shown: Captioned) -> None:
        self.result = shown
        self._list_scenes()

    @guarded
    def _draw(self, _change: dict[str, Any]) -> None:
        shown = self.result
        if shown is None:
            return
        country = shown.country.name if shown.country else "Open sea"
        self.map.chip = self.chip_view.chip = shown.chip
        self.chip_view.place = f"{country}, {coordinates(shown.lon, shown.lat)}"
        self.prompt_view.prompt = shown.prompt
        self.prompt_view.cost = self._cost(shown.prompt)
        with self.caption_view.hold_sync():  # no caption is ever seen beside what another chip says of it
            self._checked(None)
            self.caption_view.captions = (
                *self._released(shown.chip.tile),
                *((shown.caption,) if shown.caption else ()),
            )
        self.caption_view.error = str(shown.error or "")
        self.code_view.code = shown.code
        self.status.say(f"{country}. Click anywhere on the map to see another place.", kind="done")

    @guarded
    def _checked(self, _change: dict[str, Any] | None) -> None:
        self.caption_view.chip = self.chip_view.chip if self.check.value else None

    def _cost(self, prompt: Prompt | None) -> str:
        """Return in words what another caption will roughly cost; nothing where no model is asked."""
        estimate = getattr(self._captioner, "estimate", None)
        return estimate(prompt).told if estimate and prompt else ""

    def _released(self, tile: Tile) -> tuple[Caption, ...]:
        record = self._catalog.at(tile) if self._catalog else None
        return released_captions(record, simulated=self._catalog.simulated) if self._catalog and record else ()


def _log(problem: Exception) -> None:
    if not isinstance(problem, ExplorerError):
        _LOG.error("A handler of the explorer failed.", exc_info=problem)
