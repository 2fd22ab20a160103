"""Answers as they are written: what a person sees of them, the caption in the end, every failure, and cancel."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from email.utils import formatdate
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from data.label_maps import label_map
from rig.chat_server import TEXT, chat_server, completion, json_reply
from rig.streams import MODEL, Stream, chunk, chunks_of, event, events_of, single_bytes, stream_of

from chatearthnet_explorer.captioners import write_caption
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.vision import VisionCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import Cancelled, ModelError
from chatearthnet_explorer.net.rate_limits import report_waits
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

try:
    import pty
except ImportError:
    pty = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.caption import Caption

LABELS = label_map(1)
CHIP = Chip(tile=Tile(8192, 8192), source="file", labels=LABELS)
PROMPT = prompt_for(LABELS)
KEY = "sk-rig-4f9c0a17e2b85d63"
LONG = "W\u00e4lder: mostly trees \U0001f332 cover the square; \u6c34 lies in the middle. " * 5


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def write(server: ChatServer, on_text: Callable[[str], None] | None, **options: Any) -> Caption:
    options = {"base_url": server.base_url, "timeout": 30, "retries": 0} | options
    return write_caption(ChatCaptioner(**options), PROMPT, CHIP, on_text)


def test_text_grows_and_caption_is_whole(server: ChatServer) -> None:
    server.modes = [stream_of(pause=0.01)]
    texts: list[str] = []
    caption = write(server, texts.append)
    assert caption.text == TEXT
    assert (caption.model, caption.tokens_in, caption.tokens_out, caption.notes) == (MODEL, 321, 45, ())
    assert len(texts) >= 2  # a busy machine shows fewer
    assert texts[0] == "Trees"
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert TEXT.startswith(texts[-1])
    assert server.requests[0]["stream"] is True
    assert server.requests[0]["stream_options"] == {"include_usage": True}


def test_no_stream_is_requested_without_a_listener(server: ChatServer) -> None:
    assert write(server, None).text == TEXT
    assert not {"stream", "stream_options"} & set(server.requests[0])


def test_vision_streams(server: ChatServer) -> None:
    server.modes = ["stream"]
    texts: list[str] = []
    prompt = prompt_for(LABELS, style="4v")
    caption = write_caption(VisionCaptioner(base_url=server.base_url), prompt, CHIP, texts.append)
    assert caption.text == TEXT
    assert texts


@pytest.mark.parametrize("name", ["stream", "stream of JSON", "normal"])
def test_caption_is_the_same_with_and_without_listener(server: ChatServer, name: str) -> None:
    server.modes = [name]
    assert write(server, lambda _: None).text == write(server, None).text == TEXT


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\r\r", "\n"])
def test_every_cut_of_the_bytes_gives_the_same_caption(server: ChatServer, end: str) -> None:
    server.modes = [Stream(single_bytes(events_of(chunks_of(LONG.strip()), end=end)))]
    texts: list[str] = []
    caption = write(server, texts.append)
    assert caption.text == LONG.strip()
    assert (caption.tokens_in, caption.notes) == (321, ())
    assert all("\ufffd" not in text for text in texts)
    assert texts


COMMENTS = b": OPENROUTER PROCESSING\n\nevent: message\nid: 7\nretry: 100\n\n"
DATA = b'data:{"choices":[{"index":0,\ndata:"delta":{"content":"Trees lead."}}]}\n\n'


@pytest.mark.parametrize(
    "body",
    [
        COMMENTS + event(chunk("Trees lead.")) + event("[DONE]"),
        b"\xef\xbb\xbf" + event(chunk("Trees ")) + event(chunk("lead.")),
        DATA,
        event(chunk("Trees lead."), end=""),
        event({"choices": []}) + event({"choices": [None]}) + event({"choices": 7}) + event(chunk("Trees lead.")),
        event([1]) + event("{not JSON}") + event(chunk("Trees lead.")) + b"data: \xff\xfe\n\n",
        event(
            {"choices": [{"index": [], "delta": {"content": "no"}}, {"index": 0, "delta": {"content": "Trees lead."}}]}
        ),
        event({"choices": [{"index": 1, "delta": {"content": "no"}}]}) + event(chunk("Trees lead.")),
        event(chunk([{"type": "thinking", "text": "Hm."}, {"type": "text", "text": "Trees lead."}])),
        event({"choices": [{"message": {"content": "Trees lead."}, "finish_reason": "stop"}]}),
        event(chunk("Trees lead.", tool_calls=None, refusal=None, reasoning_content=None)),
    ],
)
def test_reads_streams_of_every_form(server: ChatServer, body: bytes) -> None:
    for pieces in ([body], single_bytes([body])):
        server.modes = [Stream(pieces)]
        texts: list[str] = []
        assert write(server, texts.append).text == "Trees lead."
        assert texts[-1:] == ["Trees lead."] * body.endswith(b"\n")  # an event ends with its line


@pytest.mark.parametrize("usage", [None, "many", [3], {"prompt_tokens": -1, "completion_tokens": 1e400}, {"x": {}}])
def test_usage_that_lies_is_counted_here(server: ChatServer, usage: object) -> None:
    server.modes = [stream_of(usage=usage)]
    caption = write(server, lambda _: None)
    assert (caption.text, caption.tokens_out) == (TEXT, 14)
    assert any("reported no usage" in note for note in caption.notes)


@pytest.mark.parametrize("usage", [None, "many", [3], {"prompt_tokens": -1, "completion_tokens": 1e400}, {"x": {}}])
def test_usage_that_lies_is_not_believed(server: ChatServer, usage: object) -> None:
    server.modes = [stream_of(usage=usage)]
    caption = write(server, lambda _: None)
    server.modes = [json_reply(completion(usage=None))]
    without_usage = write(server, None)  # counted here, as the service reports nothing
    assert (caption.text, caption.tokens_in, caption.tokens_out) == (
        TEXT,
        without_usage.tokens_in,
        without_usage.tokens_out,
    )


THINKING = [
    ("<think>The user wants trees.</think>Trees lead.", "user wants"),
    ("&lt;think&gt;The user wants.&lt;/think&gt;Trees lead.", "user wants"),
    ("[THINK]The user wants.[/THINK]Trees lead.", "user wants"),
    ("\u25c1think\u25b7The user wants.\u25c1/think\u25b7Trees lead.", "user wants"),
    (
        "<|channel|>analysis<|message|>The user wants.<|end|><|start|>assistant<|channel|>final<|message|>Trees lead.",
        "user",
    ),
    ("analysisThe user wants.assistantfinalTrees lead.", "user"),
    ("thinking...\nThe user wants.\n...done thinking.\nTrees lead.", "user"),
    ("**Caption:** Trees lead.", "Capt"),
    ("Trees lead.<|im_end|>", "im_end"),
    ("```text\nTrees lead.\n```", "text"),
    ("Tre\u202ees\u200b lead.", "\u202e"),
]


@pytest.mark.parametrize(("text", "secret"), THINKING)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_no_mark_and_no_reasoning_is_ever_seen(server: ChatServer, text: str, secret: str, size: int) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    server.modes = [Stream(events_of([*map(chunk, pieces), chunk(finish_reason="stop")]), pause=0.001)]
    texts: list[str] = []
    assert write(server, texts.append).text == "Trees lead."
    for visible_text in texts:
        assert secret not in visible_text
        assert not set(visible_text) & set("<>&;[]|/*:\u25c1\u25b7")
        assert "Trees lead.".startswith(visible_text.rstrip("`\n"))


def test_fields_of_reasoning_are_not_seen(server: ChatServer) -> None:
    chunks = [chunk(reasoning_content="The user wants"), chunk(reasoning=" trees."), *chunks_of("Trees lead.")]
    server.modes = [Stream(events_of(chunks))]
    texts: list[str] = []
    assert write(server, texts.append).text == "Trees lead."
    assert set(texts) <= {"Trees", "Trees lead."}


def test_a_key_is_never_seen_however_it_is_cut(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    text = f"Trees {KEY} lead."
    server.modes = [Stream(events_of([*map(chunk, text), chunk(finish_reason="stop")]), pause=0.001)]
    texts: list[str] = []
    assert write(server, texts.append).text == "Trees [key] lead."
    assert not [visible_text for visible_text in texts if KEY[:4] in visible_text]
    assert any("[key]" in visible_text for visible_text in texts)


@pytest.mark.parametrize("mark", ["\u200b", "\x00", "<think>Hm.</think>", "<th\u200bink>Hm.</think>", "</answer>"])
def test_a_key_that_marks_divide_is_never_seen(server: ChatServer, monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    text = f"Trees {KEY[:9]}{mark}{KEY[9:]} lead."
    server.modes = [Stream(events_of([*map(chunk, text), chunk(finish_reason="stop")]), pause=0.001)] * 2
    texts: list[str] = []
    texts.append(write(server, texts.append).text)
    texts.append(write(server, None).text)
    assert not [visible_text for visible_text in texts if KEY in visible_text]
    server.answer_with(completion("Trees.", model=f"{KEY[:9]}\u200b{KEY[9:]}"))
    assert write(server, None).model == "[key]"
    server.answer_with({"error": {"message": "\u200b".join(KEY)}})
    with pytest.raises(ModelError, match="repeat the key"):
        write(server, None)


def test_numbers_after_a_bracket_are_seen(server: ChatServer) -> None:
    server.modes = [Stream([event(chunk("Water: <1 %, built-up 5 [2]"))])]
    texts: list[str] = []
    write(server, texts.append)
    assert texts == ["Water: <1 %, built-up 5 [2]"]


FAILURES = [
    ("stream that breaks off", "ended the connection before its answer was complete; ask again"),
    ("stream that hangs", "no new text came within 1 seconds, or it took more than 5"),
    ("stream with error", r'reports a failure \("The model has crashed."\)'),
    ("stream with nothing", "answered without a word"),
    ("stream with refusal", r'declined to write a caption \("I can\'t help with that."\)'),
    ("stream with filter", "blocked the answer with its content filter"),
    ("stream of thinking", "sent its thinking and no answer"),
    ("stream of 5 MB", "more than 1,000,000 characters"),
    ("endless stream of empty chunks", "more than 10,000,000 bytes"),
    ("endless stream of comments", "more than 1,000,000 bytes"),
    ("endless stream of white space", "more than 1,000,000 bytes"),
    ("endless slow stream of comments", "did not answer within 1 seconds"),
    ("endless slow stream of empty chunks", "no new text came within 1 seconds"),
    ("endless slow stream of words", "took more than 5"),
    ("stream of HTML", "not a chat completion"),
    ("html", "not a chat completion"),
    ("gzip bomb in gzip", "compressed several times"),
    ("truncated", "not a chat completion"),
    ("huge", "more than 1,000,000 bytes"),
    ("empty", "without a word"),
    ("refusal", "declined to write"),
    ("broken", "server error"),
    ("busy", "too many requests"),
    ("busy for an hour", "takes none for 60 minutes; try again then"),
    ("cut", "ended the connection before its answer was complete"),
    ("slow", "did not answer within 1 seconds"),
]


@pytest.mark.parametrize(("mode", "words"), FAILURES)
def test_each_failure_of_a_stream_is_one_sentence(server: ChatServer, mode: str, words: str) -> None:
    server.modes = [mode]
    is_slow = "within 1 seconds" in words or "more than 5" in words  # a busy computer takes its time for the others
    with pytest.raises(ModelError, match=words) as error_info:
        write(server, lambda _: None, timeout=1 if is_slow else 60)
    assert str(error_info.value).count(". ") == 0
    assert len(server.requests) == 1


def test_a_stream_that_began_is_not_requested_again(server: ChatServer) -> None:
    server.modes = ["stream that breaks off", "stream"]
    with pytest.raises(ModelError, match="ask again"):
        write(server, lambda _: None, retries=2)
    assert len(server.requests) == 1


@pytest.mark.parametrize("mode", ["stream without [DONE]", "stream without mark of its end", "stream cut at limit"])
def test_a_missing_end_is_noted(server: ChatServer, mode: str) -> None:
    server.modes = [mode]
    caption = write(server, lambda _: None)
    assert caption.text == TEXT
    assert (
        caption.notes
        == {
            "stream without [DONE]": (),
            "stream without mark of its end": (
                "The service did not mark the end of its answer, so the end may be missing.",
            ),
            "stream cut at limit": ("The answer was cut off at the limit of 300 tokens.",),
        }[mode]
    )


def test_an_end_mark_alone_marks_the_end(server: ChatServer) -> None:
    server.modes = [Stream(events_of(chunks_of(finish_reason=None)))]
    assert write(server, lambda _: None).notes == ()


def test_thinking_extends_the_time_of_a_stream(server: ChatServer) -> None:
    thoughts = [chunk(reasoning_content="Hm. ")] * 20
    server.modes = [Stream(events_of([*thoughts, *chunks_of("Trees.")]), pause=0.1)]
    start = time.monotonic()
    assert write(server, lambda _: None, timeout=1.5).text == "Trees."
    assert time.monotonic() - start > 1.5


@pytest.mark.parametrize("names", [["stream_options"], ["stream_options", "stream"]])
def test_leaves_out_fields_of_streams_that_a_service_refuses(server: ChatServer, names: list[str]) -> None:
    def reply(request: dict[str, Any]) -> Any:
        refused_name = next((name for name in names if name in request), None)
        if refused_name:
            return (
                400,
                {"content-type": "text/plain"},
                f"Unrecognized request argument supplied: {refused_name}".encode(),
            )
        return stream_of(usage=None) if request.get("stream") else json_reply(completion())

    server.modes = [reply]
    for _ in range(2):
        assert write(server, lambda _: None).text == TEXT
    assert len(server.requests) == len(names) + 2  # learned: the second caption is asked for once


def test_cancel_ends_a_stream_at_once(server: ChatServer) -> None:
    server.modes = ["stream that hangs"]
    captioner = ChatCaptioner(base_url=server.base_url)
    press_times: list[float] = []

    def press() -> None:
        press_times.append(time.monotonic())
        captioner.cancel()

    def on_text(_: str) -> None:
        threading.Timer(0.1, press).start()

    with pytest.raises(Cancelled):
        write_caption(captioner, PROMPT, CHIP, on_text)
    deadline = time.monotonic() + 60
    while not server.hangups and time.monotonic() < deadline:
        time.sleep(0.001)
    assert server.hangups[0] - press_times[0] < 10  # milliseconds on an idle machine; the stream hangs for 30 s
    assert len(server.requests) == 1


def test_an_exception_of_the_listener_ends_the_request(server: ChatServer) -> None:
    server.modes = ["slow stream"]

    def on_text(_: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write(server, on_text, retries=2)
    deadline = time.monotonic() + 60
    while not server.hangups and time.monotonic() < deadline:
        time.sleep(0.001)
    assert server.hangups
    assert len(server.requests) == 1


def test_cancel_between_two_texts_loses_no_exception(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # httpcore closes the body in a generator that Python frees: an exception in it is only printed
    problems: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda problem: problems.append(problem.exc_value))
    server.modes = ["slow stream"]
    captioner = ChatCaptioner(base_url=server.base_url)

    def on_text(_: str) -> None:
        captioner.cancel()
        raise Cancelled

    with pytest.raises(Cancelled):
        write_caption(captioner, PROMPT, CHIP, on_text)
    gc.collect()
    assert problems == []


@pytest.mark.parametrize("listens", [True, False])
def test_cancel_ends_a_wait_for_a_busy_service(server: ChatServer, listens: bool) -> None:
    server.modes = [(429, {"retry-after": "40"}, b"{}")]
    captioner = ChatCaptioner(base_url=server.base_url)
    sentences: list[str] = []

    def report(sentence: str) -> None:
        sentences.append(sentence)
        if len(set(sentences)) == 2:
            threading.Thread(target=captioner.cancel).start()

    start = time.monotonic()
    with pytest.raises(Cancelled), report_waits(report):
        write_caption(captioner, PROMPT, CHIP, (lambda _: None) if listens else None)
    assert time.monotonic() - start < 30
    host = re.escape(server.base_url.split("/")[2])
    seconds = [re.fullmatch(rf"{host} is busy; trying again in (\d+) s\.", one) for one in sentences]
    counts = [int(match[1]) for match in seconds if match]
    assert len(counts) == len(sentences)
    assert counts == sorted(counts, reverse=True)
    assert len(server.requests) == 1


@pytest.mark.parametrize("header", [{"retry-after": "1"}, {"retry-after-ms": "900"}, {"retry-after": "DATE"}, {}])
def test_waits_as_long_as_the_service_requests(server: ChatServer, header: dict[str, str]) -> None:
    header = {name: value.replace("DATE", formatdate(time.time() + 2, usegmt=True)) for name, value in header.items()}
    server.modes = [(429, header, b"{}"), "stream"]
    start = time.monotonic()
    assert write(server, lambda _: None, retries=1, timeout=60).text == TEXT
    assert (0.4 if not header else 0.8) < time.monotonic() - start < 30
    assert len(server.requests) == 2


def run_in_terminal(*arguments: str, **environment: str) -> str:
    """Return what a command prints on a terminal."""
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "chatearthnet_explorer",
        "caption",
        "6.73",
        "0.336",
        "--source=simulated",
        *arguments,
    ]
    process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.STDOUT, env={**os.environ, **environment})
    os.close(theirs)
    output = b""
    with suppress(OSError):  # Linux raises at the end of a terminal
        while piece := os.read(ours, 65536):
            output += piece
    os.close(ours)
    assert process.wait(120) == 0
    return output.decode().replace("\r\n", "\n")


@pytest.mark.skipif(pty is None, reason="Windows has no pseudo-terminals")
def test_command_prints_the_text_once_while_it_is_written(server: ChatServer) -> None:
    server.modes = [(429, {"retry-after": "1"}, b"{}"), stream_of(f"{TEXT}\x1b[31m\u202e", pause=0.02)]
    output = run_in_terminal("--captioner=chat", OPENAI_BASE_URL=server.base_url)
    host = server.base_url.split("/")[2]
    text = f"{TEXT}[31m"
    assert f"{host} is busy; trying again in 1 s.\n" in output
    assert f"CAPTION, as it is written\n{text}\n\n" in output
    assert output.count(text) == 1
    assert f"CAPTION (Written by {MODEL}" in output
    assert output.index(text) < output.index("PROMPT")
    assert "\x1b" not in output


@pytest.mark.skipif(pty is None, reason="Windows has no pseudo-terminals")
def test_command_does_not_stream_into_json(server: ChatServer) -> None:
    output = run_in_terminal("--captioner=chat", "--json", OPENAI_BASE_URL=server.base_url)
    assert json.loads(output)["caption"]["text"] == TEXT
    assert "stream" not in server.requests[0]
