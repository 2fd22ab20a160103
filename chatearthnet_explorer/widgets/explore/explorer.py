"""The Explorer: click a map and see chip, prompt and caption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import traitlets

from chatearthnet_explorer.captioners import Captioner, open_captioner
from chatearthnet_explorer.cards import Card, card, chip_card
from chatearthnet_explorer.cards.place_words import place_name, place_title, sentence_case
from chatearthnet_explorer.cards.steps import PLACE, QUESTION
from chatearthnet_explorer.pipeline import Captioned
from chatearthnet_explorer.places.suggestions import PLACES, Place
from chatearthnet_explorer.sources import Source, open_source
from chatearthnet_explorer.widgets.explore.caption_jobs import fetch_job, show_progress, write_job
from chatearthnet_explorer.widgets.explore.caption_options import CaptionOptions
from chatearthnet_explorer.widgets.explore.caption_step import CANCELLED, CaptionStep
from chatearthnet_explorer.widgets.explore.chip_bands import band_reader, kept_prompt, lacks_bands
from chatearthnet_explorer.widgets.explore.click_map import ClickMap
from chatearthnet_explorer.widgets.explore.model_requests import ModelRequests
from chatearthnet_explorer.widgets.explore.next_actions import NextActions
from chatearthnet_explorer.widgets.explore.next_steps import NextSteps
from chatearthnet_explorer.widgets.explore.real_place import RealPlace
from chatearthnet_explorer.widgets.explore.scene_choice import SceneChoice
from chatearthnet_explorer.widgets.explore.step_card import StepCard, story
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.chip_view import ChipView, encode_picture
from chatearthnet_explorer.widgets.shared.composite import Composite, panel, report_errors
from chatearthnet_explorer.widgets.shared.job_report import Report
from chatearthnet_explorer.widgets.shared.prompt_view import PromptView
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ipyleaflet

    from chatearthnet_explorer.captioners.service.request_quota import Quota
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.widgets.explore.caption_jobs import Job

_HINT = "Click anywhere on land to see its picture, its land cover and a caption."


class Explorer(Composite):
    """Click a place and see its Sentinel-2 chip, its land cover, ChatEarthNet's prompt of it, and a caption.

    As the last line of a cell it shows itself; ``explorer.go(lon, lat)`` does by code what a click does, and asks the
    captioner as well. On screen a model is asked only by a press of its button: asking may cost.
    """

    stop_message = "Stopped. Click the map to continue."

    result = traitlets.Instance(Captioned, allow_none=True, default_value=None)
    """What became of the latest click; the views show it."""

    _endings: tuple[Callable[[], None], ...] = ()

    def __init__(
        self,
        *,
        source: str | Source = "auto",
        captioner: str | Captioner = "template",
        captioners: Sequence[str] | None = None,
        place: Place | Literal["first"] | None = "first",
        map: ipyleaflet.Map | None = None,  # noqa: A002 - the word that users of maps expect
        catalog: Catalog | None = None,
        model: str = "",
        base_url: str = "",
        choose_service: bool = True,
        quota: Quota | None = None,
        find_catalog: Callable[[], Catalog] | None = None,
        lesson: str = "",
    ) -> None:
        """Open on a place.

        Args:
            source: Where chips come from: one of ``sources.source_names()``, or an object.
            captioner: Who writes: one of ``captioners.captioner_names()``, or an object.
            captioners: Names that a person can choose from; None for all that can be used.
            place: What is shown before the first click; None for the map alone. ``first`` is the first of ``PLACES``,
                and None where the user's own map is given, which stays where it is.
            map: A ``leafmap.Map`` or ``ipyleaflet.Map`` of the user's own, with its layers and tools; what the Explorer
                needs is added to it, and removed again by ``close``.
            catalog: Whose captions come before a new one where it has the chip.
            model: Identifier of the model to ask at first; empty for the default model.
            base_url: Address of the service to ask at first; empty for ``OPENAI_BASE_URL`` or OpenAI's own. The key of
                ``OPENAI_API_KEY`` goes there, and to no address that is typed on screen.
            choose_service: Whether a person may choose another model or address, and edit the prompt.
            quota: How often a model may be asked; None for as often as one likes, one request at a time.
            find_catalog: Returns the catalog in which similar places are found; None for ``catalog``.
            lesson: Address of the lesson on how the question is made, on a site that has one.

        Raises:
            SettingError: If there is no source or captioner of that name, or the map is of another kind.
        """
        self._source = open_source(source)
        writer = open_captioner(captioner)
        self._task, self._is_silent, self._fetch_due = BackgroundTask(), False, False
        self.map = ClickMap(map)
        """Where to."""
        self.options = CaptionOptions(
            sources=() if source is self._source else None,
            captioners=() if captioner is writer else captioners,
            choose_service=choose_service,
        )
        """How."""
        self._scenes = SceneChoice(self.options)
        if isinstance(source, str):
            self.options.source = source
        if isinstance(captioner, str):
            self.options.captioner = captioner
        self.options.model, self.options.base_url = model, base_url
        self.chip_view = ChipView(has_steps=True)
        self.prompt_view = PromptView(may_edit=choose_service)
        self._requests = ModelRequests(writer, self.options, self.prompt_view, base_url=base_url, quota=quota)
        self.ask_bar = self._requests.bar
        """The button that sends a request to a model."""
        self._caption = CaptionStep(self.options.tabs, self.ask_bar, catalog=catalog)
        self.caption_view, self.code_view = self._caption.view, self._caption.code_view
        self.check = self._caption.check
        """Whether captions are checked against the labels."""
        self._place_card = StepCard(PLACE, self.map, status := StatusLine(message=_HINT), self.options)
        find_catalog = find_catalog or ((lambda: catalog) if catalog is not None else None)
        page = story(
            place=self._place_card,
            chip=panel(self.chip_view),
            caption=self._caption,
            question=StepCard(QUESTION, self.prompt_view),
            next=panel(next_steps := NextSteps(lesson=lesson)),
        )
        super().__init__([page], status, sheets=("steps.css", "explorer.css"))
        self._next = NextActions(next_steps, self._caption, find_catalog=find_catalog, visit=self.visit)
        self.add_class("cen-explorer")
        self._endings = (
            *(self._task.stop, self._requests.end, self._scenes.stop),
            *(self.options.key_field.forget, self.map.stop, self._next.stop),
        )
        self._connect()
        if place := (None if map else PLACES[0]) if place == "first" else place:
            self.map.go(place.lon, place.lat)

    def go(self, lon: float, lat: float) -> Captioned:
        """Go to a place, wait, and return what became of it; the views show it.

        Args:
            lon: Degrees east; wrapped beyond -180 to 180.
            lat: Degrees north, within 85.0511 of the equator.

        Raises:
            ExplorerError: If there is no such place, or something could not be had.
        """
        self._task.stop()
        self._move(lon, lat)
        captioned = self._fetching(ask=True)(Report(on_text=self.caption_view.write))
        self._show(captioned)
        return captioned

    @report_errors
    def visit(self, lon: float, lat: float, *, scene: str = "", **options: Any) -> None:
        """Go to a place as a click does, with a scene and other traits of ``options``; the result comes later."""
        self._move(lon, lat, **options)
        self._scenes.scene = self.options.scene = scene
        self._start(self._fetching())

    def _move(self, lon: float, lat: float, **options: Any) -> None:
        """Change the place and the options, and start nothing."""
        self._is_silent = True
        try:
            for name, value in options.items():
                setattr(self.options, name, value)
            self.map.go(lon, lat)
        finally:
            self._is_silent = False
        self._scenes.forget()

    def card(self) -> Card:
        """Return what is on screen, as static HTML."""
        return card(self.result, palette=self.chip_view.palette) if self.result else chip_card(None)

    def close(self) -> None:
        """Stop all tasks, which end at their next step, and close the widgets."""
        for end in self._endings:
            end()
        super().close()

    def _connect(self) -> None:
        self.map.observe(self._on_place, "lonlat")
        self.observe(self._draw_result, "result")
        self.options.observe(self._fetch_again, ["source", "year"])
        self.options.observe(self._other_scene, "scene")
        self.options.observe(self._other_prompt, ["style", "seed"])
        self.options.observe(
            self._other_captioner, ["captioner", "model", "base_url", "image", "token_limit", "effort"]
        )
        self.prompt_view.on_caption_again(self._ask)
        self.status.on_cancel(self._cancel)
        self.caption_view.on_cancel(self._cancel)
        self._requests.on_notice(self.status.show_message)
        self._task.observe(self._show_progress, ["busy", "step"])
        self._task.on_text = self.caption_view.write
        for trait in ("highlight", "within", "palette"):
            traitlets.link((self.caption_view, trait), (self.chip_view, trait))
        traitlets.link((self.prompt_view, "palette"), (self.chip_view, "palette"))
        self.chip_view.read_bands_with(band_reader(lambda: self._source, self.options, self._scenes))
        self._real_place = RealPlace(self.chip_view, self.options, retry=self._retry)

    @report_errors
    def _on_place(self, change: dict[str, Any]) -> None:
        if change["new"] is not None and not self._is_silent:
            self._scenes.forget()
            self._start(self._fetching())

    @report_errors
    def _fetch_again(self, _change: dict[str, Any]) -> None:
        if self.options.source != self._source.name and self.options.sources:
            self._source = open_source(self.options.source)
        self._scenes.forget()
        if self.map.lonlat is not None:
            self._start(self._fetching())

    @report_errors
    def _retry(self) -> None:
        getattr(self._source, "retry", lambda: None)()
        self._fetch_again({})

    @report_errors
    def _other_scene(self, _change: dict[str, Any]) -> None:
        if self.options.scene != self._scenes.scene and self.map.lonlat is not None:
            self._scenes.scene = self.options.scene
            self._start(self._fetching())

    @report_errors
    def _other_prompt(self, _change: dict[str, Any]) -> None:
        self._write(None)

    @report_errors
    def _other_captioner(self, _change: dict[str, Any]) -> None:
        if self.result is not None:
            self._write(kept_prompt(self.result, self.options), keep=True)

    @report_errors
    def _ask(self, prompt: Prompt) -> None:
        self._write(self.prompt_view.prompt if self.prompt_view.edit_warning else prompt, ask=True)

    @report_errors
    def _cancel(self) -> None:
        self._task.stop()
        self._requests.end()
        self.caption_view.break_off(CANCELLED)
        self.status.show_message(self.stop_message)

    def _write(self, prompt: Prompt | None, *, ask: bool = False, keep: bool = False) -> None:
        """Have the chip on screen captioned, without fetching it anew.

        Args:
            prompt: What to ask; None to make it of the labels.
            ask: Whether a person wants it asked; a captioner that costs nothing is asked in any case.
            keep: Whether a caption of the same captioner stays.
        """
        # the chip on screen is not the one that is wanted, or it lacks what the prompt is made of
        if (self._task.busy and self._fetch_due) or lacks_bands(self.result, self.options):
            self._start(self._fetching())
            return
        captioned, choice = self.result, self._choice()
        if captioned is None:
            return
        ask = self._requests.prepare(choice, ask=ask)
        self._start(write_job(captioned, prompt, ask=ask, keep=keep, choice=choice))

    def _fetching(self, *, ask: bool = False) -> Job:
        """Return the work of a click, with every choice as it is now."""
        choice = self._choice()
        ask = self._requests.prepare(choice, ask=ask)
        self._fetch_due = True
        return fetch_job(self.map.lonlat, self._source, scene=self._scenes.scene, ask=ask, choice=choice)

    def _choice(self) -> dict[str, Any]:
        options = {name: getattr(self.options, name) for name in ("style", "year", "seed")}
        return {"captioner": self._requests.captioner(), **options}

    def _start(self, job: Job) -> None:
        if not self._is_silent:
            self.caption_view.forget_text()
            self._task.start(lambda report: encode_picture(job(report)), on_result=self._show, on_error=self.show_error)

    @report_errors
    def _show_progress(self, _change: dict[str, Any]) -> None:
        self._requests.wait(busy=self._task.busy)
        show_progress(self._task, self.status, self.chip_view, self.caption_view, is_fetching=self._fetch_due)

    @report_errors
    def _show(self, captioned: Captioned) -> None:
        is_same, self.result, self._fetch_due = captioned == self.result, captioned, False
        if is_same:
            self._draw_result(None)  # traitlets does not notify of an equal value
        self._scenes.offer(self._source, *self.map.lonlat)

    @report_errors
    def _draw_result(self, _change: dict[str, Any] | None) -> None:
        captioned = self.result
        if captioned is None:
            return
        name = place_name(captioned)
        self._place_card.set_note(name)
        self.map.chip = self.chip_view.chip = captioned.chip
        self.chip_view.place = place_title(captioned)
        failure = self._real_place.offer(captioned.chip)
        self.prompt_view.show(captioned.prompt)
        button = self._requests.offer(captioned.prompt)
        self._caption.show(captioned, button=button)
        self._next.offer(captioned)
        invitation = self._requests.invite(has_caption=captioned.caption is not None)
        sentence = failure or f"{sentence_case(name)}. {invitation}".strip()
        self.status.show_message(sentence, kind="error" if failure else "done")
