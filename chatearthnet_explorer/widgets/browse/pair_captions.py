"""All captions of one pair: those of the release, and those of every set that was added to the catalog."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.widgets.shared.released_captions import captions_of_record

if TYPE_CHECKING:
    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.catalog.caption_set import CaptionSet
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.pair import Pair

MOST_CAPTIONS = 12
"""Captions of sets that are shown beside those of the release."""


class CaptionsOfPair(NamedTuple):
    """The captions of a pair."""

    captions: tuple[Caption, ...]
    """That of the chosen set first, then those of the release, then those of the other sets by label."""

    names: tuple[str, ...]
    """A name for each, all different; empty for a caption of the release. Untrusted, made of labels of sets."""

    left_out: int
    """Number of captions that are not shown."""


class PairCaptions:
    """Looks a pair up in a catalog and in its sets. Any thread can ask."""

    def __init__(self, main: Catalog, open_catalog: Catalog) -> None:
        """Take the catalog of the release, and the one that is browsed: the same, or that of a set."""
        self._main, self._catalog = main, open_catalog
        self._catalogs: dict[str, Catalog] = {}
        self._lock = threading.Lock()

    def own(self, pair: Pair) -> CaptionsOfPair:
        """Return the captions that a pair of the browsed catalog has itself, without a look at the disk."""
        caption_set = self._catalog.caption_set
        captions = captions_of_record(self._catalog, pair.record)
        return CaptionsOfPair(captions, tuple(caption_set.label if caption_set else "" for _ in captions), 0)

    def of(self, pair: Pair) -> CaptionsOfPair:
        """Return all captions of a pair. A set that cannot be read is left out: the notes of the catalog say so."""
        own_set = self._catalog.caption_set
        if own_set is not None and self._catalog is self._main:
            return self.own(pair)
        record = pair.record if own_set is None else self._main.record(pair.record.name)
        release_captions = () if record is None else captions_of_record(self._main, record)
        sets = self._main.caption_sets
        sets = tuple(sorted(sets, key=lambda one: one.id != own_set.id)) if own_set else sets
        labels = [one.label for one in sets]
        captions: list[Caption] = []
        names: list[str] = []
        left_out = 0
        for one in sets:
            caption = self._caption(one, pair)
            if caption is None:
                continue
            if len(captions) == MOST_CAPTIONS:
                left_out += 1
                continue
            captions.append(caption)
            names.append(f"{one.label} [{one.id}]" if labels.count(one.label) > 1 else one.label)
        first = 1 if own_set is not None and captions else 0
        captions[first:first] = release_captions
        names[first:first] = [""] * len(release_captions)
        return CaptionsOfPair(tuple(captions), tuple(names), left_out)

    def _caption(self, caption_set: CaptionSet, pair: Pair) -> Caption | None:
        try:
            with self._lock:
                if caption_set.id not in self._catalogs:
                    self._catalogs[caption_set.id] = self._main.captions_of(caption_set)
            record = self._catalogs[caption_set.id].record(pair.record.name)
        except ExplorerError:
            return None
        text = record.captions.get(caption_set.column_style) if record else None
        return caption_set.caption(text) if text else None
