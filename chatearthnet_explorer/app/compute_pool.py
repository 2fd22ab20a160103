"""The processes that make chips for all visitors, beside the loop that answers requests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.parallel.worker_pool import Workers
from chatearthnet_explorer.sources.simulated_chip_pool import shared_chips

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def shared_computing() -> Iterator[Workers]:
    """Make simulated chips in processes within this block; they start with the first chip, and end with the block."""
    workers = Workers()
    try:
        with shared_chips(workers):
            yield workers
    finally:
        workers.close()
