"""Connect to a Dask cluster by the address of its scheduler."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Client

PATIENCE = 10
"""Seconds to wait for a scheduler that does not answer."""


@contextmanager
def connect_cluster(address: str) -> Iterator[Client]:
    """Yield a client of the cluster whose scheduler is at an address, such as ``tcp://127.0.0.1:8786``.

    Raises:
        SettingError: If no scheduler answers there, or Dask is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        msg = "Clusters need Dask; install it with `pip install 'chatearthnet-explorer[enrich]'`."
        raise SettingError(msg) from error
    client = None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        why = type(error).__name__
    if client is None:
        # A client that failed closes itself when it is collected. That could happen in the constructor of the next
        # client, whose lock it would wait for in the same thread (distributed 2026.8).
        gc.collect()
        msg = (
            f"No Dask scheduler answers at {address[:80]!r} ({why}); start one with `dask scheduler`, or leave it out."
        )
        raise SettingError(msg)
    with client:
        yield client
