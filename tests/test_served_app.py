"""The served app, as strangers meet it: hosts, token, headers, and messages that no page of ours sends."""

from __future__ import annotations

import asyncio
import json
import urllib.error
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from rig import doors
from rig.doors import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")
pytest.importorskip("ipywidgets_bokeh", reason="ipywidgets_bokeh is not installed: pip install .[app]")

from rig.visitor import Visitor, comms_of, visiting
from tornado.websocket import WebSocketClosedError

PATHS = [
    *("", "explore", "browse", "page.js", "status", "favicon.ico", "nowhere"),
    *("static/js/bokeh.min.js", "static/extensions/panel/panel.min.js", "widgets/anywidget@1/dist/index"),
]
SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    options = ("--allow-host", "explorer.example", "--embed-in", "https://course.example")
    with serving(tmp_path_factory.mktemp("served"), *options) as running:
        yield running


def _ask(served: Served, path: str, method: str = "GET", *, cookie: bool = True, **headers: str) -> HTTPResponse:
    """Send a request; give the answer with its body read."""
    sent = {"Cookie": doors.cookie_of(served.address)} if cookie else {}
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request(method, f"/{path}", headers={**sent, **{k.replace("_", "-"): v for k, v in headers.items()}})
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def _body(answer: HTTPResponse) -> str:
    return bytes(answer.body).decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", [*PATHS, "autoload.js", "metadata", "ws", "explore/ws", "components/antigravity/a/b/c"]
)
def test_every_path_needs_the_token(served: Served, path: str) -> None:
    answer = _ask(served, path, cookie=False)
    assert answer.status == 403
    assert ("name='token'" in _body(answer)) == (path in {"", "explore", "browse"})
    assert served.address.partition("token=")[2] not in _body(answer)
    assert _ask(served, path, cookie=False, Cookie="chatearthnet-1=x; chatearthnet-").status == 403
    assert _ask(served, path, "POST", cookie=False).status in {403, 405}


def test_the_printed_address_lets_in_and_leaves_no_token_in_the_address(served: Served) -> None:
    parts = urlsplit(served.address)
    answer = _ask(served, f"?{parts.query}&lon=1&lat=2", cookie=False)
    assert answer.status == 302
    assert answer.getheader("Location") == "./?lon=1&lat=2"
    cookie = answer.getheader("Set-Cookie") or ""
    assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
    assert "Path" not in cookie  # the folder that the browser sees, which a proxy may have put before ours
    assert parts.query.partition("=")[2] not in cookie
    assert _ask(served, "browse?token=wrong", cookie=False).status == 403
    assert _ask(served, "browse?token=wrong&words=a+b").getheader("Location") == "./browse?words=a+b"
    page = _ask(served, "")
    assert page.status == 200
    assert doors.cookie_of(served.address).partition("=")[2] not in _body(page)  # scripts cannot read it there either


def test_comes_from_another_site_with_the_cookie_on_the_second_step(served: Served) -> None:
    """A browser withholds a strict cookie from a link of another site; a page of ours that leads on gets it."""
    answer = _ask(served, "browse?words=x", cookie=False, Sec_Fetch_Site="cross-site")
    assert answer.status == 200
    assert "url=./browse?words=x" in _body(answer)
    with_token = _ask(served, f"?{urlsplit(served.address).query}", cookie=False, Sec_Fetch_Site="cross-site")
    assert "url=./" in _body(with_token)
    assert with_token.getheader("Set-Cookie")
    assert _ask(served, "status", cookie=False, Sec_Fetch_Site="cross-site").status == 403


def test_a_hostile_address_is_escaped_where_it_is_repeated(served: Served) -> None:
    answer = _ask(served, "?x=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&%27a=%3Cb%3E", cookie=False)
    assert "<script" not in _body(answer)
    assert "<b>" not in _body(answer)
    assert answer.status == 403


@pytest.mark.parametrize("path", [*PATHS, "ws"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "<script>", "a, b", ""])
def test_refuses_hosts_that_are_not_its_own(served: Served, path: str, host: str) -> None:
    answer = _ask(served, path, Host=host)
    assert answer.status in {400, 403}  # Tornado itself refuses some
    assert "<script" not in _body(answer)
    if host == "evil.example":
        assert "start the server with --allow-host evil.example." in _body(answer)


def test_answers_to_an_allowed_host(served: Served) -> None:
    assert _ask(served, "", Host="explorer.example").status == 200
    assert _ask(served, "", Host="localhost:1").status == 200


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://127.0.0.1:{port}", "127.0.0.1:{port}", 101),
        ("http://localhost:{port}", "127.0.0.1:{port}", 101),
        ("https://explorer.example", "127.0.0.1:{port}", 101),
        ("https://explorer.example", "explorer.example", 101),
        ("http://evil.example:{port}", "127.0.0.1:{port}", 403),
        ("http://evil.example:{port}", "evil.example:{port}", 403),
        ("http://127.0.0.1:{port}", "evil.example:{port}", 403),
        ("http://localhost:1", "127.0.0.1:{port}", 403),
        ("null", "127.0.0.1:{port}", 403),
    ],
)
def test_lets_pages_of_its_own_connect(served: Served, origin: str, host: str, status: int) -> None:
    origin, host = origin.format(port=served.port), host.format(port=served.port)
    headers = {**SOCKET, "Sec-WebSocket-Protocol": "bokeh", "Origin": origin, "Host": host}
    assert _ask(served, "ws", **headers).status == status
    allowed = json.loads(_body(_ask(served, f"status?origin={origin}", Host=host)) or "{}") if status == 101 else None
    assert allowed in ({"connects": True}, None)


def test_names_a_refused_origin_once_in_the_log(served: Served) -> None:
    for _ in range(3):
        headers = {**SOCKET, "Sec-WebSocket-Protocol": "bokeh", "Origin": "https://proxy.example"}
        assert _ask(served, "ws", **headers).status == 403
    assert json.loads(_body(_ask(served, "status?origin=https://proxy.example"))) == {"connects": False}
    assert len([line for line in served.lines if "proxy.example" in line and "--allow-host" in line]) == 1


@pytest.mark.parametrize("path", [*PATHS, "autoload.js?bokeh-autoload-element=1", "ws"])
@pytest.mark.parametrize("cookie", [True, False])
def test_every_answer_has_the_headers(served: Served, path: str, *, cookie: bool) -> None:
    answer = _ask(served, path, cookie=cookie, Origin="https://evil.example")
    policy = answer.getheader("Content-Security-Policy") or ""
    assert "default-src 'none'" in policy
    assert policy.endswith("frame-ancestors 'self' https://course.example")
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Referrer-Policy") == "no-referrer"
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert not [name for name, _ in answer.getheaders() if name.lower().startswith("access-control")]


@pytest.mark.parametrize("path", [*PATHS, "autoload.js", "?token=x", "explore/"])
@pytest.mark.parametrize("cookie", [True, False])
def test_head_answers_as_get_does(served: Served, path: str, *, cookie: bool) -> None:
    got, head = _ask(served, path, cookie=cookie), _ask(served, path, "HEAD", cookie=cookie)
    assert head.status == got.status
    assert _body(head) == ""
    changing = {
        "Date",
        "Etag",
        "Content-Security-Policy",
        "Transfer-Encoding",
    }  # the last has no meaning without a body
    assert {k: v for k, v in head.getheaders() if k not in changing} == {
        k: v for k, v in got.getheaders() if k not in changing
    }


def test_each_page_has_a_nonce_of_its_own(served: Served) -> None:
    nonces = set()
    for _ in range(2):
        answer = _ask(served, "")
        nonce = (answer.getheader("Content-Security-Policy") or "").partition("'nonce-")[2].partition("'")[0]
        assert f"nonce='{nonce}'" in _body(answer)
        nonces.add(nonce)
    assert len(nonces) == 2


def test_a_page_with_a_slash_behind_it_is_the_page(served: Served) -> None:
    assert _ask(served, "explore/?lon=1").getheader("Location") == "../explore?lon=1"
    assert _ask(served, "autoload.js?bokeh-autoload-element=1").status == 404
    assert _ask(served, "metadata").status == 404
    assert _ask(served, "components/antigravity/a/b/c").status == 404


def test_no_token_lets_in_and_the_log_has_none(served: Served, tmp_path: object) -> None:
    token = urlsplit(served.address).query.partition("=")[2]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        doors.client_of(served.address.replace(token, f"{token}x"))
    assert len([line for line in served.lines if token in line]) == 1  # the address that is printed
    assert "is at" in served.lines[0]
    with serving(tmp_path / "open", "--no-token") as running:  # type: ignore[operator]
        assert "token" not in running.address
        assert _ask(running, "", cookie=False).status == 200
        assert _ask(running, "?token=old", cookie=False).getheader("Location") == "./"
        assert _ask(running, "", cookie=False, Host="evil.example").status == 403


MALICIOUS_TO_KERNEL = [
    ("shutdown_request", {"restart": False}),
    ("execute_request", {"code": "import os; os._exit(3)", "silent": False}),
    ("interrupt_request", {}),
    ("debug_request", {"command": "attach"}),
    ("input_reply", {"value": "x"}),
    ("create_subshell_request", {}),
    ("nothing_known", {}),
    ("comm_open", {"comm_id": "0" * 32, "target_name": "jupyter.widget", "data": {"state": {}}}),
    ("comm_msg", {"comm_id": "0" * 32, "data": {"method": "request_state"}}),
    ("comm_close", {"comm_id": "0" * 32}),
]
MALICIOUS_EVENTS = [
    {"kind": "RootRemoved", "model": {"id": "p1001"}},
    {"kind": "ModelChanged", "model": {"id": "p1001"}, "attr": "visible", "new": False},
    {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": {"type": "event", "name": "x", "values": {}}},
    {"kind": "MessageSent", "msg_type": "ipywidgets_bokeh", "msg_data": "{"},
    {"kind": "no kind"},
]
MALICIOUS_FRAMES = [
    ["{"],
    ["{}", "{}", "{}"],
    ['{"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 1000000}', "{}", "{}"],
    ['{"msgid": "1", "msgtype": "PATCH-DOC"}', "{}", "[" * 200_000],
    [b"\x00\xff"],
    ["x" * 1_500_000],
]


async def _is_unharmed(other: Visitor, visitor: Visitor | None = None) -> None:
    assert await other.is_served()
    if visitor is not None:
        assert await visitor.is_served()


def test_no_message_ends_the_server_or_hurts_another_visitor(served: Served) -> None:
    before = len(served.lines)

    async def attack() -> None:
        async with visiting(served.address) as other, visiting(served.address, "browse") as visitor:
            for kind, content in MALICIOUS_TO_KERNEL:
                for channel in ("shell", "control", "stdin"):
                    await visitor.to_kernel(kind, content, channel=channel)
            await _is_unharmed(other, visitor)
            for event in MALICIOUS_EVENTS:
                await visitor.patch(event)
            await visitor.send("PUSH-DOC", {"doc": {"roots": [], "title": "x", "version": "3.9.0"}})
            await visitor.send("SERVER-INFO-REQ", {})
            await _is_unharmed(other, visitor)
            mine, theirs = comms_of(await visitor.document()), comms_of(await other.document())
            for comm in mine:
                await visitor.to_kernel(
                    "comm_msg", {"comm_id": comm, "data": {"method": "update", "state": {"layout": 7}}}
                )
                event = {"event": "interaction", "type": "click", "coordinates": {"a": 1}}
                await visitor.to_kernel("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": event}})
            await _is_unharmed(other, visitor)
            # the widgets of another visitor are neither listed nor reached
            asked = await visitor.to_kernel("comm_info_request", {})
            await visitor.wait(lambda: visitor.was_handled(asked))
            assert not [comm for comm in theirs if comm in json.dumps(visitor.received)]
            for comm in theirs:
                await visitor.to_kernel("comm_close", {"comm_id": comm})
            await _is_unharmed(other, visitor)
            await other.ready()
            assert "caption_at(12.5, 41.9" in await other.click(12.5, 41.9)

    asyncio.run(attack())
    assert served.process.poll() is None
    written = "\n".join(served.lines[before:])
    assert "Traceback" not in written
    assert "ERROR" not in written


@pytest.mark.parametrize("frames", MALICIOUS_FRAMES, ids=lambda frames: str(frames[0])[:20])
def test_a_bad_frame_ends_its_own_connection_alone(served: Served, frames: list[str | bytes]) -> None:
    before = len(served.lines)

    async def attack() -> int | None:
        async with visiting(served.address) as other, visiting(served.address) as visitor:
            with suppress(WebSocketClosedError):  # it may be closed after the first
                await visitor.send_frames(*frames, *(["{}", "{}"] if len(frames) == 1 else []))
            code = await visitor.wait_closed()
            await _is_unharmed(other)
            return code

    assert asyncio.run(attack()) in {1008, 1009, None}  # none where the connection ended before its code was read
    assert "Traceback" not in "\n".join(served.lines[before:])
    assert "ERROR" not in "\n".join(served.lines[before:])


def test_a_message_before_the_page_is_ready_ends_its_own_connection_alone(served: Served) -> None:
    before = len(served.lines)

    async def attack() -> None:
        async with visiting(served.address) as other, visiting(served.address, pull=False) as visitor:
            with suppress(WebSocketClosedError):
                for _ in range(20):
                    await visitor.to_kernel("kernel_info_request", {})
            await _is_unharmed(other)

    asyncio.run(attack())
    assert "Traceback" not in "\n".join(served.lines[before:])


@pytest.mark.parametrize(
    "protocol", ["bokeh", "bokeh, x", "bokeh, e30", "bokeh, e30.x", "other, x", "bokeh, a, b", "", "bokeh, ..."]
)
def test_a_session_token_of_somebody_else_opens_nothing(served: Served, protocol: str) -> None:
    before = len(served.lines)
    answer = _ask(served, "ws", **SOCKET, **({"Sec-WebSocket-Protocol": protocol} if protocol else {}))
    assert answer.status == 101
    assert _ask(served, "status").status == 200
    assert "Traceback" not in "\n".join(served.lines[before:])


@pytest.mark.parametrize("query", ["bokeh-session-id=abc", "bokeh-token=abc", "bokeh-token=a&bokeh-session-id=b"])
def test_a_session_cannot_be_chosen_by_an_address(served: Served, query: str) -> None:
    assert _ask(served, f"?{query}").status == 404


def test_the_word_token_in_a_question_is_a_word(served: Served) -> None:
    assert _ask(served, "browse?words=token").status == 200


def test_a_flood_of_messages_slows_its_own_page_alone(served: Served) -> None:
    async def flood() -> None:
        async with visiting(served.address) as other, visiting(served.address) as visitor:
            for _ in range(2000):
                await visitor.to_kernel("execute_request", {"code": "1"})
            assert await other.is_served()
            assert await visitor.is_served()  # slowed, not dropped

    asyncio.run(flood())


def test_a_path_with_control_characters_is_not_there_and_its_query_in_no_log(served: Served) -> None:
    assert _ask(served, "static/%00?token=secret-of-somebody").status == 404
    assert not any("secret-of-somebody" in line for line in served.lines)


def test_several_slashes_behind_a_page_lead_to_it(served: Served) -> None:
    answer = _ask(served, "explore//")
    assert urljoin("http://here/explore//", answer.getheader("Location") or "") == "http://here/explore"
    assert _ask(served, "explore").status == 200


def test_a_huge_zoom_does_not_stop_the_server(served: Served) -> None:
    async def run() -> None:
        async with visiting(served.address, "browse") as visitor:
            await visitor.ready()
            comm = await visitor.map()
            zoom = {"method": "update", "state": {"zoom": 1e15}, "buffer_paths": []}
            await visitor.to_kernel("comm_msg", {"comm_id": comm, "data": zoom})
            event = {"event": "interaction", "type": "click", "coordinates": [10, 10]}
            await visitor.to_kernel("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": event}})
            assert await visitor.is_served()

    asyncio.run(run())
