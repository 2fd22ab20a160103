"""The scripts and styles of the pages: compressed once, kept in memory, and cached by browsers for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import bokeh.server
import ipywidgets_bokeh  # type: ignore[import-untyped]  # without stubs
from jupyter_core.paths import jupyter_path
from tornado.web import HTTPError, RequestHandler

_STATIC = Path(__file__).with_name("static")
_BOKEH = Path(bokeh.server.__file__).with_name("static") / "js" / "bokeh.min.js"
_WIDGETS = Path(ipywidgets_bokeh.__file__).with_name("dist")

OWN = ("page.js", "start.js", "favicon.svg")
"""Files of this package that pages name; ``site.css`` is put together from two."""

WIDGET_PACKAGES = ("anywidget", "jupyter-leaflet")
"""Packages whose scripts the views need; Panel would load them from a public server."""

_PAGE_FILES = ("site.css", *OWN, "bokeh.min.js")
_WIDGET = "widgets/"
_WIDGET_ADDRESS = re.compile(rf"{_WIDGET}([a-z-]+)@[^/]*(?:/dist/index)?")

_YEAR = 365 * 24 * 3600
_COMPRESSIBLE = re.compile(r"text/|application/json|image/svg")
_SMALLEST = 400
"""Bytes below which compressing is not worth it."""


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    content_type: str
    """Its media type."""

    plain: bytes
    """Its contents."""

    gzip_bytes: bytes | None
    """Its contents, compressed; None where that saves nothing."""


def asset(name: str) -> Asset | None:
    """Return a file of the pages by its name; None where there is none.

    Only files that exist are kept in memory, each under one name: anybody can ask for names without end.
    """
    # the address that ipywidgets_bokeh asks for a package: its name, a range of versions, its file
    match = _WIDGET_ADDRESS.fullmatch(name)
    if match is not None:
        return _file(f"{_WIDGET}{match[1]}") if match[1] in WIDGET_PACKAGES else None
    return _file(name) if name in _PAGE_FILES or name in _widget_files() else None


@cache
def _file(name: str) -> Asset | None:
    contents = _contents(name)
    if contents is None:
        return None
    content_type = (
        "text/javascript" if name.startswith(_WIDGET) or name.endswith(".js") else mimetypes.guess_type(name)[0] or ""
    )
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    compressed_bytes = None
    if _COMPRESSIBLE.match(content_type) and len(contents) >= _SMALLEST:
        compressed_bytes = gzip.compress(contents, 9, mtime=0)
    return Asset(
        content_type, contents, compressed_bytes if compressed_bytes and len(compressed_bytes) < len(contents) else None
    )


@cache
def version() -> str:
    """Return what addresses of assets have in them: other contents, another address."""
    digest = hashlib.sha256()
    packages = (f"{_WIDGET}{package}" for package in WIDGET_PACKAGES)
    for name in (*_PAGE_FILES, "ipywidgets_bokeh.js", *packages):
        digest.update(_contents(name) or b"")
    return digest.hexdigest()[:16]


def site_css() -> str:
    """Return the style sheet of the pages: the colours of the dark theme once for the switch, once for the system."""
    dark = (_STATIC / "dark.css").read_text("utf-8")
    return (
        (_STATIC / "site.css").read_text("utf-8")
        + f"@media screen {{ :root[data-theme='dark'] {{\n{dark}}} }}\n"
        + f"@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme='light']) {{\n{dark}}} }}\n"
    )


class AssetHandler(RequestHandler):
    """Answers GET of ``/assets/VERSION/NAME``."""

    def get(self, requested_version: str, name: str) -> None:
        """Send a file, compressed where the browser takes that."""
        file = asset(name)
        if file is None:
            raise HTTPError(404)
        self.set_header("Content-Type", file.content_type)
        self.set_header("Vary", "Accept-Encoding")
        is_current = requested_version == version()
        self.set_header("Cache-Control", f"private, max-age={_YEAR}, immutable" if is_current else "no-cache")
        if file.gzip_bytes is not None and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(file.gzip_bytes)
        else:
            self.finish(file.plain)


def _contents(name: str) -> bytes | None:
    if name == "site.css":
        return site_css().encode()
    if name in OWN:
        return (_STATIC / name).read_bytes()
    if name == "bokeh.min.js":
        return _BOKEH.read_bytes()
    if name in _widget_files():
        return (_WIDGETS / name).read_bytes()
    return _widget_script(name.removeprefix(_WIDGET))


@cache
def _widget_files() -> frozenset[str]:
    return frozenset(path.name for path in _WIDGETS.iterdir() if path.suffix in {".js", ".woff2", ".woff"})


def _widget_script(package: str) -> bytes | None:
    """Return the script of a package from where pip put it."""
    places = [Path(folder, package, "index.js") for folder in jupyter_path("nbextensions")]
    return next((place.read_bytes() for place in places if place.is_file()), None)
