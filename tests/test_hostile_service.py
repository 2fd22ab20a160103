"""Services that break the rules of HTTP: what they send is bounded in time and size, and ends in one sentence."""

from __future__ import annotations

import json
import time
import zlib
from itertools import repeat
from typing import TYPE_CHECKING

import pytest
from rig.chat_server import TEXT, completion
from rig.raw_server import HEAD, chunk, raw_server, whole

from chatearthnet_explorer.captioners.service import batch_api
from chatearthnet_explorer.captioners.service.batch_api import BatchApi
from chatearthnet_explorer.captioners.service.model_service import Service
from chatearthnet_explorer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rig.raw_server import RawServer

    from chatearthnet_explorer.captioners.service.answer import Answer

LISTENERS = [None, lambda _text: None]
CHUNKED_HEAD = HEAD + b"transfer-encoding: chunked\r\n"
GZIP_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
CODECS = ("zlib_codec", "bz2_codec", "hex", "rot13", "uu", "base64")
EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"  # deflate that stands for nothing


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as running:
        yield running


def ask(server: RawServer, listener: Callable[[str], None] | None = None, *, timeout: float = 20) -> Answer:
    service = Service(base_url=server.base_url, model="m", timeout=timeout)
    return service.ask(service.question(system="s", user="u", token_limit=100), on_text=listener)


@pytest.mark.parametrize("listener", LISTENERS)
@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x-a: a\r\n"),
        (b"HTTP/1.1 200 OK\r\nx-a: ", b"a"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (CHUNKED_HEAD + b"\r\n5;", b"a"),
        (CHUNKED_HEAD + b"\r\n2\r\n{}\r\n0\r\n", b"x-a: a\r\n"),
        (CHUNKED_HEAD + b"content-encoding: gzip\r\n\r\n" + chunk(GZIP_START), chunk(EMPTY_BLOCK)),
    ],
    ids=["headers", "a header", "statuses", "an extension of a chunk", "trailers", "empty compressed blocks"],
)
def test_answers_without_end_are_late_like_a_silent_service(
    server: RawServer, start: bytes, piece: bytes, listener: Callable[[str], None] | None
) -> None:
    server.pieces, server.pause = _after(start, piece), 0.1
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"did not answer within 0\.5 seconds") as error_info:
        ask(server, listener, timeout=0.5)
    assert time.monotonic() - began < 8
    assert error_info.value.kind == "timeout"
    assert server.requests == 1  # it may be charged


@pytest.mark.parametrize("listener", LISTENERS)
def test_headers_beyond_ascii_and_of_our_own_names_lose_no_answer(
    server: RawServer, listener: Callable[[str], None] | None
) -> None:
    headers = "x-served-by: Zürich\r\nx-seconds-to-wait: inf\r\nretry-after: soon\r\n".encode()
    server.pieces = [whole(json.dumps(completion()).encode(), headers)]
    assert ask(server, listener).text == TEXT


@pytest.mark.parametrize(
    "charset", [*CODECS, "idna", "undefined", "punycode", "unicode_escape", "\xff\xfe", "x" * 5000]
)
def test_a_charset_chooses_no_codec_of_python(server: RawServer, charset: str) -> None:
    body = (
        zlib.compress(bytes(10**8))
        if charset == "zlib_codec"
        else b'{"error":{"message":"no"}}' + b"a" * 200_000 + b"-" + b"b" * 200_000
    )
    server.pieces = [_refusal(f"content-type: application/json; charset={charset}\r\n".encode("latin-1"), body)]
    began = time.process_time()
    with pytest.raises(ModelError, match="refused, with error 400, to ask 'm'"):
        ask(server)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("wait", ["abc", "inf", "nan", "-1"])
@pytest.mark.parametrize("status", [400, 429])
def test_a_service_does_not_set_our_own_header(server: RawServer, wait: str, status: int) -> None:
    headers = f"x-seconds-to-wait: {wait}\r\nx-should-retry: false\r\n".encode()
    server.pieces = [_refusal(headers, b"{}", status)]
    with pytest.raises(ModelError, match="refused, with error 400" if status == 400 else "too many requests at the"):
        ask(server)


def test_a_redirect_to_what_is_no_name_is_one_sentence(server: RawServer) -> None:
    server.pieces = [_refusal(b"location: http://\xff\xfe/\r\n", b"", 302)]
    with pytest.raises(ModelError, match="points to another address, which is not followed"):
        ask(server)


@pytest.mark.parametrize("status", [300, 304])
def test_a_status_that_leads_nowhere_is_no_redirect(server: RawServer, status: int) -> None:
    server.pieces = [_refusal(b"", b"", status)]
    with pytest.raises(ModelError, match=f"answered with status {status}, which is none of a model's service"):
        ask(server)
    assert server.requests == 1


def test_a_stream_is_over_at_its_end_mark(server: RawServer) -> None:
    end = b"data: [DONE]\n\n"
    server.pieces = [_EVENTS, chunk(_delta("Trees.", finish_reason="stop")), chunk(end), chunk(_delta(" Or not."))]
    server.pause = 0.5  # after the last piece nothing comes, and the connection stays open
    texts: list[str] = []
    assert ask(server, texts.append, timeout=5).text == "Trees."
    server.pieces = [_EVENTS + chunk(_delta("Trees.", finish_reason="stop") + end + _delta(" Or not.") + end)]
    server.pause = 8
    assert ask(server, texts.append, timeout=5).text == "Trees."
    assert set(texts) == {"Trees."}


_EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _delta(text: str, **choice: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}, **choice}]}).encode() + b"\n\n"


def test_a_download_of_results_does_not_stall_for_hours(
    server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_api, "_SECONDS", 0.5)
    server.pieces, server.pause = [HEAD + b"content-length: 1000\r\n\r\n{"], 6
    began = time.monotonic()
    with pytest.raises(ModelError, match="did not answer in time"):
        BatchApi(Service(base_url=server.base_url, model="m")).download("file-1", tmp_path / "results.jsonl")
    assert time.monotonic() - began < 15
    assert not (tmp_path / "results.jsonl").exists()


def _refusal(headers: bytes, body: bytes, status: int = 400) -> bytes:
    return b"HTTP/1.1 %d No\r\n" % status + headers + b"content-length: %d\r\n\r\n" % len(body) + body


def _after(start: bytes, piece: bytes) -> Iterator[bytes]:
    yield start
    yield from repeat(piece, 100)
