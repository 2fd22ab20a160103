"""What will be asked for next, fetched before it is."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


class Ahead(Generic[T]):
    """Fetches by key beside the event loop, and keeps what is near."""

    def __init__(self, fetch: Callable[[str], T]) -> None:
        """Fetch by a function that may take long; it is called on threads of its own."""
        self._fetch = fetch
        self._kept: dict[str, Future[T]] = {}

    def get(self, key: str) -> Future[T]:
        """Return what a key stands for, now or later; what failed is fetched again."""
        known = self._kept.get(key)
        if known is not None and not (known.done() and known.exception()):
            return known
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(self._fetch(key))
            except BaseException as problem:  # noqa: BLE001 - told to whoever asks for the result
                future.set_exception(problem)

        # daemon, so that leaving does not wait for a slow source
        threading.Thread(target=run, name="chatearthnet-ahead", daemon=True).start()
        self._kept[key] = future
        return future

    def keep(self, keys: Sequence[str]) -> None:
        """Fetch these, and forget all others."""
        self._kept = {key: future for key, future in self._kept.items() if key in keys}
        for key in keys:
            self.get(key)
