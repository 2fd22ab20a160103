"""Pairs as a map-style dataset, as torch.utils.data and TorchGeo take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.catalog.schema import FLAG_BIT
from chatearthnet_explorer.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.net.zip_directory import Member
    from chatearthnet_explorer.tile import Tile

PICTURE = "s2_rgb_images"
"""The archive whose images are read unless others are asked for."""


class Pictures(Protocol):
    """Whatever gives images by name, such as ``sources.release.Release``."""

    def images(self, names: Sequence[str], *, archive: str, members: Mapping[str, Member]) -> Any:  # noqa: ANN401 - two fields of it are used
        """Return an object with ``pixels`` and ``missing`` by name."""
        ...


class PairDataset:
    """All pairs that match a question: ``len(dataset)``, ``dataset[index]``.

    A sample has ``image`` (3, 256, 256) float32 from 0 to 1, ``caption``, ``bounds`` (west, south, east, north in
    degrees, or None without a place), ``name``, and ``mask`` (256, 256) int64 of class indices where labels are
    given. Pairs known to have no picture are left out.
    """

    def __init__(  # noqa: PLR0913 - where each part of a sample comes from
        self,
        catalog: Catalog,
        query: Query = EVERYTHING,
        *,
        pictures: Pictures,
        labels_at: Callable[[Tile], NDArray[np.uint8] | None] | None = None,
        archive: str = PICTURE,
        transform: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
        tensors: bool = False,
    ) -> None:
        """Choose pairs; nothing is read before a sample is asked for.

        Args:
            catalog: The pairs.
            query: Which, in which order; the page does not count.
            pictures: The release that has the images.
            labels_at: Returns the labels of a tile for ``mask``; None for no masks. Where nothing is mapped, and
                without a place, the mask is all 0, which is background.
            archive: Which of ``record.ARCHIVES``.
            transform: Called with every sample; what it returns is the sample.
            tensors: Whether arrays are given as tensors of torch, which must be installed.

        Raises:
            CatalogError: If tensors are asked for and torch is not installed.
        """
        self._catalog, self._pictures, self._labels_at = catalog, pictures, labels_at
        self._style = "4v" if query.style == "4v" else "3.5"
        self._archive, self._transform, self._tensors = archive, transform, tensors
        rows = catalog.rows(query)
        self.rows = rows[catalog.stored.columns.flags[rows] & (1 << FLAG_BIT["no picture"]) == 0]
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
        known = {record.name: record.members[self._archive]} if self._archive in record.members else {}
        found = self._pictures.images([record.name], archive=self._archive, members=known)
        if record.name not in found.pixels:
            raise CatalogError(found.missing[record.name])
        sample: dict[str, Any] = {
            "image": np.moveaxis(found.pixels[record.name], 2, 0).astype(np.float32) / np.float32(255.0),
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


def _torch() -> Any:  # noqa: ANN401 - untyped here: it is not among our dependencies
    try:
        import torch  # noqa: PLC0415 - heavy, and only used when asked for
    except ImportError as error:
        msg = "Tensors need PyTorch; install it with `pip install torch`, or leave tensors out for arrays."
        raise CatalogError(msg) from error
    return torch
