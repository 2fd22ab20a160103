"""Answers the GET of a page: our template, the first paint, and a token; widgets are made when its websocket opens."""

from __future__ import annotations

import gzip
import inspect
import json
import logging
from typing import TYPE_CHECKING

from bokeh.server.urls import per_app_patterns
from bokeh.util.token import generate_jwt_token, generate_session_id
from panel.io.server import AutoloadJsHandler, DocHandler
from tornado.web import RequestHandler

from chatearthnet_explorer.app.page_template import page_html
from chatearthnet_explorer.query_string import limit_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.app.access import Access
    from chatearthnet_explorer.app.pictures import PictureStore
    from chatearthnet_explorer.app.site_page import SitePage

PAGE = "page"
"""Name under which the token of a tab says which page it opens."""

_LOG = logging.getLogger(__name__)


class PageHandler(DocHandler):
    """Answers GET with a page and a token; what is on the page is made when its websocket opens.

    Bokeh makes a document and all of its widgets for each GET, of search engines, previews and scanners too, whose
    websocket never comes. Of that, the HTML shows only what is the same for all.
    """

    pages: Sequence[SitePage]
    """Every page of the site, the first at the root as well."""

    pictures: PictureStore
    """Where the pictures of first paints go, so that a browser that has them is not sent them again."""

    async def get(self) -> None:
        """Send the page of an address."""
        app = self.application
        path, query = self.request.path, self.request.query
        if path.endswith("/") and path != "/":  # addresses in a page are relative
            self.redirect(f"../{path.rstrip('/').rpartition('/')[2]}{'?' if query else ''}{query}")
            return
        page = page_at(path, self.pages)
        session = generate_session_id(secret_key=app.secret_key, signed=app.sign_sessions)
        # of the request only its arguments: the page's scripts can read the token, and shall not read cookies in it
        token = generate_jwt_token(
            session,
            secret_key=app.secret_key,
            signed=app.sign_sessions,
            expiration=app.session_token_expiration,
            extra_payload={
                "arguments": limit_arguments(self.request.arguments, self.request.query),
                PAGE: page.path,
            },
        )
        first = await self._first_paint(page)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")  # a token is good once
        self.set_header("Vary", "Accept-Encoding")
        html = page_html(page, self.pages, token=token, first_paint=first).encode()
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            html = gzip.compress(html, 5)
        self.finish(html)

    async def _first_paint(self, page: SitePage) -> str:
        try:
            first = page.first_paint(limit_arguments(self.request.query_arguments, self.request.query))
            return self.pictures.link(await first if inspect.isawaitable(first) else first)
        except Exception:  # noqa: BLE001 - whatever it is, the widgets still come
            _LOG.exception("The first paint of %s failed.", page.path)
            return ""


def page_at(path: str, pages: Sequence[SitePage]) -> SitePage:
    """Return the page of a path, which may have a prefix of the server's before it; the first where it has none."""
    return max((page for page in pages if path.endswith(page.path)), key=lambda page: len(page.path), default=pages[0])


def share_pages(pages: Sequence[SitePage], pictures: PictureStore) -> None:
    """Have every server that is made from now on answer with these pages.

    The script by which other pages embed one (``autoload.js``) is left out: it would make a session for each GET.
    """
    members = {"pages": tuple(pages), "pictures": pictures, "__module__": __name__}
    handler = type("SitePageHandler", (PageHandler,), members)
    per_app_patterns[:] = [
        (pattern[0], handler, *pattern[2:]) if issubclass(pattern[1], DocHandler) else pattern
        for pattern in per_app_patterns
        if not issubclass(pattern[1], AutoloadJsHandler)
    ]


class Status(RequestHandler):
    """Answers a page that wants to know whether the server is there, and whether it may connect."""

    def get(self) -> None:
        """Send whether a page of the origin in ``origin`` may connect."""
        access: Access = self.application.settings["access"]
        origins_allowed = access.accepts(self.get_query_argument("origin", "")[:300], self.request.headers.get("Host"))
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps({"connects": origins_allowed}))
        self.set_header("Content-Type", "application/json")
