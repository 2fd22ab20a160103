"""Read byte ranges of one raster file, with the interface that async-geotiff expects."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn

from chatearthnet_explorer.cancellation import cancelled_by
from chatearthnet_explorer.errors import Cancelled, RasterError
from chatearthnet_explorer.net.addresses import public_address, split_address
from chatearthnet_explorer.net.byte_ranges import Span, cut, group_spans
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.http_errors import AbsentError, HttpError, RangeError
from chatearthnet_explorer.net.request_limits import RANGE_BYTES, RASTER
from chatearthnet_explorer.net.response_bodies import other_part, part_of
from chatearthnet_explorer.net.timed_calls import begin
from chatearthnet_explorer.sources.stac.tiff_header import check_header

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER_LIMIT = 4_000_000
"""Bytes of the tables that are requested at once; WorldCover's longest take 237,296 in all."""

GAP = 1_000_000
"""Largest gap in bytes between two ranges that share a request: a round trip takes longer than the gap."""

_CUT_SHORT = "is cut short: it ends before its own pixels do; fetch it again or choose another scene."


class RasterFile:
    """One file on a web server, read by byte range. It is a store of async-geotiff."""

    path: str = ""
    """Path to pass to async-geotiff with this store, which has one file."""

    failure: RasterError | AbsentError | None = None
    """The last error as an exception of this package; async-geotiff passes on only its text."""

    def __init__(self, href: str, *, local: bool = True) -> None:
        """Prepare to read; nothing is sent yet.

        Args:
            href: Address of the file.
            local: Whether it may lie on this computer or its network; see ``http_client.send``.

        Raises:
            RasterError: If the address is not an http or https address.
        """
        try:
            split_address(href)
        except HttpError as error:
            raise RasterError(str(error)) from None
        self.href = href
        self._name = public_address(href)
        self._local = local
        self._head = b""
        self._is_cancelled = False

    async def get_range_async(
        self,
        path: str,  # noqa: ARG002 - one file
        *,
        start: int,
        end: int | None = None,
        length: int | None = None,
    ) -> bytes:
        """Return bytes of the header from ``start``; fewer than requested if the file ends before.

        async-tiff reads the tables of a file in order and allocates what they claim, so they are checked here.
        """
        length = length if end is None else end - start
        if length is None or length > HEADER_LIMIT:
            self._refuse("is not cloud-optimised: its tables are spread over the file; use a COG.")
        content = await self._get(Span(start, length))
        self._check(start, content)
        return content

    async def get_ranges_async(
        self,
        path: str,  # noqa: ARG002 - one file
        *,
        starts: Sequence[int],
        ends: Sequence[int] | None = None,
        lengths: Sequence[int] | None = None,
    ) -> Sequence[bytes]:
        """Return several ranges, neighbours in one request."""
        if lengths is None:
            lengths = [end - start for start, end in zip(starts, ends or (), strict=True)]
        if sum(lengths) > RANGE_BYTES:
            self._refuse(
                f"needs more than {RANGE_BYTES // 1_000_000} MB at once; it may be damaged, choose another scene."
            )
        spans = [Span(start, length) for start, length in zip(starts, lengths, strict=True)]
        groups = group_spans(spans, range(len(spans)), gap=GAP, largest=RANGE_BYTES)
        contents = await asyncio.gather(*(self._get(group.whole) for group in groups))
        parts: dict[int, bytes] = {}
        for group, content in zip(groups, contents, strict=True):
            parts |= cut(group, spans, content)
        if any(len(parts[place]) != span.length for place, span in enumerate(spans)):
            self._refuse(_CUT_SHORT)
        return [parts[place] for place in range(len(spans))]

    async def _get(self, span: Span) -> bytes:
        # in a thread: urllib3 shows where a connection leads before anything is sent
        try:
            return await asyncio.wrap_future(begin(lambda: self._read(span)))
        except asyncio.CancelledError:
            self._is_cancelled = True  # no caller waits: the thread ends at its next step
            raise

    def _read(self, span: Span) -> bytes:
        try:
            with cancelled_by(self._check_cancelled):
                part = request(
                    self.href,
                    part_of(span.length),
                    limits=RASTER,
                    span=f"{span.start}-{span.stop - 1}",
                    local=self._local,
                )
        except AbsentError as error:
            self.failure = error
            raise
        except RangeError as error:
            self._fail(f"{self._name} {_CUT_SHORT}" if error.status == 416 else str(error))  # noqa: PLR2004 - Range Not Satisfiable
        except HttpError as error:
            self._fail(str(error))
        if part.start != span.start:
            self._fail(other_part(self._name))
        return part.content

    def _check_cancelled(self) -> None:
        if self._is_cancelled:
            raise Cancelled

    def _check(self, start: int, content: bytes) -> None:
        if start == len(self._head):
            self._head += content
        try:
            check_header(self._head)
        except RasterError as error:
            self._refuse(f"cannot be used: {error}; choose another scene.")

    def _refuse(self, what: str) -> NoReturn:
        self._fail(f"{self._name} {what}")

    def _fail(self, sentence: str) -> NoReturn:
        self.failure = RasterError(sentence)
        # the cause may contain the query, and with it a signature
        raise self.failure from None
