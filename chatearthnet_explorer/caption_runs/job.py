"""What a run is about: places, captioner, style and labels; from it follow its tasks and its cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_file import CaptionEntry
from chatearthnet_explorer.caption_runs.chip_tasks import ChipTasks
from chatearthnet_explorer.caption_runs.known_requests import names_in_file, refuse_other_content
from chatearthnet_explorer.caption_runs.request_rows import model_captioner, request_rows, row_of
from chatearthnet_explorer.caption_runs.run_chips import (
    NETWORK_READERS,
    label_reader,
    picture_reader,
)
from chatearthnet_explorer.caption_runs.run_cost import run_cost
from chatearthnet_explorer.caption_runs.task import bounded_name, choices_of
from chatearthnet_explorer.captioners import captioner_names, check_style, model_of, sent_image
from chatearthnet_explorer.parallel.processes import processors
from chatearthnet_explorer.prompts.wording import open_wording, wording_hash
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chatearthnet_explorer.caption import Style
    from chatearthnet_explorer.caption_runs.places import Place, PlaceList
    from chatearthnet_explorer.caption_runs.request_rows import RequestRow
    from chatearthnet_explorer.caption_runs.run_chips import ChipReader
    from chatearthnet_explorer.caption_runs.run_cost import RunCost
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.sources import Year


@dataclass(frozen=True, kw_only=True)
class CaptionJob:
    """Captions of many places by one captioner.

    Raises:
        CaptionFileError: If the file has other content than captions, or cannot be read.
        SettingError: If the style is made of pictures, and the captioner sends words alone.
        WordingError: If the wording cannot be used.
    """

    place_list: PlaceList
    """The places."""

    captioner: Captioner
    """What writes."""

    path: Path
    """The file of captions."""

    style: Style = "3.5"
    """Style of the prompts."""

    seed: int = 0
    """Seed of the words that a 3.5 prompt draws."""

    wording: Path | None = None
    """TOML file with other sentences; None for the project's own."""

    year: Year = 2020
    """Year of labels and scenes."""

    settings: Settings | None = None
    """Addresses of labels and scenes; None to read the environment."""

    retry_failures: bool = False
    """Whether requests whose failure is likely to last are sent again."""

    def __post_init__(self) -> None:
        """Check what can be checked before anything is read."""
        open_wording(self.style, self.wording)
        refuse_other_content(self.path)
        check_style(self.captioner, self.style)

    @property
    def _writer(self) -> Writer:
        """The captioner's name and the choices of the prompts; it does not say what service is asked."""
        return Writer(
            captioner=self.captioner.name,
            style=self.style,
            wording=str(self.wording or ""),
            seed=self.seed,
            image=sent_image(self.captioner) or "",
        )

    @cached_property
    def names_in_file(self) -> frozenset[str]:
        """Names of chips that have their result in the file.

        Raises:
            CaptionFileError: If the file cannot be read.
        """
        like = CaptionEntry(
            name="",
            style=self.style,
            captioner=self.captioner.name,
            requested_model=bounded_name(model_of(self.captioner)),
            wording=wording_hash(self.style, self.wording),
            seed=self.seed,
            choices=choices_of(self.captioner, year=self.year),
            simulated=self.place_list.simulated,
        )
        return names_in_file(self.path, like, retry_failures=self.retry_failures)

    @cached_property
    def in_file(self) -> int:
        """Places that have their result in the file."""
        if not self.names_in_file:
            return 0
        return sum(place.name in self.names_in_file for place in self.place_list.places())

    @property
    def requests(self) -> int:
        """Requests to be sent, at most: some places may have no labels, or be named twice."""
        return self.place_list.total - self.in_file

    @cached_property
    def tasks(self) -> ChipTasks:
        """The tasks of the places that have no result in the file; it counts those without labels."""
        return self._new_tasks()

    def _new_tasks(self) -> ChipTasks:
        settings = self.settings or Settings()
        simulated = self.place_list.simulated
        if self._writer.needs_pictures:
            bands = self._writer.needs_bands
            chip_at: ChipReader = picture_reader(simulated=simulated, year=self.year, settings=settings, bands=bands)
        else:
            chip_at = label_reader(simulated=simulated, year=self.year, prefix=settings.worldcover)
        return ChipTasks(
            self._places(),
            chip_at,
            self._writer,
            year=self.year,
            readers=processors() if simulated else NETWORK_READERS,
        )

    def request_rows(self, *, processes: int) -> Iterator[RequestRow]:
        """Yield the requests of the places that have no result in the file, for a batch.

        Args:
            processes: How many processes make them; a captioner that cannot be opened by its name needs one.

        Raises:
            SettingError: If the captioner asks no service.
            SourceError: If the labels cannot be read.
        """
        captioner = model_captioner(self.captioner)
        tasks = self.tasks
        if captioner.name not in captioner_names():
            return (row_of(task, captioner) for task in tasks)
        writer = replace(self._writer, **captioner.options)
        return request_rows(tasks.chips(), writer, year=self.year, processes=processes)

    def cost(
        self,
        *,
        batch: bool = False,
        progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
    ) -> RunCost:
        """Return what the run costs, before anything is sent; it reads the labels of a few places.

        Args:
            batch: Whether the requests are sent as a batch, which has another price.
            progress: As for ``run_cost``.

        Raises:
            SourceError: If the labels cannot be read.
        """
        return run_cost(
            self._new_tasks(),
            self.captioner,
            requests=self.requests,
            in_file=self.in_file,
            batch=batch,
            progress=progress,
        )

    def _places(self) -> Iterator[Place]:
        names = self.names_in_file
        return (place for place in self.place_list.places() if place.name not in names)
