"""The server: which pages it has, who may connect, and where it listens."""

from __future__ import annotations

import socket
import sys
from importlib import import_module
from ipaddress import ip_address
from typing import TYPE_CHECKING

import panel as pn
from panel.io.resources import CSS_URLS

from chatearthnet_explorer.app.computing import shared_computing
from chatearthnet_explorer.app.documents import share_pages
from chatearthnet_explorer.app.pages import TITLE, BrowseData, browse_page, empty_page, explore_page
from chatearthnet_explorer.app.scripts import WidgetScript
from chatearthnet_explorer.app.sessions import EXPIRY
from chatearthnet_explorer.captioners import CAPTIONERS
from chatearthnet_explorer.catalog import open_catalog
from chatearthnet_explorer.sources.release import open_release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def serve(  # noqa: PLR0913 - each is its own choice
    *,
    port: int = 0,
    address: str = "127.0.0.1",
    show: bool = True,
    origins: Sequence[str] = (),
    source: str = "auto",
    catalog: str | Path | None = None,
    release: str | Path | None = None,
) -> None:
    """Serve the Explorer and the Browser until it is interrupted; each tab has its own.

    Listening for others than this computer, it offers no captioner that asks a model: strangers would spend the
    key of whoever serves, or have it sent to an address of theirs.

    Args:
        port: Port to listen at; 0 takes a free one.
        address: Address to listen at.
        show: Whether to open a browser.
        origins: Other hosts (``name:port``) whose pages may connect; this computer's own always may.
        source: Where chips come from at first: ``auto``, ``stac`` or ``simulated``.
        catalog: Folder of the catalog to browse; None for a simulated sample.
        release: Where the pictures of its pairs are, as ``open_release`` takes it.

    Raises:
        CatalogError: If there is no catalog in the folder.
        SourceError: If there is no release.
    """
    held = None if catalog is None else BrowseData(open_catalog(catalog), open_release(release) if release else None)
    shelf = [] if held is None else [held]  # what is browsed, once it is there
    captioners = allowed_captioners(address, origins)
    port = port or _free_port(address)
    pn.extension("ipywidgets")
    # both name the style sheet of icons that no view uses, on public servers
    import_module("panel.io.ipywidget").IPyWidget.__css__ = []
    pn.config.css_files = [one for one in pn.config.css_files if one != CSS_URLS["font-awesome"]]
    share_pages(empty_page, TITLE)
    server = pn.io.server.get_server(
        {
            "/": lambda: explore_page(source, captioners, held),
            "/explore": lambda: explore_page(source, captioners, held),
            "/browse": lambda: browse_page(shelf),
        },
        port=port,
        address=address,
        title=dict.fromkeys(("/", "/explore", "/browse"), TITLE),
        websocket_origin=[*dict.fromkeys(f"{host}:{port}" for host in ("127.0.0.1", "localhost", address)), *origins],
        # the address Panel asks for a package: its name, a range of versions, its file
        extra_patterns=[(r"/widgets/([a-z-]+)@[^/]+/dist/index", WidgetScript)],
        show=show,
        unused_session_lifetime_milliseconds=EXPIRY,
        check_unused_sessions_milliseconds=EXPIRY // 5,
    )
    sys.stdout.write(f"{TITLE} is at http://{address}:{port}/ until you press Ctrl+C.\n")
    sys.stdout.flush()
    with shared_computing():
        server.run_until_shutdown()


def allowed_captioners(address: str, origins: Sequence[str]) -> tuple[str, ...]:
    """Return the captioners that a visitor may choose: those that ask a model only where nobody else can connect."""
    near = ip_address(socket.gethostbyname(address)).is_loopback and not origins
    return CAPTIONERS if near else ("template",)


def _free_port(address: str) -> int:
    with socket.create_server((address, 0)) as free:
        port: int = free.getsockname()[1]
    return port
