"""Limits of requests in one table: retries, time-outs, waits, redirects and sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass

REDIRECTS = 5
"""Redirects that are followed one after the other."""

CONNECTIONS = 32
"""Idle connections to one server that are kept."""

AT_ONCE = 24
"""Requests for parts of one file that are sent at once: a page of thumbnails."""

LONGEST_WAIT = 86_400.0
"""Seconds that a server can keep us away with one answer."""

SLOWEST, GRACE = 10_000, 30.0
"""Bytes a second below which an answer counts as too slow, and seconds that it may take in any case."""

CHUNK = 262_144
"""Bytes that are read of an answer at a time; between two chunks its time and size are checked."""

RANGE_BYTES = 64_000_000
"""Bytes of the largest byte range; a window of Sentinel-2 needs at most about 9 million."""

FILE_BYTES = 1_000_000_000
"""Bytes of the largest file that is downloaded; the mirror's JSON of a split has 96 million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """How often a request is tried again, and how long it may take."""

    tries: int
    """Times that a request is sent while a server is busy (429 and most of 5xx)."""

    reconnects: bool
    """Whether it is sent again after a connection that failed or broke off."""

    pause: float
    """Seconds before the second try, unless the server names a time; doubled before each further try."""

    patience: float
    """Longest wait for a busy server in seconds; if it asks for more, the request fails with a sentence instead."""

    connect: float = 5.0
    """Seconds until a server must have taken the connection."""

    read: float = 10.0
    """Seconds between two pieces of its answer."""

    seconds: float = math.inf
    """Seconds for the whole answer, tries and waits included."""


RELEASE = RequestLimits(tries=3, reconnects=True, pause=0.5, patience=15.0, read=20.0)
"""Files of the release: whole ones take minutes, and Zenodo asks for waits."""

STAC = RequestLimits(tries=3, reconnects=False, pause=0.5, patience=3.0)
"""STAC APIs: a user waits for the click, and there is a second API to try."""

RASTER = RequestLimits(tries=4, reconnects=True, pause=0.2, patience=3.0, seconds=30.0)
"""Byte ranges of raster files: many, small, and of stores that are busy for a moment."""

PROBE = RequestLimits(tries=1, reconnects=False, pause=0.0, patience=15.0, read=20.0)
"""Requests of ``doctor``, which reports what a service answers at the first try."""
