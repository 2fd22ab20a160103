"""Read members of a remote ZIP by byte range."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.net.byte_ranges import ByteRanges, Span
from chatearthnet_explorer.net.zip_directory import ENTRY_SIZE, Directory, decode_name, parse_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.net.zip_directory import Member

LARGEST = 1_000_000
"""Bytes that a member may have, unpacked; a 256 x 256 PNG of three channels needs at most about 200 thousand."""

LARGEST_DIRECTORY = 400_000_000
"""Bytes of the largest central directory that is read; the release's have about 13 million."""

# Layouts: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.14 to 4.3.16 (ends of the directory).
_LOCAL = struct.Struct("<4s5HIIIHH")
_END = struct.Struct("<4s4HIIH")
_END64_PLACE = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LONGEST_COMMENT = 65_535
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTION_FLAG = 0x0001
_METHOD_STORE, _METHOD_DEFLATE = 0, 8
# Bytes that a local header's extra fields may take without costing a second request; the usual ones take 28.
_SLACK = 128


class DamagedError(ArchiveError):
    """The bytes of a member do not match the archive's directory."""


class _End(NamedTuple):
    """Position of the central directory."""

    start: int
    size: int
    members: int
    base: int  # what stands before the ZIP, as in one that unpacks itself


def read_directory(file: ByteRanges) -> Directory:
    """Return the central directory, read in two round trips, three where ZIP64's own end lies far off.

    Raises:
        ArchiveError: If the file cannot be read, is not a ZIP, is cut short, or has invalid members.
    """
    tail = file.tail(_END.size + _LONGEST_COMMENT + _END64_PLACE.size + _END64.size)
    end = _end(file, tail)
    limit = file.size
    if end.size > LARGEST_DIRECTORY or end.members * ENTRY_SIZE > end.size or end.start + end.size > limit:
        _refuse(file, "has a directory that cannot be right; it is damaged or no ZIP at all, so download it anew.")
    inside = end.start - (limit - len(tail))
    content = tail[inside : inside + end.size] if inside >= 0 else _one(file, Span(end.start, end.size))
    try:
        return parse_directory(content, end.members, base=end.base, stop=end.start)
    except ArchiveError as error:
        msg = f"{file.name} {error}"
        raise ArchiveError(msg) from None


def read_members(file: ByteRanges, members: Sequence[Member], *, largest: int = LARGEST) -> list[bytes | ArchiveError]:
    """Return the unpacked bytes of members, or for each why it cannot be had, in one round trip.

    A second round trip is needed where the header before the bytes is longer than its like in any known ZIP.

    Args:
        file: The ZIP.
        members: Which, as ``Directory`` or a catalog gives them.
        largest: Bytes that one may have, unpacked.
    """
    contents: list[bytes | ArchiveError] = [
        DamagedError(f"{_quote(member)} of {file.name} claims to be larger than {largest} bytes; it was not read.")
        for member in members
    ]
    slack = dict.fromkeys(
        (row for row, member in enumerate(members) if member.size <= largest and member.compressed_size <= largest),
        _SLACK,
    )
    for _ in range(2):
        spans = [_span(members[row], extra) for row, extra in slack.items()]
        blocks = dict(zip(slack, file.read(spans), strict=True))
        slack = {}
        for row, block in blocks.items():
            if isinstance(block, ArchiveError):
                contents[row] = block
                continue
            try:
                start = _data_start(file, members[row], block)
                if start + members[row].compressed_size > len(block):
                    contents[row] = ArchiveError(
                        f"{_quote(members[row])} of {file.name} is cut short; use another copy."
                    )
                    slack[row] = start  # header and extra fields may take this much; the file may also end here
                else:
                    contents[row] = _unpack(file, members[row], block[start : start + members[row].compressed_size])
            except ArchiveError as error:
                contents[row] = error
        if not slack:
            break
    return contents


def _end(file: ByteRanges, tail: bytes) -> _End:
    """Return where the directory lies; a ZIP's end stands before a comment of the length that it says."""
    place = tail.rfind(b"PK\5\6")
    while place >= 0:
        if place + _END.size <= len(tail):
            _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(tail, place)
            if place + _END.size + comment == len(tail):
                break
        place = tail.rfind(b"PK\5\6", 0, place)
    else:
        _refuse(file, "is not a ZIP, or is cut short; download it anew or use another copy.")
    end = file.size - len(tail) + place
    if _FULL16 in {here, count} or _FULL32 in {size, start}:
        end, here, count, size, start = _end64(file, tail, place)
    if disk not in {0, _FULL16} or first_disk not in {0, _FULL16} or here != count:
        _refuse(file, "is one of several parts of a ZIP; join them into one file.")
    base = end - size - start
    if base < 0:
        _refuse(file, "is not a whole ZIP: its directory does not fit into it; download it anew or use another copy.")
    return _End(start + base, size, count, base)


def _end64(file: ByteRanges, tail: bytes, place: int) -> tuple[int, int, int, int, int]:
    """Return where the ZIP64 end lies, and the members here, all members, bytes and start of the directory."""
    if place < _END64_PLACE.size or tail[place - _END64_PLACE.size :][:4] != b"PK\6\7":
        _refuse(file, "lacks the ZIP64 end that its size needs; download it anew or use another copy.")
    before = file.size - len(tail)
    _, _, at, disks = _END64_PLACE.unpack_from(tail, place - _END64_PLACE.size)
    if disks > 1:
        _refuse(file, "is one of several parts of a ZIP; join them into one file.")
    # what stands before the ZIP moves it: then it is looked for just before its own place
    usual = place - _END64_PLACE.size - _END64.size
    if usual >= 0 and tail[usual : usual + 4] == b"PK\6\6":
        at, block = before + usual, tail[usual:]
    else:
        if at + _END64.size > file.size:
            _refuse(file, "is cut short; download it anew or use another copy.")
        block = _one(file, Span(at, _END64.size))
    if block[:4] != b"PK\6\6" or len(block) < _END64.size:
        _refuse(file, "lacks the ZIP64 end that its size needs; download it anew or use another copy.")
    *_, here, count, size, start = _END64.unpack_from(block)
    return at, here, count, size, start


def _span(member: Member, slack: int) -> Span:
    return Span(member.offset, _LOCAL.size + len(member.name.encode()) + slack + member.compressed_size)


def _data_start(file: ByteRanges, member: Member, block: bytes) -> int:
    """Return where in a block the member's bytes start, after checking the header before them."""
    if len(block) < _LOCAL.size:
        msg = f"{_quote(member)} of {file.name} lies beyond the end of the file, which is cut short; use another copy."
        raise ArchiveError(msg)
    signature, _, flags, method, _, _, _, _, _, name_length, extra_length = _LOCAL.unpack_from(block)
    name = decode_name(block[_LOCAL.size : _LOCAL.size + name_length], flags=flags)
    if signature != b"PK\3\4" or name != member.name or method != member.method:
        msg = f"{_quote(member)} is not where it should be in {file.name}; the file was replaced, so read it anew."
        raise ArchiveError(msg)
    if flags & _ENCRYPTION_FLAG:
        msg = f"{_quote(member)} of {file.name} is locked with a password; use a copy without."
        raise ArchiveError(msg)
    return int(_LOCAL.size + name_length + extra_length)


def _unpack(file: ByteRanges, member: Member, block: bytes) -> bytes:
    if member.method not in {_METHOD_STORE, _METHOD_DEFLATE}:
        msg = f"{_quote(member)} of {file.name} is packed by method {member.method}; pack it anew with deflate."
        raise DamagedError(msg)
    content = block
    if member.method == _METHOD_DEFLATE:
        try:
            # one byte more than it claims shows a claim that is too small, and costs nothing
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(block, member.size + 1)
        except zlib.error:
            content = b""
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        msg = f"{_quote(member)} of {file.name} is damaged: its checksum is another; use another copy."
        raise DamagedError(msg)
    return content


def _one(file: ByteRanges, span: Span) -> bytes:
    (content,) = file.read([span])
    if isinstance(content, ArchiveError):
        raise content
    if len(content) < span.length:
        _refuse(file, "is cut short; download it anew or use another copy.")
    return content


def _quote(member: Member) -> str:
    return repr(member.name[:80])


def _refuse(file: ByteRanges, what: str) -> NoReturn:
    msg = f"{file.name} {what}"
    raise ArchiveError(msg)
