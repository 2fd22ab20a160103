"""The server: its pages, who may connect, and where it listens."""

from __future__ import annotations

import signal
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.app.access import access_for, embedding_origin, is_local
from chatearthnet_explorer.app.listen_address import DEFAULT_PORT, listen
from chatearthnet_explorer.app.model_access import ModelAccess, ModelOptions
from chatearthnet_explorer.catalog import open_catalog
from chatearthnet_explorer.released_catalog import NAME as ZENODO
from chatearthnet_explorer.released_catalog import fetch_catalog
from chatearthnet_explorer.sources.release.release_reader import open_release

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from pathlib import Path

    from bokeh.server.server import BaseServer

    from chatearthnet_explorer.app.access import Access
    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.sources.release.release_reader import Release


_MOST_BODY = 100_000
"""Bytes of a request's body that are read; none of our pages sends one."""

_MOST_HEADER = 300_000
"""Bytes of a request's head, with its address. Tornado ends the connection at more, and no page can say why."""


def serve(
    *,
    port: int | None = None,
    address: str = "127.0.0.1",
    show: bool = True,
    hosts: Sequence[str] = (),
    embedders: Sequence[str] = (),
    ask_token: bool = True,
    source: str = "auto",
    catalog: str | Path | None = None,
    release: str | Path | None = None,
    models: ModelOptions = ModelOptions(),  # noqa: B008 - frozen
) -> None:
    """Serve the Explorer and the Browser until it is interrupted; each tab has its own.

    Listening for others than this computer, it offers no captioner that asks a model, unless ``models`` says so:
    strangers would spend the key of whoever serves.

    Args:
        port: Port to listen at; 0 takes a free one, None ``DEFAULT_PORT`` or the next free one.
        address: Address to listen at.
        show: Whether to open a browser.
        hosts: Other names (``NAME`` or ``NAME:PORT``) that the server answers to and whose pages may connect.
        embedders: Origins (``https://NAME``) whose pages may embed the app.
        ask_token: Whether visitors need the token that is printed; without ``CHATEARTHNET_TOKEN`` there is one only
            where the server listens for this computer alone.
        source: Where chips come from at first: ``auto``, ``stac`` or ``simulated``.
        catalog: Folder of the catalog to browse; ``zenodo`` for the released captions, which are fetched the first time
            and kept; None for what was fetched before, or a simulated sample.
        release: Where the pictures of its pairs are, as ``open_release`` takes it.
        models: Whether strangers may have a model asked, and how often anybody may.

    Raises:
        ArchiveError: If the released captions cannot be fetched.
        CatalogError: If there is no catalog in the folder.
        SettingError: If an address, port, name, origin or token cannot be used.
        SourceError: If there is no release.
    """
    # before anything slow, so that a mistake is said at once
    embedders = tuple(map(embedding_origin, embedders))
    access_for(address, 0, hosts=hosts, ask_token=ask_token)
    model_access = ModelAccess(models, near=is_near(address, hosts), behind_proxy=bool(hosts))
    own_pairs = _own_pairs(catalog, release)
    sockets, bound_port = listen(address, port)
    access = access_for(address, bound_port, hosts=hosts, ask_token=ask_token)

    from chatearthnet_explorer.app.site import BrowseData, Site

    site = Site(
        models=model_access,
        source=source,
        own_data=BrowseData(*own_pairs) if own_pairs else None,
    )
    server = _server(site, sockets, access, embedders)
    _announce(access, port)
    if show:
        webbrowser.open(access.url)
    _run(server, site)


def _own_pairs(catalog: str | Path | None, release: str | Path | None) -> tuple[Catalog, Release | None] | None:
    """Return the catalog that the options name, and where its pictures are; None without such an option."""
    if catalog is None:
        return None
    if str(catalog) == ZENODO:
        catalog_and_pictures = fetch_catalog()
        return catalog_and_pictures.catalog, open_release(release) if release else catalog_and_pictures.release
    return open_catalog(catalog), open_release(release) if release else None


def is_near(address: str, hosts: Sequence[str]) -> bool:
    """Return whether nobody else than whoever serves can connect."""
    return is_local(address) and not hosts


def _server(site: Site, sockets: list[socket.socket], access: Access, embedders: Sequence[str]) -> BaseServer:
    """Return a server of a site at the sockets, not yet running."""
    from bokeh.server.server import BaseServer
    from panel.io.application import build_applications
    from tornado.httpserver import HTTPServer
    from tornado.ioloop import IOLoop

    from chatearthnet_explorer.app.page_handler import share_pages
    from chatearthnet_explorer.app.panel_setup import set_up_panel
    from chatearthnet_explorer.app.refusal_pages import TITLE
    from chatearthnet_explorer.app.routes import WebApplication, site_routes
    from chatearthnet_explorer.app.site import pages_of
    from chatearthnet_explorer.app.tabs import tab_opener

    set_up_panel()
    pages = pages_of(site)
    share_pages(pages, site.pictures)
    tabs: dict[str, Any] = {page.path: tab_opener(page, site.parts) for page in pages}
    tabs["/"] = tabs[pages[0].path]
    applications = build_applications(tabs, title=TITLE, location=False)
    web = WebApplication(applications, access, embedders, site_routes(site))
    http = HTTPServer(web, max_body_size=_MOST_BODY, max_header_size=_MOST_HEADER, max_buffer_size=_MOST_BODY * 20)
    http.add_sockets(sockets)
    return BaseServer(IOLoop.current(), web, http)


def _announce(access: Access, requested_port: int | None) -> None:
    from chatearthnet_explorer.app.refusal_pages import TITLE

    if requested_port is None and access.port != DEFAULT_PORT:
        sys.stdout.write(f"Port {DEFAULT_PORT} is in use, so another port was chosen; set one with --port.\n")
    sys.stdout.write(f"{TITLE} is at {access.url} until you press Ctrl+C.\n")
    sys.stdout.flush()


def _run(server: BaseServer, site: Site) -> None:
    """Run until Ctrl+C or SIGTERM."""
    loop = server.io_loop.asyncio_loop  # type: ignore[attr-defined]  # Tornado's loops are all asyncio's
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(server.io_loop.stop))
    from chatearthnet_explorer.app.compute_pool import shared_computing
    from chatearthnet_explorer.app.site import pages_of, warm_up
    from chatearthnet_explorer.widgets.shared.picture_address import picture_addresses

    server.start()
    try:
        with shared_computing(), picture_addresses(site.pictures.url):
            threading.Thread(target=warm_up, args=(pages_of(site),), daemon=True).start()
            server.io_loop.start()
    finally:
        server.stop()
