"""The headers of every response: what a page may load and who may embed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado.web import OutputTransform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tornado.httputil import HTTPHeaders

IMAGERY = "https://server.arcgisonline.com"
"""The one other host that a page asks: it has the pictures below the map."""

_FOREIGN = ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials")


def content_policy(embedders: Sequence[str]) -> str:
    """Return the Content-Security-Policy of our pages.

    ``unsafe-eval`` stays: ipywidgets_bokeh compiles its schemas and loads the scripts of widgets that way. ``blob:``
    is where anywidget imports its modules from. Bokeh writes its styles into elements. No script stands in a page.

    Args:
        embedders: Origins whose pages may embed ours.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob: {IMAGERY}",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            " ".join(("frame-ancestors 'self'", *embedders)),
        )
    )


def headers_for(embedders: Sequence[str]) -> type[OutputTransform]:
    """Return what adds the headers to every answer, also to those of files, of errors and of refusals.

    Args:
        embedders: Origins whose pages may embed ours.
    """

    class Headers(OutputTransform):
        def transform_first_chunk(
            self,
            status_code: int,
            headers: HTTPHeaders,
            chunk: bytes,
            finishing: bool,  # noqa: ARG002, FBT001 - Tornado's
        ) -> tuple[int, HTTPHeaders, bytes]:
            for name in _FOREIGN:
                headers.pop(name, None)
            headers["Content-Security-Policy"] = content_policy(embedders)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers.pop("Server", None)
            return status_code, headers, chunk

    return Headers
