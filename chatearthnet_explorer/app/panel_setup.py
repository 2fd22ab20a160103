"""What Panel and Bokeh are told once in a process: no files of public servers, and a quiet log."""

from __future__ import annotations

import os
from importlib import import_module

import panel as pn
from bokeh.core.validation import silence
from bokeh.core.validation.warnings import EMPTY_LAYOUT
from panel.io.resources import CSS_URLS

from chatearthnet_explorer.app.websocket import quiet_visitor_faults


def set_up_panel() -> None:
    """Prepare Panel for pages of widgets."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # a debugger that nobody attaches warns of itself
    pn.extension("ipywidgets")
    # both name the style sheet of icons that no view uses, on public servers
    import_module("panel.io.ipywidget").IPyWidget.__css__ = []
    pn.config.css_files = [one for one in pn.config.css_files if one != CSS_URLS["font-awesome"]]
    silence(EMPTY_LAYOUT, silence=True)
    quiet_visitor_faults()
