"""Captions that were paid for stay: over a change of the writers, a failure, another page, and a reload."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rig.chat_server import chat_server, completion, failure

from chatearthnet_explorer.app.model_access import UNKNOWN
from chatearthnet_explorer.app.visitor_captions import MOST_VISITORS, VisitorCaptions
from chatearthnet_explorer.captioners import open_writer
from chatearthnet_explorer.comparison import compare_captions, writer_names
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.widgets.compare.compare_captions import CompareCaptions
from chatearthnet_explorer.widgets.compare.recent_captions import MOST_CAPTIONS, MOST_PLACES, SECONDS, RecentCaptions
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.comparison import Comparison

MODEL = Writer(captioner="chat", model="small-model")
OTHER = replace(MODEL, seed=1)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        # each answer is another one, so that captions cannot be mistaken for each other
        server.modes = [lambda _: answer(len(server.requests))]
        yield server


def answer(number: int) -> Any:
    from rig.chat_server import json_reply

    return json_reply(completion(f"Trees cover the square, for the {number}. time."))


def open_page(*writers: Writer, **options: Any) -> CompareCaptions:
    return CompareCaptions(source="simulated", writers=writers, **options)


def texts(view: CompareCaptions) -> list[str]:
    return [
        one.caption.text.rpartition("the ")[2] if one.caption else one.error[:40] for one in view.comparison.captions
    ]


def comparison_by(service: ChatServer, *writers: Writer, lon: float = 6.73) -> Comparison:
    chip = open_source("simulated").chip_at(lon, 0.336)
    return compare_captions(chip, lon, 0.336, writers, open_one=lambda one: open_writer(one, base_url=service.base_url))


def test_equal_writers_have_numbers_and_their_own_captions(service: ChatServer) -> None:
    view = open_page(MODEL, MODEL, Writer())
    view._button.click()
    names = ["small-model, style 3.5 (1)", "small-model, style 3.5 (2)", "fixed sentences, style 3.5"]
    assert list(view.comparison.names) == [column.name for column in view.columns.columns] == names
    assert all(f'<th scope="row">{name}</th>' in view._table.value for name in names)
    assert all(f"<h4>{name}</h4>" in view.card().page() for name in names)
    assert texts(view)[:2] == ["1. time.", "2. time."]
    view.writer_list._rows[2]._fields["style"].value = "4v"  # which has all of them compared anew
    assert texts(view)[:2] == ["1. time.", "2. time."]
    view.writer_list._rows[1]._remove.click()
    assert [column.name for column in view.columns.columns] == ["small-model, style 3.5", "fixed sentences, style 4v"]
    assert "<h3>small-model, style 3.5</h3>" in view.columns.columns[0]._heading.value
    assert len(service.requests) == 2
    view.close()


def test_writers_of_the_default_model_have_its_name() -> None:
    writers = (Writer(captioner="chat"), Writer(captioner="vision"), Writer(captioner="chat", model="gpt-6-luna"))
    assert writer_names(writers) == (
        "gpt-6-luna, style 3.5 (1)",
        "gpt-6-luna, style 3.5, captioner vision",
        "gpt-6-luna, style 3.5 (2)",
    )
    assert writer_names(writers[:1], "mine") == ("mine, style 3.5",)


def test_press_requests_only_captions_that_are_missing(service: ChatServer) -> None:
    view = open_page(MODEL)
    view._button.click()
    view.writer_list._add.click()
    view.writer_list._rows[1]._fields["seed"].value = 1
    assert view._button.description == "Ask the model"
    view._button.click()
    assert texts(view) == ["1. time.", "2. time."]
    assert view._button.description == "Ask 2 models again"
    view._button.click()
    assert texts(view) == ["3. time.", "4. time."]
    assert len(service.requests) == 4
    view.close()


def test_failure_of_a_second_request_keeps_the_first_answer(service: ChatServer) -> None:
    view = open_page(MODEL)
    view._button.click()
    service.modes = [failure(400, "No.")]
    view._button.click()
    [column] = view.columns.columns
    assert len(service.requests) == 2
    assert texts(view) == ["1. time."]
    assert [one.text for one in column.view.captions] == [view.comparison.captions[0].caption.text]
    assert "No." in column.view.error
    assert "No." in view.card().page()
    view.writer_list._add.click()
    assert column.view.error == ""  # it was about that request alone
    assert texts(view) == ["1. time.", ""]
    view.close()


def test_a_change_and_its_undoing_lose_nothing(service: ChatServer) -> None:
    view = open_page(MODEL)
    view._button.click()
    rules = view.writer_list._rows[0]._rules
    rules._boxes[4].value = False
    assert texts(view) == [""]
    rules._boxes[4].value = True
    assert texts(view) == ["1. time."]
    view.writer_list._rows[0]._fields["style"].value = "multispectral"  # for which the chip is fetched once more
    view.writer_list._rows[0]._fields["style"].value = "3.5"
    assert texts(view) == ["1. time."]
    view.map.go(11.58, 48.14)
    assert texts(view) == [""]
    view.map.go(6.73, 0.336)
    assert texts(view) == ["1. time."]
    assert len(service.requests) == 1
    view.close()


def test_another_page_of_the_visitor_has_the_captions(service: ChatServer) -> None:
    captions = VisitorCaptions()
    view = open_page(MODEL, OTHER, recent=captions.of("192.0.2.1"))
    service.modes = [answer(1), "cut"]  # the page goes while the second is being written
    view._button.click()
    view.close()
    again = open_page(MODEL, OTHER, recent=captions.of("192.0.2.1"))
    assert texts(again) == ["1. time.", ""]
    assert again.columns.columns[0].view.captions
    stranger = open_page(MODEL, OTHER, recent=captions.of("192.0.2.2"))
    assert texts(stranger) == ["", ""]
    for page in (again, stranger):
        page.close()


def test_first_answer_is_there_before_the_second_is_complete(service: ChatServer) -> None:
    recent = RecentCaptions()
    view = open_page(MODEL, OTHER, recent=recent)
    so_far = []
    service.modes = [lambda _: (so_far.append(len(recent.find(view.comparison.chip))), answer(len(so_far)))[1]]
    view._button.click()
    assert so_far == [0, 1]
    view.close()


def test_captions_are_bounded_in_number_and_time(service: ChatServer) -> None:
    time = SimpleNamespace(now=0.0)
    recent = RecentCaptions(clock=lambda: time.now)
    comparison = comparison_by(service, MODEL)
    [one] = comparison.captions
    for seed in range(MOST_CAPTIONS + 5):
        recent.put(replace(comparison, captions=(replace(one, writer=replace(MODEL, seed=seed)),)))
    seeds = [caption.writer.seed for caption in recent.find(comparison.chip)]
    assert seeds == list(range(MOST_CAPTIONS + 4, 4, -1))
    chips = [replace(comparison.chip, label_version=str(number)) for number in range(MOST_PLACES)]
    for chip in chips:
        recent.put(replace(comparison, chip=chip))
    assert recent.find(comparison.chip) == ()
    assert all(len(recent.find(chip)) == 1 for chip in chips)
    time.now = SECONDS
    recent.forget_old()
    assert not recent._entries


def test_only_what_models_wrote_stays(service: ChatServer) -> None:
    recent = RecentCaptions()
    comparison = comparison_by(service, Writer(), MODEL)
    recent.put(comparison)
    assert [one.writer for one in recent.find(comparison.chip)] == [MODEL]


def test_caption_of_another_prompt_is_not_taken(service: ChatServer) -> None:
    comparison = comparison_by(service, MODEL)
    other = replace(comparison.captions[0], prompt=replace(comparison.captions[0].prompt, user="Something else."))
    silent = compare_captions(comparison.chip, 6.73, 0.336, [MODEL], ask=False, earlier=[other])
    assert silent.captions[0].is_waiting


def test_visitors_are_bounded_and_those_without_an_address_share_nothing() -> None:
    captions = VisitorCaptions()
    first = captions.of("0")
    assert captions.of("0") is first
    assert captions.of(UNKNOWN) is not captions.of(UNKNOWN)
    for number in range(1, MOST_VISITORS + 1):
        captions.of(str(number))
    assert len(captions._captions) == MOST_VISITORS
    assert captions.of("0") is not first
