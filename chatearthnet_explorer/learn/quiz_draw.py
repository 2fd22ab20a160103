"""Draw numbers from a seed: the same on every machine and with every version of Python."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")

_BYTES = 8
_RANGE = 1 << (8 * _BYTES)


class Draw:
    """A stream of numbers that follow from a text. Python does not promise that ``random`` never changes."""

    def __init__(self, seed: str) -> None:
        """Begin the stream of a seed."""
        self._seed, self._position = seed, 0

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to ``limit`` (excluded), each as likely as the others."""
        fair = _RANGE - _RANGE % limit
        while True:
            digest = hashlib.sha256(f"{self._seed} {self._position}".encode()).digest()
            self._position += 1
            number = int.from_bytes(digest[:_BYTES], "big")
            if number < fair:
                return number % limit

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[Item], count: int) -> list[Item]:
        """Return some of the items in random order, none twice."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(count)]
