"""The site for ``panel serve``: ``panel serve FOLDER/*.py --plugins chatearthnet_explorer.app.panel_plugin``.

The folder is ``app/panel_serve``. Panel decides who may connect; the host names, token and security headers of
``chatearthnet-explorer serve`` are not there, so no visitor is offered a model.
"""

from __future__ import annotations

import atexit
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import panel as pn
from bokeh.server.urls import per_app_patterns
from panel.io.server import WSHandler
from tornado.web import RequestHandler

from chatearthnet_explorer.app.compute_pool import shared_computing
from chatearthnet_explorer.app.model_access import ModelAccess, ModelOptions
from chatearthnet_explorer.app.page_handler import PAGE, share_pages
from chatearthnet_explorer.app.panel_setup import set_up_panel
from chatearthnet_explorer.app.routes import site_routes
from chatearthnet_explorer.app.site import Site, pages_of, warm_up
from chatearthnet_explorer.app.tabs import open_tab
from chatearthnet_explorer.widgets.shared.picture_address import picture_addresses

if TYPE_CHECKING:
    from chatearthnet_explorer.app.site_page import SitePage

_SITE = Site(models=ModelAccess(ModelOptions(), near=False))
_PAGES = {page.path: page for page in pages_of(_SITE)}


class Connects(RequestHandler):
    """Answers a page that wants to know whether the server is there: Panel itself checks who may connect."""

    def get(self) -> None:
        """Say so."""
        self.set_header("Cache-Control", "no-store")
        self.finish({"connects": True})


def open_page(section: str) -> None:
    """Put the page that a tab asks for into its document: one of a section, such as ``/learn``."""
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        payload = getattr(document.session_context, "token_payload", None) or {}
        open_tab(_page(payload.get(PAGE), section), document, _SITE.parts)


def _page(path: object, section: str) -> SitePage:
    """Return the page of a path if it is one of a section, else the section's first."""
    is_page = isinstance(path, str) and path.startswith(f"{section}/") and path in _PAGES
    return _PAGES[str(path) if is_page else section]


def _install() -> list[tuple[Any, ...]]:
    """Have Panel's server answer with the pages of the site, and return the other routes."""
    set_up_panel()
    share_pages(tuple(_PAGES.values()), _SITE.pictures)
    handler = next(pattern[1] for pattern in per_app_patterns if pattern[0] == "/?")
    # pages below another, such as /learn/quiz: Panel knows the file of their section alone
    names = "|".join(sorted({path.rpartition("/")[2] for path in _PAGES if path.count("/") > 1}))
    per_app_patterns[:0] = [(rf"/(?:{names})/?", handler), (rf"/(?:{names})/ws", WSHandler)]
    resources = ExitStack()
    atexit.register(resources.close)
    resources.enter_context(shared_computing())
    resources.enter_context(picture_addresses(_SITE.pictures.url))
    threading.Thread(target=warm_up, args=(tuple(_PAGES.values()),), daemon=True).start()
    return [*site_routes(_SITE), (r"/status", Connects)]


ROUTES = _install()
"""What ``panel serve --plugins`` adds to its own routes."""
