"""Byte ranges of one web address: retried, bounded, and silent about what its address keeps secret."""

from __future__ import annotations

import asyncio
import random
import re
import time
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError
from urllib3.exceptions import TimeoutError as SlowError

from chatearthnet_explorer.errors import RasterError, SettingError
from chatearthnet_explorer.net.guarded_requests import LeadError, send
from chatearthnet_explorer.net.proxies import is_certificate_error, network_problem
from chatearthnet_explorer.sources.stac.stac_http import begin
from chatearthnet_explorer.sources.stac.tiff_header import check_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    import urllib3

RETRIES = 3
"""Times a request is sent again after a 429, a 5xx or a broken connection."""

BYTE_LIMIT = 64_000_000
"""Bytes of the largest answer that is asked for; a window of Sentinel-2 needs at most about 9 million."""

HEADER_LIMIT = 4_000_000
"""Bytes of the tables that are asked for at once; WorldCover's longest take 237,296 in all."""

GAP = 1_000_000
"""Bytes between two ranges up to which they share a request: a round trip takes longer than these do."""

SECONDS = 30.0
"""Seconds that a range may take, with all that is sent again."""

_CONNECT, _READ = 5.0, 10.0
_HEADERS = {"User-Agent": "chatearthnet_explorer", "Accept-Encoding": "identity"}
_CONTENT_RANGE = re.compile(r"bytes +(\d+)-(\d+)/(\d+|\*)")
_PIECE = 262_144
_PAUSE, _LONGEST_PAUSE = 0.2, 2.0
_OK, _PARTIAL, _TOO_MANY, _SERVER = 200, 206, 429, 500
_CUT_SHORT = "is cut short: it ends before its own pixels do; fetch it again or choose another scene."


class AbsentError(RasterError):
    """The server says that there is no such file (404)."""


class _BusyError(Exception):
    """A server is busy, or hung up in the middle: it is asked again."""


def shown(href: str) -> str:
    """Return an address as it may be printed: without user, password, query and fragment."""
    parts = urlsplit(href)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:300]


class Remote:
    """One file on a web server, read by byte range. It is a store in the sense of async-geotiff.

    Raises:
        RasterError: If the address is not one of http or https.
    """

    path: str = ""
    """What to hand to async-geotiff together with this store, which holds one file."""

    failure: RasterError | None = None
    """What went wrong, in our words; async-geotiff passes on no more than its text."""

    def __init__(self, href: str, *, local: bool = True) -> None:
        """Prepare to read; nothing is sent yet.

        Args:
            href: Address of the file.
            local: Whether it may lie on this computer or its network; see ``guarded.send``.
        """
        try:
            parts = urlsplit(href)
            web = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            web = False
        if not web:
            bare = href.partition("?")[0].rpartition("@")[2]
            msg = f"{bare[:80]!r} is no http or https address, so it is not read."
            raise RasterError(msg)
        self.href = href
        self._local = local
        self._head = b""
        self._given_up = False

    async def get_range_async(
        self,
        path: str,  # noqa: ARG002 - one file
        *,
        start: int,
        end: int | None = None,
        length: int | None = None,
    ) -> bytes:
        """Return bytes of the header, from ``start`` on; fewer than asked for where the file ends before.

        async-tiff reads the tables of a file front to back and trusts them with its memory: they are checked here.
        """
        length = length if end is None else end - start
        if length is None or length > HEADER_LIMIT:
            self._refuse("is not cloud-optimised: its tables are spread all over it; use a COG.")
        answer = await self._get(start, length)
        self._check(start, answer)
        return answer

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
        if sum(lengths) > BYTE_LIMIT:
            self._refuse(f"asks for more than {BYTE_LIMIT // 1_000_000} MB at once; it is not what it claims to be.")
        ranges = list(zip(starts, lengths, strict=True))
        groups = _grouped(ranges)
        parts = await asyncio.gather(*(self._get(start, stop - start) for start, stop in groups))
        whole = dict(zip(groups, parts, strict=True))
        answers = []
        for start, length in ranges:
            first, part = next((one[0], whole[one]) for one in groups if one[0] <= start < one[1] or one[0] == start)
            answers.append(part[start - first : start - first + length])
        if [len(answer) for answer in answers] != list(lengths):
            self._refuse(_CUT_SHORT)
        return answers

    async def _get(self, start: int, length: int) -> bytes:
        # on a thread of its own: urllib3 says where a connection leads before anything is sent, obstore does not
        try:
            return await asyncio.wrap_future(begin(lambda: self._read(start, length)))
        except asyncio.CancelledError:
            self._given_up = True  # nobody waits for it: the thread ends at its next step
            raise

    def _read(self, start: int, length: int) -> bytes:
        deadline = time.monotonic() + SECONDS
        pause = _PAUSE
        for left in reversed(range(RETRIES + 1)):
            try:
                return self._part(start, length, deadline)
            except _BusyError as error:
                trouble = str(error)
            except (LeadError, SettingError) as error:
                self._say(str(error))
            except (HTTPError, OSError) as error:
                if isinstance(error, RasterError):
                    raise
                if sentence := network_problem(self.href, error):
                    self._say(sentence)
                trouble = _trouble(error)
                if is_certificate_error(error) or _is_unknown_name(error):
                    break  # it would be the same in a second
            if not left or self._given_up or time.monotonic() + pause > deadline:
                break
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - that all do not come back at once
            pause = min(2 * pause, _LONGEST_PAUSE)
        return self._refuse(trouble)

    def _part(self, start: int, length: int, deadline: float) -> bytes:
        left = max(deadline - time.monotonic(), 0.1)
        response = send(
            "GET",
            self.href,
            headers=_HEADERS | {"Range": f"bytes={start}-{start + length - 1}"},
            timeout=(min(_CONNECT, left), min(_READ, left)),
            local=self._local,
        )
        try:
            return self._body(response.raw, start, length, deadline)
        finally:
            response.raw.close()

    def _body(self, raw: urllib3.BaseHTTPResponse, start: int, length: int, deadline: float) -> bytes:
        self._check_status(raw)
        match = _CONTENT_RANGE.fullmatch(raw.headers.get("Content-Range", "").strip())
        if match is None:
            self._refuse("cannot be read in parts: its server does not say which part it sends; use another server.")
        first, last = int(match[1]), int(match[2])
        # a server that does not know how long the file is says so with *; what it sends is known all the same
        if first != start or not 0 < last - first + 1 <= length:
            self._refuse("cannot be read in parts: its server sends others than are asked for; use another server.")
        pieces, missing = [], last - first + 1
        while missing and (piece := raw.read1(min(_PIECE, missing), decode_content=False)):
            pieces.append(piece)
            missing -= len(piece)
            if self._given_up or time.monotonic() > deadline:
                self._refuse("did not arrive in time; try again, or use a nearer server.")
        if missing:
            raise _BusyError(_HUNG_UP)
        return b"".join(pieces)

    def _check_status(self, raw: urllib3.BaseHTTPResponse) -> None:
        status = raw.status
        if status == _PARTIAL:
            return
        if status in {404, 410}:
            self.failure = AbsentError(f"{shown(self.href)} is not there (404); choose another scene or place.")
            raise self.failure
        if status in {401, 403}:
            self._refuse(f"may not be read ({status}): the server asks for permission; sign the address anew.")
        if status == _OK and "html" in raw.headers.get("Content-Type", ""):
            self._refuse("is a web page, not a file: its server may ask to sign in; choose another scene.")
        if status == _OK:
            self._refuse("comes whole or not at all: its server does not send byte ranges; use another server.")
        if status == 416:  # noqa: PLR2004 - Range Not Satisfiable
            self._refuse(_CUT_SHORT)
        if status == _TOO_MANY or status >= _SERVER:
            msg = f"could not be read: the server answered {status} again and again; try later."
            raise _BusyError(msg)
        self._refuse(f"could not be read: the server answered {status}; check the address or choose another scene.")

    def _check(self, start: int, answer: bytes) -> None:
        if start == len(self._head):
            self._head += answer
        try:
            check_header(self._head)
        except RasterError as error:
            self._refuse(f"cannot be used: {error}; choose another scene.")

    def _refuse(self, what: str) -> NoReturn:
        self._say(f"{shown(self.href)} {what}")

    def _say(self, sentence: str) -> NoReturn:
        self.failure = RasterError(sentence)
        # the cause would print the query, where signatures are
        raise self.failure from None


_HUNG_UP = "could not be reached, or its server hung up; check the connection and try again."


def _is_unknown_name(error: Exception) -> bool:
    return any(isinstance(one, NameResolutionError) for one in (error, getattr(error, "reason", None)))


def _trouble(error: Exception) -> str:
    if _is_unknown_name(error):
        return "could not be found: there is no server of this name; check the network and the address."
    if isinstance(error, SlowError | TimeoutError) and not isinstance(error, NewConnectionError):
        return "did not arrive in time; try again, or use a nearer server."
    return _HUNG_UP


def _grouped(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return first and last byte (excluded) of what to ask for, for ranges of (start, length)."""
    groups: list[tuple[int, int]] = []
    for start, length in sorted(ranges):
        stop = start + length
        if groups and start - groups[-1][1] <= GAP and max(stop, groups[-1][1]) - groups[-1][0] <= BYTE_LIMIT:
            groups[-1] = (groups[-1][0], max(stop, groups[-1][1]))
        else:
            groups.append((start, stop))
    return groups
