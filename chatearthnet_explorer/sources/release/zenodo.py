"""Read the Zenodo record of the release: its files, with addresses, sizes and checksums."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.net.addresses import public_address
from chatearthnet_explorer.net.http_client import redirect, request
from chatearthnet_explorer.net.http_errors import HttpError
from chatearthnet_explorer.net.private_networks import check_host, is_local
from chatearthnet_explorer.net.request_limits import RELEASE, RequestLimits
from chatearthnet_explorer.net.response_bodies import body_of
from chatearthnet_explorer.net.safe_json import read_json

_ROOT = re.compile(
    r"(?:zenodo:|https?://(?:www\.)?zenodo\.org/records?/|https?://doi\.org/10\.5281/zenodo\.)(\d{1,12})/?"
)
_BELOW_BASE = re.compile(r"/records?/(\d{1,12})/?")
_LARGEST_ANSWER = 2_000_000
_MD5 = re.compile(r"md5:([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZenodoFile:
    """One file of a record."""

    addresses: tuple[str, ...]
    """Addresses of the file; the one that honours Range first."""

    size: int
    """Bytes it has."""

    md5: str
    """Its MD5 in hexadecimal digits."""


def record_of(root: str, *, base: str) -> str | None:
    """Return the number of the record that a root names; None for other roots.

    Args:
        root: ``zenodo:11003436``, or the record's address on Zenodo or below ``base``.
        base: Address of Zenodo.
    """
    match = _ROOT.fullmatch(root)
    if match is None and root.startswith(base.rstrip("/")):
        match = _BELOW_BASE.fullmatch(root[len(base.rstrip("/")) :])
    return match.group(1) if match else None


def file_addresses(record: str, name: str, *, base: str) -> tuple[str, ...]:
    """Return the addresses of a file, without a request.

    Zenodo answers a Range at the first address with 206; at the second, its API's, with the whole file
    (zenodo/zenodo#2593, January 2026).
    """
    base = base.rstrip("/")
    return f"{base}/records/{record}/files/{name}", f"{base}/api/records/{record}/files/{name}/content"


def files_of(record: str, *, base: str, limits: RequestLimits = RELEASE) -> dict[str, ZenodoFile]:
    """Return the files of a record by name, as its API lists them.

    Raises:
        ArchiveError: If Zenodo cannot be reached, refuses, or is busy.
        ReleaseError: If the response is not a list of files.
    """
    address = f"{base.rstrip('/')}/api/records/{record}"
    try:
        files: list[dict[str, Any]] = read_json(request(address, body_of(_LARGEST_ANSWER), limits=limits))["files"]
        return {
            name: ZenodoFile(
                addresses=tuple(
                    dict.fromkeys([*file_addresses(record, name, base=base), *_linked_address(address, one)])
                ),
                size=int(one["size"]),
                md5=_md5(str(one["checksum"])),
            )
            for one in files
            for name in [str(one["key"])]
        }
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{public_address(address)} did not answer with a list of files; check the record's number or try later."
        raise ReleaseError(msg) from error


def _linked_address(address: str, file: dict[str, Any]) -> list[str]:
    """Return the address that a record gives for a file, if a redirect would be allowed to go there.

    It is tried last: a copy of Zenodo may still name the original.
    """
    try:
        target, _ = redirect(address, str(file["links"]["self"]), {})
        check_host(urlsplit(target).hostname or "", local=is_local(urlsplit(address).hostname or ""))
    except HttpError:
        return []
    return [target]


def _md5(checksum: str) -> str:
    match = _MD5.fullmatch(checksum)
    if match is None:
        raise ValueError(checksum)
    return match.group(1)
