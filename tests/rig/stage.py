"""A page in Chromium on which a widget lives without a notebook: the real Python object, the real script, no kernel."""

from __future__ import annotations

import base64
import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from rig.delays import delay_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from chatearthnet_explorer.widgets.shared.view import View

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

SLOW = 120_000
"""Milliseconds a page may take on a busy machine whose Python has compiled nothing yet."""

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
_FLAGS += ["--disable-component-update", "--disable-sync", "--no-first-run"]

# As JupyterLab's model does: set() fires at once, save_changes() sends what was set; what Python changes fires too.
_PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>stage</title>
<style>body { margin: 0; padding: 16px; background: var(--jp-layout-color1, #fff); }</style>
<div id="stage"></div>
<script>
window.attacks = [];
window.pending = 0;
window.alert = (what) => window.attacks.push(what);
window.mount = async (name, state, script, width) => {
  const bytes = (value) => value && value.bytes64 !== undefined
    ? new DataView(Uint8Array.from(atob(value.bytes64), (c) => c.charCodeAt(0)).buffer)
    : Array.isArray(value) ? value.map(bytes) : value;
  const values = Object.fromEntries(Object.entries(state).map(([key, value]) => [key, bytes(value)]));
  const listeners = {}; let changed = {};
  const apply = (key, value) => {
    if (values[key] === value) return;
    values[key] = value;
    for (const listener of [...(listeners[`change:${key}`] ?? [])]) listener();
  };
  const model = {
    get: (key) => values[key],
    set: (key, value) => { changed[key] = value; apply(key, value); },
    save_changes: async () => {
      const sent = changed; changed = {};
      window.pending += 1;
      const back = await window.toPython(name, JSON.stringify(sent));
      for (const [key, value] of Object.entries(JSON.parse(back))) apply(key, bytes(value));
      window.pending -= 1;
    },
    on: (event, listener) => { (listeners[event] ??= []).push(listener); },
    off: (event, listener) => { listeners[event] = (listeners[event] ?? []).filter((one) => one !== listener); },
  };
  window.models = { ...window.models, [name]: { apply: (k, v) => apply(k, bytes(v)), get: model.get } };
  const el = document.createElement("div");
  el.id = name;
  if (width) el.style.width = `${width}px`;
  document.getElementById("stage").append(el);
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  const stop = await widget.render({ model, el });
  window.stops = { ...window.stops, [name]: stop };
};
</script>"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser that waits ``SLOW`` for what is expected; skips the test where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install .[browser]")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        api.expect.set_options(timeout=SLOW)
        browser.on("context", lambda context: (context.set_default_timeout(SLOW), delay_messages(context)))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def rebound(browser: Browser, name: str) -> Iterator[Browser]:
    """Another browser, for which a name is this computer, as for the visitor of a site that has rebound its name."""
    flags = [*_FLAGS, f"--host-resolver-rules=MAP {name} 127.0.0.1"]
    another = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    try:
        yield another
    finally:
        another.close()


class Stage:
    """Widgets by name on one page. What goes wrong in the browser is kept in ``errors``."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.widgets: dict[str, View] = {}
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.expose_function("toPython", self._receive)
        page.set_content(_PAGE)

    def mount(self, name: str, widget: View, *, width: int | None = None) -> None:
        """Draw a widget."""
        self.widgets[name] = widget
        self.page.evaluate(
            "([name, state, script, width]) => window.mount(name, state, script, width)",
            [name, _plain(_synced_traits(widget)), str(widget._esm), width],
        )

    def set_traits(self, name: str, **traits: object) -> None:
        """Set traits in Python and let the browser know, as a comm would."""
        with self.changing(name) as widget:
            for trait, value in traits.items():
                setattr(widget, trait, value)

    @contextmanager
    def changing(self, name: str) -> Iterator[View]:
        """Let the browser know, as a comm would, what is changed of a widget meanwhile."""
        before = _synced_traits(self.widgets[name])
        yield self.widgets[name]
        self.page.evaluate(
            "([name, changed]) => { for (const [k, v] of Object.entries(changed)) window.models[name].apply(k, v); }",
            [name, _plain(_changed_traits(before, _synced_traits(self.widgets[name])))],
        )

    def settle(self) -> None:
        """Wait until Python has heard everything that the browser said."""
        self.page.wait_for_function("window.pending === 0")

    def _receive(self, name: str, message: str) -> str:
        state = json.loads(message)
        before = {**_synced_traits(self.widgets[name]), **state}
        self.widgets[name].set_state(state)
        return json.dumps(_plain(_changed_traits(before, _synced_traits(self.widgets[name]))))


def _synced_traits(widget: View) -> dict[str, object]:
    # what belongs to the Jupyter protocol is no business of a view's script
    return {key: value for key, value in widget.get_state().items() if not key.startswith("_") and key != "layout"}


def _changed_traits(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in after.items() if before.get(key) != value}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {"bytes64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
