"""The slow work of the Explorer, as functions that a background task runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.pipeline import FETCHING, WRITING, Captioned, caption_at, caption_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.widgets.shared.background import BackgroundTask
    from chatearthnet_explorer.widgets.shared.caption_view import CaptionView
    from chatearthnet_explorer.widgets.shared.chip_view import ChipView
    from chatearthnet_explorer.widgets.shared.job_report import Report
    from chatearthnet_explorer.widgets.shared.status_line import StatusLine

    Job = Callable[[Report], Captioned]


def fetch_job(lonlat: tuple[float, float], source: Source, *, scene: str, ask: bool, choice: Mapping[str, Any]) -> Job:
    """Return the work of a click.

    Args:
        lonlat: Degrees east and north of the click.
        source: Where the chip comes from.
        scene: Identifier of the scene; empty for the least cloudy.
        ask: Whether to write a caption.
        choice: Captioner, style, year and seed.
    """

    def job(report: Report) -> Captioned:
        return caption_at(
            *lonlat, source=source, scene=scene or None, ask=ask, step=report, on_text=report.on_text, **choice
        )

    return job


def write_job(captioned: Captioned, prompt: Prompt | None, *, ask: bool, keep: bool, choice: Mapping[str, Any]) -> Job:
    """Return the work of another caption of the same chip.

    Args:
        captioned: What became of the click.
        prompt: The prompt; None to make it from the labels.
        ask: Whether to write a caption.
        keep: Whether the caption of the same captioner stays where none is written.
        choice: Captioner, style, year and seed.
    """
    caption = captioned.caption
    if not (keep and caption and caption.captioner == choice["captioner"].name):
        caption = None

    def job(report: Report) -> Captioned:
        place = (captioned.chip, captioned.lon, captioned.lat)
        new_result = caption_of(*place, prompt=prompt, ask=ask, step=report, on_text=report.on_text, **choice)
        if new_result.error and new_result.prompt == captioned.prompt:  # what was paid for stays
            return replace(new_result, caption=captioned.caption)
        return new_result if ask else replace(new_result, caption=caption)

    return job


def show_progress(
    task: BackgroundTask, status: StatusLine, chip_view: ChipView, caption_view: CaptionView, *, is_fetching: bool
) -> None:
    """Show the step of a task on the card that it fills, and in words in the status line.

    Args:
        task: What runs.
        status: The status line; it has the bar and Cancel while the card of the caption has not.
        chip_view: The card of the picture.
        caption_view: The card of the caption.
        is_fetching: Whether the task fetches a chip, before it has the caption written.
    """
    fetches = task.busy and is_fetching and task.step != WRITING
    chip_view.progress = (task.step or FETCHING) if fetches else ""
    waits = task.busy and not fetches
    caption_view.progress = (task.step or WRITING) if waits else ""
    status.has_bar, status.busy = not waits, task.busy
    if task.busy and task.step:
        status.show_message(task.step, kind="hint")
