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

    Job = Callable[[Callable[[str], None]], Captioned]


def fetch_job(lonlat: tuple[float, float], source: Source, *, scene: str, ask: bool, choice: Mapping[str, Any]) -> Job:
    """Return the work of a click.

    Args:
        lonlat: Degrees east and north of the click.
        source: Where the chip comes from.
        scene: Identifier of the scene; empty for the least cloudy.
        ask: Whether to write a caption.
        choice: Captioner, style, year and seed.
    """

    def job(step: Callable[[str], None]) -> Captioned:
        return caption_at(*lonlat, source=source, scene=scene or None, ask=ask, step=step, **choice)

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

    def job(step: Callable[[str], None]) -> Captioned:
        new_result = caption_of(
            captioned.chip, captioned.lon, captioned.lat, prompt=prompt, ask=ask, step=step, **choice
        )
        return new_result if ask else replace(new_result, caption=caption)

    return job


def show_progress(task: BackgroundTask, chip_view: ChipView, caption_view: CaptionView, *, is_fetching: bool) -> None:
    """Show the step of a task on the card that it fills.

    Args:
        task: What runs.
        chip_view: The card of the picture.
        caption_view: The card of the caption.
        is_fetching: Whether the task fetches a chip, before it has the caption written.
    """
    fetches = task.busy and is_fetching and task.step != WRITING
    chip_view.progress = (task.step or FETCHING) if fetches else ""
    caption_view.progress = WRITING if task.busy and not fetches else ""
