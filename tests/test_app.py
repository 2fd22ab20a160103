"""What the app does beyond the Explorer itself: who may do what, and that a closed tab leaves nothing behind."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")

# In a process of its own: Panel changes how ipywidgets makes its widgets, for good.
SESSION = """
import json, sys
from types import SimpleNamespace
import panel as pn
pn.extension("ipywidgets")
import ipywidgets
from bokeh.document import Document
from panel.io.state import set_curdoc
from chatearthnet_explorer.app.site import Site, pages_of
from chatearthnet_explorer.app.tabs import open_tab
from chatearthnet_explorer.app.model_access import ModelAccess, ModelOptions
from chatearthnet_explorer.app.server import is_near
from chatearthnet_explorer.widgets.explore.explorer import Explorer

live = ipywidgets.widgets.widget._instances
counts, explorers = [], []
for _ in range(3):
    document = Document()
    with set_curdoc(document):
        models = ModelAccess(ModelOptions(), near=is_near(*json.loads(sys.argv[1])))
        site = Site(models=models, source="simulated")
        open_tab(pages_of(site)[0], document, site.parts)
        explorers += [one for one in live.values() if isinstance(one, Explorer)]
        offered = list(explorers[-1].options.captioners)
    for callback in list(document.session_destroyed_callbacks):
        callback(SimpleNamespace(_document=document, id="a tab"))
    counts.append(len(live))
print(json.dumps({"counts": counts, "offered": offered, "explorers": len(explorers)}))
"""


def _session(address: str, *origins: str) -> dict[str, object]:
    command = [sys.executable, "-W", "ignore", "-c", SESSION, json.dumps([address, origins])]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-2000:]
    report: dict[str, object] = json.loads(process.stdout.splitlines()[-1])
    return report


def test_a_closed_tab_leaves_no_widgets() -> None:
    report = _session("127.0.0.1")
    assert report["explorers"] == 3
    assert len(set(report["counts"])) == 1
    assert report["offered"] == ["template", "chat", "vision"]


@pytest.mark.parametrize("listening", [("0.0.0.0",), ("127.0.0.1", "explorer.example:443")])  # noqa: S104 - the case
def test_remote_visitors_get_no_model(listening: tuple[str, ...]) -> None:
    assert _session(*listening)["offered"] == ["template"]
