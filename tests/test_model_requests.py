"""When a model is asked: by a press of the button, one request at a time, so many an hour; and with whose key."""

from __future__ import annotations

import asyncio
import json
import pickle
import threading
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest
from data.label_maps import label_map
from rig.chat_server import TEXT, chat_server, completion
from rig.map_click import click

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.captioners import is_free, open_captioner
from chatearthnet_explorer.captioners.service.endpoint import PLACEHOLDER
from chatearthnet_explorer.captioners.service.request_quota import HOUR, WHOLE, Quota, Quotas
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError, KeyMissingError, ModelError, QuotaError
from chatearthnet_explorer.pipeline import caption_at
from chatearthnet_explorer.prompts.prompt import Prompt, prompt_for
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.explore.explorer import Explorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.widgets.shared.key_field import KeyField

OWN, PAGE_KEY = "sk-owner-4f9c0a17e2b85d63", "sk-typed-0b1c2d3e4f5a6978"
PLACE, ELSEWHERE = (6.73, 0.336), (4.92, 52.55)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


@pytest.fixture
def explorer(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Explorer]:
    """An Explorer as the app opens it, whose owner has a service and a key."""
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", OWN)
    instance = Explorer(source="simulated", captioner="chat", place=None)
    yield instance
    instance.close()


def type_key(field: KeyField, key: object) -> None:
    """Send what the field of the page sends."""
    field._handle_custom_msg({"key": key}, [])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody of it
            await asyncio.sleep(0.005)


def test_click_sends_no_request_and_shows_button(server: ChatServer, explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    assert server.requests == []
    assert explorer.chip_view.chip is not None
    assert explorer.prompt_view.prompt is not None
    assert explorer.caption_view.captions == ()
    assert explorer.caption_view.empty == "No caption yet: press 'Ask gpt-6-luna'."
    assert explorer.ask_bar.label == explorer.prompt_view.ask_label == "Ask gpt-6-luna"
    assert "$" in explorer.ask_bar._cost.value
    assert "Press 'Ask gpt-6-luna' for a caption" in explorer.status.message


def test_press_sends_one_request(server: ChatServer, explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    explorer.ask_bar.press()
    assert len(server.requests) == 1
    assert server.keys == [OWN]
    assert [caption.text for caption in explorer.caption_view.captions] == [TEXT]


CHANGES: list[tuple[str, Any]] = [
    *(("seed", 7), ("style", "4v"), ("model", "gpt-4o"), ("image", "true colour"), ("year", 2021)),
    *(("token_limit", 900), ("effort", "low"), ("captioner", "vision"), ("source", "auto"), ("scene", "S2A_31UFU")),
]


@pytest.mark.parametrize(("name", "value"), CHANGES)
def test_change_of_option_sends_no_request(server: ChatServer, explorer: Explorer, name: str, value: object) -> None:
    click(explorer.map, *PLACE)
    setattr(explorer.options, name, value)
    click(explorer.map, *ELSEWHERE)
    explorer.prompt_view.edited_user = "Say something else."
    assert server.requests == []


def test_change_of_address_sends_no_request(server: ChatServer, explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    with chat_server() as other:
        explorer.options.base_url = other.base_url
        click(explorer.map, *ELSEWHERE)
        assert other.requests == []
    assert server.requests == []


def test_without_a_model_everything_goes_on_by_itself(server: ChatServer, explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    explorer.options.captioner = "template"
    before = explorer.result.caption
    assert before.captioner == "template"
    explorer.options.seed = 3
    assert explorer.result.caption.text != before.text
    assert explorer.ask_bar.label == ""
    assert explorer.prompt_view.ask_label == "Caption again"
    explorer.ask_bar._button.click()  # a page may send that for a button that is not there
    assert server.requests == []
    explorer.options.captioner = "chat"
    assert explorer.caption_view.captions == ()  # the template's caption is not taken for the model's
    assert server.requests == []


def test_no_caption_stands_beside_another_chip_or_prompt(explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    explorer.ask_bar.press()
    caption = explorer.result.caption
    explorer.options.model = "gpt-4o"
    assert explorer.caption_view.captions == (caption,)  # the same prompt: it was paid for, and says who wrote it
    explorer.options.seed = 9
    assert explorer.caption_view.captions == ()
    explorer.ask_bar.press()
    click(explorer.map, *ELSEWHERE)
    assert explorer.caption_view.captions == ()


def test_request_has_edits_after_change_of_model(server: ChatServer, explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    explorer.prompt_view.edited_user = "Only trees."
    explorer.options.model = "gpt-4o"
    assert explorer.prompt_view.edited_user == "Only trees."
    explorer.ask_bar.press()
    assert server.requests[0]["messages"][1]["content"] == "Only trees."
    assert server.requests[0]["model"] == "gpt-4o"


def test_go_sends_request_at_once(server: ChatServer, explorer: Explorer) -> None:
    assert explorer.go(*PLACE).caption.text == TEXT
    assert caption_at(*PLACE, source="simulated", captioner="chat").caption.text == TEXT
    assert len(server.requests) == 2


def test_no_button_without_labels(server: ChatServer, explorer: Explorer) -> None:
    click(explorer.map, -30, 0)
    assert explorer.ask_bar.label == ""
    explorer.ask_bar._button.click()
    assert server.requests == []


def test_a_wrong_address_is_a_sentence_and_no_offer(explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    explorer.options.base_url = "http://example.com/v1"
    assert "plain http" in explorer.status.message
    assert explorer.ask_bar.label == ""


def test_captioner_object_needs_press_too() -> None:
    class Writer:
        name = "chat"
        count = 0

        def caption(self, prompt: Prompt, chip: Chip) -> Caption:
            assert chip.labels is not None
            self.count += 1
            return Caption(text="Trees.", captioner=self.name, style=prompt.style)

    writer = Writer()
    explorer = Explorer(source="simulated", captioner=writer, place=None)
    click(explorer.map, *PLACE)
    assert (writer.count, explorer.ask_bar.label) == (0, "Ask chat")
    assert "unknown" in explorer.ask_bar._cost.value
    explorer.ask_bar.press()
    assert writer.count == 1
    explorer.close()


def test_only_the_template_is_free() -> None:
    assert is_free(open_captioner("template"))
    assert not is_free(open_captioner("chat"))
    assert not is_free(open_captioner("vision"))


def test_one_request_is_in_flight_and_cancel_ends_it(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        click(explorer.map, *PLACE)
        await until(lambda: explorer.result is not None and not explorer.status.busy)
        server.modes = ["slow"]
        explorer.ask_bar.press()
        await until(server.waiting.is_set)
        assert explorer.ask_bar.disabled
        assert explorer.prompt_view.busy
        for _ in range(3):  # what a page may send all the same
            explorer.ask_bar._button.click()
            explorer.prompt_view.presses += 1
            assert explorer.status.message == "The model was asked already: wait for its answer, or cancel it."
        assert len(server.requests) == 1
        explorer.status._cancel.click()
        assert not explorer.ask_bar.disabled
        assert explorer.caption_view.captions == ()
        server.modes = ["normal"]
        explorer.ask_bar.press()
        await until(lambda: explorer.result.caption is not None)
        assert len(server.requests) == 2

    asyncio.run(run())


def test_press_while_another_square_loads_sends_nothing(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        click(explorer.map, *PLACE)
        await until(lambda: explorer.result is not None and not explorer.status.busy)
        click(explorer.map, *ELSEWHERE)
        assert explorer.status.busy
        explorer.ask_bar._button.click()  # the page has yet to learn that the button is disabled
        await until(lambda: explorer.result.lon == ELSEWHERE[0] and not explorer.status.busy)
        assert "the page was still changing. Press 'Ask gpt-6-luna' again." in explorer.status.message
        assert server.requests == []
        click(explorer.map, *PLACE)
        await until(lambda: explorer.result.lon == PLACE[0] and not explorer.status.busy)
        assert "Press 'Ask gpt-6-luna' for a caption." in explorer.status.message

    asyncio.run(run())


def test_press_while_the_address_changes_reports_that_nothing_was_sent(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        click(explorer.map, *PLACE)
        await until(lambda: explorer.result is not None and not explorer.status.busy)
        explorer.ask_bar.press()
        await until(lambda: explorer.result.caption is not None and not explorer.status.busy)
        explorer.options.base_url = f"{server.base_url}/"
        assert explorer.status.busy
        explorer.ask_bar._button.click()
        await until(lambda: not explorer.status.busy)
        assert explorer.caption_view.captions  # that of the address before
        assert "the page was still changing. Press 'Ask gpt-6-luna' again." in explorer.status.message
        assert len(server.requests) == 1

    asyncio.run(run())


def test_a_click_elsewhere_ends_the_request(server: ChatServer, explorer: Explorer) -> None:
    async def run() -> None:
        click(explorer.map, *PLACE)
        await until(lambda: explorer.result is not None and not explorer.status.busy)
        server.modes = ["slow"]
        explorer.ask_bar.press()
        await until(server.waiting.is_set)
        click(explorer.map, *ELSEWHERE)
        await until(lambda: explorer.result.lon == ELSEWHERE[0])
        assert explorer.caption_view.captions == ()
        with explorer._requests._budget.quota.request():  # nothing is under way any more
            pass

    asyncio.run(run())


def test_a_visitor_has_one_request_and_one_count_in_all_tabs(server: ChatServer, explorer: Explorer) -> None:
    quota = Quotas(2).of("a visitor")
    tabs = [Explorer(source="simulated", captioner="chat", place=None, quota=quota) for _ in range(2)]
    for tab in tabs:
        click(tab.map, *PLACE)
        tab.ask_bar.press()
    tabs[1].ask_bar.press()
    assert len(server.requests) == 2
    assert "asked 2 times, as often as it may be; try again in 60 min" in tabs[1].caption_view.error
    assert explorer is not None
    for tab in tabs:
        tab.close()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def spend(quota: Quota, times: int) -> int:
    """Ask so often, and return how often that was let through."""
    through = 0
    for _ in range(times):
        try:
            with quota.request():
                through += 1
        except QuotaError:
            pass
    return through


def test_requests_are_counted_within_any_hour() -> None:
    clock = Clock()
    quota = Quotas(3, clock=clock).of("one")
    assert spend(quota, 5) == 3
    clock.now += HOUR - 1
    assert spend(quota, 1) == 0
    clock.now += 2
    assert spend(quota, 5) == 3


def test_visitors_count_apart_and_all_of_them_together() -> None:
    quotas = Quotas(3, clock=Clock())
    assert [spend(quotas.of(str(visitor)), 4) for visitor in range(WHOLE + 2)] == [3] * WHOLE + [0, 0]
    assert quotas.of("0") is quotas.of("0")


def test_none_at_all_is_a_sentence_too() -> None:
    with pytest.raises(QuotaError, match="No model is asked here"), Quotas(0).of("one").request():
        pass


def test_what_needed_no_service_is_not_counted() -> None:
    quota = Quotas(1).of("one")
    with pytest.raises(KeyMissingError), quota.request():
        raise KeyMissingError
    assert spend(quota, 1) == 1
    quota = Quotas(1).of("two")
    failure = ModelError("The service has a server error; try again later.")
    with pytest.raises(ModelError), quota.request():
        raise failure
    assert spend(quota, 1) == 0


def test_a_second_request_at_the_same_time_is_refused() -> None:
    quota = Quota()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with quota.request():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(60)
    with pytest.raises(QuotaError, match="still under way"), quota.request():
        pass
    leave.set()
    thread.join()
    assert spend(quota, 1) == 1


def test_the_owners_key_stays_from_an_address_that_is_typed(server: ChatServer, explorer: Explorer) -> None:
    with chat_server() as other:
        explorer.options.base_url = other.base_url
        click(explorer.map, *PLACE)
        explorer.ask_bar.press()
        type_key(explorer.options.key_field, PAGE_KEY)
        explorer.ask_bar.press()
        assert other.keys == [PLACEHOLDER, PAGE_KEY]
        assert OWN not in json.dumps([other.headers, other.requests])
    assert server.requests == []


def test_a_typed_key_belongs_to_the_address_it_was_typed_for(server: ChatServer, explorer: Explorer) -> None:
    field = explorer.options.key_field
    with chat_server() as other, chat_server() as third:
        explorer.options.base_url = other.base_url
        type_key(field, PAGE_KEY)
        assert field.key_host == other.base_url.split("/")[2]
        explorer.options.base_url = f"{other.base_url}/"  # the same, written otherwise
        assert field.key(other.base_url) == PAGE_KEY
        explorer.options.base_url = third.base_url
        assert (field.key_host, field.key(other.base_url), field.key(third.base_url)) == ("", None, None)
        click(explorer.map, *PLACE)
        explorer.ask_bar.press()
        assert third.keys == [PLACEHOLDER]
    explorer.options.base_url = ""
    explorer.ask_bar.press()
    assert server.keys == [OWN]


def test_the_address_that_a_caller_gives_has_the_callers_trust(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", OWN)
    explorer = Explorer(source="simulated", captioner="chat", place=None, model="llama3", base_url=server.base_url)
    click(explorer.map, *PLACE)
    explorer.ask_bar.press()
    assert server.keys == [OWN]
    assert server.requests[0]["model"] == "llama3"
    explorer.close()


def test_no_key_is_in_state_notebook_code_log_or_card(
    server: ChatServer, explorer: Explorer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    field = explorer.options.key_field
    states: list[object] = []
    field.comm.send = lambda **message: states.append(message)  # type: ignore[method-assign]
    type_key(field, PAGE_KEY)
    click(explorer.map, *PLACE)
    explorer.ask_bar.press()
    assert server.keys == [PAGE_KEY]
    state = ipywidgets.Widget.get_manager_state(widgets=None)  # what a notebook is saved with
    texts = [json.dumps(state, default=str), json.dumps(states, default=str), explorer._repr_html_(), caplog.text]
    texts += [repr(field), str(field), repr(explorer), repr(explorer.options), explorer.code_view.code]
    texts += [repr(explorer._requests._captioner), repr(vars(explorer._requests._captioner.service))]
    texts += [repr(field._trait_values), field.card()._repr_html_()]
    for key in (PAGE_KEY, OWN):
        assert not [text for text in texts if key in text]
    with pytest.raises(TypeError, match="may hold a key"):
        pickle.dumps(field)


def test_key_is_dropped_on_request_and_on_close(explorer: Explorer) -> None:
    field = explorer.options.key_field
    for end in (lambda: type_key(field, None), lambda: type_key(field, "  "), explorer.close):
        type_key(field, PAGE_KEY)
        assert field.key() == PAGE_KEY
        end()
        assert (field.key(), field.key_host, field._key) == (None, "", "")


@pytest.mark.parametrize("content", [7, ["x"], {"a": 1}, None])
def test_what_is_no_key_is_not_kept(explorer: Explorer, content: object) -> None:
    type_key(explorer.options.key_field, content)
    assert explorer.options.key_field.key() is None


def test_a_key_for_another_machine_over_plain_http_is_refused_in_a_sentence(explorer: Explorer) -> None:
    field = explorer.options.key_field
    explorer.options.base_url = "http://192.168.1.20:8000/v1"
    type_key(field, PAGE_KEY)
    assert field.key(explorer.options.base_url) is None
    assert "not sent to 192.168.1.20:8000 over plain http" in field.problem


def test_where_the_owner_offers_her_service_it_is_hers_alone(server: ChatServer, explorer: Explorer) -> None:
    restricted_explorer = Explorer(
        source="simulated", captioner="chat", place=None, model="llama3", base_url=server.base_url, choose_service=False
    )
    values = [getattr(widget, "value", None) for widget in _within(restricted_explorer.options)]
    assert server.base_url not in values
    assert "llama3" not in values
    assert restricted_explorer.options.key_field not in _within(restricted_explorer.options)
    click(restricted_explorer.map, *PLACE)
    prompt = restricted_explorer.result.prompt
    restricted_explorer.prompt_view.set_state({"edited_user": "Write my homework.", "edited_system": "x", "presses": 1})
    assert server.requests[0]["model"] == "llama3"
    assert [message["content"] for message in server.requests[0]["messages"]] == [prompt.system, prompt.user]
    restricted_explorer.prompt_view.set_state({"editable": True, "edited_user": "Write my homework.", "presses": 2})
    assert server.requests[1]["messages"][1]["content"] == prompt.user
    assert explorer is not None
    restricted_explorer.close()


def _within(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """Return the widgets that a page is shown."""
    children = list(getattr(widget, "children", ()))
    return [widget, *(one for child in children for one in _within(child))]


def test_a_hostile_name_of_a_model_stays_text(server: ChatServer, explorer: Explorer) -> None:
    explorer.options.model = "<img src=x onerror=alert(1)>" * 9
    click(explorer.map, *PLACE)
    assert len(explorer.ask_bar.label) < 60
    assert "<img" not in explorer.ask_bar._cost.value
    server.answer_with(completion("Trees."))
    explorer.ask_bar.press()
    assert "<img src=x" not in explorer._repr_html_()


def test_errors_of_a_request_leave_chip_and_prompt(server: ChatServer, explorer: Explorer) -> None:
    server.modes = ["wrong key"]
    click(explorer.map, *PLACE)
    explorer.ask_bar.press()
    assert "does not accept the key" in explorer.caption_view.error
    assert explorer.chip_view.chip is not None
    assert explorer.ask_bar.label
    assert issubclass(QuotaError, ExplorerError)


def test_estimates_follow_the_token_limit(explorer: Explorer) -> None:
    click(explorer.map, *PLACE)
    explorer.options.token_limit = 9000
    assert "up to 9,000 out" in explorer.prompt_view.cost
    labels = label_map(1)
    prompt, chip = prompt_for(labels), Chip(tile=Tile(0, 0), source="file", labels=labels)
    assert open_captioner("chat", token_limit=9000).estimate(prompt).tokens_out == 9000
    assert (chip.labels == labels).all()
