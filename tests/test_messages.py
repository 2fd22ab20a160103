"""What a page may send over its websocket, and what is dropped or ends the connection."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatearthnet_explorer.app.message_allowlist import LONGEST, BadFrameError, MessageReader

HEADER = {"msgid": "1A", "msgtype": "PATCH-DOC"}
READY = {"type": "event", "name": "document_ready", "values": {"type": "map"}}


def _read(content: object, header: object = HEADER, reader: MessageReader | None = None) -> Any:
    """Return the events that are left of a message; None where all of it is dropped."""
    reader = reader or MessageReader()
    assert reader.feed(json.dumps(header)) is None
    assert reader.feed("{}") is None
    message = reader.feed(json.dumps(content))
    return message and json.loads(message.frames[2]).get("events")


def _to_kernel(kind: object, content: object, **parts: object) -> Any:
    """Return what is left of a message to the kernel; None where it is dropped."""
    header = {"msg_id": "m-1", "msg_type": kind, "session": "s", "date": "now", "subshell_id": "x"}
    message = {"header": header, "channel": "shell", "content": content, "metadata": {"a": 1}, "buffers": [], **parts}
    events = _read({"events": [_event("ipywidgets_bokeh", json.dumps(message))]})
    return events and json.loads(events[0]["msg_data"])


def _event(kind: str, data: object) -> dict[str, object]:
    return {"kind": "MessageSent", "msg_type": kind, "msg_data": data}


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("kernel_info_request", {"x": 1}, {}),
        ("comm_info_request", {}, {"target_name": "jupyter.widget"}),
        ("comm_close", {"comm_id": "a1", "data": {"x": 1}}, {"comm_id": "a1", "data": {}}),
        ("comm_msg", {"comm_id": "a1", "data": {"method": "request_state", "x": 1}}, None),
        ("comm_msg", {"comm_id": "a1", "data": {"method": "update", "state": {"v": 1}, "buffer_paths": []}}, None),
        ("comm_msg", {"comm_id": "a1", "data": {"method": "custom", "content": {"event": "click"}}}, None),
    ],
)
def test_keeps_messages_that_widgets_need(kind: str, content: dict[str, Any], expected: dict[str, Any] | None) -> None:
    message = _to_kernel(kind, content)
    assert message["header"]["msg_type"] == kind
    assert set(message["header"]) == {"msg_id", "msg_type", "session", "username", "version"}
    assert message["metadata"] == message["parent_header"] == {}
    if expected is not None:
        assert message["content"] == expected
    else:
        method = content["data"]["method"]
        part = {"update": "state", "custom": "content"}.get(method, "method")
        assert message["content"]["data"][part] == content["data"][part]


@pytest.mark.parametrize(
    "kind",
    [
        "shutdown_request",
        "execute_request",
        "interrupt_request",
        "debug_request",
        "input_reply",
        "input_request",
        "complete_request",
        "inspect_request",
        "history_request",
        "is_complete_request",
        "connect_request",
        "apply_request",
        "usage_request",
        "create_subshell_request",
        "comm_open",
        "nothing_known",
        "",
        None,
        ["comm_msg"],
        {"comm_msg": 1},
    ],
)
def test_drops_other_messages_to_the_kernel(kind: object) -> None:
    assert _to_kernel(kind, {"comm_id": "a1", "data": {"method": "request_state"}, "restart": False}) is None


@pytest.mark.parametrize("channel", ["control", "stdin", "iopub", "", None, 3])
def test_drops_messages_on_other_channels(channel: object) -> None:
    assert _to_kernel("kernel_info_request", {}, channel=channel) is None


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("text", {}),
        ([], {}),
        ({}, {}),
        ({"comm_id": 7, "data": {"method": "request_state"}}, {}),
        ({"comm_id": "a\nb", "data": {"method": "request_state"}}, {}),
        ({"comm_id": "a" * 101, "data": {"method": "request_state"}}, {}),
        ({"comm_id": "a1", "data": "text"}, {}),
        ({"comm_id": "a1", "data": {}}, {}),
        ({"comm_id": "a1", "data": {"method": "backend"}}, {}),
        ({"comm_id": "a1", "data": {"method": ["update"], "state": {}}}, {}),
        ({"comm_id": "a1", "data": {"method": "update", "state": [1]}}, {}),
        ({"comm_id": "a1", "data": {"method": "update", "state": {}, "buffer_paths": [["v"]]}}, {}),
        ({"comm_id": "a1", "data": {"method": "custom", "content": "text"}}, {}),
        ({"comm_id": "a1", "data": {"method": "request_state"}}, {"buffers": ["AA=="]}),
        ({"comm_id": "a1", "data": {"method": "request_state"}}, {"header": "text"}),
        ({"comm_id": "a1", "data": {"method": "request_state"}}, {"header": {"msg_type": "comm_msg"}}),
        ({"comm_id": "a1", "data": {"method": "request_state"}}, {"header": {"msg_type": "comm_msg", "msg_id": 1}}),
    ],
)
def test_drops_malformed_messages_to_widgets(content: object, parts: dict[str, object]) -> None:
    assert _to_kernel("comm_msg", content, **parts) is None


@pytest.mark.parametrize("data", ["", "{", "[]", "null", "[" * 100_000, 7, None, {"data": "AA=="}, ["a"]])
def test_drops_what_is_not_a_kernel_message(data: object) -> None:
    assert _read({"events": [_event("ipywidgets_bokeh", data)]}) is None


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "ModelChanged", "model": {"id": "p1"}, "attr": "text", "new": "x"},
        {"kind": "RootAdded", "model": {"type": "object", "name": "Div", "id": "p2"}},
        {"kind": "RootRemoved", "model": {"id": "p1"}},
        {"kind": "TitleChanged", "title": "x"},
        {"kind": "ColumnDataChanged", "model": {"id": "p1"}, "attr": "data"},
        {"kind": "ColumnsStreamed", "model": {"id": "p1"}},
        _event("bokeh_event", {"type": "event", "name": "button_click", "values": {}}),
        _event("bokeh_event", {"type": "event", "name": "connection_lost", "values": {}}),
        _event("bokeh_event", "document_ready"),
        _event("place", "lon=1"),
        {"kind": ["MessageSent"]},
        "text",
        None,
    ],
)
def test_drops_other_events_of_a_document(event: object) -> None:
    assert _read({"events": [event]}) is None
    assert len(_read({"events": [event, _event("bokeh_event", READY), event]})) == 1


def test_takes_the_first_document_ready_alone() -> None:
    reader = MessageReader()
    assert _read({"events": [_event("bokeh_event", READY), _event("bokeh_event", READY)]}, reader=reader) == [
        _event("bokeh_event", READY)
    ]
    assert _read({"events": [_event("bokeh_event", READY)]}, reader=reader) is None


@pytest.mark.parametrize("kind", ["PUSH-DOC", "SERVER-INFO-REQ", "ACK", "OK", "ERROR", "PULL-DOC-REPLY", "", None, 5])
def test_drops_other_kinds_of_bokehs_messages(kind: object) -> None:
    assert _read({"doc": {}, "events": [_event("bokeh_event", READY)]}, {"msgid": "1", "msgtype": kind}) is None


@pytest.mark.parametrize("events", [None, "text", {}, 3])
def test_drops_patches_without_a_list_of_events(events: object) -> None:
    assert _read({"events": events}) is None


@pytest.mark.parametrize(
    "frames",
    [
        ["{", "{}", "{}"],
        ["[]", "{}", "{}"],
        ["{}", "{}", "{}"],
        [json.dumps({"msgid": 1, "msgtype": "PATCH-DOC"}), "{}", "{}"],
        [json.dumps({"msgid": "a b", "msgtype": "PATCH-DOC"}), "{}", "{}"],
        [json.dumps({**HEADER, "num_buffers": 1}), "{}", "{}"],
        [json.dumps({**HEADER, "num_buffers": "x"}), "{}", "{}"],
        [json.dumps(HEADER), "7", "{}"],
        [json.dumps(HEADER), "{}", "[" * 100_000],
        [json.dumps(HEADER), "{}", "not json"],
        [json.dumps(HEADER), "{}", '{"a":' + "9" * 5000 + "}"],
        [b"\x00\x01"],
        [json.dumps(HEADER), b"{}"],
        ["x" * (LONGEST + 1)],
    ],
)
def test_refuses_frames_that_no_page_sends(frames: list[str | bytes]) -> None:
    reader = MessageReader()
    for frame in frames[:-1]:
        assert reader.feed(frame) is None
    with pytest.raises(BadFrameError):
        reader.feed(frames[-1])


def test_replaces_lone_surrogates_by_question_marks() -> None:
    content = {"comm_id": "a1", "data": {"method": "update", "state": {"value": "a\ud800b"}, "buffer_paths": []}}
    assert _to_kernel("comm_msg", content)["content"]["data"]["state"] == {"value": "a?b"}
