"""Download whole files: resumed after a break, checked, and in place only when complete."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from chatearthnet_explorer.net.addresses import public_address
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.http_errors import HttpError, RangeError
from chatearthnet_explorer.net.request_limits import FILE_BYTES, RELEASE, RequestLimits
from chatearthnet_explorer.net.response_bodies import PARTIAL, chunks, length_of, other_part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatearthnet_explorer.net.connections import Response


def download(
    address: str,
    path: Path,
    *,
    limits: RequestLimits = RELEASE,
    md5: str | None = None,
    progress: Callable[[int, int], None] = lambda _bytes, _total: None,
) -> Path:
    """Return the path of a file, downloaded if it is missing; an interrupted download is resumed.

    Args:
        address: Where from.
        path: Target; an incomplete download is beside it as ``.part``.
        limits: Limits of the request.
        md5: Expected MD5 in hexadecimal digits; None if unknown.
        progress: Called with how many bytes of how many are there.

    Raises:
        ArchiveError: If it cannot be read, or its checksum is wrong; then it is deleted.
        OSError: If the disk is full or may not be written.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    have = part.stat().st_size if part.exists() else 0

    def take(response: Response) -> None:
        start = have if response.status == PARTIAL else 0
        left = length_of(response)
        if response.status == PARTIAL and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise HttpError(other_part(response.subject))
        if left is None or left > FILE_BYTES - start:
            msg = f"{response.subject} has more than {FILE_BYTES:,} bytes, or does not say how many; not fetched."
            raise HttpError(msg)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()  # what an earlier try of this very request added
            for chunk in chunks(response, left):
                file.write(chunk)
                progress(file.tell(), start + left)

    try:
        request(address, take, limits=limits, span=f"{have}-" if have else "")
    except RangeError:  # all of it was there already, or it is another file by now
        if md5 is None or _md5(part) != md5:
            have = 0
            request(address, take, limits=limits)
    if md5 is not None and _md5(part) != md5:
        part.unlink()
        msg = f"{public_address(address)} is damaged or another file than was released (its MD5 differs); try later."
        raise HttpError(msg)
    return part.replace(path)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
