"""Load the pictures of a gallery's page beside the event loop, in batches that suit the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.widgets.browse.released_pair import pictures_of
from chatearthnet_explorer.widgets.shared.background import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.sources.release.release_reader import Release
    from chatearthnet_explorer.widgets.browse.gallery import Gallery

    Picture = NDArray[np.uint8] | str


class GalleryPictures:
    """Loads what a gallery lacks; a newer page replaces the one that is loading."""

    def __init__(
        self, gallery: Gallery, *, on_batch: Callable[[], None], on_error: Callable[[Exception], None]
    ) -> None:
        """Prepare to load.

        Args:
            gallery: Whose pictures.
            on_batch: Called after each batch.
            on_error: Called with the exception that a batch raised.
        """
        self._gallery, self._on_batch, self._on_error = gallery, on_batch, on_error
        self.task = BackgroundTask()
        """The batch that is loading, with its step in words."""
        self.release: Release | None = None
        """Where the pictures are; None for nowhere."""

    def load(self) -> None:
        """Show the previews of the page at once, and load the pictures that have none."""
        self._gallery.previews = dict(self.release.thumbnails) if self.release else {}
        self._load_missing()

    def stop(self) -> None:
        """Drop the batch that is loading."""
        self.task.stop()

    def picture_of(self, pair: Pair) -> Picture:
        """Return the picture of a pair, (256, 256, 3) uint8, or why there is none; read if it is not here yet."""
        picture = self._gallery.pictures.get(pair.record.name)
        return self._read([pair])[pair.record.name] if picture is None else picture

    def _read(self, pairs: Sequence[Pair]) -> dict[str, Picture]:
        return pictures_of(pairs, self.release, simulated=self._gallery.simulated)

    def _load_missing(self) -> None:
        gallery = self._gallery
        there = {*gallery.pictures, *gallery.previews}
        waiting = [pair for pair in gallery.result.pairs if pair.record.name not in there] if gallery.result else []
        batch = waiting[: self.release.batch] if self.release else waiting
        if batch:
            self.task.start(lambda _: self._read(batch), on_result=self._show, on_error=self._on_error)

    def _show(self, pictures: dict[str, Picture]) -> None:
        try:
            self._gallery.pictures = {**self._gallery.pictures, **pictures}
            self._on_batch()
            self._load_missing()
        except Exception as problem:  # noqa: BLE001 - a callback loses exceptions
            self._on_error(problem)
