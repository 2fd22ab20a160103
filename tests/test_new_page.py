"""The recipe for a new page of the site in CONTRIBUTING.md: its HTML, its place in the navigation, its widget."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")

# In a process of its own: Panel changes how ipywidgets makes its widgets, for good.
SESSION = """
import sys
from types import SimpleNamespace
import panel as pn
pn.extension("ipywidgets")
import ipywidgets
from bokeh.document import Document
from panel.io.state import set_curdoc
from chatearthnet_explorer.app.model_access import ModelAccess, ModelOptions
from chatearthnet_explorer.app.page_template import page_html
from chatearthnet_explorer.app.site import Site, pages_of
from chatearthnet_explorer.app.tabs import open_tab

namespace = {"__name__": "hello_page"}
exec(sys.stdin.read(), namespace)
site = Site(models=ModelAccess(ModelOptions(), near=True), source="simulated")
(page,) = namespace["hello_pages"](site)
first_paint = page.first_paint({"name": [b"<b>Ada</b>"]})
print(page_html(page, (*pages_of(site), page), token="a token", first_paint=first_paint))

live = ipywidgets.widgets.widget._instances
before, document = len(live), Document()
with set_curdoc(document):
    open_tab(page, document, site.parts)
assert any("cen-published-pair" in getattr(one, "_dom_classes", ()) for one in live.values())
for callback in list(document.session_destroyed_callbacks):
    callback(SimpleNamespace(_document=document, id="a tab"))
assert not any("cen-published-pair" in getattr(one, "_dom_classes", ()) for one in live.values())
"""


def test_recipe_for_a_new_page_works() -> None:
    text = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    (recipe,) = re.findall(r"^```python\n((?:(?!^```).)*?def hello_pages.*?)^```", text, re.MULTILINE | re.DOTALL)
    command = [sys.executable, "-W", "ignore", "-c", SESSION]
    process = subprocess.run(command, input=recipe, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-2000:]
    html = process.stdout
    assert "<p>Hello, &lt;b&gt;Ada&lt;/b&gt;.</p>" in html
    assert "<a href='./hello' aria-current='page'>Hello</a>" in html
    assert html.count("<h1") == 1
