"""Firefox as a second browser engine, driven by WebDriver BiDi, which it speaks itself: no driver program is needed."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from rig import processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
_SECONDS = 120


class FirefoxPage:
    """One tab of Firefox."""

    def __init__(self, socket: Any) -> None:
        """Begin a session on an open websocket, with one tab."""
        self._socket, self._numbers = socket, count(1)
        self.errors: list[str] = []
        """What scripts of the page threw or logged as an error."""
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=["log.entryAdded"])
        self._context = self._send("browsingContext.create", type="tab")["context"]

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page in CSS pixels."""
        viewport = {"width": width, "height": height}
        self._send("browsingContext.setViewport", context=self._context, viewport=viewport)

    def goto(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""
        self._send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression of JavaScript, by way of JSON; promises are waited for."""
        target = {"context": self._context}
        expression = f"(async () => JSON.stringify(await ({script})) ?? 'null')()"
        answer = self._send("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def wait_for(self, script: str) -> Any:
        """Wait until an expression is true, and return its value."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            value = self.evaluate(script)
            if value:
                return value
            time.sleep(0.1)
        pytest.fail(f"Firefox waited in vain for {script}")

    def screenshot(self, path: Path) -> None:
        """Write a picture of what is in sight."""
        answer = self._send("browsingContext.captureScreenshot", context=self._context)
        path.write_bytes(base64.b64decode(answer["data"]))

    def _send(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.errors.append(str(message["params"]["text"]))
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]


@contextmanager
def firefox_page(folder: Path) -> Iterator[FirefoxPage]:
    """Open a tab of Firefox with an empty profile; ends the browser in the end.

    Args:
        folder: Where its profile and its log lie.
    """
    websocket = pytest.importorskip("websocket", reason="websocket-client is not installed: pip install .[browser]")
    if FIREFOX is None:
        pytest.skip("Firefox is not installed")
    profile, home = folder / "profile", folder / "firefox-home"
    profile.mkdir(parents=True)
    home.mkdir()
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with (folder / "firefox.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"HOME": str(home), "PATH": "/usr/bin:/bin"})
    try:
        address = _bidi_address(process, folder / "firefox.log")
        socket = websocket.create_connection(f"{address}/session", timeout=_SECONDS, suppress_origin=True)
        try:
            yield FirefoxPage(socket)
        finally:
            socket.close()
    finally:
        processes.end(process)


def _bidi_address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        # a line without its end may be half of an address
        match = re.search(r"WebDriver BiDi listening on (\S+)\n", log.read_text("utf-8", "replace"))
        if match:
            return match[1]
        time.sleep(0.1)
    pytest.fail("Firefox did not start")
