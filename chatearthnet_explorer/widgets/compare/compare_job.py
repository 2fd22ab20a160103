"""The slow work of a comparison, as a function that a background task runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.comparison import Comparison, compare_captions, writer_names
from chatearthnet_explorer.sources import fetch_chip

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.sources import Source, Year
    from chatearthnet_explorer.widgets.compare.recent_captions import RecentCaptions
    from chatearthnet_explorer.widgets.shared.job_report import Report
    from chatearthnet_explorer.writer import Writer

_FETCHING = "Fetching the picture and the land cover."


@dataclass(frozen=True, kw_only=True)
class CompareJob:
    """What a comparison is made of."""

    chip: Chip | None
    """The chip that is there already; None to fetch it."""

    lonlat: tuple[float, float]
    """Degrees east and north of the place."""

    source: Source
    """Where chips come from."""

    year: Year
    """Year of labels and scene."""

    writers: tuple[Writer, ...]
    """Who writes."""

    default_model: str
    """The model of writers that name none."""

    ask: bool
    """Whether models are asked."""

    again: bool
    """Whether models are asked that have written already."""

    open_one: Callable[[Writer], Captioner]
    """Returns the captioner of a writer."""

    recent: RecentCaptions
    """The captions that there were; those that are written are added one by one, so that none is lost."""

    on_progress: Callable[[Comparison], None]
    """Called, on the thread of the job, with what there is so far."""

    def run(self, report: Report) -> Comparison:
        """Fetch what is not there, have the writers write, and return the comparison.

        Raises:
            ExplorerError: If there is no such place, or something could not be had.
        """
        chip = self.chip
        if chip is None:
            report(_FETCHING)
            chip = fetch_chip(
                self.source, *self.lonlat, year=self.year, bands=any(one.needs_bands for one in self.writers)
            )
        names = writer_names(self.writers, self.default_model)

        def on_progress(so_far: Comparison, writer: Writer | None) -> None:
            self.recent.put(so_far)
            self.on_progress(so_far)
            report(f"Waiting for {names[len(so_far.captions)]}." if writer else "")

        return compare_captions(
            chip,
            *self.lonlat,
            self.writers,
            open_one=self.open_one,
            ask=self.ask,
            again=self.again,
            earlier=self.recent.find(chip),
            default_model=self.default_model,
            on_progress=on_progress,
            on_text=report.on_text,
        )
