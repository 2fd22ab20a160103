"""Read response bodies with limits in bytes and seconds: in chunks, whole, or one byte range."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.net.http_errors import HttpError, NoRangesError, lost_error, slow_error
from chatearthnet_explorer.net.retries_and_timeouts import CHUNK, GRACE, SLOWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.net.connections import Response

PARTIAL = 206
"""Status of an answer that holds a part of a file."""

_CONTENT_RANGE = re.compile(r"bytes +(\d+)-(\d+)/(\d+|\*)")


class FilePart(NamedTuple):
    """A byte range as a server sent it."""

    content: bytes
    """Its bytes."""

    start: int
    """Position of the first in the file."""

    total: int | None
    """Bytes of the whole file; None where the server does not know."""


def chunks(response: Response, length: int) -> Iterator[bytes]:
    """Yield the body as it arrives, ``length`` bytes in all, not unpacked.

    Raises:
        UnreachableError: If it ends early, or comes slower than ``SLOWEST`` or after its deadline.
    """
    deadline = min(response.deadline, time.monotonic() + GRACE + length / SLOWEST)
    left = length
    while left:
        chunk = response.read(min(CHUNK, left))
        if not chunk:
            raise lost_error(response.subject)
        left -= len(chunk)
        yield chunk
        _check_time(response, deadline)


def body_of(largest: int, progress: Callable[[int], None] = lambda _bytes: None) -> Callable[[Response], bytes]:
    """Return a function that reads a whole body for ``http_client.request``, and undoes gzip.

    Args:
        largest: Maximum size in bytes, decompressed.
        progress: Called with how many bytes there are so far.

    Raises:
        HttpError: If it is larger (raised by the function, as ``UnreachableError`` where it takes too long).
    """

    def take(response: Response) -> bytes:
        deadline = min(response.deadline, time.monotonic() + GRACE + largest / SLOWEST)
        content = bytearray()
        # chunk by chunk as they arrive: a server that sends one byte a second never lets a full read return
        while chunk := response.read(CHUNK, unpack=True):
            content += chunk
            if len(content) > largest:
                msg = f"{response.subject} sent more than {largest / 1e6:g} MB, which is too much; check its address."
                raise HttpError(msg)
            progress(len(content))
            _check_time(response, deadline)
        return bytes(content)

    return take


def beginning(response: Response, most: int) -> bytes:
    """Return the first bytes of a body, ``most`` of them or fewer.

    Raises:
        UnreachableError: If the body ends too early or comes too slowly.
    """
    deadline = min(response.deadline, time.monotonic() + GRACE + most / SLOWEST)
    content = b""
    while len(content) < most and (chunk := response.read(most - len(content))):
        content += chunk
        _check_time(response, deadline)
    return content


def part_of(length: int) -> Callable[[Response], FilePart]:
    """Return a function that reads one byte range for ``http_client.request``.

    Args:
        length: Bytes of the range; fewer come where the file ends before.

    Raises:
        NoRangesError: If the server sends something else than a part (raised by the function).
        HttpError: If it sends another part.
    """

    def take(response: Response) -> FilePart:
        if response.status != PARTIAL:
            msg = f"{response.subject} {_why_whole(response)}"
            raise NoRangesError(msg)
        match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
        if match is None:
            msg = (
                f"{response.subject} cannot be read in parts: its server does not say which part it sends; use another."
            )
            raise NoRangesError(msg)
        first, last = int(match[1]), int(match[2])
        if not 0 < last - first + 1 <= length:
            raise HttpError(other_part(response.subject))
        content = b"".join(chunks(response, last - first + 1))
        return FilePart(content, first, None if match[3] == "*" else int(match[3]))

    return take


def other_part(subject: str) -> str:
    """Return the sentence for a server that sends another byte range than the one requested."""
    return f"{subject} came with another part than the one requested; try again or use another server."


def length_of(response: Response) -> int | None:
    """Return the length that a server announces; None if it is missing or invalid."""
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _why_whole(response: Response) -> str:
    if "html" in response.headers.get("Content-Type", ""):
        return "is a web page, not a file: its server may ask to sign in; use another server."
    return (
        "comes whole or not at all: its server does not send byte ranges, so nothing more was read; use another "
        "server, or download the file and give its folder."
    )


def _check_time(response: Response, deadline: float) -> None:
    checkpoint()
    if time.monotonic() > deadline:
        error = slow_error(response.subject)
        error.temporary = False
        raise error
