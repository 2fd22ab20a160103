"""The Zenodo record of the release: which files, where, how large, with which checksum."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import ArchiveError, ReleaseError
from chatearthnet_explorer.net.response_bodies import answer_of
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.net.urls import redirected, shown

if TYPE_CHECKING:
    from chatearthnet_explorer.net.http_client import Web

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
    """Where its bytes are, that which honours Range first."""

    size: int
    """Bytes it has."""

    md5: str
    """Its MD5 in hexadecimal digits."""


def record_of(root: str, *, base: str) -> str | None:
    """Return the number of the record that a root names; None for other roots.

    Args:
        root: ``zenodo:11003436``, or the record's address on Zenodo or below ``base``.
        base: Where records are asked for.
    """
    match = _ROOT.fullmatch(root)
    if match is None and root.startswith(base.rstrip("/")):
        match = _BELOW_BASE.fullmatch(root[len(base.rstrip("/")) :])
    return match.group(1) if match else None


def file_addresses(record: str, name: str, *, base: str) -> tuple[str, ...]:
    """Return where a file's bytes are, without asking.

    Zenodo answers a Range at the first address with 206; at the second, its API's, with the whole file
    (zenodo/zenodo#2593, January 2026).
    """
    base = base.rstrip("/")
    return f"{base}/records/{record}/files/{name}", f"{base}/api/records/{record}/files/{name}/content"


def files_of(web: Web, record: str, *, base: str) -> dict[str, ZenodoFile]:
    """Return the files of a record by name, as its API lists them.

    Raises:
        ArchiveError: If Zenodo cannot be reached, refuses, or is busy.
        ReleaseError: If it answers something else.
    """
    address = f"{base.rstrip('/')}/api/records/{record}"
    try:
        listed: list[dict[str, Any]] = read_json(web.ask(address, answer_of(address, _LARGEST_ANSWER)))["files"]
        return {
            name: ZenodoFile(
                addresses=tuple(dict.fromkeys([*file_addresses(record, name, base=base), *_named(address, one)])),
                size=int(one["size"]),
                md5=_md5(str(one["checksum"])),
            )
            for one in listed
            for name in [str(one["key"])]
        }
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{shown(address)} did not answer with a list of files; check the record's number or try later."
        raise ReleaseError(msg) from error


def _named(address: str, listed: dict[str, Any]) -> list[str]:
    """Return the address that a record names for a file, if it leads where a redirect might.

    It is the last to be asked: a copy of Zenodo may still name the original.
    """
    try:
        return [redirected(address, str(listed["links"]["self"]), {})[0]]
    except ArchiveError:
        return []


def _md5(checksum: str) -> str:
    match = _MD5.fullmatch(checksum)
    if match is None:
        raise ValueError(checksum)
    return match.group(1)
