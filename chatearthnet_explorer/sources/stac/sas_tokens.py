"""Sign files of the Planetary Computer: one SAS token for each container, cached until it expires."""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chatearthnet_explorer.errors import StacError
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.net.service_addresses import BLOB_STORE, SAS_TOKENS, SIGNER, UNSIGNED_STORES
from chatearthnet_explorer.sources.stac.stac_http import StacRefusedError, read

_SIGNATURE_FIELDS = {"sig", "se", "sp"}
_NAME = re.compile(r"[a-z0-9-]{3,63}")
_TOKEN = re.compile(r"[\w%&=.~+/:-]{1,2000}", re.ASCII)
_LARGEST = 100_000
_SPARE = 60.0  # seconds that a token must still be valid for

_tokens: dict[tuple[str, str], tuple[str, float]] = {}
_lock = threading.Lock()


def sign_href(href: str, *, seconds: float) -> str:
    """Return the address of a file with a signature (SAS token), which permits to read it for some time.

    Addresses outside Azure's blob storage need no signature and are returned unchanged.

    Args:
        href: Address of the file in the Planetary Computer.
        seconds: Time limit of the request for a new token.

    Raises:
        StacError: If no signature can be fetched; the text never contains one.
    """
    parts = urlsplit(href)
    host = parts.netloc.lower()
    if not host.endswith(BLOB_STORE) or host in UNSIGNED_STORES or _SIGNATURE_FIELDS & set(parse_qs(parts.query)):
        return href
    account, container = host.removesuffix(BLOB_STORE), parts.path.lstrip("/").partition("/")[0]
    if not _NAME.fullmatch(account) or not _NAME.fullmatch(container):
        raise _refusal()
    return parts._replace(query="&".join(filter(None, [parts.query, _token(account, container, seconds)]))).geturl()


def _token(account: str, container: str, seconds: float) -> str:
    with _lock:
        token, expiry = _tokens.get((account, container), ("", 0.0))
    if expiry - time.time() >= _SPARE:
        return token
    try:
        answer = read(f"{SAS_TOKENS}/{account}/{container}", deadline=time.monotonic() + seconds, largest=_LARGEST)
        token, expiry = _read_token(read_json(answer.body))
    except (StacRefusedError, ValueError, TypeError, KeyError):
        raise _refusal() from None  # the response may contain a key
    with _lock:
        _tokens[account, container] = token, expiry
    return token


def _read_token(answer: Any) -> tuple[str, float]:  # noqa: ANN401 - untrusted JSON
    """Return a token and its expiry time, in seconds since 1970."""
    token, expiry = str(answer["token"]), datetime.fromisoformat(str(answer["msft:expiry"]))
    if not _TOKEN.fullmatch(token):
        raise ValueError
    return token, (expiry if expiry.tzinfo else expiry.replace(tzinfo=UTC)).timestamp()


def _refusal() -> StacError:
    return StacError(f"{SIGNER} did not sign its files; try again later.")
