"""A real HTTP server with OpenAI's Batch API: it counts what is paid for, and fails or kills on cue."""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from rig.chat_server import completion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = dict[str, Any]


def failed_row(code: str, message: str = "it failed", status: int = 400) -> Answer:
    """Return the line of a request that was refused."""
    return {"response": {"status_code": status, "body": {"error": {"code": code, "message": message}}}, "error": None}


class BatchServer:
    """Answers every request of a batch when the batch is looked at for the ``looks``-th time."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.payments: Counter[str] = Counter()
        """How often each request, by its ``custom_id``, was answered and has to be paid for."""
        self.calls: list[str] = []
        self.keys: set[str] = set()
        self.looks = 2
        self.answer: Callable[[str, Answer], Answer | None] = lambda _id, _request: ok()
        """Returns the line of a request; None for one that is never run, as when a batch expires."""
        self.end = "completed"
        """Status at the end of a batch."""
        self.before: dict[str, Callable[[], None]] = {}
        """Called before a call is obeyed, by its name such as ``POST batches``; it may raise ``DroppedError``."""
        self.after: dict[str, Callable[[], None]] = {}
        """Called after a call was obeyed, and before it is answered."""
        self.change: Callable[[bytes], bytes] = lambda content: content
        """Changes a file of results on its way."""
        self.lock = threading.RLock()
        self._looks: dict[str, int] = {}

    def obey(self, method: str, path: str, query: dict[str, list[str]], body: bytes, kind: str) -> tuple[int, bytes]:  # noqa: PLR0911 - one for each call
        with self.lock:
            match [method, *path.split("/")]:
                case ["POST", "files"]:
                    return self._reply(self._store(body, kind))
                case ["GET", "files", file_id, "content"]:
                    return (200, self.change(self.files[file_id])) if file_id in self.files else _missing()
                case ["POST", "batches"]:
                    return self._create(json.loads(body))
                case ["GET", "batches"]:
                    return self._list(query)
                case ["GET", "batches", batch_id] if batch_id in self.batches:
                    return self._reply(self._look(batch_id))
                case ["POST", "batches", batch_id, "cancel"] if batch_id in self.batches:
                    self._finish(batch_id, "cancelled", answer_count=1)
                    return self._reply(self.batches[batch_id])
            return _missing()

    @staticmethod
    def _reply(content: object) -> tuple[int, bytes]:
        return 200, json.dumps(content).encode()

    def _store(self, body: bytes, kind: str) -> Answer:
        parts = BytesParser().parsebytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + body).get_payload()
        content = next(part.get_payload(decode=True) for part in parts if part.get_filename())
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = content
        return {"id": file_id, "object": "file", "purpose": "batch", "bytes": len(content)}

    def _create(self, request: Answer) -> tuple[int, bytes]:
        if request["input_file_id"] not in self.files:
            return _missing()
        batch_id = f"batch_{len(self.batches)}"
        lines = self.files[request["input_file_id"]].splitlines()
        batch = {
            "id": batch_id,
            "object": "batch",
            "status": "validating",
            "input_file_id": request["input_file_id"],
            "metadata": request["metadata"],
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
        }
        self.batches[batch_id] = batch
        return self._reply(batch)

    def _list(self, query: dict[str, list[str]]) -> tuple[int, bytes]:
        batches = list(reversed(self.batches.values()))
        if after := query.get("after"):
            batches = batches[[one["id"] for one in batches].index(after[0]) + 1 :]
        limit = int(query.get("limit", ["20"])[0])
        return self._reply({"object": "list", "data": batches[:limit], "has_more": len(batches) > limit})

    def _look(self, batch_id: str) -> Answer:
        batch = self.batches[batch_id]
        self._looks[batch_id] = self._looks.get(batch_id, 0) + 1
        if batch["status"] in {"validating", "in_progress"}:
            batch["status"] = "in_progress"
            if self._looks[batch_id] >= self.looks:
                self._finish(batch_id, self.end)
        return batch

    def _finish(self, batch_id: str, status: str, answer_count: int | None = None) -> None:
        batch = self.batches[batch_id]
        batch["status"] = status
        if status == "failed":
            return
        good, bad = [], []
        requests = [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]
        for request in requests[:answer_count]:
            answer = self.answer(request["custom_id"], request["body"])
            if answer is None:
                continue
            is_good = (answer["response"] or {}).get("status_code") == 200
            self.payments[request["custom_id"]] += is_good
            (good if is_good else bad).append({"id": f"r{len(good)}", "custom_id": request["custom_id"], **answer})
        for field, rows in (("output_file_id", good), ("error_file_id", bad)):
            if rows:
                batch[field] = f"file-{len(self.files)}"
                self.files[batch[field]] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        batch["request_counts"] |= {"completed": len(good), "failed": len(bad)}


def ok(text: str = "Trees cover most of the square.", **changes: Any) -> Answer:
    """Return the line of a request that was answered."""
    return {"response": {"status_code": 200, "request_id": "q", "body": completion(text, **changes)}, "error": None}


def _missing() -> tuple[int, bytes]:
    return 404, json.dumps({"error": {"message": "No such thing", "code": None}}).encode()


class DroppedError(Exception):
    """The connection ends without an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    server: _Listener

    def do_GET(self) -> None:
        self._obey("GET")

    def do_POST(self) -> None:
        self._obey("POST")

    def _obey(self, method: str) -> None:
        batch = self.server.batch
        address = urlsplit(self.path)
        path = address.path.removeprefix("/v1/").strip("/")
        name = f"{method} {'/'.join('ID' if '_' in one or '-' in one else one for one in path.split('/'))}"
        try:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            batch.calls.append(name)
            batch.keys.add(self.headers.get("authorization", "")[7:])
            batch.before.get(name, lambda: None)()
            status, content = batch.obey(
                method, path, parse_qs(address.query), body, self.headers.get("content-type", "")
            )
            batch.after.get(name, lambda: None)()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except (OSError, DroppedError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep the tests' output to what the tests say."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    batch: BatchServer

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the game."""


@contextmanager
def batch_server() -> Iterator[BatchServer]:
    """Start one on a free port of this machine, and end it."""
    listener = _Listener(("127.0.0.1", 0), _Handler)
    listener.batch = BatchServer(listener.server_port)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener.batch
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join(5)
