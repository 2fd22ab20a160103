"""The Zenodo record of the release: which files, where, how large, with which checksum."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import ArchiveError, ReleaseError
from chatearthnet_explorer.nesting import read_json
from chatearthnet_explorer.web import pieces, shown

if TYPE_CHECKING:
    import urllib3

    from chatearthnet_explorer.web import Web

_ROOT = re.compile(
    r"(?:zenodo:|https?://(?:www\.)?zenodo\.org/records?/|https?://doi\.org/10\.5281/zenodo\.)(\d{1,12})/?"
)
_LARGEST_ANSWER = 2_000_000
_MD5 = re.compile(r"md5:([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZenodoFile:
    """One file of a record."""

    address: str
    """Where its bytes are."""

    size: int
    """Bytes it has."""

    md5: str
    """Its MD5 in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Who is asked for a record."""

    api: str
    """Address of Zenodo's REST interface."""

    mirror: str
    """Address of a folder with ChatEarthNet's JSON, unzipped, for when Zenodo refuses."""


ZENODO = Service(
    api="https://zenodo.org/api",
    mirror="https://huggingface.co/datasets/JessicaYuan/ChatEarthNet/resolve/main/jsons",
)
"""The real ones."""

RECORD = "11003436"
"""The record that ChatEarthNet was released as."""


def record_of(root: str) -> str | None:
    """Return the number of the record that ``zenodo:11003436`` or an address of Zenodo names; None for other roots."""
    match = _ROOT.fullmatch(root)
    return match.group(1) if match else None


def content_address(record: str, name: str, *, api: str) -> str:
    """Return where a file's bytes are, without asking."""
    return f"{api}/records/{record}/files/{name}/content"


def files_of(web: Web, record: str, *, api: str) -> dict[str, ZenodoFile]:
    """Return the files of a record by name, as its API lists them.

    Raises:
        ArchiveError: If Zenodo cannot be reached, refuses, or is busy.
        ReleaseError: If it answers something else.
    """
    address = f"{api}/records/{record}"

    def take(response: urllib3.BaseHTTPResponse) -> bytes:
        size = int(response.headers.get("Content-Length", "-1"))
        if size > _LARGEST_ANSWER:
            msg = f"{shown(address)} answered more than {_LARGEST_ANSWER} bytes, which no record needs; check it."
            raise ArchiveError(msg)
        # Zenodo sends its answers in chunks, without saying how long they are
        return b"".join(pieces(response, size)) if size >= 0 else response.read(_LARGEST_ANSWER)

    try:
        listed: list[dict[str, Any]] = read_json(web.ask(address, take))["files"]
        return {
            str(one["key"]): ZenodoFile(
                address=str(one["links"]["self"]), size=int(one["size"]), md5=_md5(str(one["checksum"]))
            )
            for one in listed
        }
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{shown(address)} did not answer with a list of files; check the record's number or try later."
        raise ReleaseError(msg) from error


def _md5(checksum: str) -> str:
    match = _MD5.fullmatch(checksum)
    if match is None:
        raise ValueError(checksum)
    return match.group(1)
