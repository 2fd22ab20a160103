"""Visitors of a real server over real websockets: what each gets, and that nothing of them stays."""

import asyncio
from collections.abc import Awaitable, Callable

import psutil
import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")

from rig.measured_app import AppProcess, app_process
from rig.page_client import Visitor, sign_in, state_of
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

PATIENCE = 120
"""Seconds for what takes some 15 on a computer that has nothing else to do."""


def _with_server(run: Callable[[AppProcess], Awaitable[None]]) -> None:
    async def signed_in(server: AppProcess) -> None:
        server.cookies = await sign_in(server.address)
        await run(server)

    with app_process() as server:
        asyncio.run(signed_in(server))
        assert server.log() == ""


async def _until_alone(server: AppProcess, before: dict[str, int]) -> None:
    """Wait until no more is alive than before."""
    async with asyncio.timeout(PATIENCE):
        while (now := await server.alive()) != before:
            assert now.keys() == before.keys()
            await asyncio.sleep(1)


async def _get(server: AppProcess, path: str) -> bytes:
    headers = {"Cookie": server.cookies} if server.cookies else {}
    base = f"http://{Visitor(server.address).address.netloc}"
    answer = await AsyncHTTPClient().fetch(HTTPRequest(base + path, headers=headers, request_timeout=PATIENCE))
    return answer.body


def test_a_page_without_its_websocket_makes_nothing() -> None:
    async def run(server: AppProcess) -> None:
        async with asyncio.timeout(60):
            # what all pages share is made now
            while b'src="pictures/' not in await _get(server, "/"):  # noqa: ASYNC110 - a server tells nobody
                await asyncio.sleep(0.1)
        processes = server.processes()
        before = await server.alive()
        assert before["widgets"] == before["comms"] == 0
        tokens = set()
        for _ in range(5):
            for path in ("/", "/explore", "/browse"):
                page = await _get(server, path)
                tokens.add(page.partition(b'"token":"')[2].partition(b'"')[0])
        assert len(tokens) == 15
        assert await server.alive() == before
        assert server.processes() == processes

    _with_server(run)


def test_closed_tabs_leave_nothing() -> None:
    async def run(server: AppProcess) -> None:
        await (await server.visit()).close()
        before = {"widgets": 0, "comms": 0, "documents": 1}  # Bokeh has a document of its own, for scripts
        await _until_alone(server, before)
        there = [await server.visit() for _ in range(3)]
        during = await server.alive()
        assert during["documents"] == before["documents"] + 3
        assert during["widgets"] % 3 == 0
        assert during["widgets"] > 300
        assert during["widgets"] == during["comms"]
        for visitor, lon in zip(there, (2.35, 12.5, 24.9), strict=True):
            since = len(visitor.messages)
            await visitor.click(lon, 48.0)
            await visitor.captioned(lon, 48.0, since=since)
        # one tab is closed while it has a click under way, one is loaded again
        await there[0].click(77.2, 28.6)
        again = Visitor(server.address, server.cookies)
        await asyncio.gather(there[0].close(), there[1].close(), again.open())
        await again.first_caption()
        await asyncio.gather(there[2].close(), again.close())
        await _until_alone(server, before)

    _with_server(run)


def test_answers_last_of_many_quick_clicks() -> None:
    async def run(server: AppProcess) -> None:
        visitor = await server.visit()
        threads = server.process.num_threads()
        since = len(visitor.messages)
        for number in range(200):
            await visitor.click(2.0 + 0.05 * number, 48.0)
        await visitor.captioned(2.0 + 0.05 * 199, 48.0, since=since)
        captions = [state["code"] for _, one in visitor.messages[since:] if (state := state_of(one)).get("code")]
        assert f"caption_at({2.0 + 0.05 * 199!r}" in captions[-1]
        assert len(captions) < 100
        assert server.process.num_threads() <= threads + 10
        assert server.processes() <= 1 + psutil.cpu_count()
        await visitor.close()

    _with_server(run)
