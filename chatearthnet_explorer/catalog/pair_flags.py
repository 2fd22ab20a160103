"""Flags of pairs: problems with an entry of the release, and an explanation of each."""

from __future__ import annotations

from types import MappingProxyType

FLAGS = MappingProxyType({
    "no place": "Its file name does not say where on Earth it lies.",
    "no picture": "It has no picture: the published archive has no file with its name.",
    "blank": "Its picture is of one colour only, with nothing to see.",
    "named twice": "It was published with two captions of the same style; the first is shown.",
    "splits differ": "Its two captions are in different parts of the data set: training, validation or test.",
})  # fmt: skip
"""Every flag with its explanation; the order is the order of the bits."""

FLAG_BIT = MappingProxyType({flag: bit for bit, flag in enumerate(FLAGS)})
"""Bit of a flag in the mask of flags."""
