"""What a run of many requests did."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.values import FrozenDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.caption_runs.result_log import ResultLog


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run did."""

    new: int
    """Captions that it added to the file."""

    skipped_count: int
    """Requests that it did not send, as their results are in the file."""

    failures: Mapping[str, int]
    """Requests that failed, by the kind of the failure."""

    tokens_in: int
    """Tokens of the input, as the service counts them."""

    tokens_out: int
    """Tokens of the output, as the service counts them."""

    dollars: float
    """US dollars of the results whose price is known; of failures the most that the service may ask for."""

    unpriced: int
    """Captions whose price is not known; it is missing from ``dollars``."""

    seconds: float
    """Time of the run."""

    failure: str = ""
    """Why the last of the failed requests failed, in one sentence, hostile; empty if none did."""

    stop_reason: str = ""
    """Why it ended before all was done, in one sentence; empty if all was done."""

    damaged_line_count: int = 0
    """Lines of the file that could not be read."""

    notes: tuple[str, ...] = ()
    """What was strange about the results, one sentence each."""


def report_of(
    log: ResultLog, *, skipped_count: int, start: float, damaged_line_count: int = 0, notes: tuple[str, ...] = ()
) -> RunReport:
    """Return the report of the results in a log.

    Args:
        log: The results.
        skipped_count: Requests that were not sent, as their results were there.
        start: When the run began, by ``time.monotonic``.
        damaged_line_count: Lines of the file that could not be read.
        notes: What was strange about the results.
    """
    return RunReport(
        new=log.captions,
        skipped_count=skipped_count,
        failures=FrozenDict(dict(log.failures)),
        tokens_in=log.tokens_in,
        tokens_out=log.tokens_out,
        dollars=log.dollars,
        unpriced=log.unpriced,
        seconds=time.monotonic() - start,
        failure=log.last_failure,
        stop_reason=log.stop_reason,
        damaged_line_count=damaged_line_count,
        notes=notes,
    )
