"""Submit the parts of a batch run: upload, and create a batch once, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chatearthnet_explorer.caption import money
from chatearthnet_explorer.caption_runs.batch_files import request_file
from chatearthnet_explorer.caption_runs.batch_state import BatchState, Part, save_state
from chatearthnet_explorer.caption_runs.failure_kinds import PASSES
from chatearthnet_explorer.errors import BudgetError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatearthnet_explorer.captioners.budget import Budget
    from chatearthnet_explorer.captioners.service.batch_api import Batch, BatchApi

Result = TypeVar("Result")

TRIES = 5
"""Tries of a call that meets a busy or broken service."""

LOOKS = 2
"""Looks for a batch that may have been created before a kill: the list of the service may be late."""


class Submitter:
    """Brings parts from disk to the service. The state is saved before and after each step."""

    def __init__(
        self,
        api: BatchApi,
        folder: Path,
        state: BatchState,
        *,
        budget: Budget | None,
        spent_so_far: Callable[[], tuple[float, int]],
        wait: Callable[[float], None],
        pause: float,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            api: The service.
            folder: Folder of the run.
            state: Its state.
            budget: Its cap holds for all parts that are under way, with what was spent before; None for no cap.
            spent_so_far: Returns the dollars and the tokens that were spent before.
            wait: Waits for some seconds, and may raise to end the run.
            pause: Seconds before a failed call is repeated, doubled with each try.
        """
        self.state = state
        """The state, as it is on disk."""
        self._api, self._folder, self._budget = api, folder, budget
        self._spent, self._wait, self._pause = spent_so_far, wait, pause

    def save(self, part: Part, *new_parts: Part) -> Part:
        """Write a change of a part to disk, and parts that follow from it, and return the part.

        Raises:
            CaptionFileError: If it cannot be written.
        """
        for one in (part, *new_parts):
            self.state = self.state.with_part(one)
        save_state(self._folder, self.state)
        return part

    def submit(self, part: Part) -> Part:
        """Return a part with its batch, which is created unless the service has it already.

        Raises:
            BudgetError: If the part could pass the cap; it was not submitted.
            CaptionerError: If the service refused, failed or could not be reached.
            CaptionFileError: If the state cannot be written.
        """
        if part.stage == "written":
            file_id = self.call(lambda: self._api.upload(request_file(self._folder, part.number)))
            part = self.save(replace(part, stage="uploaded", file_id=file_id))
        if part.stage == "uploaded":
            self._check_budget(part)
            batch = self.call(lambda: self._api.find(part.metadata))
            if batch is None:
                # from here on a batch may exist that nobody knows
                part = self.save(replace(part, stage="submitting"))
                batch = self._create(part, looks=0)
        else:
            batch = self._create(part, looks=LOOKS)
        return self.save(replace(part, stage="submitted", batch_id=batch.id, status=batch.status))

    def call(self, request: Callable[[], Result]) -> Result:
        """Return what a call returns; it is repeated while the service is busy or out of reach."""
        for attempt in range(TRIES - 1):
            try:
                return request()
            except ModelError as error:
                if error.kind not in PASSES:
                    raise
                self._wait(max(error.retry_after, self._pause * 2**attempt))
        return request()

    def _create(self, part: Part, *, looks: int) -> Batch:
        """Create a batch once: after a call without an answer, look first whether it was created."""
        for attempt in range(TRIES):
            for look in range(looks):
                if batch := self.call(lambda: self._api.find(part.metadata)):
                    return batch
                if look < looks - 1:
                    self._wait(self._pause)
            try:
                return self._api.create(part.file_id, part.metadata)
            except ModelError as error:
                if error.kind not in PASSES or attempt == TRIES - 1:
                    raise
                self._wait(max(error.retry_after, self._pause * 2**attempt))
                looks = LOOKS
        raise AssertionError  # the loop returns or raises

    def _check_budget(self, part: Part) -> None:
        budget = self._budget
        if budget is None:
            return
        running = [one for one in self.state.parts if one.stage in {"submitting", "submitted", "ended"}]
        dollars, tokens = self._spent()
        if budget.cap is not None:
            if part.dollars is None:
                msg = (
                    "The price of this model in a batch is not known, so a cap in dollars cannot be kept; give it "
                    "(batch_discount) in the file that CHATEARTHNET_MODELS names, or cap the tokens."
                )
                raise BudgetError(msg)
            dollars += sum(one.dollars or 0.0 for one in running)
            if dollars + part.dollars > budget.cap:
                msg = (
                    f"Part {part.number} was not submitted: {money(dollars)} of the cap of {money(budget.cap)} is "
                    f"spent or under way, and its {part.requests:,} requests may cost {money(part.dollars)}; "
                    "raise the cap."
                )
                raise BudgetError(msg)
        tokens += sum(one.tokens for one in running)
        if budget.token_cap is not None and tokens + part.tokens > budget.token_cap:
            msg = (
                f"Part {part.number} was not submitted: {tokens:,} of the cap of {budget.token_cap:,} tokens are used "
                f"or under way, and its {part.requests:,} requests may take {part.tokens:,}; raise the cap."
            )
            raise BudgetError(msg)
