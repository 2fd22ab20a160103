"""Byte ranges of a file on this computer or on a web server."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.files.input_paths import unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence


class Span(NamedTuple):
    """Which bytes of a file."""

    start: int
    """Position of the first."""

    length: int
    """How many; fewer come where the file ends before."""

    @property
    def stop(self) -> int:
        """Position after the last."""
        return self.start + self.length


class SpanGroup(NamedTuple):
    """Spans that are read in one request."""

    whole: Span
    """The bytes to request."""

    members: list[int]
    """Positions of the spans inside, in the list they came from."""


class ByteRanges(Protocol):
    """A file whose bytes can be read in parts."""

    name: str
    """Its name in messages, without secrets."""

    @property
    def size(self) -> int:
        """Bytes of the file.

        Raises:
            ArchiveError: If it cannot be read.
        """
        ...

    def tail(self, length: int) -> bytes:
        """Return the last bytes, all of them where the file is shorter.

        Raises:
            ArchiveError: If they cannot be read.
        """
        ...

    def read(self, spans: Sequence[Span]) -> list[bytes | ArchiveError]:
        """Return each span's bytes, or why they cannot be read, all in one round trip."""
        ...


def open_ranges(place: str | Path) -> ByteRanges:
    """Return the byte ranges of a path or of an http or https address; nothing is read yet."""
    if not isinstance(place, str) or "://" not in place:
        return LocalFile(Path(place))
    from chatearthnet_explorer.net.web_file import WebFile

    return WebFile(place)


class LocalFile:
    """A file on this computer."""

    def __init__(self, path: Path) -> None:
        """Prepare to read."""
        self._path = path
        self.name = str(path)

    @cached_property
    def size(self) -> int:
        """Bytes of the file.

        Raises:
            ArchiveError: If there is no such file.
        """
        if why := unreadable(self._path):
            msg = f"{self.name} {why}."
            raise ArchiveError(msg)
        try:
            return self._path.stat().st_size
        except OSError as error:
            raise self._refusal(error) from error

    def tail(self, length: int) -> bytes:
        """Return the last bytes.

        Raises:
            ArchiveError: If they cannot be read.
        """
        (content,) = self.read([Span(max(self.size - length, 0), length)])
        if isinstance(content, ArchiveError):
            raise content
        return content

    def read(self, spans: Sequence[Span]) -> list[bytes | ArchiveError]:
        """Return each span's bytes, or why they cannot be read."""
        if why := unreadable(self._path):
            return [ArchiveError(f"{self.name} {why}.")] * len(spans)
        try:
            with self._path.open("rb") as file:
                contents: list[bytes | ArchiveError] = []
                for span in spans:
                    file.seek(span.start)
                    contents.append(file.read(span.length))
                return contents
        except OSError as error:
            return [self._refusal(error)] * len(spans)

    def _refusal(self, error: OSError) -> ArchiveError:
        return ArchiveError(f"{self.name} cannot be read ({error.strerror or error}); check the path.")


def group_spans(spans: Sequence[Span], members: Sequence[int], *, gap: int, largest: int) -> list[SpanGroup]:
    """Return the requests for some spans: neighbours share one.

    Args:
        spans: The spans, in any order.
        members: Positions of those to read.
        gap: Bytes between two spans up to which they share a request.
        largest: Bytes of the largest request that spans share.
    """
    groups: list[SpanGroup] = []
    for member in sorted(members, key=lambda one: spans[one]):
        span = spans[member]
        if groups:
            whole, inside = groups[-1]
            stop = max(whole.stop, span.stop)
            if span.start - whole.stop <= gap and stop - whole.start <= largest:
                groups[-1] = SpanGroup(Span(whole.start, stop - whole.start), [*inside, member])
                continue
        groups.append(SpanGroup(span, [member]))
    return groups


def cut(group: SpanGroup, spans: Sequence[Span], content: bytes) -> dict[int, bytes]:
    """Return the bytes of each span of a group, by its position."""
    starts = {member: spans[member].start - group.whole.start for member in group.members}
    return {member: content[start : start + spans[member].length] for member, start in starts.items()}
