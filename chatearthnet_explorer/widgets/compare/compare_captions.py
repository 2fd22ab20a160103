"""The comparison of writers: one place, several captions beside each other, each claim held against the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import ipywidgets
import traitlets

from chatearthnet_explorer.captioners import captioner_names, usable_captioners
from chatearthnet_explorer.captioners.model_table import DEFAULT
from chatearthnet_explorer.captioners.service.request_quota import Quota
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.comparison_card import comparison_card, comparison_table
from chatearthnet_explorer.cards.html_tree import markup
from chatearthnet_explorer.cards.place_words import place_name, sentence_case
from chatearthnet_explorer.comparison import Comparison, with_captions_of
from chatearthnet_explorer.errors import Cancelled, SettingError
from chatearthnet_explorer.places.suggestions import PLACES, Place
from chatearthnet_explorer.sources import YEARS, Source, open_source
from chatearthnet_explorer.widgets.compare.caption_columns import CaptionColumn, CaptionColumns
from chatearthnet_explorer.widgets.compare.compare_files import comparison_files
from chatearthnet_explorer.widgets.compare.compare_job import CompareJob
from chatearthnet_explorer.widgets.compare.compare_link import DEFAULT_WRITERS
from chatearthnet_explorer.widgets.compare.recent_captions import RecentCaptions
from chatearthnet_explorer.widgets.compare.writer_access import WriterAccess
from chatearthnet_explorer.widgets.compare.writer_list import WriterList
from chatearthnet_explorer.widgets.explore.click_map import ClickMap
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.chip_view import ChipView
from chatearthnet_explorer.widgets.shared.composite import Composite, panel, report_errors
from chatearthnet_explorer.widgets.shared.download_button import DownloadButton
from chatearthnet_explorer.widgets.shared.job_report import Report
from chatearthnet_explorer.widgets.shared.share_button import ShareButton
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.sources import Year
    from chatearthnet_explorer.writer import Writer

_HINT = "Choose a place and the writers. Fixed sentences are written at once; models write when you press the button."


class CompareCaptions(Composite):
    """Captions of one place by several writers: other models, other prompts, or a prompt without some of its rules.

    Captioners that cost nothing write at once; models are asked by a press of the button.
    """

    stop_message = "Stopped. The captions that were complete are shown."

    _endings: tuple[Callable[[], None], ...] = ()

    comparison = traitlets.Instance(Comparison, allow_none=True, default_value=None)
    """What is shown; None before the first place."""

    def __init__(
        self,
        *,
        source: str | Source = "auto",
        writers: Sequence[Writer] = DEFAULT_WRITERS,
        captioners: Sequence[str] | None = None,
        place: Place | Literal["first"] | None = "first",
        year: Year = YEARS[0],
        model: str = "",
        base_url: str = "",
        choose_service: bool = True,
        quota: Quota | None = None,
        recent: RecentCaptions | None = None,
    ) -> None:
        """Open on a place.

        Args:
            source: Where chips come from: one of ``sources.source_names()``, or an object.
            writers: Who is compared.
            captioners: Names of the captioners that a person can choose from; None for all that can be used.
            place: What is shown at first; None for the map alone, ``first`` for the first of ``PLACES``.
            year: Year of labels and scene.
            model: Identifier of the model to ask where none is written; empty for the default model.
            base_url: Address of the service to ask at first; see ``Explorer``.
            choose_service: Whether a person may choose another model or address.
            quota: How often a model may be asked; None for as often as one likes, one request at a time.
            recent: Captions that models wrote for the same person before; None for those of this widget alone.

        Raises:
            SettingError: If there is no source or captioner of that name.
        """
        self._source, self.year = open_source(source), year
        self._task, self._is_silent = BackgroundTask(), False
        self._so_far: Comparison | None = None
        self._recent, self._again, self._requests_models = recent or RecentCaptions(), False, False
        self._links: list[tuple[CaptionColumn, list[traitlets.link]]] = []
        names = captioner_names() if captioners is None else captioners
        plugins = [plugin for plugin in usable_captioners() if plugin.name in names]
        if unknown := [writer.captioner for writer in writers if writer.captioner not in {one.name for one in plugins}]:
            msg = f"There is no captioner {unknown[0]!r} to choose from; the names are {', '.join(names)}."
            raise SettingError(msg)
        self.map = ClickMap(height="260px")
        """Where."""
        self.writer_list = WriterList(writers, plugins, choose_model=choose_service, default_model=model or DEFAULT)
        """Who."""
        self.access = WriterAccess(
            plugins, model=model, base_url=base_url, choose_service=choose_service, quota=quota or Quota()
        )
        """The service that models are asked at."""
        self.chip_view = ChipView()
        self.columns = CaptionColumns(self._cancel)
        """The captions."""
        self._table = ipywidgets.HTML()
        self._button = ipywidgets.Button(tooltip="Have every writer write", layout={"width": "auto"})
        self._button.add_class("cen-ask")
        self._cost = ipywidgets.HTML(layout={"flex": "1 1 160px", "min_width": "0"})
        self.files = DownloadButton()
        """What can be saved."""
        status = StatusLine(message=_HINT)
        ask = ipywidgets.HBox(
            [self._button, self._cost], layout={"flex_flow": "row wrap", "align_items": "center", "grid_gap": "8px"}
        )
        self.ask_status = StatusLine()
        """What the models are doing, beside the button that asks them."""
        tools = ipywidgets.HBox([ShareButton(), self.files], layout={"flex_flow": "row wrap", "grid_gap": "8px"})
        grid = ipywidgets.Box(
            [panel(self.map, status), panel(self.writer_list, self.access.fields, ask, self.ask_status)]
        )
        results = panel(self._table, self.columns, tools.add_class("cen-tools"))
        super().__init__(
            [grid.add_class("cen-grid"), results, panel(self.chip_view)],
            status,
            sheets=("steps.css", "explorer.css", "compare.css"),
        )
        self.add_class("cen-explorer").add_class("cen-compare")
        self._connect()
        self._endings = (self._task.stop, self.access.end, self.access.forget_key, self.map.stop)
        if place is not None:
            first = PLACES[0] if place == "first" else place
            self.map.go(first.lon, first.lat)

    @property
    def writers(self) -> tuple[Writer, ...]:
        """Who is compared."""
        return self.writer_list.writers

    def go(self, lon: float, lat: float) -> Comparison:
        """Go to a place, have every writer write, wait, and return the comparison; models are asked as well.

        Args:
            lon: Degrees east; wrapped beyond -180 to 180.
            lat: Degrees north, within 85.0511 of the equator.

        Raises:
            ExplorerError: If there is no such place, or something could not be had.
        """
        self._task.stop()
        self._move(lon, lat, self.writers)
        comparison = self._job(None, ask=True, again=True)(Report(on_text=self.columns.write))
        self._show(comparison)
        return comparison

    @report_errors
    def visit(self, lon: float, lat: float, writers: Sequence[Writer], *, source: str = "", year: Year) -> None:
        """Go to a place with other writers as a person does; the result comes later."""
        if source and source != self._source.name:
            self._source = open_source(source)
        self.year = year
        self._move(lon, lat, writers)
        self._start(self._job(None, ask=False))

    @property
    def source(self) -> str:
        """Name of the source of chips."""
        return self._source.name

    def card(self) -> Card:
        """Return the comparison as static HTML."""
        if self.comparison is None:
            return Card("Captions compared", ())
        return comparison_card(self.comparison, palette=self.chip_view.palette)

    def close(self) -> None:
        """Stop what is under way, forget the key, and close the widgets."""
        for end in self._endings:
            end()
        super().close()

    def _connect(self) -> None:
        self.map.observe(self._on_place, "lonlat")
        self.writer_list.observe(self._on_writers, "writers")
        self.access.observe(self._offer, ["base_url", "cap"])
        self._button.on_click(self._on_press)
        for line in (self.status, self.ask_status):
            line.on_cancel(self._cancel)
        self._task.observe(self._show_progress, ["busy", "step"])
        self._task.on_text = self.columns.write
        self._offer(None)

    def _move(self, lon: float, lat: float, writers: Sequence[Writer]) -> None:
        self._is_silent = True
        try:
            self.writer_list.writers = tuple(writers)
            self.map.go(lon, lat)
        finally:
            self._is_silent = False
        self._offer(None)

    @report_errors
    def _on_place(self, change: dict[str, Any]) -> None:
        if change["new"] is not None and not self._is_silent:
            self._start(self._job(None, ask=False))

    @report_errors
    def _on_writers(self, _change: object) -> None:
        self._offer(None)
        if not self._is_silent and self.comparison is not None:
            chip = self.comparison.chip
            lacks_bands = any(one.needs_bands for one in self.writers) and not chip.bands
            self._start(self._job(None if lacks_bands else chip, ask=False))

    @report_errors
    def _on_press(self, _button: object) -> None:
        if self._task.busy and self.comparison is None:
            self.status.show_message("Wait until the place is there, then press again.", kind="hint")
        elif self.comparison is not None and not self._task.busy:
            self._start(self._job(self.comparison.chip, ask=True, again=self._again))

    @report_errors
    def _cancel(self) -> None:
        self.columns.break_off()  # first, as a task that ends has no text under way
        so_far, before = self._so_far, self.comparison
        self._task.stop()
        self.access.end()
        if so_far is not None and before is not None and so_far.chip is before.chip:  # what was paid for stays
            self._show(with_captions_of(so_far, before))
        self.show_error(Cancelled())

    def _job(self, chip: Chip | None, *, ask: bool, again: bool = False) -> Callable[[Report], Comparison]:
        """Return the work of a comparison.

        Args:
            chip: The chip that is there already; None to fetch it.
            ask: Whether models are asked; otherwise their earlier captions stay, if they are of the same chip.
            again: Whether models are asked that have written already.
        """
        self.access.end()
        self._requests_models = ask
        if self.comparison is not None:
            self._recent.put(self.comparison)  # once more, so that what is seen is never too old
        return CompareJob(
            chip=chip,
            lonlat=self.map.lonlat,
            source=self._source,
            year=self.year,
            writers=self.writers,
            default_model=self.access.default_model,
            ask=ask,
            again=again,
            open_one=self.access.opener(),
            recent=self._recent,
            on_progress=lambda so_far: setattr(self, "_so_far", so_far),
        ).run

    def _start(self, job: Callable[[Report], Comparison]) -> None:
        if not self._is_silent:
            self._so_far = None
            self._task.start(job, on_result=self._show, on_error=self.show_error)

    @report_errors
    def _show_progress(self, _change: object) -> None:
        busy = self._button.disabled = self._task.busy
        step = self._task.step if busy else ""
        if busy and self._so_far is not None:
            self.columns.show_some(self._so_far, self.writers)
            self._link_columns()
            self.columns.show_progress(step, len(self._so_far.captions))
        else:
            self.columns.show_progress("", 0)
        self.ask_status.busy, self.status.busy = busy and self._requests_models, busy and not self._requests_models
        self.ask_status.show_message(step if self._requests_models else "")
        if step and not self._requests_models:
            self.status.show_message(step)

    @report_errors
    def _show(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.map.chip = self.chip_view.chip = comparison.chip
        self.columns.show(comparison)
        self._link_columns()
        self._table.value = markup(comparison_table(comparison))
        self.files.offers = comparison_files(comparison, lambda: self.chip_view.palette)
        self._offer(None)
        waiting = sum(one.is_waiting for one in comparison.captions)
        ending = f" Press '{self._button.description}' for {waiting} more." if waiting else ""
        self.status.show_message(f"{sentence_case(place_name(comparison))}.{ending}", kind="done")

    def _link_columns(self) -> None:
        """Let a word that is pointed at light its pixels in the picture, and all views have the same colours."""
        ready = {column for column, _ in self._links}
        self._links = [(column, links) for column, links in self._links if column in self.columns.columns]
        for column in self.columns.columns:
            if column not in ready:
                links = [
                    traitlets.link((column.view, trait), (self.chip_view, trait))
                    for trait in ("highlight", "within", "palette")
                ]
                self._links.append((column, links))

    @report_errors
    def _offer(self, _change: object) -> None:
        """Offer to have the models write, with what that costs."""
        offer = self.access.offer(self.writers, self.comparison)
        self._again = offer.again
        self._button.description, self._cost.value = offer.label, offer.cost
        self._button.layout.display = self.ask_status.layout.display = "" if offer.label else "none"
