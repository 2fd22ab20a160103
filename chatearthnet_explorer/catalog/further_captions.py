"""The further captions of a catalog: the part of ``Catalog`` that lists and opens its caption sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from chatearthnet_explorer.catalog.caption_set import CaptionSet, read_caption_set
from chatearthnet_explorer.catalog.caption_sets import (
    REPORT_KEY,
    find_caption_set,
    folder_of_set,
    list_caption_sets,
    set_names,
)

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.catalog.catalog_files import CatalogFiles


class FurtherCaptions:
    """Base of ``Catalog``. The catalog of a release has sets; the catalog of a set has none, and says whose it is."""

    folder: Path
    files: CatalogFiles

    def __init__(self, folder: Path) -> None:
        """Take the folder of the catalog."""
        self.folder = folder

    @property
    def caption_set(self) -> CaptionSet | None:
        """Who wrote the captions of this catalog; None if they are those of the release."""
        content = self.files.report.get(REPORT_KEY)
        try:
            return None if content is None else read_caption_set(content)
        except ValueError:
            return None

    @property
    def writer(self) -> str:
        """Who wrote the captions, untrusted; empty if they are those of the release."""
        caption_set = self.caption_set
        return caption_set.label if caption_set else ""

    @property
    def caption_sets(self) -> tuple[CaptionSet, ...]:
        """The sets of further captions, by label; those that cannot be read are left out, and ``notes`` says so."""
        return list_caption_sets(self.folder).sets

    def captions_of(self, caption_set: CaptionSet | str) -> Self:
        """Return the catalog of a set: its pairs have the captions of one writer, and are searched like all others.

        Args:
            caption_set: A set, its id or its label, or the beginning of one of them.

        Raises:
            QueryError: If there is no such set, or more than one.
            CatalogError: If it is damaged.
        """
        if isinstance(caption_set, CaptionSet):
            ident = caption_set.id
        elif caption_set in set_names(self.folder):  # also one that cannot be read, to say why
            ident = caption_set
        else:
            ident = find_caption_set(self.caption_sets, caption_set).id
        return type(self)(folder_of_set(self.folder, ident))
