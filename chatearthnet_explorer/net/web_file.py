"""Byte ranges of a file on a web server, which may have several addresses."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.net.addresses import public_address
from chatearthnet_explorer.net.byte_ranges import Span, SpanGroup, cut, group_spans
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.http_errors import AbsentError, BusyError, HttpError, NoRangesError, RangeError
from chatearthnet_explorer.net.rate_limits import limit_of
from chatearthnet_explorer.net.request_limits import AT_ONCE, RELEASE, RequestLimits
from chatearthnet_explorer.net.response_bodies import FilePart, other_part, part_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GAP = 65_536
"""Bytes between two spans up to which they share a request: these take less time than a round trip."""

GAP_IF_COUNTED = 1_048_576
"""The same where a server counts requests and few are left: at 60 a minute each costs a second, as these do."""

LARGEST_GROUP = 8_000_000
"""Bytes of the largest request that spans share."""


class WebFile:
    """A file on a web server that honours Range."""

    def __init__(
        self,
        *addresses: str,
        limits: RequestLimits = RELEASE,
        more_addresses: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Prepare to read; nothing is sent yet.

        Args:
            addresses: Where the file is, the best first; the one that gives byte ranges is remembered.
            limits: Limits of each request.
            more_addresses: Returns further addresses; called once, when none of the others helps.
        """
        self.name = public_address(addresses[0])
        self._limits = limits
        self._addresses = list(addresses)
        self._more_addresses = more_addresses
        self._size: int | None = None
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Size of the file in bytes, from its server; requested once.

        Raises:
            ArchiveError: If the server does not say.
        """
        if self._size is None:
            self._get("0-0", 1)
        return self._size or 0

    def tail(self, length: int) -> bytes:
        """Return the last bytes.

        Raises:
            ArchiveError: If they cannot be read.
        """
        try:
            return self._get(f"-{length}", length)
        except RangeError:  # a server that does not know suffixes
            start = max(self.size - length, 0)
            return self._get(f"{start}-{self.size - 1}", length)

    def read(self, spans: Sequence[Span]) -> list[bytes | ArchiveError]:
        """Return each span's bytes, or why they cannot be read. Neighbours share a request; all are sent at once.

        Where the server counts requests, those of one call should leave half of what it still takes.
        """
        contents: list[bytes | ArchiveError] = [b""] * len(spans)
        left = list(range(len(spans)))
        if left and self._size is None:  # one goes first: a server that sends whole files must not send 24 of them
            group = group_spans(spans, left, gap=GAP, largest=LARGEST_GROUP)[0]
            content = self._read_group(group)
            if isinstance(content, NoRangesError):
                return [content] * len(spans)
            _put(contents, group, spans, content)
            left = [member for member in left if member not in set(group.members)]
        if left:
            groups = self._affordable(spans, left)
            contexts = [copy_context() for _ in groups]
            with ThreadPoolExecutor(min(len(groups), AT_ONCE)) as threads:
                results = threads.map(lambda context, group: context.run(self._read_group, group), contexts, groups)
                for group, content in zip(groups, results, strict=True):
                    _put(contents, group, spans, content)
        return contents

    def _affordable(self, spans: Sequence[Span], members: list[int]) -> list[SpanGroup]:
        """Return the requests for spans: merged over wider gaps as long as the server takes too few."""
        gap, groups = GAP, group_spans(spans, members, gap=GAP, largest=LARGEST_GROUP)
        budget = limit_of(self._addresses[0]).left
        while budget is not None and len(groups) > max(budget // 2, 1) and gap < GAP_IF_COUNTED:
            gap *= 2
            groups = group_spans(spans, members, gap=gap, largest=LARGEST_GROUP)
        return groups

    def _read_group(self, group: SpanGroup) -> bytes | ArchiveError:
        try:
            return self._get(f"{group.whole.start}-{group.whole.stop - 1}", group.whole.length)
        except ArchiveError as error:
            return error

    def _get(self, span: str, length: int) -> bytes:
        """Return a part from the first address that gives it, which is tried first from then on."""
        failures: list[ArchiveError] = []
        addresses = list(self._addresses)
        while addresses:
            address = addresses.pop(0)
            try:
                part = request(address, part_of(length), limits=self._limits, span=span, subject=self.name)
                content = self._check(part, length)
            except RangeError:  # the range is the problem, not the address
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

    def _check(self, part: FilePart, length: int) -> bytes:
        """Return the bytes of a part, if they are all there are and of the file that was read before."""
        if part.total is None:
            msg = f"{self.name} cannot be read: its server does not say how large it is; use another server."
            raise NoRangesError(msg)
        if len(part.content) < length and part.start + len(part.content) != part.total:
            raise HttpError(other_part(self.name))
        if self._size not in {None, part.total}:
            msg = f"{self.name} has another size than before, so it is another file; open the release anew."
            raise HttpError(msg)
        self._size = part.total
        return part.content

    def _further(self) -> list[str]:
        """Return the further addresses, once."""
        with self._lock:
            more_addresses, self._more_addresses = self._more_addresses, tuple
        addresses = [address for address in more_addresses() if address not in self._addresses]
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


def _put(
    contents: list[bytes | ArchiveError], group: SpanGroup, spans: Sequence[Span], content: bytes | ArchiveError
) -> None:
    """Put each span's part of an answer into its place."""
    parts = dict.fromkeys(group.members, content) if isinstance(content, ArchiveError) else cut(group, spans, content)
    for member, part in parts.items():
        contents[member] = part
