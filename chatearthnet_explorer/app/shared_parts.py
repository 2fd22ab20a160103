"""What is the same in every tab (scripts, styles, the outline of the land): it has an address, and browsers keep it."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError, RequestHandler

from chatearthnet_explorer.app.map_outline import SharedOutline

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARED = ("_esm", "_css", "style_sheet", "legend")
"""Traits whose values are the same in every tab, where they are long.

The outline of the land is another: other ``locations`` are polygons that visitors draw, or write into links.
"""

KEY = "shared-part"
"""What stands in the place of a value: an object of this one name, with the digest of the value."""

_LONG = 1_000
"""Characters of JSON from which a value is worth a request of its own."""

_YEAR = 365 * 24 * 3600
_STYLE = "<style>"


class SharedParts:
    """Values by the digest of their JSON. It is thread-safe, and grows only with what this package holds."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._parts: dict[str, bytes] = {}
        self._digests: dict[int, tuple[object, str]] = {}
        """Digest by the identity of a value, which is kept so that its identity stays its own."""

    def replace(self, bundle: Mapping[str, Any]) -> None:
        """Put digests in the place of shared values in what ``ipywidgets_bokeh`` sends of widgets."""
        for widget in bundle["state"]["state"].values():
            state = widget["state"]
            for name, value in state.items():
                is_style = name == "value" and isinstance(value, str) and value.startswith(_STYLE)
                if name in SHARED or is_style or isinstance(value, SharedOutline):
                    digest = self._digest(value)
                    if digest:
                        state[name] = {KEY: digest}

    def get(self, digest: str) -> bytes | None:
        """Return the gzip-compressed JSON of a value; None where there is none of that digest."""
        return self._parts.get(digest)

    def _digest(self, value: object) -> str:
        if isinstance(value, SharedOutline):
            value = value.to_serializable(None)
        with self._lock:
            entry = self._digests.get(id(value))
            if entry is not None and entry[0] is value:
                return entry[1]
        text = json.dumps(value, separators=(",", ":")).encode()
        digest = hashlib.blake2b(text, digest_size=16).hexdigest() if len(text) >= _LONG else ""
        with self._lock:
            if digest and digest not in self._parts:
                self._parts[digest] = gzip.compress(text, 9, mtime=0)
                self._digests[id(value)] = value, digest
        return digest


class PartHandler(RequestHandler):
    """Answers GET of ``parts/DIGEST.json`` below any page."""

    def initialize(self, parts: SharedParts) -> None:
        """Take the values."""
        self._parts = parts

    def get(self, digest: str) -> None:
        """Send a value as JSON."""
        gzip_bytes = self._parts.get(digest)
        if gzip_bytes is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", f"private, max-age={_YEAR}, immutable")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(gzip_bytes)
        else:
            self.finish(gzip.decompress(gzip_bytes))
