"""Captions of models that comparisons had lately: a change of the writers or a reload of the page keeps them."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.comparison import ComparedCaption, Comparison

SECONDS = 3600.0
"""How long captions of a place stay after they were last shown."""

MOST_PLACES = 8
"""Places whose captions stay; of more, the latest."""

MOST_CAPTIONS = 24
"""Captions of one place that stay; of more, the latest."""


@dataclass(frozen=True, slots=True)
class _Entry:
    until: float
    captions: tuple[ComparedCaption, ...]


class RecentCaptions:
    """Captions that models wrote, by chip, of one visitor. It may be used from several threads.

    It has the writer, the text, the prompt and what the labels say, and no key. It is in memory alone.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without captions.

        Args:
            clock: Returns the time in seconds.
        """
        self._clock, self._lock = clock, threading.Lock()
        self._entries: OrderedDict[tuple[object, ...], _Entry] = OrderedDict()

    def put(self, comparison: Comparison) -> None:
        """Add the captions of models in a comparison; they take the place of earlier ones by the same writers."""
        captions = [replace(one, error="") for one in comparison.captions if one.caption and one.caption.model]
        if not captions:
            return
        writers = {one.writer for one in captions}
        key = _key(comparison.chip)
        with self._lock:
            self._forget_old()
            before = self._entries.pop(key, None)
            others = [one for one in before.captions if one.writer not in writers] if before else []
            all_captions = (*captions, *others)[:MOST_CAPTIONS]
            self._entries[key] = _Entry(self._clock() + SECONDS, all_captions)
            while len(self._entries) > MOST_PLACES:
                self._entries.popitem(last=False)

    def find(self, chip: Chip) -> tuple[ComparedCaption, ...]:
        """Return the captions of a chip, the latest first."""
        with self._lock:
            self._forget_old()
            entry = self._entries.get(_key(chip))
            return entry.captions if entry else ()

    def forget_old(self) -> None:
        """Forget the captions of places that were not shown for ``SECONDS``."""
        with self._lock:
            self._forget_old()

    def _forget_old(self) -> None:
        now = self._clock()
        for key in [key for key, entry in self._entries.items() if entry.until <= now]:
            del self._entries[key]


def _key(chip: Chip) -> tuple[object, ...]:
    """Return what tells chips apart; the prompt, which is compared as well, has what the labels say."""
    return chip.tile, chip.source, chip.label_version, chip.scene.item if chip.scene else ""
