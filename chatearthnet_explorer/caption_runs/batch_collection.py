"""Collect the results of a batch: download, check, append to the file of captions, and find what to send again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_runs.batch_files import read_contexts
from chatearthnet_explorer.caption_runs.batch_results import ResultReader
from chatearthnet_explorer.caption_runs.failure_kinds import PASSES
from chatearthnet_explorer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatearthnet_explorer.caption_file import CaptionEntry
    from chatearthnet_explorer.caption_runs.batch_state import Part
    from chatearthnet_explorer.caption_runs.known_requests import KnownRequests
    from chatearthnet_explorer.caption_runs.result_log import ResultLog
    from chatearthnet_explorer.captioners.model_captioner import ModelCaptioner
    from chatearthnet_explorer.captioners.service.batch_api import Batch, BatchApi

DOWNLOADS = 3
"""Downloads of a file of results that is not complete, before a run gives up."""

_ROWS = 500  # entries that are written together


class Collector:
    """Collects parts. What is in the file of captions already is not written again."""

    def __init__(
        self, api: BatchApi, folder: Path, captioner: ModelCaptioner, log: ResultLog, known_requests: KnownRequests
    ) -> None:
        """Prepare.

        Args:
            api: The service.
            folder: Folder of the run.
            captioner: Its captioner.
            log: Where the results go.
            known_requests: What the file of captions had before.
        """
        self.strange: Counter[str] = Counter()
        """Lines that are no results of ours, by what they are."""
        self._api, self._folder, self._captioner, self._log = api, folder, captioner, log
        self._captions, self._failures = set(known_requests.captions), set(known_requests.failures)

    def collect(
        self, part: Part, batch: Batch, *, is_last: bool, accept_loss: bool, wait: Callable[[], None]
    ) -> frozenset[str]:
        """Write the results of a batch, and return the requests to be sent again.

        Args:
            part: The part.
            batch: Its batch, which has ended.
            is_last: Whether failures that may pass are written as well, and nothing is sent again.
            accept_loss: Whether results that the service has and does not give are sent again, and paid for again.
            wait: Waits before a file is downloaded again.

        Raises:
            ModelError: If the results are not complete: then nothing may be sent again.
            CaptionFileError: If a file cannot be read or written.
        """
        contexts = read_contexts(self._folder, part.number)
        for attempt in range(DOWNLOADS):
            reader = ResultReader(contexts, self._captioner)
            again = self._read(batch.output_file, part, reader, is_last=is_last)
            answers = len(reader.result_ids)
            again |= self._read(batch.error_file, part, reader, is_last=is_last)
            missing = contexts.keys() - reader.result_ids
            has_gap = batch.status == "completed" or bool(reader.strange["unreadable"])
            if answers >= batch.counts[1] and not (missing and has_gap):
                break
            if attempt < DOWNLOADS - 1:
                wait()
            elif not accept_loss:
                msg = (
                    f"The batch {batch.id} has {len(contexts):,} requests, and the service gives {answers:,} usable "
                    "answers. The others may be paid for, so none is sent again: repeat the command later, or with "
                    "--retry-failures to pay for them again."
                )
                raise ModelError(msg, kind="results")
        status = batch.status if batch.status in PASSES else "missing"
        row = {"error": {"code": f"batch_{status}", "message": f"the batch is {batch.status}"}}
        entries = [reader.entry_of_result(one, row) for one in sorted(missing)]
        if is_last:
            self._write(entries)
        self.strange += reader.strange
        return frozenset() if is_last else frozenset(again | missing)

    def _read(self, file_id: str, part: Part, reader: ResultReader, *, is_last: bool) -> set[str]:
        """Write the results of a file, and return the requests that failed in a way that may pass."""
        if not file_id:
            return set()
        path = self._folder / f"results-{part.number:04}.jsonl"
        self._api.download(file_id, path)
        again: set[str] = set()
        entries: list[CaptionEntry] = []
        for entry in reader.read(path):
            if not entry.caption and entry.error_kind in PASSES and not is_last:
                again.add(entry.request_id)
                continue
            entries.append(entry)
            if len(entries) >= _ROWS:
                self._write(entries)
                entries = []
        self._write(entries)
        path.unlink()
        return again

    def _write(self, entries: list[CaptionEntry]) -> None:
        new = [
            entry
            for entry in entries
            if entry.request_id not in self._captions and (entry.caption or entry.request_id not in self._failures)
        ]
        self._log.record(new)
        for entry in new:
            (self._captions if entry.caption else self._failures).add(entry.request_id)
