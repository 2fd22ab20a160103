"""The value ``Record``: one released image-text pair, and where its images are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.errors import PlaceError, ReleaseError
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.values import FrozenDict, Value

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
"""The three parts of the dataset, each with separate files for each style."""

SPLITS: tuple[str, ...] = get_args(Split)
"""The splits in their usual order."""

MARKER = "simulated_release.json"
"""File beside the JSON of a simulated release; a real one does not have it."""

NAME_LIMIT = 200
"""Most characters of a name; the longest real one has 23."""

_ENDINGS = frozenset({"png", "jpg", "jpeg", "tif", "tiff", "webp"})

# Keys that an entry may have for the name of its image; the first that is present counts.
_IMAGE_KEYS = ("image", "image_id")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Record(Value):
    """One released image-text pair. Names and captions are hostile until a view escapes them."""

    name: str
    """Name of the image as released, at most ``NAME_LIMIT`` characters."""

    captions: Mapping[str, str]
    """Caption by style: ``3.5``, ``4v`` or both."""

    splits: Mapping[str, str]
    """One of ``SPLITS`` by style."""

    members: Mapping[str, Member] = field(default_factory=FrozenDict)
    """Where its images are, by name of ``ARCHIVES``; empty if no ZIP has been read."""

    tile: Tile | None = None
    """Where on Earth, read from the name; None if the name has no place in it."""

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for name in ("captions", "splits", "members"):
            mapping = getattr(self, name)
            if not isinstance(mapping, FrozenDict):
                object.__setattr__(self, name, FrozenDict(mapping))


def stem_of(name: str) -> str:
    """Return a name without folders (with either slash) and without the suffix of an image, in upper or lower case."""
    base = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = base.rpartition(".")
    return stem if dot and ending.lower() in _ENDINGS else base


def place_of(name: str) -> Tile | None:
    """Return the tile that a released name stands for; None for any other name. Folders and suffix do not count."""
    try:
        return Tile.from_name(stem_of(name))
    except PlaceError:
        return None


def read_entry(entry: object) -> tuple[str, str]:
    """Return image name and caption of one entry of the release's JSON.

    Released entries have the name under ``image`` or ``image_id``, and the caption as a string or as a list of one.

    Raises:
        ReleaseError: If the entry has another form, or its name or caption is empty or too long.
    """
    if not isinstance(entry, dict):
        msg = f"An entry is {_kind(entry)} instead of an object with image and caption; leave it out."
        raise ReleaseError(msg)
    key = next((key for key in _IMAGE_KEYS if key in entry), None)
    if key is None:
        msg = "An entry has no image name; add one under 'image' or 'image_id'."
        raise ReleaseError(msg)
    name = _text(entry[key], key, NAME_LIMIT)
    if "caption" not in entry:
        msg = f"The entry of {name!r} has no caption; add one or leave the entry out."
        raise ReleaseError(msg)
    caption = entry["caption"]
    if isinstance(caption, list) and len(caption) == 1:
        caption = caption[0]
    return name, _text(caption, "caption", LIMIT)


def _text(value: object, key: str, limit: int) -> str:
    if not isinstance(value, str) or not value.strip():
        msg = f"The {key} of an entry is {_kind(value)} instead of text; correct it or leave the entry out."
        raise ReleaseError(msg)
    if len(value) > limit:
        msg = f"The {key} of an entry has {len(value)} characters and may have {limit}; shorten it."
        raise ReleaseError(msg)
    # a lone surrogate is allowed in JSON, but cannot be written to a file
    return value.encode("utf-8", "replace").decode("utf-8").strip()


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "text" if value.strip() else "empty"
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "something else")
