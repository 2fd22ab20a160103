"""Whole files to the disk: resumed, checked, and there only when complete."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.net.http_client import OddRangeError, Web
from chatearthnet_explorer.net.response_bodies import length_of, pieces
from chatearthnet_explorer.net.urls import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import urllib3

LARGEST = 1_000_000_000
"""Bytes that one file may have; the largest that is fetched whole, the mirror's JSON of a split, has 96 million."""

_PARTIAL = 206


def download(
    web: Web,
    address: str,
    path: Path,
    *,
    md5: str | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Return the path of a file, fetched unless it is there; one that broke off goes on from where it stopped.

    Args:
        web: Sends the requests.
        address: Where from.
        path: Where to; what is not complete stands beside it as ``.part``.
        md5: What its MD5 must be, in hexadecimal digits; None where nobody says.
        progress: Told how many bytes of how many are there.

    Raises:
        ArchiveError: If it cannot be had, or is another file than it should be; then nothing is kept of it.
        OSError: If the disk is full or may not be written.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    have = unfinished.stat().st_size if unfinished.exists() else 0

    def take(response: urllib3.BaseHTTPResponse) -> None:
        there = have if response.status == _PARTIAL else 0
        left = length_of(response)
        if response.status == _PARTIAL and not response.headers.get("Content-Range", "").startswith(f"bytes {there}-"):
            msg = f"{shown(address)} came with another part than was asked for; try again or use another server."
            raise ArchiveError(msg)
        if left is None or left > LARGEST - there:
            msg = f"{shown(address)} is larger than {LARGEST:,} bytes, or does not say how large; it was not fetched."
            raise ArchiveError(msg)
        with unfinished.open("r+b" if there else "wb") as file:
            file.seek(there)
            file.truncate()  # what an earlier try of this very request had added
            for piece in pieces(response, left):
                file.write(piece)
                progress(file.tell(), there + left)

    try:
        web.ask(address, take, span=f"{have}-" if have else "")
    except OddRangeError:  # all of it was there already, or it is another file by now
        if md5 is None or _md5(unfinished) != md5:
            have = 0
            web.ask(address, take)
    if md5 is not None and _md5(unfinished) != md5:
        unfinished.unlink()
        msg = f"{shown(address)} is damaged or another file than was released (its MD5 differs); try again later."
        raise ArchiveError(msg)
    return unfinished.replace(path)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
