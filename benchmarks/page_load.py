"""How a page of the site loads: when its picture and caption can be read, when its widgets live, what is sent for it.

``PYTHONPATH=tests python benchmarks/page_load.py`` measures this checkout; ``--beside CHECKOUT`` measures another
commit in turns with it. A relay between Chromium and the server counts every byte of both, websocket and headers too.
No catalogue answers, so the place is simulated; the imagery below the map is cut off.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from machine import describe
from playwright.sync_api import sync_playwright
from rig import stage
from rig.measured_app import app_process
from rig.servers import IMAGERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

ROOT = Path(__file__).parents[1]
RUNS = 7
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    f"--host-resolver-rules=MAP {IMAGERY} ~NOTFOUND",
]  # a route would switch off caching
SETTLE_TIME = 2_000
"""Milliseconds after the widgets live in which what is still under way may arrive."""

PAGES = {
    "explore": (".cen-text", "img, canvas", ".cen-caption .cen-text"),
    "browse": (".cen-tile, .site-pair", ".cen-tile img, .cen-tile canvas, .site-pair img", ".cen-gallery .cen-tile"),
}
"""Pages: what can be read on them, their pictures, and what only the widgets have, as CSS selectors."""

# in the page itself: the first frame in which words and a picture are seen, and the first in which a widget is
WATCH = """([words, pictures, live]) => {
  window.load = { readable: null, live: null, shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.load.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  const all = (root, selector, found = []) => {
    found.push(...root.querySelectorAll(selector));
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) all(one.shadowRoot, selector, found);
    return found;
  };
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().height > 8;
  const isPicture = (one) => seen(one) && one.getBoundingClientRect().width >= 90
    && (one.tagName === "CANVAS" ? one.width >= 90 : one.complete && one.naturalWidth >= 90);
  const isLive = (one) => seen(one) && one.getRootNode() !== document;
  const look = () => {
    if (!document.body) return void requestAnimationFrame(look);
    const { load } = window;
    if (load.readable === null && all(document, words).some((one) => seen(one) && one.innerText.trim().length > 1)
        && all(document, pictures).some(isPicture)) load.readable = performance.now();
    if (load.live === null && all(document, live).some(isLive)) load.live = performance.now();
    if (load.readable === null || load.live === null) requestAnimationFrame(look);
  };
  look();
}"""


class Load(NamedTuple):
    """One visit."""

    readable: float
    """Seconds from navigation until words and a picture can be seen."""

    live: float
    """Seconds until the widgets are there."""

    down: int
    """Bytes from the server to the browser."""

    up: int
    """Bytes from the browser to the server."""

    shift: float
    """Sum of Chromium's layout-shift entries."""


class Relay:
    """Passes bytes between a browser and a server, and counts them."""

    def __init__(self, port: int) -> None:
        """Take the port of the server."""
        self._target = port
        self.down = self.up = 0
        self.port = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[Relay]:
        """Relay in a thread of its own within this block: Playwright has the loop of this one."""
        ready, end = threading.Event(), threading.Event()

        async def run() -> None:
            server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await asyncio.to_thread(end.wait)
            server.close()

        thread = threading.Thread(target=asyncio.run, args=(run(),))
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            end.set()
            thread.join()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError, OSError):  # the end of the block
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(self._pass(reader, server_writer, "up"), self._pass(server_reader, writer, "down"))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str) -> None:
        try:
            while data := await reader.read(65536):
                setattr(self, name, getattr(self, name) + len(data))
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


def visit(context: BrowserContext, relay: Relay, address: str, selectors: tuple[str, str, str]) -> Load:
    """Open a page in a new tab, wait until it has settled, close it."""
    relay.down = relay.up = 0
    page = context.new_page()
    page.add_init_script(f"({WATCH})({list(selectors)!r})")
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.load && window.load.live !== null && window.load.readable !== null", timeout=120_000)
    page.wait_for_timeout(SETTLE_TIME)
    load = page.evaluate("window.load")
    page.close()
    return Load(load["readable"] / 1000, load["live"] / 1000, relay.down, relay.up, load["shift"])


def visits(browser: Browser, checkout: Path, path: str) -> tuple[Load, Load]:
    """Return the first visit of a fresh profile to a server that has served somebody before, and the second visit."""
    with app_process(checkout) as app:
        parts = urlsplit(app.address)
        with Relay(parts.port or 0).running() as relay:
            address = parts._replace(netloc=f"127.0.0.1:{relay.port}", path=f"/{path}").geturl()
            loads = []
            for _ in range(2):  # the first profile warms the server up
                context = browser.new_context(viewport={"width": 1280, "height": 800})
                loads = [visit(context, relay, address, PAGES[path]) for _ in range(2)]
                context.close()
    return loads[0], loads[1]


def show(name: str, loads: list[Load]) -> None:
    """Print the medians of some visits, with the worst time."""
    readable, live = [one.readable for one in loads], [one.live for one in loads]
    print(
        f"{name:34} readable {statistics.median(readable):5.2f} s (worst {max(readable):5.2f})   "
        f"live {statistics.median(live):5.2f} s (worst {max(live):5.2f})   "
        f"sent {statistics.median(one.down for one in loads) / 1e3:8,.0f} kB   "
        f"received {statistics.median(one.up for one in loads) / 1e3:5,.0f} kB   "
        f"shift {max(one.shift for one in loads):.3f}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, help="checkout of another commit")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--page", choices=PAGES, action="append")
    options = parser.parse_args()
    checkouts = {"this checkout": ROOT} | ({"beside": options.beside} if options.beside else {})
    print(describe("panel", "bokeh", "tornado", "ipywidgets-bokeh", "playwright"))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=stage.CHROMIUM, args=FLAGS)
        for path in options.page or PAGES:
            results: dict[str, list[tuple[Load, Load]]] = {name: [] for name in checkouts}
            for _ in range(options.runs):
                for name, checkout in checkouts.items():
                    results[name].append(visits(browser, checkout, path))
            for name, pairs in results.items():
                show(f"{path}, {name}, first visit", [first for first, _ in pairs])
                show(f"{path}, {name}, next visit", [second for _, second in pairs])
        browser.close()


if __name__ == "__main__":
    main()
