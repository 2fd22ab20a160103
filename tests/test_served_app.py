"""The served app, as strangers meet it: hosts, token, headers, and messages that no page of ours sends."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
import urllib.error
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from rig import servers
from rig.servers import ServerProcess, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")
pytest.importorskip("ipywidgets_bokeh", reason="ipywidgets_bokeh is not installed: pip install .[app]")

from rig.visitor import Visitor, comms_of, visiting
from tornado.websocket import WebSocketClosedError

PATHS = [
    *("", "explore", "browse", "assets/0/page.js", "status", "favicon.ico", "nowhere"),
    *("static/js/bokeh.min.js", "static/extensions/panel/panel.min.js", "assets/0/widgets/anywidget@1/dist/index"),
]
SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    options = ("--allow-host", "explorer.example", "--embed-in", "https://course.example")
    with serving(tmp_path_factory.mktemp("served"), *options) as running:
        yield running


def _ask(server: ServerProcess, path: str, method: str = "GET", *, cookie: bool = True, **headers: str) -> HTTPResponse:
    """Send a request; give the answer with its body read."""
    own_headers = {"Cookie": servers.cookie_of(server.address)} if cookie else {}
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(
        method, f"/{path}", headers={**own_headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
    )
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def _body(answer: HTTPResponse) -> str:
    return bytes(answer.body).decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", [*PATHS, "autoload.js", "metadata", "ws", "explore/ws", "components/antigravity/a/b/c"]
)
def test_every_path_needs_the_token(server: ServerProcess, path: str) -> None:
    answer = _ask(server, path, cookie=False)
    assert answer.status == 403
    assert ("name='token'" in _body(answer)) == (path in {"", "explore", "browse"})
    assert server.address.partition("token=")[2] not in _body(answer)
    assert _ask(server, path, cookie=False, Cookie="chatearthnet-1=x; chatearthnet-").status == 403
    assert _ask(server, path, "POST", cookie=False).status in {403, 405}


def test_the_printed_address_lets_in_and_leaves_no_token_in_the_address(server: ServerProcess) -> None:
    parts = urlsplit(server.address)
    answer = _ask(server, f"?{parts.query}&lon=1&lat=2", cookie=False)
    assert answer.status == 302
    assert answer.getheader("Location") == "./?lon=1&lat=2"
    cookie = answer.getheader("Set-Cookie") or ""
    assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
    assert "Path" not in cookie  # the folder that the browser sees, which a proxy may have put before ours
    assert parts.query.partition("=")[2] not in cookie
    assert _ask(server, "browse?token=wrong", cookie=False).status == 403
    assert _ask(server, "browse?token=wrong&words=a+b").getheader("Location") == "./browse?words=a+b"
    page = _ask(server, "")
    assert page.status == 200
    assert servers.cookie_of(server.address).partition("=")[2] not in _body(page)  # scripts cannot read it there either


def test_link_from_another_site_sets_the_cookie_on_the_second_request(server: ServerProcess) -> None:
    """A browser withholds a strict cookie from a link of another site; a page of ours that leads on gets it."""
    answer = _ask(server, "browse?words=x", cookie=False, Sec_Fetch_Site="cross-site")
    assert answer.status == 200
    assert "url=./browse?words=x" in _body(answer)
    with_token = _ask(server, f"?{urlsplit(server.address).query}", cookie=False, Sec_Fetch_Site="cross-site")
    assert "url=./" in _body(with_token)
    assert with_token.getheader("Set-Cookie")
    assert _ask(server, "status", cookie=False, Sec_Fetch_Site="cross-site").status == 403


def test_a_hostile_address_is_escaped_where_it_is_repeated(server: ServerProcess) -> None:
    answer = _ask(server, "?x=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&%27a=%3Cb%3E", cookie=False)
    assert "<script" not in _body(answer)
    assert "<b>" not in _body(answer)
    assert answer.status == 403


@pytest.mark.parametrize("path", [*PATHS, "ws"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "<script>", "a, b", ""])
def test_refuses_hosts_that_are_not_its_own(server: ServerProcess, path: str, host: str) -> None:
    answer = _ask(server, path, Host=host)
    assert answer.status in {400, 403}  # Tornado itself refuses some
    assert "<script" not in _body(answer)
    if host == "evil.example":
        assert "start the server with --allow-host evil.example." in _body(answer)


def test_answers_to_an_allowed_host(server: ServerProcess) -> None:
    assert _ask(server, "", Host="explorer.example").status == 200
    assert _ask(server, "", Host="localhost:1").status == 200


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
def test_lets_pages_of_its_own_connect(server: ServerProcess, origin: str, host: str, status: int) -> None:
    origin, host = origin.format(port=server.port), host.format(port=server.port)
    headers = {**SOCKET, "Sec-WebSocket-Protocol": "bokeh", "Origin": origin, "Host": host}
    assert _ask(server, "ws", **headers).status == status
    answer = json.loads(_body(_ask(server, f"status?origin={origin}", Host=host)) or "{}") if status == 101 else None
    assert answer in ({"connects": True}, None)


def test_names_a_refused_origin_once_in_the_log(server: ServerProcess) -> None:
    for _ in range(3):
        headers = {**SOCKET, "Sec-WebSocket-Protocol": "bokeh", "Origin": "https://proxy.example"}
        assert _ask(server, "ws", **headers).status == 403
    assert json.loads(_body(_ask(server, "status?origin=https://proxy.example"))) == {"connects": False}
    assert len([line for line in server.lines if "proxy.example" in line and "--allow-host" in line]) == 1


@pytest.mark.parametrize("path", [*PATHS, "autoload.js?bokeh-autoload-element=1", "ws"])
@pytest.mark.parametrize("cookie", [True, False])
def test_every_answer_has_the_headers(server: ServerProcess, path: str, *, cookie: bool) -> None:
    answer = _ask(server, path, cookie=cookie, Origin="https://evil.example")
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
def test_head_answers_as_get_does(server: ServerProcess, path: str, *, cookie: bool) -> None:
    get, head = _ask(server, path, cookie=cookie), _ask(server, path, "HEAD", cookie=cookie)
    assert head.status == get.status
    assert _body(head) == ""
    # a page comes without its first paint when that takes too long; Transfer-Encoding has no meaning without a body
    changing = {"Date", "Etag", "Content-Security-Policy", "Transfer-Encoding", "Content-Length"}
    assert {k: v for k, v in head.getheaders() if k not in changing} == {
        k: v for k, v in get.getheaders() if k not in changing
    }
    assert bool(head.getheader("Content-Length")) == bool(get.getheader("Content-Length"))


def test_no_script_stands_in_a_page(server: ServerProcess) -> None:
    for path in ("", "explore", "browse"):
        answer = _ask(server, path)
        assert "'nonce-" not in (answer.getheader("Content-Security-Policy") or "")
        scripts = re.findall(r"<script[^>]*>", _body(answer))
        assert len(scripts) > 3
        assert all(" src=" in one or 'type="application/json"' in one for one in scripts)


def test_a_page_with_a_slash_behind_it_is_the_page(server: ServerProcess) -> None:
    assert _ask(server, "explore/?lon=1").getheader("Location") == "../explore?lon=1"
    assert _ask(server, "autoload.js?bokeh-autoload-element=1").status == 404
    assert _ask(server, "metadata").status == 404
    assert _ask(server, "components/antigravity/a/b/c").status == 404


def test_no_token_lets_in_and_the_log_has_none(server: ServerProcess, tmp_path: object) -> None:
    token = urlsplit(server.address).query.partition("=")[2]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        servers.client_of(server.address.replace(token, f"{token}x"))
    assert len([line for line in server.lines if token in line]) == 1  # the address that is printed
    assert "is at" in server.lines[0]
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


def test_no_message_ends_the_server_or_hurts_another_visitor(server: ServerProcess) -> None:
    before = len(server.lines)

    async def attack() -> None:
        async with visiting(server.address) as other, visiting(server.address, "browse") as visitor:
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
            request_id = await visitor.to_kernel("comm_info_request", {})
            await visitor.wait(lambda: visitor.was_handled(request_id))
            assert not [comm for comm in theirs if comm in json.dumps(visitor.messages)]
            for comm in theirs:
                await visitor.to_kernel("comm_close", {"comm_id": comm})
            await _is_unharmed(other, visitor)
            await other.ready()
            assert "caption_at(12.5, 41.9" in await other.click(12.5, 41.9)

    asyncio.run(attack())
    assert server.process.poll() is None
    log = "\n".join(server.lines[before:])
    assert "Traceback" not in log
    assert "ERROR" not in log


@pytest.mark.parametrize("frames", MALICIOUS_FRAMES, ids=lambda frames: str(frames[0])[:20])
def test_a_bad_frame_ends_its_own_connection_alone(server: ServerProcess, frames: list[str | bytes]) -> None:
    before = len(server.lines)

    async def attack() -> int | None:
        async with visiting(server.address) as other, visiting(server.address) as visitor:
            with suppress(WebSocketClosedError):  # it may be closed after the first
                await visitor.send_frames(*frames, *(["{}", "{}"] if len(frames) == 1 else []))
            code = await visitor.wait_closed()
            await _is_unharmed(other)
            return code

    assert asyncio.run(attack()) in {1008, 1009, None}  # none where the connection ended before its code was read
    assert "Traceback" not in "\n".join(server.lines[before:])
    assert "ERROR" not in "\n".join(server.lines[before:])


def test_a_message_before_the_page_is_ready_ends_its_own_connection_alone(server: ServerProcess) -> None:
    before = len(server.lines)

    async def attack() -> None:
        async with visiting(server.address) as other, visiting(server.address, pull=False) as visitor:
            with suppress(WebSocketClosedError):
                for _ in range(20):
                    await visitor.to_kernel("kernel_info_request", {})
            await _is_unharmed(other)

    asyncio.run(attack())
    assert "Traceback" not in "\n".join(server.lines[before:])


@pytest.mark.parametrize(
    "protocol", ["bokeh", "bokeh, x", "bokeh, e30", "bokeh, e30.x", "other, x", "bokeh, a, b", "", "bokeh, ..."]
)
def test_foreign_session_token_opens_no_session(server: ServerProcess, protocol: str) -> None:
    before = len(server.lines)
    answer = _ask(server, "ws", **SOCKET, **({"Sec-WebSocket-Protocol": protocol} if protocol else {}))
    assert answer.status == 101
    assert _ask(server, "status").status == 200
    assert "Traceback" not in "\n".join(server.lines[before:])


@pytest.mark.parametrize("query", ["bokeh-session-id=abc", "bokeh-token=abc", "bokeh-token=a&bokeh-session-id=b"])
def test_a_session_cannot_be_chosen_by_an_address(server: ServerProcess, query: str) -> None:
    assert _ask(server, f"?{query}").status == 404


def test_query_may_contain_the_word_token(server: ServerProcess) -> None:
    assert _ask(server, "browse?words=token").status == 200


def test_a_flood_of_messages_slows_its_own_page_alone(server: ServerProcess) -> None:
    async def flood() -> None:
        async with visiting(server.address) as other, visiting(server.address) as visitor:
            for _ in range(2000):
                await visitor.to_kernel("execute_request", {"code": "1"})
            assert await other.is_served()
            assert await visitor.is_served()  # slowed, not dropped

    asyncio.run(flood())


def test_a_path_with_control_characters_is_not_there_and_its_query_in_no_log(server: ServerProcess) -> None:
    assert _ask(server, "static/%00?token=secret-of-somebody").status == 404
    assert not any("secret-of-somebody" in line for line in server.lines)


def test_several_slashes_behind_a_page_lead_to_it(server: ServerProcess) -> None:
    answer = _ask(server, "explore//")
    assert urljoin("http://here/explore//", answer.getheader("Location") or "") == "http://here/explore"
    assert _ask(server, "explore").status == 200


def test_a_huge_zoom_does_not_stop_the_server(server: ServerProcess) -> None:
    async def run() -> None:
        async with visiting(server.address, "browse") as visitor:
            await visitor.ready()
            comm = await visitor.map()
            zoom = {"method": "update", "state": {"zoom": 1e15}, "buffer_paths": []}
            await visitor.to_kernel("comm_msg", {"comm_id": comm, "data": zoom})
            event = {"event": "interaction", "type": "click", "coordinates": [10, 10]}
            await visitor.to_kernel("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": event}})
            assert await visitor.is_served()

    asyncio.run(run())


def test_first_response_has_the_card_of_the_place(server: ServerProcess) -> None:
    deadline = time.monotonic() + 60
    body = ""
    while "<img" not in body.partition("site-first")[2] and time.monotonic() < deadline:  # the server warms up
        body = _body(_ask(server, "explore?lon=11.58&lat=48.14"))
    first = body.partition("site-first")[2]
    assert "Germany" in first
    assert "base64" not in body
    picture = _ask(server, re.findall(r'src="(pictures/[0-9a-f]{32}\.png)"', first)[0])
    assert picture.status == 200
    assert picture.getheader("Content-Type") == "image/png"
    assert "immutable" in (picture.getheader("Cache-Control") or "")
    assert _ask(server, f"pictures/{'0' * 32}.png").status == 404
    assert _ask(server, f"parts/{'0' * 32}.json").status == 404


def test_scripts_are_compressed_and_cached_for_ever_by_an_address_of_their_contents(server: ServerProcess) -> None:
    address = re.findall(r"assets/[0-9a-f]+/bokeh.min.js", _body(_ask(server, "explore")))[0]
    plain, smaller = _ask(server, address), _ask(server, address, Accept_Encoding="gzip, br")
    assert smaller.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(smaller.body) == plain.body  # type: ignore[attr-defined]
    assert len(smaller.body) < len(plain.body) / 3  # type: ignore[attr-defined]
    assert "immutable" in (smaller.getheader("Cache-Control") or "")
    assert _ask(server, "assets/0/bokeh.min.js").getheader("Cache-Control") == "no-cache"


@pytest.mark.parametrize("path", ["explore", "browse", "review", "learn", "learn/quiz", "learn/what-a-chip-is"])
def test_every_page_has_a_title_a_heading_and_its_place_in_the_navigation(server: ServerProcess, path: str) -> None:
    body = _body(_ask(server, path))
    up = "../" if "/" in path else "./"
    assert body.count("<h1") == body.count("<main") == 1
    assert '<html lang="en"' in body
    assert f'href="{up}assets/' in body
    assert f"<a href='{up}{path.partition('/')[0]}' aria-current=" in body
    titles = re.findall(r"<title>(.+?) · ChatEarthNet Explorer</title>", body)
    assert len(titles) == 1
    assert f"<h1>{titles[0]}</h1>" in body


def test_token_of_a_page_in_a_folder_is_taken_at_the_root_and_leads_back(server: ServerProcess) -> None:
    token = urlsplit(server.address).query
    answer = _ask(server, f"learn/quiz?seed=7&{token}", cookie=False)
    assert answer.getheader("Location") == f"../?seed=7&next=learn%2Fquiz&{token}"
    assert answer.getheader("Set-Cookie") is None  # it would hold for the folder alone
    answer = _ask(server, f"?seed=7&next=learn%2Fquiz&{token}", cookie=False)
    assert answer.getheader("Location") == "./learn/quiz?seed=7"
    assert answer.getheader("Set-Cookie")
    form = _body(_ask(server, "learn/quiz?seed=7", cookie=False))
    assert "action='../'" in form
    assert "name='next' value='learn/quiz'" in form
    for elsewhere in ("//evil.example", "https://evil.example", "../x", "nowhere"):
        location = _ask(server, f"?next={elsewhere}&{token}", cookie=False).getheader("Location") or ""
        assert location.startswith("./?next=")
    assert _ask(server, "learn/quiz/?seed=7").getheader("Location") == "../quiz?seed=7"
