"""The servers as a person meets them: JupyterLab and the app as processes, and a page that keeps what goes wrong."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from rig import processes
from rig.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from playwright.sync_api import Browser, ConsoleMessage, Page, Route

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
READY_SECONDS = 120
IMAGERY = "server.arcgisonline.com"
"""The one host that a page may ask: it has the pictures below the map, and the map does without."""


@dataclass
class WatchedPage:
    """A page of a browser that reaches loopback alone, and what happened on it."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    """Addresses asked for on other hosts, but for the map's imagery."""

    errors: list[str] = field(default_factory=list)
    """What the page complained of."""

    dialogs: list[str] = field(default_factory=list)
    """What a script of somebody else's would have said."""


@contextmanager
def watched_page(browser: Browser, *, width: int = 1280, height: int = 1000, **device: Any) -> Iterator[WatchedPage]:
    """Open a page that is cut off from the network."""
    context = browser.new_context(**{"viewport": {"width": width, "height": height}, **device})
    result = WatchedPage(context.new_page())

    def route(route_request: Route) -> None:
        parts = urlsplit(route_request.request.url)
        if parts.scheme in {"data", "blob"} or parts.hostname in {"127.0.0.1", "localhost"}:
            route_request.continue_()
            return
        if parts.hostname != IMAGERY:
            result.foreign.append(route_request.request.url)
        route_request.abort()

    def on_console(message: ConsoleMessage) -> None:
        # blocked imagery, and a picture that ipywidgets_bokeh asks for by a name that is none
        is_expected = IMAGERY in str(message.location) or "object%20Module" in str(message.location)
        if message.type == "error" and not is_expected:
            result.errors.append(message.text)

    context.route("**/*", route)
    result.page.on("console", on_console)
    result.page.on("pageerror", lambda error: result.errors.append(str(error)))
    result.page.on("dialog", lambda dialog: (result.dialogs.append(dialog.message), dialog.dismiss()))
    try:
        yield result
    finally:
        context.close()


@contextmanager
def lab(folder: Path, *, theme: str = "JupyterLab Light") -> Iterator[str]:
    """Serve copies of the notebooks by JupyterLab; gives the address of the first, token and all."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install .[lab]")
    notebooks, home = folder / "notebooks", folder / "home"
    shutil.copytree(NOTEBOOKS, notebooks, dirs_exist_ok=True)
    settings = home / ".jupyter" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false"}))
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}))
    port, token = free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={notebooks}"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", f"--IdentityProvider.token={token}"]
    with _running(command, home, f"http://127.0.0.1:{port}/api?token={token}"):
        yield f"http://127.0.0.1:{port}/lab/tree/01_click_to_caption.ipynb?token={token}"


@contextmanager
def lab_command(folder: Path) -> Iterator[str]:
    """Run the command ``lab``, as root where the tests are; gives the address that it prints, with a token."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install .[lab]")
    port, token = free_port(), secrets.token_hex(16)
    main = "import sys; from chatearthnet_explorer.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", main, "lab", "--no-browser", f"--folder={folder / 'copies'}"]
    settings = {"JUPYTER_PORT": str(port), "JUPYTER_TOKEN": token}
    with _running(command, folder / "home", f"http://127.0.0.1:{port}/api?token={token}", settings):
        (path,) = set(re.findall(rf"http://127.0.0.1:{port}(/\S+?)\?", (folder / "home" / "log").read_text("utf-8")))
        yield f"http://127.0.0.1:{port}{path}?token={token}"


@contextmanager
def hub(folder: Path, *, base: str = "/user/someone/") -> Iterator[str]:
    """Run JupyterLab below a base URL, as JupyterHub and Binder do; gives the site's address in it, with a token."""
    pytest.importorskip("jupyter_server_proxy", reason="jupyter-server-proxy is not installed: pip install .[lab]")
    port, token = free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={folder}"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.base_url={base}"]
    with _running(command, folder / "home", f"http://127.0.0.1:{port}{base}api?token={token}"):
        yield f"http://127.0.0.1:{port}{base}chatearthnet/?token={token}"


@contextmanager
def app(folder: Path, *options: str) -> Iterator[str]:
    """Serve the Panel app; gives its address, with the token. No catalogue answers, so its chips are simulated.

    Args:
        folder: Where its home and its log are.
        options: What else the command is called with.
    """
    with serving(folder, *options) as server:
        yield server.address


@dataclass
class ServerProcess:
    """The app as a process of its own."""

    process: subprocess.Popen[bytes]
    """The process."""

    address: str
    """The address that it printed: with the token, if it asks for one."""

    log: Path
    """The file with all that it wrote."""

    @property
    def port(self) -> int:
        """Port that it listens at."""
        return urlsplit(self.address).port or 0

    @property
    def lines(self) -> list[str]:
        """What it wrote so far."""
        return self.log.read_text("utf-8", "replace").splitlines()


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[ServerProcess]:
    """Serve the Panel app on a free port of its own, unless the options name one, until the context ends."""
    pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")
    main = "import sys; from chatearthnet_explorer.cli import main; sys.exit(main())"
    free = [] if any(one.startswith("--port") for one in options) else ["--port=0"]
    command = [sys.executable, "-c", main, "serve", "--no-browser", *free, *options]
    home = folder / "home"
    with _process(command, home, environment) as process:
        yield ServerProcess(process, _printed_address(process, home / "log"), home / "log")


def page_of(address: str, path: str) -> str:
    """Return the address of another page of an app, with the token that the given one has."""
    return urlsplit(address)._replace(path=f"/{path}").geturl()


def client_of(address: str) -> urllib.request.OpenerDirector:
    """Return what opens addresses of an app as a browser would that opened this one: with the cookie."""
    client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with client.open(address, timeout=60):
        return client


def cookie_of(address: str) -> str:
    """Return the Cookie header of somebody who opened an address of an app."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.request("GET", f"{parts.path}?{parts.query}")
    cookie = connection.getresponse().getheader("Set-Cookie") or ""
    connection.close()
    return cookie.partition(";")[0]


def _printed_address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        match = re.search(r" is at (http\S+) until", log.read_text("utf-8", "replace"))
        if match:
            return match[1]
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


@contextmanager
def _running(
    command: list[str], home: Path, ready: str, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    with _process(command, home, settings) as process:
        _wait(ready, process, home / "log")
        yield


@contextmanager
def _process(command: list[str], home: Path, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    home.mkdir(parents=True, exist_ok=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "OPENAI", "XDG"))}
    environment = {**environment, "HOME": str(home), "CHATEARTHNET_STAC": "http://127.0.0.1:9", **variables}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            processes.end(process)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


def store(lab: str, name: str, *cells: str) -> str:
    """Write a notebook of some cells beside the others of a JupyterLab; return its address there."""
    kind = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {
        "cells": [{**kind, "id": f"cell-{number}", "source": source} for number, source in enumerate(cells)],
        "metadata": kernel,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    parts = urlsplit(lab)
    address = f"{parts.scheme}://{parts.netloc}/api/contents/{name}.ipynb?{parts.query}"
    body = json.dumps({"type": "notebook", "content": book}).encode()
    request = urllib.request.Request(address, data=body, method="PUT", headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60):
        return lab.replace("/tree/", f"/workspaces/{name}/tree/").replace("01_click_to_caption", name)


def run_cell(page: Page, number: int) -> None:
    """Run one cell of the notebook that is open, when the kernel is there."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(number).wait_for()
    wait_idle(page)
    page.locator(".jp-CodeCell .jp-InputArea-editor").nth(number).click()
    page.keyboard.press("Shift+Enter")


def run_all(page: Page) -> None:
    """Choose Run, Run All Cells in JupyterLab."""
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    wait_idle(page)
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()


def wait_idle(page: Page) -> None:
    """Wait until the kernel has nothing to do; before it is there at all, JupyterLab would ask which one to take."""
    page.get_by_text("| Idle").wait_for()


def caption(page: Page) -> str:
    """Wait for a caption and return its text."""
    words = page.locator(".cen-caption .cen-text").filter(has_text=re.compile(r"\S")).first
    words.wait_for()
    return words.inner_text()


def click_map(page: Page, *, right: float = 0.62, down: float = 0.3) -> float:
    """Click the map at a share of its width and height; return the seconds until another caption is there."""
    map_element = page.locator(".leaflet-container").first
    before = caption(page)
    box = map_element.bounding_box()
    assert box
    # measured by the page itself, from the event to the frame that shows the words
    page.evaluate(
        """(before) => {
            const find = (root) => { for (const one of root.querySelectorAll('*')) {
                if (one.matches('.cen-caption .cen-text')) return one;
                const inside = one.shadowRoot && find(one.shadowRoot); if (inside) return inside; } return null; };
            window.took = null;
            addEventListener('mousedown', () => {
                const began = performance.now();
                const look = () => { const words = find(document);
                    if (words && words.innerText && words.innerText !== before) window.took = performance.now() - began;
                    else requestAnimationFrame(look); };
                look(); }, { once: true, capture: true });
        }""",
        before,
    )
    # which waits until the map stands still, as what is above it may still grow
    map_element.click(position={"x": right * box["width"], "y": down * box["height"]})
    page.wait_for_function("window.took !== null")
    return float(page.evaluate("window.took")) / 1000
