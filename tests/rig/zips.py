"""ZIPs that no tool at hand writes: larger than 4 GB without taking the disk, and broken in one place."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FULL = 0xFFFFFFFF


def write_sparse(path: Path, members: Mapping[str, tuple[int, bytes]], *, prefix: bytes = b"") -> None:
    """Write stored members, each at the position given, with holes between them, and ZIP64 ends."""
    directory = b""
    with path.open("wb") as file:
        file.write(prefix)
        for name, (offset, content) in members.items():
            crc, size, raw = zlib.crc32(content), len(content), name.encode()
            file.seek(len(prefix) + offset)
            file.write(struct.pack("<4s5HIIIHH", b"PK\3\4", 45, 0, 0, 0, 33, crc, size, size, len(raw), 0))
            file.write(raw + content)
            wide = offset >= FULL
            extra = struct.pack("<HHQ", 1, 8, offset) if wide else b""
            directory += struct.pack(
                "<4s6H3I5H2I",
                *(b"PK\1\2", 45, 45, 0, 0, 0, 33, crc, size, size, len(raw), len(extra), 0, 0, 0, 0),
                FULL if wide else offset,
            )
            directory += raw + extra
        start, count = file.tell() - len(prefix), len(members)
        file.write(directory)
        end = file.tell() - len(prefix)
        file.write(struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), start))
        file.write(struct.pack("<4sIQI", b"PK\6\7", 0, end, 1))
        file.write(struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, FULL, FULL, 0))


def replace_in_directory(path: Path, name: str, layout: str, position: int, *values: int) -> None:
    """Overwrite numbers of a member's entry in the central directory, counted from the entry's start."""
    content = bytearray(path.read_bytes())
    entry = content.rfind(name.encode()) - 46
    assert content[entry : entry + 4] == b"PK\1\2"
    struct.pack_into(layout, content, entry + position, *values)
    path.write_bytes(content)
