"""The web application: which handler answers which request."""

from __future__ import annotations

import logging
import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bokeh.server.tornado import BokehTornado
from bokeh.server.views.autoload_js_handler import AutoloadJsHandler
from bokeh.server.views.metadata_handler import MetadataHandler
from bokeh.server.views.ws import WSHandler
from tornado.web import ErrorHandler, HTTPError, RequestHandler

from chatearthnet_explorer.app.assets import AssetHandler
from chatearthnet_explorer.app.message_allowlist import LONGEST
from chatearthnet_explorer.app.page_handler import Status
from chatearthnet_explorer.app.pictures import PictureHandler
from chatearthnet_explorer.app.refusal_pages import TokenNeeded, TrailingSlash, WrongHost, has_cookie
from chatearthnet_explorer.app.response_headers import headers_for
from chatearthnet_explorer.app.sessions import EXPIRY
from chatearthnet_explorer.app.shared_parts import PartHandler
from chatearthnet_explorer.app.websocket import PageSocket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bokeh.application import Application
    from tornado.httputil import HTTPServerRequest

    from chatearthnet_explorer.app.access import Access
    from chatearthnet_explorer.app.site import Site

_LOG = logging.getLogger(__name__)
_UNUSED_HANDLERS = (AutoloadJsHandler, MetadataHandler)
"""Bokeh's routes for other sites' pages, which like arguments named ``bokeh-`` start or choose a session."""


def site_routes(site: Site) -> list[tuple[Any, ...]]:
    """Return the routes of the files that pages of a site load, beside the pages themselves."""
    return [
        # relative to the page that shows them, whatever folder that is in
        (r"/(?:[^/]+/)*pictures/([0-9a-f]{32})\.(png|jpg)", PictureHandler, {"store": site.pictures}),
        (r"/(?:[^/]+/)*parts/([0-9a-f]{32})\.json", PartHandler, {"parts": site.parts}),
        (r"/assets/([0-9a-f]{1,64})/(.{1,200})", AssetHandler),
    ]


_SERVER_ERROR = 500


class WebApplication(BokehTornado):
    """Bokeh's application behind one check of every request."""

    def __init__(
        self,
        applications: Mapping[str, Application],
        access: Access,
        embedders: Sequence[str] = (),
        routes: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """Take the pages and the rules.

        Args:
            applications: What is served at each path.
            access: Who may use it.
            routes: Other routes, such as ``site_routes``.
            embedders: Origins whose pages may embed it.
        """
        self._access, self._pages = access, frozenset(applications)
        super().__init__(
            applications,
            extra_patterns=[*routes, (r"/status", Status)],
            ico_path=str(Path(__file__).with_name("static") / "favicon.svg"),
            # a page bears its session token in its text, so nothing of the request goes there but the address
            include_headers=[],
            include_cookies=[],
            secret_key=secrets.token_bytes(32),
            sign_sessions=True,
            websocket_max_message_size_bytes=LONGEST,
            unused_session_lifetime_milliseconds=EXPIRY,
            check_unused_sessions_milliseconds=EXPIRY // 5,
            transforms=[headers_for(embedders)],
            log_function=_log_answer,
            access=access,
        )

    def get_handler_delegate(
        self,
        request: HTTPServerRequest,
        target_class: type[RequestHandler],
        target_kwargs: dict[str, Any] | None = None,
        path_args: list[bytes] | None = None,
        path_kwargs: dict[str, bytes] | None = None,
    ) -> Any:  # noqa: ANN401 - private to Tornado
        """Return what answers a request: the handler of its path only if the request may have it."""
        refusal = self._refusal(request)
        if refusal is not None:
            return super().get_handler_delegate(request, refusal, {"access": self._access, "pages": self._pages})
        is_invalid = not unquote(request.path).isprintable() or any(
            one.startswith("bokeh-") for one in request.query_arguments
        )
        if is_invalid or issubclass(target_class, _UNUSED_HANDLERS):
            target_class, target_kwargs = ErrorHandler, {"status_code": 404}
        target_class = PageSocket if issubclass(target_class, WSHandler) else _adapt_handler(target_class)  # type: ignore[arg-type]  # mypy takes no class for hashable
        return super().get_handler_delegate(request, target_class, target_kwargs, path_args, path_kwargs)

    def _refusal(self, request: HTTPServerRequest) -> type[RequestHandler] | None:
        if not self._access.answers_to(request.headers.get("Host")):
            return WrongHost
        path = request.path
        if path.rstrip("/") in self._pages and path.rstrip("/") != path:
            return TrailingSlash
        if not has_cookie(self._access, request) or (path in self._pages and "token" in request.query_arguments):
            return TokenNeeded
        return None


@cache
def _adapt_handler(handler: type[RequestHandler]) -> type[RequestHandler]:
    """Return a handler that answers HEAD as GET, and logs a failure without the query of the address."""
    members: dict[str, Any] = {"log_exception": _log_exception}
    if handler.head is RequestHandler.head:
        members["head"] = handler.get
    return type(handler.__name__, (handler,), members)


def _log_exception(handler: RequestHandler, kind: type[BaseException], error: BaseException, trace: Any) -> None:  # noqa: ANN401 - Tornado's
    """Log what a handler did not foresee, in place of ``RequestHandler.log_exception``, which shows the query."""
    if not isinstance(error, HTTPError):
        _LOG.error("A request of %.200r failed.", handler.request.path, exc_info=(kind, error, trace))


def _log_answer(handler: RequestHandler) -> None:
    """Log an answer without the query of its address, which may hold the token."""
    level = logging.ERROR if handler.get_status() >= _SERVER_ERROR else logging.DEBUG
    _LOG.log(level, "%d %s %.200r", handler.get_status(), handler.request.method, handler.request.path)
