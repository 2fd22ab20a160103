"""The HTML of each page, rendered once per address; each tab gets its own session token."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

from bokeh.document import Document
from bokeh.server.urls import per_app_patterns
from bokeh.util.token import generate_jwt_token, generate_session_id
from panel.io.document import _destroy_document
from panel.io.resources import Resources
from panel.io.server import AutoloadJsHandler, DocHandler, server_html_page_for_session
from panel.io.state import set_curdoc

from chatearthnet_explorer.app.sessions import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    import panel as pn

_TOKEN = "the-token-of-one-tab"  # noqa: S105 - where it will stand


class PageHandler(DocHandler):
    """Answers GET with a page and a token; what is on the page is made when its websocket opens.

    Bokeh makes a document and all of its widgets for each GET, of search engines, previews and scanners too, whose
    websocket never comes. Of that, the HTML shows only what is the same for all.
    """

    make_empty: Callable[[], pn.viewable.Viewable]
    """Returns a page without contents, of the same models."""

    title: str
    """What every page is called."""

    _html_by_address: dict[str, str]

    async def get(self) -> None:
        """Send the page of an address."""
        app = self.application
        session = generate_session_id(secret_key=app.secret_key, signed=app.sign_sessions)
        # of the request only its arguments: the page's scripts can read the token, and shall not read cookies in it
        token = generate_jwt_token(
            session,
            secret_key=app.secret_key,
            signed=app.sign_sessions,
            expiration=app.session_token_expiration,
            extra_payload={"arguments": self.request.arguments},
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")  # a token is good once
        self.finish(self._page().replace(_TOKEN, token))

    def _page(self) -> str:
        address = self.application_context.url or "/"
        if address not in self._html_by_address:
            self._html_by_address[address] = self._render()
        return self._html_by_address[address]

    def _render(self) -> str:
        document = Document()
        with set_curdoc(document):
            Session(document)
            self.make_empty().server_doc(document, title=self.title, location=False)
            html: str = server_html_page_for_session(
                SimpleNamespace(document=document),  # type: ignore[arg-type]  # all that it takes of a session
                resources=Resources.from_bokeh(self.application.resources()),
                title=document.title,
                token=_TOKEN,
                template=document.template,
                template_variables=document.template_variables,
            )
        callbacks = list(document.session_destroyed_callbacks)
        document.destroy = partial(_destroy_document, document)  # type: ignore[method-assign]  # as Panel does
        document.destroy(None)
        for callback in callbacks:
            callback(SimpleNamespace(id="", _document=document))  # type: ignore[arg-type]  # likewise
        return html


def share_pages(make_empty: Callable[[], pn.viewable.Viewable], title: str) -> None:
    """Have every server that is made from now on answer with pages rendered once.

    The script by which other pages embed one (``autoload.js``) is left out: it would make a session for each GET.

    Args:
        make_empty: Returns a page without contents: as many roots and the same kinds of models as the true ones.
        title: What every page is called.
    """
    members = {"make_empty": staticmethod(make_empty), "title": title, "_html_by_address": {}, "__module__": __name__}
    handler = type("SharedPageHandler", (PageHandler,), members)
    per_app_patterns[:] = [
        (pattern[0], handler, *pattern[2:]) if issubclass(pattern[1], DocHandler) else pattern
        for pattern in per_app_patterns
        if not issubclass(pattern[1], AutoloadJsHandler)
    ]
