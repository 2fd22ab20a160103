"""The app in a process of its own, which says what is alive in it: for tests and benchmarks of visitors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from rig import processes
from rig.page_client import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

# In the server's own process: on a signal it writes down what is alive there.
SERVER = """
import gc, json, os, signal, sys

def count(*_):
    import ipywidgets, comm
    from bokeh.document import Document
    gc.collect()
    documents = [one for one in gc.get_objects() if isinstance(one, Document)]
    alive = {
        "widgets": len(ipywidgets.widgets.widget._instances),
        "comms": len(comm.get_comm_manager().comms),
        "documents": len(documents),
    }
    with open(sys.argv[1] + ".new", "w") as file:
        json.dump(alive, file)
    os.replace(sys.argv[1] + ".new", sys.argv[1])

signal.signal(signal.SIGUSR1, count)
from chatearthnet_explorer.cli import main
sys.exit(main(["serve", "--no-browser", "--port", sys.argv[2]]))
"""
CHECKOUT = Path(__file__).parents[2]
"""The checkout that this file is part of."""

MB = 1e6


@dataclass
class AppProcess:
    """A server that runs."""

    address: str
    process: psutil.Process
    folder: Path
    cookies: str = ""

    def log(self) -> str:
        """Return what the server has written to its log."""
        return (self.folder / "log").read_text("utf-8", "replace").strip()

    def memory(self) -> float:
        """Return megabytes of the server and of every process that it started."""
        total = 0.0
        for one in (self.process, *self.process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += one.memory_info().rss / MB
        return total

    def processes(self) -> int:
        """Return how many processes the server is made of."""
        return 1 + len(self.process.children(recursive=True))

    async def alive(self) -> dict[str, int]:
        """Return how many widgets, comms and documents there are in the server."""
        file = self.folder / "alive.json"
        file.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(60):
            while not file.is_file():  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.05)
        counts: dict[str, int] = json.loads(file.read_text())
        return counts

    async def visit(self) -> Visitor:
        """Return a visitor who has the page and its first caption."""
        visitor = await Visitor(self.address, self.cookies).open()
        await visitor.first_caption()
        return visitor


@contextlib.contextmanager
def app_process(checkout: Path = CHECKOUT) -> Iterator[AppProcess]:
    """Serve the app of a checkout, in a home of its own; no catalogue answers, so its chips are simulated."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("CHATEARTHNET", "OPENAI"))
        }
        environment = {
            **environment,
            "PYTHONPATH": str(checkout),
            "HOME": name,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "CHATEARTHNET_STAC": "http://127.0.0.1:9",
        }
        command = [sys.executable, "-c", SERVER, str(folder / "alive.json"), "0"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                command, env=environment, cwd=checkout, stdout=subprocess.PIPE, stderr=log, text=True
            )
            try:
                address = next(match[0] for line in process.stdout or () if (match := re.search(r"http://\S+", line)))
                yield AppProcess(address, psutil.Process(process.pid), folder)
            finally:
                processes.end(process)
                if process.stdout:
                    process.stdout.close()
