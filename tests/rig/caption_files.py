"""Files of captions for tests: entries about the pairs of a catalog."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption_file import CaptionEntry, append_entries

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog

TEXT = "Snow covers the top left. Water fills the middle."


def entry(name: str, **fields: Any) -> CaptionEntry:
    """Return an entry by a made-up model, in style 3.5."""
    usual = {"style": "3.5", "captioner": "chat", "requested_model": "writer-1", "caption": TEXT, "simulated": True}
    return CaptionEntry(name=name, **{**usual, **fields})


def names_of(catalog: Catalog, count: int, start: int = 0) -> list[str]:
    """Return the names of some pairs."""
    return [pair.record.name for pair in islice(catalog.pairs(), start, start + count)]


def write_captions(path: Path, catalog: Catalog, count: int, start: int = 0, **fields: Any) -> Path:
    """Append an entry for each of some pairs to a file, and return the file."""
    append_entries(path, [entry(name, **fields) for name in names_of(catalog, count, start)])
    return path
