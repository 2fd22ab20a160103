"""The bodies of web answers: as long as they claim, as they arrive, and no longer than that may take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.net.urls import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import urllib3

_PIECE = 65_536
# Bytes a second below which an answer counts as too slow, and seconds it may take in any case.
_SLOWEST, _GRACE = 10_000, 30.0
_TOO_SLOW = "The server sends too slowly; try again later, or use another one."


def pieces(response: urllib3.BaseHTTPResponse, length: int) -> Iterator[bytes]:
    """Yield the body as it arrives, ``length`` bytes in all; a server that drips is not waited for.

    Raises:
        ArchiveError: If it comes slower than 10 kB a second.
    """
    from urllib3.exceptions import IncompleteRead  # noqa: PLC0415 - not needed for files on this computer

    deadline = time.monotonic() + _GRACE + length / _SLOWEST
    left = length
    while left and (piece := response.read1(min(_PIECE, left), decode_content=False)):
        left -= len(piece)
        yield piece
        if time.monotonic() > deadline:
            raise ArchiveError(_TOO_SLOW)
    if left:
        raise IncompleteRead(length - left, left)


def length_of(response: urllib3.BaseHTTPResponse) -> int | None:
    """Return the bytes that a server promises; None where it does not say, or says nonsense."""
    said = response.headers.get("Content-Length", "")
    return int(said) if said.isascii() and said.isdigit() else None


def answer_of(address: str, largest: int) -> Callable[[urllib3.BaseHTTPResponse], bytes]:
    """Return a function that takes a whole answer, of at most ``largest`` bytes, for ``Web.ask``."""

    def take(response: urllib3.BaseHTTPResponse) -> bytes:
        size = length_of(response)
        # some servers send their answers in chunks, without saying how long they are
        content = b"".join(_chunks(response, largest) if size is None else pieces(response, min(size, largest + 1)))
        if len(content) > largest:
            msg = f"{shown(address)} answered more than {largest} bytes, which no list of files needs; check it."
            raise ArchiveError(msg)
        return content

    return take


def _chunks(response: urllib3.BaseHTTPResponse, largest: int) -> Iterator[bytes]:
    """Yield the body as it arrives, a little more than ``largest`` bytes at most."""
    deadline = time.monotonic() + _GRACE + largest / _SLOWEST
    left = largest
    while left >= 0 and (piece := response.read1(_PIECE, decode_content=False)):
        left -= len(piece)
        yield piece
        if time.monotonic() > deadline:
            raise ArchiveError(_TOO_SLOW)
