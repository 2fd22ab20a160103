"""Read the tables at the start of a TIFF and check them before a library does."""

from __future__ import annotations

import struct

from chatearthnet_explorer.errors import RasterError

VALUES_LIMIT = 2_000_000
"""Most values of one tag, since readers allocate them at once; 36,000 x 36,000 pixels in tiles of 128 have 80,000."""

ENTRIES_LIMIT = 1000
"""Tags of one image; about 20 are usual."""

IMAGES_LIMIT = 64
"""Images in one file; the picture, its overviews and their masks are about 14."""

# Layouts of TIFF 6.0 and of BigTIFF, by version: where the first link stands, and count of tags, tag, link to an image.
_LAYOUTS = {42: (4, "H", "HHI4x", "I"), 43: (8, "Q", "HHQ8x", "Q")}
_MAGIC = 4
# every image needs width, length, bits, photometric interpretation and samples
_REQUIRED_TAGS = {256, 257, 258, 262, 277}
# GeoTIFF's tables, and the bytes of one of their values
_KEYS, _DOUBLES, _TEXTS = 34735, 34736, 34737
_GEO_TAGS = {_KEYS: 2, _DOUBLES: 8, _TEXTS: 1}
# BYTE to DOUBLE, IFD, and BigTIFF's LONG8, SLONG8 and IFD8
_KINDS = {*range(1, 14), 16, 17, 18}


def check_header(head: bytes) -> None:
    """Refuse a TIFF whose tables would make a reader loop, run out of memory, or panic.

    Only ``head`` is checked; call again when more bytes are known.

    Args:
        head: The first bytes of the file, as many as are known.

    Raises:
        RasterError: If it is not a TIFF, or its tables claim implausible sizes; text without the address.
    """
    order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
    layout = _LAYOUTS.get(struct.unpack_from(f"{order}H", head, 2)[0]) if order and len(head) >= _MAGIC else None
    if layout is None:
        msg = "it is not a TIFF"
        raise RasterError(msg)
    first, *forms = layout
    count, tag, link = (struct.Struct(order + form) for form in forms)
    position = _number(link, head, first)
    positions: set[int] = set()
    while position:
        if position in positions or len(positions) == IMAGES_LIMIT:
            msg = "its tables lead in a circle"
            raise RasterError(msg)
        positions.add(position)
        entries = _number(count, head, position)
        if entries > ENTRIES_LIMIT:
            msg = f"it claims {entries} tags for one image"
            raise RasterError(msg)
        start = position + count.size
        stop = start + entries * tag.size
        tags: dict[int, bytes] = {}
        for entry in range(start, min(stop, len(head) - tag.size + 1), tag.size):
            name, kind, values = tag.unpack_from(head, entry)
            if kind not in _KINDS:
                msg = "its tables are damaged"
                raise RasterError(msg)
            if values > VALUES_LIMIT:
                msg = f"it claims {values} values for one tag"
                raise RasterError(msg)
            if name in _GEO_TAGS:
                tags[name] = _content(head, entry + tag.size - link.size, link, values * _GEO_TAGS[name])
            else:
                tags[name] = b""
        if stop <= len(head) and not (tags.keys() >= _REQUIRED_TAGS and _are_sound(order, tags)):
            msg = "its tables are damaged"
            raise RasterError(msg)
        position = _number(link, head, stop)


def _content(head: bytes, position: int, link: struct.Struct, size: int) -> bytes:
    """Return the bytes of a tag's values, in its entry or elsewhere; empty if not known yet."""
    start = position if size <= link.size else _number(link, head, position)
    return head[start : start + size] if start + size <= len(head) else b""


def _are_sound(order: str, tags: dict[int, bytes]) -> bool:
    """Return whether the GeoTIFF keys stay within their own tables, as far as these are known (GeoTIFF 1.1, 7.1)."""
    directory = tags.get(_KEYS, b"")
    keys = struct.unpack(f"{order}{len(directory) // 2}H", directory)
    if not keys:
        return True
    if keys[:2] != (1, 1) or len(keys) < 4 + 4 * keys[3]:
        return False
    for place in range(4, 4 + 4 * keys[3], 4):
        _, table, count, first = keys[place : place + 4]
        content = tags.get(table)
        if table in {_DOUBLES, _TEXTS} and content is None:
            return False
        if table == _TEXTS and content and not (first + count <= len(content) and content.isascii()):
            return False
        if table == _DOUBLES and content and first + count > len(content) // _GEO_TAGS[_DOUBLES]:
            return False
    return True


def _number(layout: struct.Struct, head: bytes, position: int) -> int:
    """Return the integer at a position, or 0 if not known yet."""
    if position + layout.size > len(head):
        return 0
    number: int = layout.unpack_from(head, position)[0]
    return number
