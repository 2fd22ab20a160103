"""A simulated release whose images are drawn when they are asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ReleaseError, SourceError
from chatearthnet_explorer.record import ARCHIVES, place_of
from chatearthnet_explorer.simulated_records import YEAR, image_of
from chatearthnet_explorer.sources.holding import Holding
from chatearthnet_explorer.sources.release import PICTURE, Release
from chatearthnet_explorer.sources.simulated import SimulatedSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.record import Member

KEPT = 96
"""Images that stay in memory, some 100 kB each: four pages of a gallery."""

BATCH = 3
"""Images that are drawn before the first of them is shown: each takes a tenth of a second."""


class DrawnRelease(Release):
    """Draws the image of any name that says a place: the bytes that ``write_release`` would write for it.

    It has no captions; a catalog has them. It is safe to ask from several threads, which draw one image at a time:
    the same image is never drawn twice at once, and many visitors do not take every processor.
    """

    batch = BATCH

    def __init__(self, *, shown: str = "a simulated release", thumbnails: Mapping[str, bytes] | None = None) -> None:
        """Prepare to draw.

        Args:
            shown: How sentences name it.
            thumbnails: Small JPEGs of some images by name, drawn before.
        """
        super().__init__(Holding(shown=shown, marked=True))
        self.thumbnails = MappingProxyType(dict(thumbnails or {}))
        self._source = SimulatedSource()
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._drawing = threading.Lock()

    def contents(
        self,
        names: Sequence[str],
        *,
        archive: str = PICTURE,
        members: Mapping[str, Member] = MappingProxyType({}),  # noqa: ARG002 - nothing lies in a ZIP
    ) -> list[bytes | SourceError]:
        """Return the PNGs of names; for a name that says no place, why there is none."""
        return [self._drawn(name, archive) for name in names]

    def _drawn(self, name: str, archive: str) -> bytes | SourceError:
        tile = place_of(name)
        if tile is None:
            return ReleaseError(f"{name[:80]!r} says no place, so no picture of it can be drawn; choose another pair.")
        with self._drawing:
            if (image := self._kept.get((tile.name, archive))) is None:
                alone = archive == PICTURE
                chip = self._source.chip_at(*tile.center, year=YEAR, bands=not alone)
                for one in (PICTURE,) if alone else ARCHIVES:
                    self._kept[tile.name, one] = image_of(chip, one)
                image = self._kept[tile.name, archive]
            self._kept.move_to_end((tile.name, archive))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return image
