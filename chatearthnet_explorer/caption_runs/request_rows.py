"""The requests of a batch as lines of a file, made in several processes."""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.caption_file import now
from chatearthnet_explorer.caption_runs.failure_kinds import kind_of
from chatearthnet_explorer.caption_runs.task import USUAL_YEAR, entry_of_task, task_of
from chatearthnet_explorer.captioners import open_writer
from chatearthnet_explorer.captioners.model_captioner import ModelCaptioner
from chatearthnet_explorer.captioners.service.batch_limits import ENDPOINT
from chatearthnet_explorer.captioners.service.request_fields import FAR_LIMITS, NEAR_LIMITS, Fields
from chatearthnet_explorer.errors import EmptyChipError, SettingError, shorten
from chatearthnet_explorer.parallel.worker_pool import Workers
from chatearthnet_explorer.prompts.wording import wording_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from chatearthnet_explorer.caption_file import CaptionEntry
    from chatearthnet_explorer.caption_runs.places import Place
    from chatearthnet_explorer.caption_runs.task import CaptionTask
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.writer import Writer

CHUNK = 64
"""Chips whose requests a process makes at a time: their labels have 4 MB."""


class RequestRow(NamedTuple):
    """A request of a batch."""

    request_id: str
    """Its identifier, ``custom_id`` in the batch."""

    line: bytes
    """Its line in the file of requests; empty if it must not be sent."""

    context: bytes
    """Its line in the file of contexts: what is needed to make an entry of its result."""

    tokens_in: int = 0
    """Input tokens, at most."""

    tokens_out: int = 0
    """Output tokens, at most."""

    dollars: float | None = None
    """US dollars in a batch, at most; None if the price is not known."""

    failure: CaptionEntry | None = None
    """The entry of a chip with nothing to describe, instead of a line."""


def model_captioner(captioner: Captioner) -> ModelCaptioner:
    """Return a captioner whose requests can be put into a batch.

    Raises:
        SettingError: If it asks no model of a service.
    """
    if isinstance(captioner, ModelCaptioner):
        return captioner
    msg = f"The captioner {captioner.name!r} asks no service, so it has no batches; leave --batch out."
    raise SettingError(msg)


def request_rows(
    chips: Iterable[tuple[Place, Chip]], writer: Writer, *, year: int = USUAL_YEAR, processes: int
) -> Iterator[RequestRow]:
    """Yield the request of each chip with labels, in their order.

    Args:
        chips: Places and their chips.
        writer: Who is asked, from which prompts.
        year: Year of the labels.
        processes: How many processes make them; 1 for this one.
    """
    names_and_chips = ((place.name, chip) for place, chip in chips)
    chunks = iter(lambda: list(islice(names_and_chips, CHUNK)), [])
    if processes == 1:
        for chunk in chunks:
            yield from make_rows(writer, year, chunk)
        return
    workers = Workers(processes)
    waiting: deque[Future[list[RequestRow]]] = deque()
    pool = ThreadPoolExecutor(processes, thread_name_prefix="requests")
    try:
        for chunk in chunks:
            waiting.append(pool.submit(workers.run, make_rows, writer, year, chunk))
            if len(waiting) > 2 * processes:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        workers.close()
        pool.shutdown(wait=False, cancel_futures=True)


def make_rows(writer: Writer, year: int, chips: list[tuple[str, Chip]]) -> list[RequestRow]:
    """Return the requests of chips, which are given with their names. Runs in a worker."""
    captioner, wording = _captioner(writer), wording_hash(writer.style, writer.wording or None)
    return [
        row_of(task_of(name, chip, writer, wording=wording, year=year), captioner)
        for name, chip in chips
        if chip.labels is not None
    ]


def row_of(task: CaptionTask, captioner: ModelCaptioner) -> RequestRow:
    """Return the request of a task."""
    entry, service = entry_of_task(task, captioner), captioner.service
    try:
        question, content = captioner.question_and_input(task.prompt, task.chip)
    except EmptyChipError as error:
        failure = replace(entry, error=shorten(str(error)), error_kind=kind_of(error), dollars=0.0, timestamp=now())
        return RequestRow(entry.request_id, b"", b"", failure=failure)
    cost = captioner.estimate(task.prompt)
    most_in = max(cost.tokens_in, cost.most_tokens_in or 0)
    request = {
        "custom_id": entry.request_id,
        "method": "POST",
        "url": ENDPOINT,
        "body": Fields(limits=NEAR_LIMITS if service.endpoint.near else FAR_LIMITS).request(question),
    }
    entry = replace(entry, input_summary=content.summary, notes=content.notes)
    context = {"tokens_in": cost.tokens_in, "picture_tokens": cost.picture_tokens, "tokens_out": cost.tokens_out}
    return RequestRow(
        entry.request_id,
        json.dumps(request).encode() + b"\n",
        f'{{"id": "{entry.request_id}", "entry": {entry.to_line()}, {json.dumps(context)[1:]}\n'.encode(),
        most_in,
        cost.tokens_out,
        captioner.entry.price(most_in, cost.tokens_out, batch=True),
    )


@lru_cache(maxsize=4)
def _captioner(writer: Writer) -> ModelCaptioner:
    return model_captioner(open_writer(writer))
