"""A map-style dataset of pairs for PyTorch and TorchGeo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from chatearthnet_explorer.catalog.pair_flags import FLAG_BIT
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.net.zip_directory import Member
    from chatearthnet_explorer.tile import Tile

PICTURE = "s2_rgb_images"
"""The archive of the images, unless another one is chosen."""


class ImageSource(Protocol):
    """Gives images by name, such as ``Release`` of ``sources.release``."""

    def images(self, names: Sequence[str], *, archive: str, members: Mapping[str, Member]) -> Any:  # noqa: ANN401 - only two fields are used
        """Return an object with ``pixels`` and ``missing`` by name."""
        ...


class PairDataset:
    """All pairs that match a query: ``len(dataset)``, ``dataset[index]``.

    A sample has ``image`` (3, 256, 256) float32 from 0 to 1, ``caption``, ``bounds`` (west, south, east, north in
    degrees, or None without a place), ``name``, and with ``labels_at`` also ``mask``, (256, 256) int64 of class
    indices. Pairs without a picture are left out.
    """

    def __init__(
        self,
        catalog: Catalog,
        query: Query = EVERYTHING,
        *,
        pictures: ImageSource,
        labels_at: Callable[[Tile], NDArray[np.uint8] | None] | None = None,
        archive: str = PICTURE,
        transform: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
        tensors: bool = False,
    ) -> None:
        """Choose the pairs; nothing is read before the first sample.

        Args:
            catalog: The pairs.
            query: The query and its order; its page does not count.
            pictures: The release that has the images.
            labels_at: Returns the labels of a tile for ``mask``; None for no masks. The mask of an unmapped place and
                of a pair without a place is all 0, which is background.
            archive: One of ``record.ARCHIVES``.
            transform: Called with every sample; its result is the sample.
            tensors: Whether samples have tensors of PyTorch, which must be installed, in place of arrays.

        Raises:
            CatalogError: If PyTorch is needed for tensors and not installed.
        """
        self._catalog, self._pictures, self._labels_at = catalog, pictures, labels_at
        self._style = "4v" if query.style == "4v" else "3.5"
        self._archive, self._transform, self._tensors = archive, transform, tensors
        rows = catalog.rows(query)
        self.rows = rows[catalog.files.columns.flags[rows] & (1 << FLAG_BIT["no picture"]) == 0]
        """Rows of the catalog, in the order of the samples."""
        if tensors:
            _torch()

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return a sample.

        Raises:
            IndexError: If there is no such sample.
            CatalogError: If its picture cannot be read.
        """
        if not -len(self) <= index < len(self):
            msg = f"There is no sample {index}; the dataset has {len(self)}."
            raise IndexError(msg)
        record = self._catalog.pair(int(self.rows[index])).record
        members = {record.name: record.members[self._archive]} if self._archive in record.members else {}
        pictures = self._pictures.images([record.name], archive=self._archive, members=members)
        if record.name not in pictures.pixels:
            raise CatalogError(pictures.missing[record.name])
        sample: dict[str, Any] = {
            "image": np.moveaxis(pictures.pixels[record.name], 2, 0).astype(np.float32) / np.float32(255.0),
            "caption": record.captions.get(self._style) or next(iter(record.captions.values())),
            "bounds": record.tile.bounds if record.tile else None,
            "name": record.name,
        }
        if self._labels_at is not None:
            labels = self._labels_at(record.tile) if record.tile else None
            sample["mask"] = np.zeros((256, 256), np.int64) if labels is None else labels.astype(np.int64)
        if self._tensors:
            torch = _torch()
            sample |= {key: torch.from_numpy(sample[key]) for key in ("image", "mask") if key in sample}
        return self._transform(sample) if self._transform else sample


def _torch() -> Any:  # noqa: ANN401 - not a dependency, so untyped here
    try:
        import torch
    except ImportError as error:
        msg = "Tensors need PyTorch; install it with `pip install torch`, or use arrays without `tensors`."
        raise CatalogError(msg) from error
    return torch
