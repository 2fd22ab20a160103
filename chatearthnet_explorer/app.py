"""The same views, served by Panel."""

from __future__ import annotations

import socket
import sys
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
from jupyter_core.paths import jupyter_path
from panel.io.resources import CSS_URLS
from tornado.web import HTTPError, RequestHandler

from chatearthnet_explorer.captioners import CAPTIONERS
from chatearthnet_explorer.widgets.explorer import Explorer
from chatearthnet_explorer.widgets.places import PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence

_PACKAGES = ("anywidget", "jupyter-leaflet")
"""Packages whose scripts the views need; Panel would load them from a public server."""

_TITLE = "ChatEarthNet Explorer"
_HEAD = (
    "<header style='padding:6px 2px 0;font-family:system-ui,sans-serif;color:#1d2733'>"
    "<h1 style='margin:0;font-size:22px;line-height:1.3'>ChatEarthNet Explorer</h1>"
    "<p style='margin:2px 0 0;font-size:14px;color:#5b6673'>Click a place on Earth: its satellite picture, its land "
    "cover, the prompt ChatEarthNet makes of it, and a caption.</p></header>"
)
_FOOT = (
    "<footer style='padding:4px 2px 16px;font:12px/1.5 system-ui,sans-serif;color:#5b6673'>"
    "Method: ChatEarthNet, Yuan, Xiong, Mou and Zhu, 2025, CC-BY-4.0. Labels: ESA WorldCover, CC-BY-4.0. Pictures: "
    "Copernicus Sentinel-2. Outline: Natural Earth, public domain. Each chip says where it comes from.</footer>"
)


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


def serve(
    *,
    port: int = 0,
    address: str = "127.0.0.1",
    show: bool = True,
    origins: Sequence[str] = (),
    source: str = "auto",
) -> None:
    """Serve the Explorer until it is interrupted; each browser tab has its own.

    Listening for others than this computer, it offers no captioner that asks a model: strangers would spend the
    key of whoever serves, or have it sent to an address of theirs.

    Args:
        port: Port to listen at; 0 takes a free one.
        address: Address to listen at.
        show: Whether to open a browser.
        origins: Other hosts (``name:port``) whose pages may connect; this computer's own always may.
        source: Where chips come from at first: ``auto``, ``stac`` or ``simulated``.
    """
    captioners = _captioners(address, origins)
    port = port or _free_port(address)
    pn.extension("ipywidgets")
    # both name the style sheet of icons that no view uses, on public servers
    import_module("panel.io.ipywidget").IPyWidget.__css__ = []
    pn.config.css_files = [one for one in pn.config.css_files if one != CSS_URLS["font-awesome"]]
    server = pn.io.server.get_server(
        {"/": lambda: _page(source, captioners)},
        port=port,
        address=address,
        title={"/": _TITLE},
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


def _page(source: str, captioners: Sequence[str]) -> pn.Column:
    """Return the page of one browser tab, with an Explorer of its own."""
    explorer = Explorer(source=source, captioners=captioners, place=None)
    pn.state.on_session_destroyed(lambda _: explorer.close())
    # a change made before the page is there would never reach it
    pn.state.onload(lambda: explorer.map.go(PLACES[0].lon, PLACES[0].lat))
    wide = {"sizing_mode": "stretch_width"}
    view = _Pane(explorer, **wide)  # type: ignore[no-untyped-call]  # half of Panel has types
    return pn.Column(pn.pane.HTML(_HEAD, **wide), view, pn.pane.HTML(_FOOT, **wide), max_width=1500, **wide)


def _free_port(address: str) -> int:
    with socket.create_server((address, 0)) as free:
        port: int = free.getsockname()[1]
    return port
