"""The scripts of ipywidgets and anywidget, served from this server, and the pane that loads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import panel as pn
from jupyter_core.paths import jupyter_path
from tornado.web import HTTPError, RequestHandler

from chatearthnet_explorer.app.map_outline import bring_outline

PACKAGES = ("anywidget", "jupyter-leaflet")
"""Packages whose scripts the views need; Panel would load them from a public server."""


class WidgetScript(RequestHandler):
    """Serves the scripts of the widgets from where pip put them, so that nothing is asked of another server."""

    def get(self, package: str) -> None:
        """Send the one script of a package in ``PACKAGES``."""
        places = [Path(folder, package, "index.js") for folder in jupyter_path("nbextensions")]
        file = next((place for place in places if place.is_file()), None)
        if package not in PACKAGES or file is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(file.read_bytes())


class WidgetPane(pn.pane.IPyWidget):
    """Panel's pane of a widget, with its scripts from here."""

    def _get_ipywidget(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - Panel's own signature
        model = super()._get_ipywidget(*arguments, **options)  # type: ignore[no-untyped-call]  # half of Panel has types
        model.cdn = "widgets"
        bring_outline(model.bundle)
        return model
