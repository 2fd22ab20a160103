"""Byte ranges of one web address: retried, bounded, and silent about what its address keeps secret."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, NotSupportedError, PermissionDeniedError, UnauthenticatedError
from obstore.store import HTTPStore

from chatearthnet_explorer.errors import RasterError, SettingError
from chatearthnet_explorer.network import certificates, network_problem, proxy_exclusions, proxy_for
from chatearthnet_explorer.sources.header import check_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstore import Bytes
    from obstore.store import ClientConfig

RETRIES = 3
"""Times a request is sent again after a 429, a 5xx or a broken connection."""

BYTE_LIMIT = 64_000_000
"""Bytes of the largest answer that is asked for; a window of Sentinel-2 needs at most about 9 million."""

HEADER_LIMIT = 4_000_000
"""Bytes of the tables that are asked for at once; WorldCover's longest take 237,296 in all."""

_PLAIN_PATH = re.compile(r"(?:/[\w.~+=,@-]+)+", re.ASCII)
_NO_PROXY, _EVERY_HOST = "http://127.0.0.1:9", "*,0.0.0.0/0,::/0"
_STATUS = re.compile(r"status code: (\d{3})")


class AbsentError(RasterError):
    """The server says that there is no such file (404)."""


def shown(href: str) -> str:
    """Return an address as it may be printed: without user, password, query and fragment."""
    parts = urlsplit(href)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:300]


class Remote:
    """One file on a web server, read by byte range. It is a store in the sense of async-geotiff.

    Raises:
        RasterError: If the address is not one of http or https.
    """

    path: str
    """What to hand to async-geotiff together with this store."""

    failure: RasterError | None = None
    """What went wrong, in our words; async-geotiff passes on no more than its text."""

    def __init__(self, href: str) -> None:
        """Prepare to read; nothing is sent yet."""
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
        self._head = b""
        user, at, host = parts.netloc.rpartition("@")
        query = f"?{parts.query}" if parts.query else ""
        # one store for all plain paths of a server, so that they share its connections; obstore would encode
        # the others anew, so that each of those has a store of its own
        plain = _PLAIN_PATH.fullmatch(parts.path) and not {".", ".."}.intersection(parts.path.split("/"))
        self.path, fixed = (parts.path[1:], "") if plain else ("", parts.path)
        try:
            way = (proxy_for(href), proxy_exclusions(), certificates())
        except SettingError as error:
            raise RasterError(str(error)) from None
        self._store = _store(f"{parts.scheme}://{host}{fixed}{query}", user if at else "", *way)

    async def get_range_async(
        self, path: str, *, start: int, end: int | None = None, length: int | None = None
    ) -> Bytes:
        """Return bytes of the header, from ``start`` on; fewer than asked for where the file ends before.

        async-tiff reads the tables of a file front to back and trusts them with its memory: they are checked here.
        """
        length = length if end is None else end - start
        if length is None or length > HEADER_LIMIT:
            self._refuse("is not cloud-optimised: its tables are spread all over it; use a COG.")
        try:
            answer = await self._store.get_range_async(path, start=start, length=length)
        except (BaseError, OSError, ValueError) as error:
            self._fail(error)
        self._check(start, answer)
        return answer

    async def get_ranges_async(
        self,
        path: str,
        *,
        starts: Sequence[int],
        ends: Sequence[int] | None = None,
        lengths: Sequence[int] | None = None,
    ) -> Sequence[Bytes]:
        """Return several ranges, neighbours in one request."""
        if lengths is None:
            lengths = [end - start for start, end in zip(starts, ends or (), strict=True)]
        if sum(lengths) > BYTE_LIMIT:
            self._refuse(f"asks for more than {BYTE_LIMIT // 1_000_000} MB at once; it is not what it claims to be.")
        try:
            answers = await self._store.get_ranges_async(path, starts=starts, lengths=lengths)
        except (BaseError, OSError, ValueError) as error:
            self._fail(error)
        if [len(answer) for answer in answers] != list(lengths):
            self._refuse("is cut short: it ends before its own pixels do; fetch it again or choose another scene.")
        return answers

    def _check(self, start: int, answer: Bytes) -> None:
        if start == len(self._head):
            self._head += answer
        try:
            check_header(self._head)
        except RasterError as error:
            self._refuse(f"cannot be used: {error}; choose another scene.")

    def _fail(self, error: Exception) -> NoReturn:
        text = str(error).partition("\n")[0]
        status = _STATUS.search(text)
        code = status.group(1) if status else ""
        if isinstance(error, FileNotFoundError) or code in {"404", "410"}:
            self.failure = AbsentError(f"{shown(self.href)} is not there (404); choose another scene or place.")
            raise self.failure from None
        if sentence := network_problem(self.href, error):
            self.failure = RasterError(sentence)
            raise self.failure from None
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)) or code in {"401", "403"}:
            self._refuse("may not be read (403): the server asks for permission; sign the address anew.")
        if isinstance(error, NotSupportedError):
            self._refuse("comes whole or not at all: its server does not send byte ranges; use another server.")
        if code == "416":
            self._refuse("is cut short: it ends before its own pixels do; fetch it again or choose another scene.")
        if code:
            self._refuse(f"could not be read: the server answered {code} again and again; try later.")
        if "timed out" in text:
            self._refuse("did not arrive in time; try again, or use a nearer server.")
        self._refuse("could not be reached, or its server hung up; check the connection and try again.")

    def _refuse(self, what: str) -> NoReturn:
        self.failure = RasterError(f"{shown(self.href)} {what}")
        # the cause would print the query, where signatures are
        raise self.failure from None


@lru_cache(maxsize=64)
def _store(url: str, user: str, proxy: str | None, exclusions: str, pem: str) -> HTTPStore:
    options: ClientConfig = {
        # an https address is not led to http by a redirect
        "allow_http": url.startswith("http:"),
        "connect_timeout": timedelta(seconds=5),
        "timeout": timedelta(seconds=30),
        "user_agent": "chatearthnet_explorer",
        # without this, obstore reads the environment by its own rules, which send this computer to the proxy
        "proxy_url": proxy or _NO_PROXY,
        "proxy_excludes": exclusions if proxy else _EVERY_HOST,
    }
    if pem:
        options["root_certificate"] = options["proxy_ca_certificate"] = pem
    if user:
        token = base64.b64encode(unquote(user).encode()).decode()
        options["default_headers"] = {"authorization": f"Basic {token}"}
    return HTTPStore(
        url,
        client_options=options,
        retry_config={
            "max_retries": RETRIES,
            "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=2)},
            "retry_timeout": timedelta(seconds=30),
        },
    )
