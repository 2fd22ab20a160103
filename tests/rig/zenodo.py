"""A Zenodo with its two addresses and its limit, and a Hugging Face hub that leads to a store on another host."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from rig.range_server import Fault, RangeServer

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "11003436"
DATA_SET = "JessicaYuan/ChatEarthNet"
SIGNATURE = "X-Amz-Signature=topsecret"

_PAGE = re.compile(rf"/records/{RECORD}/files/([^/]+)")
_CONTENT = re.compile(rf"/api/records/{RECORD}/files/([^/]+)/content")


class Zenodo(RangeServer):
    """Serves a folder as one record.

    ``/records/ID/files/NAME`` honours Range, ``/api/records/ID/files/NAME/content`` sends the whole file whatever it is
    asked for, and ``/api/records/ID`` lists the files. Requests are counted, and refused (429) beyond the limit.

    Args:
        folder: Its files are those of the record.
        limit: Requests of one window.
        window: Seconds of one window; it opens with the first request.
        swapped: Whether the two addresses have changed roles.
    """

    def __init__(
        self, folder: Path, *, limit: int = 60, window: float = 60.0, swap_addresses: bool = False, latency: float = 0
    ) -> None:
        super().__init__(folder, latency=latency)
        self.folder, self.limit, self.window, self.swap_addresses = folder, limit, window, swap_addresses
        self.refusals = 0
        self._count, self._window_start = 0, 0.0

    def file(self, path: str) -> Path | None:
        match = _PAGE.fullmatch(path) or _CONTENT.fullmatch(path)
        path = self.folder / unquote(match.group(1)) if match else None
        return path if path is not None and path.is_file() else None

    def fault(self, path: str) -> Fault:
        with self.lock:
            now = time.time()
            if now >= self._window_start + self.window:
                self._count, self._window_start = 0, now
            self._count += 1
            if self._count > self.limit:
                self.refusals += 1
                return Fault(status=429, retry_after=math.ceil(self._window_start + self.window - now))
        fault = super().fault(path)
        if path == f"/api/records/{RECORD}" and fault == Fault():
            return Fault(body=self._record())
        if (_PAGE if self.swap_addresses else _CONTENT).fullmatch(path):
            return replace(fault, ignore_range=True)
        return fault

    def headers(self) -> dict[str, str]:
        with self.lock:
            return {
                "X-RateLimit-Limit": str(self.limit),
                "X-RateLimit-Remaining": str(max(self.limit - self._count, 0)),
                "X-RateLimit-Reset": str(math.ceil(self._window_start + self.window)),
            }

    def _record(self) -> bytes:
        files = [
            {
                "key": path.name,
                "size": path.stat().st_size,
                "checksum": f"md5:{hashlib.md5(path.read_bytes()).hexdigest()}",  # noqa: S324 - Zenodo's choice
                "links": {"self": f"{self.url}/api/records/{RECORD}/files/{path.name}/content"},
            }
            for path in sorted(self.folder.glob("*.zip"))
        ]
        return json.dumps({"id": int(RECORD), "files": files}).encode()


class Hub(RangeServer):
    """Lists the files of a data set, and leads whoever wants one to a store on another host, with a signature.

    Args:
        folder: The files of the data set.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.store = RangeServer(folder)

    @property
    def mirror(self) -> str:
        """Address of the data set."""
        return f"{self.url}/datasets/{DATA_SET}"

    def fault(self, path: str) -> Fault:
        fault = super().fault(path)
        if fault != Fault():
            return fault
        if path == f"/api/datasets/{DATA_SET}/tree/main":
            return Fault(body=json.dumps(self._tree()).encode())
        name = path.partition(f"/datasets/{DATA_SET}/resolve/main/")[2]
        if name and (self.folder / unquote(name)).is_file():
            store = self.store.url.replace("127.0.0.1", "localhost")
            return Fault(status=302, location=f"{store}/{name}?{SIGNATURE}")
        return Fault(status=404)

    def _tree(self) -> list[dict[str, object]]:
        return [
            {
                "type": "directory" if path.is_dir() else "file",
                "path": path.relative_to(self.folder).as_posix(),
                "size": path.stat().st_size,
            }
            for path in sorted(self.folder.rglob("*"))
        ]

    def __enter__(self) -> Self:
        self.store.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(None, None, None)
        self.store.__exit__(None, None, None)
