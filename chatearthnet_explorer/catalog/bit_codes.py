"""Codes of the catalog: classes, parts and splits of a pair as numbers."""

from __future__ import annotations

from types import MappingProxyType

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.record import SPLITS

NOWHERE = 65_535
"""The x and y of a pair without a place; tiles end at 16,383."""

NONE = "none"
"""Facet value of pairs without one: without a location, or on the open sea."""

NAMES = tuple(land.name for land in CLASSES if land.index != BACKGROUND)
"""The classes that a query can have, by their 3.5 names."""

BIT = MappingProxyType({land.name: land.index for land in CLASSES})
"""Bit of a class in a mask of classes: its index."""

CLASS_BITS = len(CLASSES)
"""Bits of a mask of classes; the masks of the ``PARTS`` follow each other in 64 bits."""

PART_SHIFT = MappingProxyType({part: CLASS_BITS * place for place, part in enumerate(PARTS)})
"""First bit of the mask of a part among the 64 bits."""

KINDS = (*RELEASED_STYLES, "picture")
"""Subjects of checks in a pair: its captions by style, and its picture."""

SPLIT_CODE = MappingProxyType({split: code for code, split in enumerate(SPLITS, start=1)})
"""Number of a split in its columns; 0 if there is no caption of the style."""
