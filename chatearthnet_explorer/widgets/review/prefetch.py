"""Fetches the pairs around the current one in the background."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


class Prefetch(Generic[T]):
    """Fetches values by key on background threads, and keeps only the keys passed to ``keep``."""

    def __init__(self, fetch: Callable[[str], T]) -> None:
        """Use a function that may be slow; it is called on background threads."""
        self._fetch = fetch
        self._futures: dict[str, Future[T]] = {}

    def get(self, key: str) -> Future[T]:
        """Return the future value of a key; a key whose fetch failed is fetched again."""
        earlier = self._futures.get(key)
        if earlier is not None and not (earlier.done() and earlier.exception()):
            return earlier
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(self._fetch(key))
            except BaseException as problem:  # noqa: BLE001 - raised for whoever reads the result
                future.set_exception(problem)

        # daemon, so that leaving does not wait for a slow source
        threading.Thread(target=run, name="chatearthnet-prefetch", daemon=True).start()
        self._futures[key] = future
        return future

    def keep(self, keys: Sequence[str]) -> None:
        """Fetch these keys, and forget all others."""
        self._futures = {key: future for key, future in self._futures.items() if key in keys}
        for key in keys:
            self.get(key)
