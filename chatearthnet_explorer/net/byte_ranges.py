"""Byte ranges of a file, on this computer or on a web server."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.net.http_client import CONNECTIONS, PATIENCE, AbsentError, OddRangeError, Web
from chatearthnet_explorer.net.rate_limits import BusyError
from chatearthnet_explorer.net.response_bodies import pieces
from chatearthnet_explorer.net.urls import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import urllib3

NEAR = 65_536
"""Bytes between two ranges that are still read in one request: they take less time than a round trip."""

NEAR_IF_COUNTED = 1_048_576
"""The same where a server counts requests and few are left: at 60 a minute each costs a second, in which these come."""

_LARGEST_GROUP = 8_000_000
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

    def __init__(
        self,
        *addresses: str,
        web: Web | None = None,
        patience: float = PATIENCE,
        more: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Prepare to read; nothing is sent yet.

        Args:
            addresses: Where the file is, the best first; whichever gives byte ranges is kept.
            web: Sends the requests; None for one of its own.
            patience: Seconds that a busy server may ask us to wait, where it is one of its own.
            more: Returns further addresses; called once, when none of the others helps.
        """
        self.shown = shown(addresses[0])
        self._web = web or Web(patience=patience)
        self._addresses = list(addresses)
        self._more = more
        self._size: int | None = None
        self._lock = threading.Lock()

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
        """Return each span's bytes, or why they cannot be had. Neighbours share a request, all go out at once.

        Where the server counts requests, those of one call shall leave it half of what it still takes.
        """
        found: list[bytes | ArchiveError] = [b""] * len(spans)
        left = list(range(len(spans)))
        if left and self._size is None:  # one goes ahead: a server that sends whole files must not send 24 of them
            group = _grouped(spans, left, NEAR)[0]
            answer = self._group(group[0])
            if isinstance(answer, NoRangesError):
                return [answer] * len(spans)
            _cut(spans, group, answer, found)
            left = [place for place in left if place not in set(group[1])]
        if left:
            groups = self._affordable(spans, left)
            contexts = [copy_context() for _ in groups]
            with ThreadPoolExecutor(min(len(groups), CONNECTIONS)) as threads:
                answers = threads.map(lambda context, group: context.run(self._group, group[0]), contexts, groups)
                for group, answer in zip(groups, answers, strict=True):
                    _cut(spans, group, answer, found)
        return found

    def _affordable(self, spans: Sequence[Span], places: list[int]) -> list[tuple[Span, list[int]]]:
        """Return the requests for spans: merged over wider gaps as long as the server takes too few."""
        near, groups = NEAR, _grouped(spans, places, NEAR)
        budget = self._web.left(self._addresses[0])
        while budget is not None and len(groups) > max(budget // 2, 1) and near < NEAR_IF_COUNTED:
            near *= 2
            groups = _grouped(spans, places, near)
        return groups

    def _group(self, span: Span) -> bytes | ArchiveError:
        try:
            return self._get(f"{span.start}-{span.start + span.length - 1}", span.length)
        except ArchiveError as error:
            return error

    def _get(self, span: str, length: int) -> bytes:
        """Return a part from the first address that gives it, which is asked first from then on."""
        failures: list[ArchiveError] = []
        addresses = list(self._addresses)
        while addresses:
            address = addresses.pop(0)
            try:
                content = self._web.ask(address, lambda response: self._part(response, length), span=span)
            except OddRangeError:  # a question of the range, not of the address
                raise
            except ArchiveError as error:
                failures.append(error)
                addresses = addresses or self._further()
                if addresses and isinstance(error, (NoRangesError, AbsentError)):
                    self._drop(address)
            else:
                self._prefer(address)
                return content
        # one that is busy may help in a while; else the first is the one to be named
        raise next((error for error in failures if isinstance(error, BusyError)), failures[0])

    def _further(self) -> list[str]:
        """Return the further addresses, once."""
        with self._lock:
            more, self._more = self._more, tuple
        addresses = [address for address in more() if address not in self._addresses]
        with self._lock:
            self._addresses += addresses
        return addresses

    def _drop(self, address: str) -> None:
        with self._lock:
            self._addresses = [one for one in self._addresses if one != address]

    def _prefer(self, address: str) -> None:
        with self._lock:
            if self._addresses[:1] != [address]:
                self._addresses = [address, *(one for one in self._addresses if one != address)]

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
        if self._size not in {None, total}:
            msg = f"{self.shown} has another size than before, so it is another file; open the release anew."
            raise ArchiveError(msg)
        self._size = total
        return b"".join(pieces(response, promised))


def _grouped(spans: Sequence[Span], places: Sequence[int], near: int) -> list[tuple[Span, list[int]]]:
    """Return what to ask for, each with the positions of the spans it holds."""
    groups: list[tuple[Span, list[int]]] = []
    for place in sorted(places, key=lambda one: spans[one]):
        span = spans[place]
        if groups:
            group, members = groups[-1]
            stop = max(group.start + group.length, span.start + span.length)
            if span.start - (group.start + group.length) <= near and stop - group.start <= _LARGEST_GROUP:
                groups[-1] = Span(group.start, stop - group.start), [*members, place]
                continue
        groups.append((span, [place]))
    return groups


def _cut(
    spans: Sequence[Span],
    group: tuple[Span, list[int]],
    answer: bytes | ArchiveError,
    found: list[bytes | ArchiveError],
) -> None:
    """Put each span's part of an answer into its place."""
    whole, places = group
    for place in places:
        begin = spans[place].start - whole.start
        found[place] = answer if isinstance(answer, ArchiveError) else answer[begin : begin + spans[place].length]
