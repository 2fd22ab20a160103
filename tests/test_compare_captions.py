"""The widget that compares writers: what a press sends, what is shown, and what a link brings back."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rig.chat_server import chat_server

from chatearthnet_explorer.captioners.service.request_quota import Quota, Quotas
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.prompts.wording import original_path, own_text
from chatearthnet_explorer.testing.simulated_model import SimulatedModel
from chatearthnet_explorer.widgets.compare.compare_captions import CompareCaptions
from chatearthnet_explorer.widgets.compare.compare_history import CompareHistory
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rig.chat_server import ChatServer

MODEL = Writer(captioner="chat", model="small-model")
KEY = "sk-a-secret-that-nobody-may-see-0123456789"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        yield server


@pytest.fixture
def view(service: ChatServer) -> Iterator[CompareCaptions]:  # noqa: ARG001 - its address is in the environment
    widget = CompareCaptions(source="simulated", writers=(Writer(), MODEL))
    yield widget
    widget.close()


def press(view: CompareCaptions) -> None:
    view._button.click()


def texts(view: CompareCaptions) -> list[str]:
    return [one.caption.text if one.caption else "" for one in view.comparison.captions]


def test_nothing_is_sent_before_the_press(view: CompareCaptions, service: ChatServer) -> None:
    assert texts(view)[0]
    assert not texts(view)[1]
    assert not service.requests
    assert view._button.description == "Ask the model"
    assert "unknown" in view._cost.value  # and not 0
    press(view)
    assert len(service.requests) == 1
    assert all(texts(view))
    assert [column.view.captions[0].text for column in view.columns.columns] == texts(view)
    assert not any(column.view.writing for column in view.columns.columns)  # which would hide the claims
    assert "small-model" in view._table.value


def test_cancel_keeps_what_is_complete_and_marks_what_is_not() -> None:
    with SimulatedModel(pause=0.0) as model:
        writers = [Writer(captioner="chat", model=f"simulated-{kind}") for kind in ("careful", "careless")]
        view = CompareCaptions(source="simulated", writers=writers, base_url=model.base_url)
        first, second = (column.view for column in view.columns.columns)

        def cancel(_change: object) -> None:
            second.unobserve_all("progress")
            view._cancel()

        second.observe(lambda change: cancel(change) if second.writing else None, "progress")
        press(view)
        assert [bool(text) for text in texts(view)] == [True, False]
        assert "simulated-careful" in view._table.value
        assert first.captions
        assert not first.draft
        assert not first.writing
        view.close()


def test_caption_replaces_the_text_of_its_stream(view: CompareCaptions) -> None:
    column = view.columns.columns[1]
    column.view.write("The first words")
    assert column.view.writing
    press(view)
    assert column.view.captions[0].text == texts(view)[1]
    assert not column.view.writing
    assert column.view.draft == {}


def test_another_writer_keeps_the_captions_that_cost(view: CompareCaptions, service: ChatServer) -> None:
    press(view)
    before = texts(view)
    view.writer_list._add.click()
    view.writer_list._rows[-1]._fields["captioner"].value = "template"
    view.writer_list._rows[-1]._fields["style"].value = "4v"
    assert len(view.writers) == 3
    assert texts(view)[:2] == before
    assert len(service.requests) == 1
    view.writer_list._rows[0]._remove.click()
    assert [writer.captioner for writer in view.writers] == ["chat", "template"]
    assert len(view.columns.columns) == 2


def test_rule_that_is_not_ticked_is_not_sent(view: CompareCaptions, service: ChatServer) -> None:
    row = view.writer_list._rows[1]
    row._rules._boxes[4].value = False
    assert view.writers[1].without_rules == (4,)
    press(view)
    system = service.requests[0]["messages"][0]["content"]
    assert "five rules" in system
    assert row._rules._boxes[4].description.partition(". ")[2] not in " ".join(system.split())
    row._fields["style"].value = "4v"  # other rules, so none is left out
    assert view.writers[1].without_rules == ()


def test_quota_of_the_visitor_holds(service: ChatServer) -> None:
    view = CompareCaptions(source="simulated", writers=(MODEL, MODEL), quota=Quota(1))
    press(view)
    assert len(service.requests) == 1
    assert "as often as it may be" in view.comparison.captions[1].error
    view.close()


def test_cap_of_the_visitor_holds(service: ChatServer) -> None:
    quota = Quotas(9, cap=0.0000001).of("a visitor")
    view = CompareCaptions(source="simulated", writers=(Writer(captioner="chat", model="gpt-6-luna"),), quota=quota)
    press(view)
    assert not service.requests
    assert "not sent" in view.comparison.captions[0].error
    view.close()


def test_visitor_cannot_choose_another_model_than_the_owner(service: ChatServer) -> None:
    view = CompareCaptions(source="simulated", place=None, model="owners-model", choose_service=False)
    history = CompareHistory(view, "lon=11.58&lat=48.14&by=chat,3.5,costly-model&by=chat,4v")
    assert "models cannot be chosen here" in history.link.notice
    assert [(writer.captioner, writer.model) for writer in view.writers] == [("chat", "")]
    view.writer_list._rows[0]._fields["model"].set_state({"value": "costly-model"})  # as a page could send it
    press(view)
    assert [request["model"] for request in service.requests] == ["owners-model"]
    view.close()


def test_key_is_in_no_state(view: CompareCaptions, service: ChatServer) -> None:
    key_field = view.access._key_field
    key_field._receive(None, {"key": KEY}, [])
    press(view)
    assert service.keys[-1] == KEY
    from chatearthnet_explorer.widgets.shared.composite import descendants

    for widget in descendants(view):
        assert KEY not in repr(widget.get_state())
    assert KEY not in view.card().page()
    view.close()
    assert key_field.key(service.base_url) is None


def test_unknown_captioner_is_refused() -> None:
    with pytest.raises(SettingError, match="nobody"):
        CompareCaptions(source="simulated", writers=(Writer(captioner="nobody"),), place=None)


def test_link_restores_place_and_writers_and_sends_nothing(service: ChatServer) -> None:
    view = CompareCaptions(source="simulated", place=None)
    history = CompareHistory(view, "lon=11.58&lat=48.14&by=template,4v&by=chat,3.5,a-model,seed=2,without=4&x=1")
    assert [writer.captioner for writer in view.writers] == ["template", "chat"]
    assert view.comparison.lon == pytest.approx(11.58)
    assert not service.requests
    assert "a-model" in history.link.query
    view.map.go(6.73, 0.336)
    assert "lon=6.73" in history.link.query
    assert "a-model" in history.link.query
    view.close()


def test_threads_end_with_the_widget(service: ChatServer) -> None:  # noqa: ARG001 - its address is in the environment
    before = threading.active_count()
    view = CompareCaptions(source="simulated", writers=(Writer(), MODEL))
    press(view)
    view.close()
    assert threading.active_count() <= before + 1


def test_wording_of_the_authors_is_offered_where_it_is(
    view: CompareCaptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = view.writer_list._rows[1]._fields["wording"]
    assert field.layout.display == "none"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = original_path("3.5")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(own_text("3.5").replace("You describe", "Please describe"), "utf-8")
    view.writer_list.writers = (Writer(seed=1), MODEL)
    field = view.writer_list._rows[1]._fields["wording"]
    assert field.layout.display == ""
    field.value = "original"
    press(view)
    assert "Please describe" in view.comparison.captions[1].prompt.system


def test_choices_that_the_page_does_not_offer_stay_when_another_one_changes(service: ChatServer) -> None:
    with chat_server() as other:
        writer = Writer(captioner="chat", model="m", base_url=other.base_url, token_limit=99, reasoning_effort="low")
        view = CompareCaptions(source="simulated", writers=(writer,))
        view.writer_list._rows[0]._fields["seed"].value = 3
        assert view.writers == (replace(writer, seed=3),)
        press(view)
        assert not service.requests  # it goes to the writer's own service
        (request,) = other.requests
        assert 99 in {request.get("max_tokens"), request.get("max_completion_tokens")}
        assert request["reasoning_effort"] == "low"
        view.close()


def test_text_of_a_stream_is_at_the_right_one_of_two_equal_writers(view: CompareCaptions) -> None:
    view.writer_list.writers = (MODEL, MODEL)
    columns = view.columns
    columns.show_progress("Waiting.", 1)
    columns.write("Trees")
    assert [bool(column.view.progress) for column in columns.columns] == [False, True]
    assert [column.view.writing for column in columns.columns] == [False, True]
    columns.show_progress("", 0)
    assert [column.view.progress for column in columns.columns] == ["", ""]
