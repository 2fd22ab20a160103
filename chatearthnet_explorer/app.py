"""The same views, served by Panel."""

from __future__ import annotations

import asyncio
import html
import socket
import sys
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets
import panel as pn
from jupyter_core.paths import jupyter_path
from panel.io.resources import CSS_URLS
from tornado.web import HTTPError, RequestHandler

from chatearthnet_explorer.captioners import CAPTIONERS
from chatearthnet_explorer.catalog import open_catalog
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.sample import open_sample
from chatearthnet_explorer.sources.release import open_release
from chatearthnet_explorer.widgets.browser import WITH_PICTURE, Browser
from chatearthnet_explorer.widgets.explorer import Explorer
from chatearthnet_explorer.widgets.places import PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.sources.release import Release

_WIDE = {"sizing_mode": "stretch_width"}
_PACKAGES = ("anywidget", "jupyter-leaflet")
"""Packages whose scripts the views need; Panel would load them from a public server."""

_TITLE = "ChatEarthNet Explorer"
_PAGES = {
    "explore": (
        "Explore a place",
        "Click a place: its satellite picture, its land cover, the prompt ChatEarthNet makes of it, and a caption.",
    ),
    "browse": (
        "Browse the dataset",
        "All pairs of picture and caption, by place, land cover and words.",
    ),
}
"""The pages by their address: what they are called, and what is there."""

_MAKING = (
    "<p style='font:14px system-ui,sans-serif'>Getting the pairs ready; the first time this takes some seconds …</p>"
)
_FOOT = (
    "<footer style='padding:4px 2px 16px;font:12px/1.5 system-ui,sans-serif;color:#5b6673'>"
    "Method: ChatEarthNet, Yuan, Xiong, Mou and Zhu, 2025, CC-BY-4.0. Labels: ESA WorldCover, CC-BY-4.0. Pictures: "
    "Copernicus Sentinel-2. Outline: Natural Earth, public domain. Each chip says where it comes from.</footer>"
)


class Held(NamedTuple):
    """What is browsed."""

    catalog: Catalog
    """The pairs."""

    release: Release | None
    """Their pictures."""


class _Script(RequestHandler):
    """Serves the scripts of the widgets from where pip put them, so that nothing is asked of another server."""

    def get(self, package: str) -> None:
        """Send the one script of a package in ``_PACKAGES``."""
        places = [Path(folder, package, "index.js") for folder in jupyter_path("nbextensions")]
        file = next((place for place in places if place.is_file()), None)
        if package not in _PACKAGES or file is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(file.read_bytes())


class _Pane(pn.pane.IPyWidget):
    """Panel's pane of a widget, with its scripts from here."""

    def _get_ipywidget(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - Panel's own signature
        model = super()._get_ipywidget(*arguments, **options)  # type: ignore[no-untyped-call]  # half of Panel has types
        model.cdn = "widgets"
        return model


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
    held = None if catalog is None else Held(open_catalog(catalog), open_release(release) if release else None)
    shelf = [] if held is None else [held]  # what is browsed, once it is there
    captioners = _captioners(address, origins)
    port = port or _free_port(address)
    pn.extension("ipywidgets")
    # both name the style sheet of icons that no view uses, on public servers
    import_module("panel.io.ipywidget").IPyWidget.__css__ = []
    pn.config.css_files = [one for one in pn.config.css_files if one != CSS_URLS["font-awesome"]]
    server = pn.io.server.get_server(
        {
            "/": lambda: _explore(source, captioners, held),
            "/explore": lambda: _explore(source, captioners, held),
            "/browse": lambda: _browse(shelf),
        },
        port=port,
        address=address,
        title=dict.fromkeys(("/", "/explore", "/browse"), _TITLE),
        websocket_origin=[*dict.fromkeys(f"{host}:{port}" for host in ("127.0.0.1", "localhost", address)), *origins],
        # the address Panel asks for a package: its name, a range of versions, its file
        extra_patterns=[(r"/widgets/([a-z-]+)@[^/]+/dist/index", _Script)],
        show=show,
    )
    sys.stdout.write(f"{_TITLE} is at http://{address}:{port}/ until you press Ctrl+C.\n")
    sys.stdout.flush()
    server.run_until_shutdown()


def _captioners(address: str, origins: Sequence[str]) -> tuple[str, ...]:
    near = ip_address(socket.gethostbyname(address)).is_loopback and not origins
    return CAPTIONERS if near else ("template",)


def _explore(source: str, captioners: Sequence[str], held: Held | None) -> pn.Column:
    """Return the page of one tab, with an Explorer of its own."""
    explorer = Explorer(source=source, captioners=captioners, place=None, catalog=held.catalog if held else None)
    pn.state.on_session_destroyed(lambda _: explorer.close())
    # a change made before the page is there would never reach it
    pn.state.onload(lambda: explorer.map.go(PLACES[0].lon, PLACES[0].lat))
    return _page("explore", _Pane(explorer, **_WIDE))  # type: ignore[no-untyped-call]  # half of Panel has types


def _browse(shelf: list[Held]) -> pn.Column:
    """Return the page of one tab, with a Browser of its own; where its pairs are still to be made, one that waits."""
    if not shelf:
        return _wait(shelf)
    held = shelf[0]
    simulated = held.catalog.simulated
    browser = Browser(
        held.catalog,
        release=held.release,
        labels="simulated" if simulated else "auto",
        query=WITH_PICTURE if simulated else "",
    )
    pn.state.on_session_destroyed(lambda _: browser.close())
    # what was found before the page was there never reached it
    pn.state.onload(lambda: _send(browser, set()))
    return _page("browse", _Pane(browser, **_WIDE))  # type: ignore[no-untyped-call]  # likewise


def _wait(shelf: list[Held]) -> pn.Column:
    """Return a page that puts the sample on the shelf, and then is loaded again.

    Widgets that a page is given later come in pieces, and on a busy computer not all of them arrive.
    """
    note = pn.pane.HTML(_MAKING, **_WIDE)
    location = pn.state.location

    async def come() -> None:
        try:
            held = Held(*await asyncio.to_thread(open_sample))
        except ExplorerError as error:
            note.object = f"<p style='font:14px system-ui,sans-serif'>{html.escape(str(error))}</p>"
            return
        shelf[:] = shelf or [held]
        if location:
            location.reload = True

    pn.state.onload(come)
    return _page("browse", note)


def _send(widget: ipywidgets.Widget, sent: set[str]) -> None:
    """Send the state of a widget, and before it of those that it holds, each once."""
    sent.add(widget.model_id)
    for name in widget.keys:
        held = getattr(widget, name)
        for one in held if isinstance(held, list | tuple) else (held,):
            if isinstance(one, ipywidgets.Widget) and one.model_id not in sent:
                _send(one, sent)
    widget.send_state()


def _page(name: str, view: pn.viewable.Viewable) -> pn.Column:
    return pn.Column(pn.pane.HTML(_head(name), **_WIDE), view, pn.pane.HTML(_FOOT, **_WIDE), max_width=1500, **_WIDE)


def _head(name: str) -> str:
    """Return the heading of a page, with the way to the others."""
    ways = " · ".join(
        f"<b aria-current='page'>{title}</b>" if one == name else f"<a href='./{one}' style='color:#20567a'>{title}</a>"
        for one, (title, _) in _PAGES.items()
    )
    return (
        "<header style='padding:6px 2px 0;font-family:system-ui,sans-serif;color:#1d2733'>"
        f"<h1 style='margin:0;font-size:22px;line-height:1.3'>{_TITLE}</h1>"
        f"<nav style='margin:4px 0;font-size:14px'>{ways}</nav>"
        f"<p style='margin:2px 0 0;font-size:14px;color:#5b6673'>{_PAGES[name][1]}</p></header>"
    )


def _free_port(address: str) -> int:
    with socket.create_server((address, 0)) as free:
        port: int = free.getsockname()[1]
    return port
