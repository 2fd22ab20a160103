"""STAC APIs on loopback: rustac's own over items we make, and one that answers whatever a test tells it to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from rig.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from rig.cogs import SceneFiles

COLLECTION = "sentinel-2-l2a"
READY_SECONDS = 20


def item(
    name: str,
    hrefs: dict[str, str],
    bbox: tuple[float, float, float, float],
    *,
    acquisition_time: str = "2020-06-01T10:00:00Z",
    cloud: float | None = 10.0,
    collection: str | None = COLLECTION,
    geometry: dict[str, Any] | None = None,
    bands: dict[str, Any] | None = None,
    **properties: object,
) -> dict[str, Any]:
    """Return a Sentinel-2 item; ``bands`` is what ``raster:bands`` says of every band."""
    west, south, east, north = bbox
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    all_properties = {"datetime": acquisition_time, "platform": "sentinel-2a", **properties}
    if cloud is not None:
        all_properties["eo:cloud_cover"] = cloud
    raw_item: dict[str, Any] = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": name,
        "bbox": list(bbox),
        "geometry": geometry or {"type": "Polygon", "coordinates": [ring]},
        "properties": all_properties,
        "links": [],
        "assets": {
            key: {"href": href, **({"raster:bands": [bands]} if bands and key.startswith("B") else {})}
            for key, href in hrefs.items()
        },
    }
    if collection:
        raw_item["collection"] = collection
    return raw_item


def scene_item(
    name: str,
    files: SceneFiles,
    prefix: str,
    **reply: Any,
) -> dict[str, Any]:
    """Return the item of a scene on disk, its files served below ``prefix``."""
    hrefs = {("visual" if key == "TCI" else key): f"{prefix}/{path.name}" for key, path in files.paths.items()}
    return item(name, hrefs, files.bbox, **reply)


@contextmanager
def rustac(items: Sequence[dict[str, Any]], folder: Path, *, options: Sequence[str] = ()) -> Iterator[str]:
    """Serve items by ``rustac serve`` and give the address of its API."""
    program = shutil.which("rustac") or shutil.which("rustac", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("rustac is not installed: pip install .[test]")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "items.json"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(items)}))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [program, "serve", "-a", f"127.0.0.1:{port}", *options, str(file)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _until_answers(url, process, folder / "log")
            yield url
        finally:
            process.terminate()
            process.wait(10)


def _until_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    pytest.fail(f"rustac serve did not start: {log.read_text()[-500:]}")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request that a scripted server got."""

    method: str
    path: str
    body: Any
    host: str
    span: str = ""
    """The ``Range`` header."""
    authorization: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer of a scripted server; a field per way to go wrong."""

    body: Any = b""
    """Bytes as they are, anything else as JSON; an iterator of bytes is sent piece by piece, without a length."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stall: float = 0
    """Seconds before it is sent; ends early when the server stops."""


class ScriptedApi:
    """A context manager: a STAC API that answers by a function from request to ``Said``."""

    def __init__(self, answer: Callable[[Request], Reply | None]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.reply_count = 0
        """Replies that were sent, a stalled one only after its stall."""
        self.stopping = threading.Event()
        self._http = _Http(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="scripted-api")

    @property
    def url(self) -> str:
        """Address of the landing page."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def landing(url: str, **more: object) -> dict[str, Any]:
    """Return a first page as STAC asks for it, with a search by POST."""
    link = {"rel": "search", "href": f"{url}/search", "method": "POST", "type": "application/geo+json"}
    return {"type": "Catalog", "stac_version": "1.0.0", "id": "x", "description": "x", "links": [link], **more}


def searching(*pages: object, **more: object) -> Callable[[Request], Reply | None]:
    """Answer the first page with a landing page and each search with the next of ``pages``, the last for ever."""
    waiting = list(pages)

    def answer(request: Request) -> Reply | None:
        if request.path.startswith("/search"):
            page = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            return page if isinstance(page, Reply) else Reply(body=page)
        if request.path in {"", "/"}:
            return Reply(body=landing(f"http://{request.host}", **more))
        return None

    return answer


def search_result(*items: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return a page of a search."""
    return {"type": "FeatureCollection", "features": list(items), "links": [], **more}


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], rig: ScriptedApi) -> None:
        self.rig = rig
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_GET(self) -> None:
        rig = self.server.rig
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        request = Request(
            method=self.command,
            path=self.path,
            body=body,
            host=self.headers["Host"],
            span=self.headers.get("Range", ""),
            authorization=self.headers.get("Authorization", ""),
        )
        rig.requests.append(request)
        reply = rig.answer(request) or Reply(status=404, body={"code": "NotFound"})
        if reply.stall and rig.stopping.wait(reply.stall):
            return
        rig.reply_count += 1
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if isinstance(reply.body, bytes):
            pieces: Any = [reply.body]
        elif hasattr(reply.body, "__next__"):
            pieces = reply.body
        else:
            pieces = [json.dumps(reply.body).encode()]
        if isinstance(pieces, list):
            self.send_header("Content-Length", str(len(pieces[0])))
        self.end_headers()
        for piece in pieces:
            if rig.stopping.is_set():
                return
            self.wfile.write(piece)

    do_POST = do_GET  # noqa: N815 - the name http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server gives it
        """Say nothing."""
