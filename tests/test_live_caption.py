"""A caption that is written while a person looks on, without a browser: messages, colours, cancel, failures, quotas."""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from rig.chat_server import TEXT, chat_server
from rig.map_click import click
from rig.streams import stream_of

from chatearthnet_explorer.captioners.service.request_quota import Quota
from chatearthnet_explorer.claims.class_mentions import NO_CLASS, pieces
from chatearthnet_explorer.errors import Cancelled
from chatearthnet_explorer.widgets.explore.caption_step import BROKEN_OFF, CANCELLED
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.shared import job_report
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.caption_view import BEING_WRITTEN, CaptionView
from chatearthnet_explorer.widgets.shared.job_report import PAUSE
from chatearthnet_explorer.widgets.shared.text_change import change_between, complete_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.widgets.shared.job_report import Report

PLACE, ELSEWHERE = (6.73, 0.336), (4.92, 52.55)
LONG = ("Trees cover most of the square \U0001f332, and built-up land lies by the water. " * 90)[:6000]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


@pytest.fixture
def explorer(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Explorer]:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    instance = Explorer(source="simulated", captioner="chat", place=None)
    yield instance
    instance.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody of it
            await asyncio.sleep(0.002)


class PageText:
    """The text of a page, changed as the script changes it: positions count UTF-16 units."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, int]] = []

    def change(self, keep: int, new_pieces: Any) -> None:
        left, start = [], 0
        for text, index in self.pieces:
            units = text.encode("utf-16-le")
            if start + len(units) // 2 <= keep:
                left.append((text, index))
            elif start < keep:
                assert index == NO_CLASS  # class words are replaced whole
                left.append((units[: 2 * (keep - start)].decode("utf-16-le"), index))
            start += len(units) // 2
        self.pieces = left + [(text, index) for text, index in new_pieces]

    @property
    def joined_pieces(self) -> list[tuple[str, int]]:
        """The pieces, with neighbours without a class pieces_so_far, as the script joins them."""
        pieces_so_far: list[tuple[str, int]] = []
        for text, index in self.pieces:
            if pieces_so_far and index == pieces_so_far[-1][1] == NO_CLASS:
                pieces_so_far[-1] = (pieces_so_far[-1][0] + text, index)
            else:
                pieces_so_far.append((text, index))
        return pieces_so_far


def test_changes_add_up_to_the_text_and_its_classes() -> None:
    source = random.Random(1)
    for _ in range(100):
        page, before, end = PageText(), (), 0
        text = source.choice(
            (LONG, "\U0001f332\U0001f332 tree trees treeless built built-up area, bare bare land. " * 9)
        )
        while end < 400:
            end += source.randint(-5, 25)  # a text may also get shorter
            after = complete_pieces(text[: max(end, 0)])
            page.change(*change_between(before, after))
            assert "".join(one for one, _ in page.pieces) == text[: max(end, 0)]
            before = after
        expected = PageText()
        expected.pieces = list(before)
        assert page.joined_pieces == expected.joined_pieces


def test_a_word_has_its_colour_once_it_is_complete() -> None:
    assert all(index == NO_CLASS for _, index in complete_pieces("Some tree"))
    assert complete_pieces("Some trees ") == pieces("Some trees ")
    assert complete_pieces("Some trees.")[1] == ("trees", 3)


def test_messages_of_a_long_caption_stay_small() -> None:
    view, sizes = CaptionView(), []
    view.send = lambda content, buffers=None: sizes.append(len(json.dumps(content)))  # noqa: ARG005
    for end in range(0, len(LONG) + 1, 20):
        view.write(LONG[:end])
    assert max(sizes) < 400
    assert sum(sizes) < 8 * len(LONG)  # the whole text each time would be 150 times its length


def test_page_opened_meanwhile_gets_the_whole_text() -> None:
    view, messages = CaptionView(), []
    view.write("Trees lead.")
    view.send = lambda content, buffers=None: messages.append(content)  # noqa: ARG005
    for content in ({"do": "send text"}, {"do": "else"}, 7, None, {"do": ["send text"]}):
        view._handle_custom_msg(content, [])
    assert messages == [{"keep": 0, "pieces": [["Trees", 3], [" lead.", -1]]}]
    view.forget_text()
    view._handle_custom_msg({"do": "send text"}, [])
    assert len(messages) == 1


def test_markup_and_unseen_characters_of_a_text_stay_text() -> None:
    view, messages = CaptionView(), []
    view.send = lambda content, buffers=None: messages.append(content)  # noqa: ARG005
    view.write("<img src=x onerror=alert(1)> \u202e trees ")
    assert "".join(text for text, _ in messages[0]["pieces"]).startswith("<img src=x onerror=alert(1)>")
    assert "\u202e" not in json.dumps(messages, ensure_ascii=False)


def test_texts_of_a_job_arrive_at_once_then_rarely_and_never_after_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_report, "PAUSE", 0.4)

    async def run() -> list[tuple[float, str]]:
        task, texts, results = BackgroundTask(), [], []
        first_seen, last_seen = threading.Event(), threading.Event()

        def show(text: str) -> None:
            texts.append((time.monotonic(), text))
            (last_seen if text == "text 199" else first_seen).set()

        def job(report: Report) -> None:
            report.on_text("text 0")
            assert first_seen.wait(60)
            for number in range(1, 200):
                report.on_text(f"text {number}")
                time.sleep(0.001)
            assert last_seen.wait(60)
            report.on_text("not to be seen: the result is here")

        task.on_text = show
        task.start(job, on_result=results.append, on_error=results.append)
        await until(lambda: bool(results))
        await asyncio.sleep(2 * job_report.PAUSE)
        assert results == [None]
        return texts

    texts = asyncio.run(run())
    assert texts[0][1] == "text 0"
    assert texts[-1][1] == "text 199"
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(texts)]
    assert min(gaps) > job_report.PAUSE / 2  # each is asked for after the pause, and taken down a moment later


def test_a_replaced_job_ends_at_its_next_text() -> None:
    async def run() -> list[object]:
        task, ends, texts, gate, is_running = BackgroundTask(), [], [], threading.Event(), threading.Event()
        task.on_text = texts.append

        def job(report: Report) -> None:
            is_running.set()
            gate.wait(60)
            try:
                report.on_text("of nobody")
            except Cancelled as error:
                ends.append(error)

        task.start(job, on_result=ends.append, on_error=ends.append)
        await until(is_running.is_set)
        task.start(lambda _: "new", on_result=ends.append, on_error=ends.append)
        gate.set()
        await until(lambda: len(ends) == 2)
        return [*texts, *ends]

    cancelled, result = asyncio.run(run())
    assert isinstance(cancelled, Cancelled)
    assert result == "new"


async def begin(explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    await until(lambda: explorer.result is not None and not explorer.status.busy)
    explorer.ask_bar.press()
    await until(lambda: explorer.caption_view.writing)


def test_caption_replaces_the_text_that_grew(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        server.modes = [stream_of(pause=0.02)]
        await begin(explorer)
        view = explorer.caption_view
        assert view.captions == ()
        assert view.progress == BEING_WRITTEN
        assert view.can_cancel
        await until(lambda: not explorer.status.busy)
        assert [caption.text for caption in view.captions] == [TEXT]
        assert (view.writing, view.draft, view.progress) == (False, {}, "")

    asyncio.run(run())


def test_cancel_keeps_the_text_as_incomplete_and_ends_the_request(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        server.modes = ["stream that hangs"]
        await begin(explorer)
        view = explorer.caption_view
        start = time.monotonic()
        view.cancels += 1  # what the page sends
        await until(lambda: bool(server.hangups))
        assert server.hangups[0] - start < 10  # milliseconds on an idle machine; the stream hangs for 30 s
        assert view.draft["note"] == CANCELLED
        assert TEXT.startswith("".join(text for text, _ in view.draft["pieces"]))
        assert (view.writing, view.captions, explorer.result.caption) == (False, (), None)
        assert CANCELLED not in explorer.card()._repr_html_()
        await asyncio.sleep(2 * PAUSE)
        assert not view.writing
        # the next request begins anew
        server.modes = [stream_of()]
        explorer.ask_bar.press()
        assert view.draft == {}
        await until(lambda: bool(view.captions))
        assert view.draft == {}

    asyncio.run(run())


@pytest.mark.parametrize("mode", ["stream that breaks off", "stream with error", "stream with filter"])
def test_a_text_that_broke_off_stays_beside_the_reason(server: ChatServer, explorer: Explorer, mode: str) -> None:
    async def run() -> None:
        server.modes = [mode]
        click(explorer.map, *PLACE)
        await until(lambda: explorer.result is not None and not explorer.status.busy)
        explorer.ask_bar.press()
        await until(lambda: not explorer.status.busy)
        view = explorer.caption_view
        assert view.error
        assert view.captions == ()
        assert view.draft.get("note", BROKEN_OFF) == BROKEN_OFF
        click(explorer.map, *ELSEWHERE)
        assert view.draft == {}

    asyncio.run(run())


def test_a_click_elsewhere_removes_the_text(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        server.modes = ["endless slow stream of words"]
        await begin(explorer)
        click(explorer.map, *ELSEWHERE)
        await until(lambda: explorer.result.lon == ELSEWHERE[0] and not explorer.status.busy)
        await until(lambda: bool(server.hangups))
        await asyncio.sleep(2 * PAUSE)
        view = explorer.caption_view
        assert (view.writing, view.draft, view.captions) == (False, {}, ())

    asyncio.run(run())


def test_wait_for_a_busy_service_counts_down_on_the_card(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        server.modes = [(429, {"retry-after": "30"}, b"{}")]
        click(explorer.map, *PLACE)
        await until(lambda: explorer.result is not None and not explorer.status.busy)
        explorer.ask_bar.press()
        host = server.base_url.split("/")[2]
        count = re.compile(rf"{re.escape(host)} is busy; trying again in [12]?\d s\.")
        await until(lambda: bool(count.fullmatch(explorer.caption_view.progress)))
        assert explorer.status.message == explorer.caption_view.progress
        explorer.caption_view.cancels += 1
        assert not explorer.status.busy
        await asyncio.sleep(0.3)
        assert len(server.requests) == 1

    asyncio.run(run())


def test_two_tabs_of_one_visitor_send_one_request(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    quota = Quota()
    tabs = [Explorer(source="simulated", captioner="chat", place=None, quota=quota) for _ in range(2)]

    async def run() -> None:
        server.modes = ["stream that hangs"]
        await begin(tabs[0])
        click(tabs[1].map, *PLACE)
        await until(lambda: tabs[1].result is not None and not tabs[1].status.busy)
        tabs[1].ask_bar.press()
        await until(lambda: not tabs[1].status.busy)
        assert "Another request of yours is still under way" in tabs[1].caption_view.error
        assert len(server.requests) == 1
        assert tabs[0].caption_view.writing
        # the other tab may ask once the first has ended
        tabs[0].caption_view.cancels += 1
        server.modes = ["stream"]
        tabs[1].ask_bar.press()
        await until(lambda: bool(tabs[1].caption_view.captions))
        assert len(server.requests) == 2

    try:
        asyncio.run(run())
    finally:
        for tab in tabs:
            tab.close()


def test_go_shows_the_text_while_it_is_written(server: ChatServer, explorer: Explorer) -> None:
    server.modes = [stream_of(pause=0.01)]
    texts = []
    explorer.caption_view.observe(lambda change: texts.append(change["new"]), "writing")
    assert explorer.go(*PLACE).caption.text == TEXT
    assert texts == [True, False]
