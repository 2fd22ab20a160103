"""One released image-text pair, and where its bytes live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.errors import PlaceError, ReleaseError
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.values import FrozenDict, Value, freeze

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.net.zip_directory import Member

ARCHIVES: Mapping[str, tuple[str, str, str]] = FrozenDict({
    "s2_rgb_images": ("B04", "B03", "B02"),
    "s2_band_5_6_7_images": ("B05", "B06", "B07"),
    "s2_band_8_11_12_images": ("B08", "B11", "B12"),
})  # fmt: skip
"""The three ZIPs of images, without ``.zip``, and the bands that are the channels of their PNGs."""

Split = Literal["train", "val", "test"]
"""The three parts of the dataset, in which each style has files of its own."""

SPLITS: tuple[str, ...] = get_args(Split)
"""The splits in their usual order."""

MARKER = "simulated_release.json"
"""File beside the JSON of a release that is made up; a real one has none."""

NAME_LIMIT = 200
"""Characters that a name may have; the longest real one has 23."""

_ENDINGS = frozenset({"png", "jpg", "jpeg", "tif", "tiff", "webp"})

# Keys under which the image's name stands, in the order they are looked for.
_IMAGE_KEYS = ("image", "image_id")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Record(Value):
    """One released image-text pair. Names and captions are hostile until a view escapes them."""

    name: str
    """The image's name as released, at most ``NAME_LIMIT`` characters."""

    captions: Mapping[str, str]
    """Caption by style, ``3.5`` and ``4v``, those that were released."""

    splits: Mapping[str, str]
    """One of ``SPLITS`` by style."""

    members: Mapping[str, Member] = field(default_factory=FrozenDict)
    """Where its images lie, by name of ``ARCHIVES``; empty where no ZIP was looked into."""

    tile: Tile | None = None
    """Where on Earth, read from the name; None if the name has no place in it."""

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for name in ("captions", "splits", "members"):
            object.__setattr__(self, name, freeze(getattr(self, name)))


def stem_of(name: str) -> str:
    """Return a name without its folders, written with either slash, and without the ending of an image in any case."""
    base = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = base.rpartition(".")
    return stem if dot and ending.lower() in _ENDINGS else base


def place_of(name: str) -> Tile | None:
    """Return the tile that a released name says, or None: a name that does not parse is given no place.

    Folders and the ending say nothing of the place.
    """
    try:
        return Tile.from_name(stem_of(name))
    except PlaceError:
        return None


def read_entry(entry: object) -> tuple[str, str]:
    """Return image name and caption of one entry of the release's JSON.

    Released entries have the name under ``image`` or ``image_id``, and the caption as a string or as a list of one.

    Raises:
        ReleaseError: If it is none of these, or name or caption is empty or too long.
    """
    if not isinstance(entry, dict):
        msg = f"An entry is {_kind(entry)} where an object with image and caption belongs; leave it out."
        raise ReleaseError(msg)
    key = next((key for key in _IMAGE_KEYS if key in entry), None)
    if key is None:
        msg = "An entry names no image; give it one under 'image' or 'image_id'."
        raise ReleaseError(msg)
    name = _text(entry[key], key, NAME_LIMIT)
    if "caption" not in entry:
        msg = f"The entry of {name!r} has no caption; give it one or leave it out."
        raise ReleaseError(msg)
    caption = entry["caption"]
    if isinstance(caption, list) and len(caption) == 1:
        caption = caption[0]
    return name, _text(caption, "caption", LIMIT)


def _text(value: object, key: str, limit: int) -> str:
    if not isinstance(value, str) or not value.strip():
        msg = f"An entry's {key} is {_kind(value)} where words belong; mend it or leave it out."
        raise ReleaseError(msg)
    if len(value) > limit:
        msg = f"An entry's {key} has {len(value)} characters, more than the {limit} that are read; shorten it."
        raise ReleaseError(msg)
    # a lone surrogate is legal JSON and cannot be written to any file
    return value.encode("utf-8", "replace").decode("utf-8").strip()


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "text" if value.strip() else "empty"
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "something else")
