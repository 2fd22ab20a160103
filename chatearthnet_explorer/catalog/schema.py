"""What the catalog knows of a pair: its columns, and the words for them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.record import ARCHIVES, SPLITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[np.generic]]

SCHEMA = 2
"""Number of this layout; a catalog of another is rebuilt."""

NOWHERE = 65_535
"""The x and y of a pair without a place; tiles end at 16,383."""

NONE = "none"
"""What a facet calls pairs that have no value: without a place, or on the open sea."""

NAMES = tuple(land.name for land in CLASSES if land.index != BACKGROUND)
"""The classes one can ask for, by their 3.5 names."""

BIT = MappingProxyType({land.name: land.index for land in CLASSES})
"""Bit of a class in a mask of classes: its index."""

CLASS_BITS = len(CLASSES)
"""Bits of a mask of classes; masks of the ``PARTS`` follow each other in 64 bits."""

PART_SHIFT = MappingProxyType({part: CLASS_BITS * place for place, part in enumerate(PARTS)})
"""Where the mask of a part starts among the 64 bits."""

FLAGS = MappingProxyType({
    "no place": "Its name says no place on Earth.",
    "no picture": "The archive of pictures has no file of its name.",
    "blank": "Its picture takes so few bytes that it can only be of one colour.",
    "named twice": "The release has another caption of the same style under its name; the first is kept.",
    "splits differ": "Its two captions are in different splits.",
})  # fmt: skip
"""What may be odd about a pair, with its meaning; the order is that of the bits."""

FLAG_BIT = MappingProxyType({flag: bit for bit, flag in enumerate(FLAGS)})
"""Bit of a flag in the mask of flags."""

SUFFIX = MappingProxyType(dict(zip(STYLES, ("35", "4v"), strict=True)))
"""How the columns of a style end."""

KINDS = (*STYLES, "picture")
"""What checks judge of a pair: its captions by style, and its picture."""

SPLIT_CODE = MappingProxyType({split: code for code, split in enumerate(SPLITS, start=1)})
"""Number of a split in its columns; 0 where there is no caption of the style."""

MEMBER_COLUMN = MappingProxyType(dict(zip(ARCHIVES, ("member_rgb", "member_5_6_7", "member_8_11_12"), strict=True)))
"""Name of each archive's column of byte ranges."""
