"""Byte ranges of a file, on this computer or on a web server."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.files import unreadable
from chatearthnet_explorer.web import CONNECTIONS, PATIENCE, OddRangeError, Web, pieces, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import urllib3

# Ranges with fewer bytes between them are one request: a server that counts requests (Zenodo allows about 100 a minute)
# is asked less, and 64 kB take less time than a round trip.
_GAP, _LARGEST_GROUP = 65_536, 8_000_000
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class Span(NamedTuple):
    """Which bytes of a file."""

    start: int
    """Position of the first."""

    length: int
    """How many; fewer are given where the file ends before."""


class Ranged(Protocol):
    """Whatever gives byte ranges of one file."""

    shown: str
    """How sentences name it; holds no secret."""

    @property
    def size(self) -> int:
        """Bytes of the file.

        Raises:
            ArchiveError: If it cannot be had.
        """
        ...

    def tail(self, length: int) -> bytes:
        """Return the last bytes, all of them where the file is shorter.

        Raises:
            ArchiveError: If they cannot be had.
        """
        ...

    def read(self, spans: Sequence[Span]) -> list[bytes | ArchiveError]:
        """Return each span's bytes, or why they cannot be had, all in one round trip."""
        ...


class NoRangesError(ArchiveError):
    """A server sends a file whole or not at all."""


def open_ranges(where: str | Path) -> Ranged:
    """Return the byte ranges of a path or of an http or https address; nothing is read yet."""
    return WebFile(where) if isinstance(where, str) and "://" in where else LocalFile(Path(where))


class LocalFile:
    """A file on this computer."""

    def __init__(self, path: Path) -> None:
        """Prepare to read."""
        self._path = path
        self.shown = str(path)

    @cached_property
    def size(self) -> int:
        """Bytes of the file.

        Raises:
            ArchiveError: If there is no such file.
        """
        if why := unreadable(self._path):
            msg = f"{self.shown} {why}."
            raise ArchiveError(msg)
        try:
            return self._path.stat().st_size
        except OSError as error:
            raise self._refused(error) from error

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
        """Return each span's bytes, or why they cannot be had."""
        if why := unreadable(self._path):
            return [ArchiveError(f"{self.shown} {why}.")] * len(spans)
        try:
            with self._path.open("rb") as file:
                found: list[bytes | ArchiveError] = []
                for span in spans:
                    file.seek(span.start)
                    found.append(file.read(span.length))
                return found
        except OSError as error:
            return [self._refused(error)] * len(spans)

    def _refused(self, error: OSError) -> ArchiveError:
        return ArchiveError(f"{self.shown} cannot be read ({error.strerror or error}); check the path.")


class WebFile:
    """A file on a web server that honours Range."""

    def __init__(self, address: str, *, patience: float = PATIENCE) -> None:
        """Prepare to read; nothing is sent yet."""
        self.shown = shown(address)
        self._web = Web(patience=patience)
        self._address = address
        self._size: int | None = None

    @property
    def size(self) -> int:
        """Bytes of the file, as its server says; asked once.

        Raises:
            ArchiveError: If the server does not say.
        """
        if self._size is None:
            self._get("0-0", 1)
        return self._size or 0

    def tail(self, length: int) -> bytes:
        """Return the last bytes.

        Raises:
            ArchiveError: If they cannot be had.
        """
        try:
            return self._get(f"-{length}", length)
        except OddRangeError:  # a server that knows no suffix
            start = max(self.size - length, 0)
            return self._get(f"{start}-{self.size - 1}", length)

    def read(self, spans: Sequence[Span]) -> list[bytes | ArchiveError]:
        """Return each span's bytes, or why they cannot be had. Neighbours share a request, all go out at once."""
        groups = _grouped(spans)
        answers: list[bytes | ArchiveError] = []
        if groups and self._size is None:  # one goes ahead: a server that sends whole files must not send 24 of them
            answers.append(self._group(groups[0]))
            if isinstance(answers[0], NoRangesError):
                return [answers[0]] * len(spans)
        left = groups[len(answers) :]
        if left:
            with ThreadPoolExecutor(min(len(left), CONNECTIONS)) as threads:
                answers += threads.map(self._group, left)
        found: list[bytes | ArchiveError] = [b""] * len(spans)
        for (group, members), answer in zip(groups, answers, strict=True):
            for member in members:
                begin = spans[member].start - group.start
                cut = answer if isinstance(answer, ArchiveError) else answer[begin : begin + spans[member].length]
                found[member] = cut
        return found

    def _group(self, group: tuple[Span, list[int]]) -> bytes | ArchiveError:
        span = group[0]
        try:
            return self._get(f"{span.start}-{span.start + span.length - 1}", span.length)
        except ArchiveError as error:
            return error

    def _get(self, span: str, length: int) -> bytes:
        return self._web.ask(self._address, lambda response: self._part(response, length), span=span)

    def _part(self, response: urllib3.BaseHTTPResponse, length: int) -> bytes:
        match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if response.status != 206 or match is None:  # noqa: PLR2004 - Partial Content
            msg = (
                f"{self.shown} comes whole or not at all: its server does not send byte ranges, so nothing more was "
                "read; use another server, or download the file and give its folder."
            )
            raise NoRangesError(msg)
        first, last, total = map(int, match.groups())
        promised = last - first + 1
        if promised > length or (promised < length and last + 1 != total):
            msg = f"{self.shown} came with another part than was asked for; try again or use another server."
            raise ArchiveError(msg)
        self._size = total
        return b"".join(pieces(response, promised))


def _grouped(spans: Sequence[Span]) -> list[tuple[Span, list[int]]]:
    """Return what to ask for, each with the positions of the spans it holds."""
    groups: list[tuple[Span, list[int]]] = []
    for place in sorted(range(len(spans)), key=lambda one: spans[one]):
        span = spans[place]
        if groups:
            group, members = groups[-1]
            stop = max(group.start + group.length, span.start + span.length)
            if span.start - (group.start + group.length) <= _GAP and stop - group.start <= _LARGEST_GROUP:
                groups[-1] = Span(group.start, stop - group.start), [*members, place]
                continue
        groups.append((span, [place]))
    return groups
