"""Send requests to STAC APIs and their signing service, with the HTTP client of ``net``."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chatearthnet_explorer.errors import StacError
from chatearthnet_explorer.net.addresses import host_of
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.http_errors import HttpError, RefusedError, UnreachableError
from chatearthnet_explorer.net.response_bodies import body_of
from chatearthnet_explorer.net.retries_and_timeouts import STAC

if TYPE_CHECKING:
    from chatearthnet_explorer.net.connections import Response

LARGEST = 32_000_000
"""Bytes of one decompressed response; a page of 100 Sentinel-2 items takes about 3 million."""

_HEADERS = {"Accept-Encoding": "gzip,deflate"}


class StacRefusedError(StacError):
    """A STAC API refuses the request as wrong (4xx) or not supported (501)."""

    status = 0
    """HTTP status of the response."""


class StacUnreachableError(StacError):
    """A STAC API does not answer in time."""


@dataclass(frozen=True, kw_only=True)
class StacAnswer:
    """The response of a server."""

    body: bytes
    """The decompressed body."""

    address: str
    """Address of the response, after redirects."""

    local: bool
    """Whether it is from this computer or its network, so that its links may lead there."""


def read(
    address: str,
    *,
    method: str = "GET",
    params: dict[str, Any] | None = None,
    deadline: float = math.inf,
    largest: int = LARGEST,
) -> StacAnswer:
    """Return one response, with the retries of ``retries_and_timeouts.STAC``.

    Args:
        address: An http or https address from the settings, or one of the same server.
        method: GET or POST.
        params: Query of a GET, or the JSON body of a POST.
        deadline: When it must be complete, on the clock of ``time.monotonic``.
        largest: Maximum size in bytes, decompressed.

    Raises:
        StacUnreachableError: If the server cannot be reached, or is too slow.
        StacRefusedError: If it refuses the request as wrong.
        StacError: If it is busy, has a server error, sends too much, or redirects where nothing is sent.
    """
    headers, body = _HEADERS, None
    if method == "POST":
        headers, body = headers | {"Content-Type": "application/json"}, json.dumps(params).encode()
    elif params:
        query = urlencode({name: value for name, value in params.items() if value is not None})
        address = f"{address}{'&' if '?' in address else '?'}{query}"
    read_body = body_of(largest)

    def take(response: Response) -> StacAnswer:
        return StacAnswer(body=read_body(response), address=response.address, local=response.local)

    try:
        return request(
            address,
            take,
            limits=STAC,
            method=method,
            headers=headers,
            body=body,
            subject=host_of(address),
            deadline=deadline,
        )
    except HttpError as error:
        raise stac_error(error) from None


def stac_error(error: HttpError) -> StacError:
    """Return the error of a STAC API for an error of the HTTP client, with the same sentence."""
    if isinstance(error, RefusedError):
        refusal = StacRefusedError(str(error))
        refusal.status = error.status
        return refusal
    return (StacUnreachableError if isinstance(error, UnreachableError) else StacError)(str(error))
