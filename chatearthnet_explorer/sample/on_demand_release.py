"""A simulated release that draws its images when they are read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.errors import ReleaseError, SourceError
from chatearthnet_explorer.record import ARCHIVES, place_of
from chatearthnet_explorer.sample.simulated_records import YEAR, image_of
from chatearthnet_explorer.sources.release.release_location import ReleaseFiles
from chatearthnet_explorer.sources.release.released_pairs import PICTURE, Release
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.net.zip_directory import Member
    from chatearthnet_explorer.tile import Tile

CACHE_SIZE = 96
"""Images that stay in memory, some 100 kB each: four pages of a gallery."""

BATCH = 8
"""Images that are drawn before the first of them is shown: each takes a tenth of a second, and each update of a page as
much as several."""

_AT_ONCE = 2
_PATIENCE = 0.05  # seconds between two checks for cancellation


class DrawnRelease(Release):
    """Draws the image of any name with a location: the same bytes that ``write_release`` writes.

    It has no captions; a catalog has them. It is thread-safe: the same image is never drawn twice
    at once. A cancelled request (``cancellation.checkpoint``) stops only its own drawing.
    """

    batch = BATCH

    def __init__(self, *, name: str = "a simulated release", thumbnails: Mapping[str, bytes] | None = None) -> None:
        """Prepare to draw.

        Args:
            name: How sentences name it.
            thumbnails: Small JPEGs of some images by name, drawn before.
        """
        super().__init__(ReleaseFiles(name=name, has_marker=True))
        self.thumbnails = MappingProxyType(dict(thumbnails or {}))
        self._source = SimulatedSource()
        self._cache: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._drawing: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def contents(
        self,
        names: Sequence[str],
        *,
        archive: str = PICTURE,
        members: Mapping[str, Member] = MappingProxyType({}),  # noqa: ARG002 - nothing lies in a ZIP
    ) -> list[bytes | SourceError]:
        """Return the PNGs of names; for a name that says no place, why there is none."""
        if len(names) == 1:
            return [self._image(names[0], archive)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            images = [pool.submit(copy_context().run, self._image, name, archive) for name in names]
            return [image.result() for image in images]

    def _image(self, name: str, archive: str) -> bytes | SourceError:
        tile = place_of(name)
        if tile is None:
            return ReleaseError(f"The name {name[:80]!r} gives no location, so it has no picture; choose another pair.")
        with self._lock:
            drawing = self._drawing.setdefault(tile.name, threading.Lock())
        while not drawing.acquire(timeout=_PATIENCE):
            checkpoint()
        try:
            image = self._cached_image(tile, archive)
            if image is None:
                images = self._draw(tile, archive)
                self._keep(tile, images)
                image = images[archive]
        finally:
            with self._lock:
                self._drawing.pop(tile.name, None)
            drawing.release()
        return image

    def _cached_image(self, tile: Tile, archive: str) -> bytes | None:
        with self._lock:
            image = self._cache.get((tile.name, archive))
            if image is not None:
                self._cache.move_to_end((tile.name, archive))
            return image

    def _draw(self, tile: Tile, archive: str) -> dict[str, bytes]:
        """Return the image of an archive; where that takes all bands, those of all three."""
        alone = archive == PICTURE
        chip = self._source.chip_at(*tile.center, year=YEAR, bands=not alone)
        return {one: image_of(chip, one) for one in ((PICTURE,) if alone else ARCHIVES)}

    def _keep(self, tile: Tile, images: Mapping[str, bytes]) -> None:
        with self._lock:
            self._cache.update({(tile.name, archive): image for archive, image in images.items()})
            while len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
