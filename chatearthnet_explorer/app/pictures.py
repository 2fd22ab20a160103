"""Pictures that pages load by an address: browsers keep them, so the next visit is not sent them again."""

from __future__ import annotations

import hashlib
import re
import threading
from base64 import b64decode
from collections import OrderedDict

from tornado.web import HTTPError, RequestHandler

MEMORY = 24_000_000
"""Bytes of pictures in memory: some 200 chips."""

_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
_KINDS = {"png": "png", "jpeg": "jpg"}
_DATA_URL = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/=]+)")
_WEEK = 7 * 24 * 3600


class PictureStore:
    """Pictures by the digest of their bytes, the least recently used forgotten first. It is thread-safe."""

    def __init__(self, limit: int = MEMORY) -> None:
        """Start empty.

        Args:
            limit: Bytes of all pictures together.
        """
        self._limit, self._size = limit, 0
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def url(self, picture: bytes, kind: str = "png") -> str:
        """Store a picture, and return its address relative to any page: nobody can guess it.

        Args:
            picture: The file.
            kind: ``png`` or ``jpg``.
        """
        name = f"{hashlib.blake2b(picture, digest_size=16).hexdigest()}.{kind}"
        with self._lock:
            if name not in self._pictures:
                self._size += len(picture)
            self._pictures[name] = picture
            self._pictures.move_to_end(name)
            while self._size > self._limit and len(self._pictures) > 1:
                self._size -= len(self._pictures.popitem(last=False)[1])
        return f"pictures/{name}"

    def get(self, name: str) -> bytes | None:
        """Return a picture by the last part of its address; None if it is not there (any more)."""
        with self._lock:
            picture = self._pictures.get(name)
            if picture is not None:
                self._pictures.move_to_end(name)
            return picture

    def link(self, html: str) -> str:
        """Return HTML of ours with the addresses of its pictures in place of the pictures."""
        return _DATA_URL.sub(lambda match: self.url(b64decode(match[2]), _KINDS[match[1]]), html)


class PictureHandler(RequestHandler):
    """Answers GET of ``pictures/NAME`` below any page."""

    def initialize(self, store: PictureStore) -> None:
        """Take the pictures."""
        self._store = store

    def get(self, digest: str, kind: str) -> None:
        """Send a picture."""
        picture = self._store.get(f"{digest}.{kind}")
        if picture is None:
            raise HTTPError(404)
        self.set_header("Content-Type", _TYPES[kind])
        self.set_header("Cache-Control", f"private, max-age={_WEEK}, immutable")
        self.finish(picture)
