"""Look at the batches of a file of captions, or end them, without waiting for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_runs.batch_state import batch_folder, load_state, save_state
from chatearthnet_explorer.caption_runs.request_rows import model_captioner
from chatearthnet_explorer.caption_runs.result_log import lock_caption_file
from chatearthnet_explorer.errors import CaptionFileError

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.caption_runs.batch_state import Part
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.service.batch_api import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStatus:
    """A part of a batch run and what the service says of it."""

    part: int
    """Its number, from 1."""

    requests: int
    """Requests in it."""

    stage: str
    """How far it is here: ``written``, ``uploaded``, ``submitting``, ``submitted``, ``ended``, ``collected``."""

    batch: str
    """Identifier of its batch; empty if there is none."""

    status: str
    """Status of its batch; empty if there is none."""

    answers: int | None
    """Requests that were answered, as far as the service says; None if it was not asked, which is not 0."""

    failures: int | None
    """Requests that failed, likewise."""


def batch_status(path: Path, captioner: Captioner, *, cancel: bool = False) -> list[PartStatus]:
    """Return the state of all batches of a file of captions.

    Args:
        path: The file of captions.
        captioner: The captioner of the run, which knows the service.
        cancel: Whether to end the batches that go on, and to give up the parts that were not submitted.

    Raises:
        CaptionFileError: If there is no batch, its state cannot be read, or another run is writing the file.
        SettingError: If the captioner asks no service.
        CaptionerError: If the service refused, failed or could not be reached.
    """
    from chatearthnet_explorer.captioners.service.batch_api import BatchApi  # noqa: PLC0415 - imports openai

    api = BatchApi(model_captioner(captioner).service)
    folder = batch_folder(path)
    with lock_caption_file(path):
        state = load_state(folder)
        if state is None:
            msg = f"There is no batch of {path}; submit one with --batch."
            raise CaptionFileError(msg)
        result = []
        for part in state.parts:
            batch_id = part.batch_id
            if part.stage == "submitting" and (batch := api.find(part.metadata)):
                batch_id = batch.id
            batch = api.get(batch_id) if batch_id and part.stage != "collected" else None
            if cancel and batch and batch.is_running:
                batch = api.cancel(batch_id)
            result.append(_status_of(part, batch))
        if cancel:
            save_state(folder, state.without_unsubmitted())
    return result


def _status_of(part: Part, batch: Batch | None) -> PartStatus:
    answers, failures = batch.counts[1:] if batch else (None, None)
    return PartStatus(
        part=part.number,
        requests=part.requests,
        stage=part.stage,
        batch=batch.id if batch else part.batch_id,
        status=batch.status if batch else part.status,
        answers=answers,
        failures=failures,
    )
