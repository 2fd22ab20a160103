"""Flags of pairs: problems with an entry of the release, and an explanation of each."""

from __future__ import annotations

from types import MappingProxyType

FLAGS = MappingProxyType({
    "no place": "Its file name gives no location on Earth.",
    "no picture": "The archive of pictures has no file of its name.",
    "blank": "Its picture has so few bytes that it can only be of one colour.",
    "named twice": "The release has another caption of the same style under its name; the first is kept.",
    "splits differ": "Its two captions are in different splits.",
})  # fmt: skip
"""Every flag with its explanation; the order is the order of the bits."""

FLAG_BIT = MappingProxyType({flag: bit for bit, flag in enumerate(FLAGS)})
"""Bit of a flag in the mask of flags."""
