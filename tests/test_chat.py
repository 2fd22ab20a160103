"""The chat captioner against a real server: what is sent, what comes back, and everything that goes wrong."""

from __future__ import annotations

import json
import socket
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from data.label_maps import label_map
from rig.chat_server import MODEL, TEXT, chat_server, completion

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.captioners.chat import BLIND, WITHOUT_MAPS, ChatCaptioner
from chatearthnet_explorer.captioners.estimate import estimate
from chatearthnet_explorer.captioners.model_table import DEFAULT
from chatearthnet_explorer.captioners.service.endpoint import OPENAI, PLACEHOLDER, open_endpoint
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import KeyMissingError, ModelError, SettingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.caption import Caption

LABELS = label_map(1)
CHIP = Chip(tile=Tile(8192, 8192), source="file", labels=LABELS)
PROMPT = prompt_for(LABELS)
KEY = "sk-rig-4f9c0a17e2b85d63"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def ask(server: ChatServer, **options: Any) -> Caption:
    options = {"base_url": server.base_url, "timeout": 2} | options
    return ChatCaptioner(**options).caption(PROMPT, CHIP)


def test_sends_rules_and_facts(server: ChatServer) -> None:
    caption = ask(server)
    assert caption.text == TEXT
    assert server.requests == [
        {
            "model": DEFAULT,
            "messages": [{"role": "system", "content": PROMPT.system}, {"role": "user", "content": PROMPT.user}],
            "max_completion_tokens": 300,
            "max_tokens": 300,  # Ollama reads this one alone
        }
    ]


def test_4v_prompt_goes_without_maps_and_caption_notes_it(server: ChatServer) -> None:
    prompt = prompt_for(LABELS, style="4v")
    caption = ChatCaptioner(base_url=server.base_url).caption(prompt, CHIP)
    assert server.requests[0]["messages"][1]["content"] == f"{WITHOUT_MAPS}\n\n{prompt.user}"
    assert server.requests[0]["max_completion_tokens"] == 1200
    assert BLIND in caption.notes


def test_uses_max_tokens_where_service_knows_no_other(server: ChatServer) -> None:
    server.modes = ["only max_tokens"]
    assert ask(server).text == TEXT
    assert [sorted(set(request) - {"model", "messages"}) for request in server.requests] == [
        ["max_completion_tokens", "max_tokens"],
        ["max_tokens"],
    ]


@pytest.mark.parametrize("mode", ["busy", "broken"])
def test_retries_failures_that_may_pass(server: ChatServer, mode: str) -> None:
    server.modes = [mode, mode, "normal"]
    assert ask(server).text == TEXT
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("mode", "words", "requests"),
    [
        ("busy", "too many requests", 3),
        ("busy for an hour", "too many requests", 1),
        ("quota", "no credit left", 3),
        ("broken", "server error", 3),
        ("truncated", "not a chat completion", 1),
        ("html", "not a chat completion", 1),
        ("refusal", r'declined to write a caption \("I can\'t help with that."\)', 1),
        ("empty", "without a word", 1),
        ("thought too long", "used up its 300 tokens", 1),
        ("filtered", "content filter", 1),
        ("unknown model", f"does not know the model '{DEFAULT}'", 1),
        ("no such path", "complete and ends in /v1", 1),
        ("huge", "more than 1,000,000 bytes", 1),
        ("gzip bomb", "more than 1,000,000 bytes", 1),
        ("redirect", "points to another address", 1),
    ],
)
def test_each_failure_is_one_sentence(server: ChatServer, mode: str, words: str, requests: int) -> None:
    server.modes = [mode]
    with pytest.raises(ModelError, match=words) as error_info:
        ask(server)
    assert str(error_info.value).count(". ") == 0
    assert len(server.requests) == requests


def test_retry_after_does_not_delay_answer(server: ChatServer) -> None:
    later = {"content-type": "application/json", "retry-after": "3600"}
    server.modes = [(200, later, json.dumps(completion()).encode())]
    assert ask(server, timeout=30).text == TEXT
    server.modes = [(400, later, b"{}")]
    with pytest.raises(ModelError, match="error 400"):  # and not that it is busy or late
        ask(server, timeout=30)
    assert len(server.requests) == 2


@pytest.mark.parametrize("mode", ["slow", "trickle"])
def test_gives_up_after_timeout(server: ChatServer, mode: str) -> None:
    server.modes = [mode]
    with pytest.raises(ModelError, match="within 1 seconds"):
        ask(server, timeout=1, retries=2)
    assert len(server.requests) == 1  # it may be charged


def test_raises_if_the_response_breaks_off(server: ChatServer) -> None:
    server.modes = ["cut"]
    with pytest.raises(ModelError, match="ended the connection before its answer was complete"):
        ask(server, retries=2)
    assert len(server.requests) == 1  # it may be charged
    server.modes = [(200, {"content-type": "application/json", "content-encoding": "gzip"}, b"no gzip")]
    with pytest.raises(ModelError, match="damaged its answer"):
        ask(server, retries=2)
    assert len(server.requests) == 2


def test_reports_closed_port_in_one_sentence() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        with pytest.raises(ModelError, match="cannot be reached; start the server there, or check the address"):
            ChatCaptioner(base_url=address, timeout=30, retries=0).caption(PROMPT, CHIP)


def test_a_retired_model_is_explained(server: ChatServer) -> None:
    server.modes = ["unknown model"]
    with pytest.raises(ModelError, match="until 2024-12-06; in its place OpenAI names gpt-4o"):
        ask(server, model="gpt-4-vision-preview")


@pytest.mark.parametrize(
    "body",
    [
        *([], "text", 7, None, {}, {"choices": []}, {"choices": [None]}, {"choices": "x"}),
        *({"choices": [{}]}, {"choices": [{"message": "x"}]}, {"error": {"code": 7}}),
    ],
)
def test_json_of_another_kind_is_no_answer(server: ChatServer, body: object) -> None:
    server.answer_with(body)
    with pytest.raises(ModelError, match="not a chat completion"):
        ask(server)


@pytest.mark.parametrize("content", [None, [7], {"a": 1}, 5, "\u200b\u202e"])
def test_content_that_is_no_text_is_an_empty_answer(server: ChatServer, content: object) -> None:
    server.answer_with(completion(content))
    with pytest.raises(ModelError, match="without a word"):
        ask(server)


def test_json_nested_without_end_is_no_answer(server: ChatServer) -> None:
    server.modes = [(200, {"content-type": "application/json"}, b"[" * 900_000)]
    with pytest.raises(ModelError, match="not a chat completion"):
        ask(server)


def test_an_answer_cut_off_is_kept_and_noted(server: ChatServer) -> None:
    server.modes = ["length"]
    caption = ask(server)
    assert caption.text == "Trees cover most of the"
    assert caption.notes == ("The answer was cut off at the limit of 300 tokens.",)


@pytest.mark.parametrize(
    ("tokens", "words"),
    [(None, "at the limit of 300"), (299, "at the limit of 300"), (298, "after 298 tokens, before the limit of 300")],
)
def test_note_names_the_limit_that_was_reached(server: ChatServer, tokens: int | None, words: str) -> None:
    usage = {"completion_tokens": tokens}
    server.answer_with(completion("Trees", choice={"finish_reason": "length"}, usage=usage))
    assert words in ask(server).notes[0]


def test_removes_invisible_characters(server: ChatServer) -> None:
    server.answer_with(
        completion("\ufeffTre\u202ees\x1b[31m and\u200b \ud800water\x00.\r\nNext\u2066 line. \U000e0041")
    )
    caption = ask(server)
    assert caption.text == "Trees[31m and water.\nNext line."
    assert caption.notes == ("8 characters that cannot be seen were taken out of the answer.",)


def test_a_long_answer_is_bounded(server: ChatServer) -> None:
    server.answer_with(completion("tree " * 10_000))
    caption = ask(server)
    assert LIMIT - 5 <= len(caption.text) <= LIMIT
    assert any("first 20000 characters" in note for note in caption.notes)


def test_html_in_an_answer_stays_text(server: ChatServer) -> None:
    server.answer_with(completion("<script>alert(1)</script> trees"))
    assert ask(server).text == "<script>alert(1)</script> trees"


def test_leaves_reasoning_of_the_model_out_of_the_caption(server: ChatServer) -> None:
    server.answer_with(completion("<think>\nThe user wants\n</think>\n\nTrees lead."))
    assert ask(server).text == "Trees lead."
    server.answer_with(completion("<think>\nThe user", choice={"finish_reason": "length"}))
    with pytest.raises(ModelError, match="before it wrote a word"):
        ask(server)


def test_banned_words_are_noted(server: ChatServer) -> None:
    server.answer_with(completion("Water appears; unlikely, perhaps. Contextual changes."))
    (note,) = ask(server).notes
    assert note == "It uses words that the prompt forbids: appears, unlikely, perhaps, contextual, changes."


@pytest.mark.parametrize("model", [None, 5, "\u202e"])
def test_answer_without_model_gets_requested_model(server: ChatServer, model: object) -> None:
    server.answer_with(completion(model=model))
    caption = ask(server, model="mine")
    assert caption.model == "mine"
    assert caption.notes == ("The service did not say which model answered; mine was asked.",)


def test_a_models_own_name_is_bounded(server: ChatServer) -> None:
    server.answer_with(completion(model="m" * 5000))
    assert ask(server).model == "m" * 100


@pytest.mark.parametrize("usage", [None, 5, {"prompt_tokens": "9", "completion_tokens": -1}, {"prompt_tokens": True}])
def test_counts_that_are_none_are_made_here(server: ChatServer, usage: object) -> None:
    server.answer_with(completion(usage=usage))
    caption = ask(server)
    assert caption.tokens_in == estimate(PROMPT).tokens_in
    assert caption.tokens_out == 14  # those of TEXT
    assert caption.notes == (
        f"The service reported no usage; about {caption.tokens_in} tokens in and 14 out were counted here.",
    )


def test_the_last_day_at_openai_is_not_that_of_another_service(server: ChatServer) -> None:
    assert ask(server, model="gpt-4o").notes == ()


def test_the_key_of_the_environment_is_sent_to_this_machine(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(server)
    monkeypatch.setenv("OPENAI_API_KEY", f"  {KEY}\n")
    ask(server)
    assert server.keys == [PLACEHOLDER, KEY]


def test_the_address_is_that_of_the_environment(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ChatCaptioner().service.endpoint.url == OPENAI
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    assert ChatCaptioner().caption(PROMPT, CHIP).model == MODEL


def test_names_variable_of_refused_key(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.modes = ["wrong key"]
    with pytest.raises(ModelError, match="does not accept the key; check OPENAI_API_KEY"):
        ask(server)


def test_reports_local_service_that_requires_a_key(server: ChatServer) -> None:
    server.modes = ["wrong key"]
    with pytest.raises(KeyMissingError, match="wants a key after all"):
        ask(server)


def test_missing_key_explains_how_to_set_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("typed by nobody\n"))
    with pytest.raises(KeyMissingError, match=r"before you start, name another service \(--base-url, OPENAI_"):
        ChatCaptioner().caption(PROMPT, CHIP)


@pytest.mark.parametrize("key", ["", None, "  "])
def test_raises_without_a_typed_key(key: str | None) -> None:
    with pytest.raises(KeyMissingError, match="needs a key"):
        ChatCaptioner(ask_key=lambda: key).caption(PROMPT, CHIP)


@pytest.mark.parametrize("key", ["sk-with space-1", "sk-with\nline", "sk-\u201cquoted\u201d", "k" * 2000])
def test_does_not_send_invalid_keys(key: str) -> None:
    with pytest.raises(KeyMissingError, match="invalid characters") as error_info:
        ChatCaptioner(ask_key=lambda: key).caption(PROMPT, CHIP)
    assert key not in str(error_info.value)


def test_requests_typed_key_once_and_again_after_refusal(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = iter(["sk-mistyped", KEY])
    captioner = ChatCaptioner(base_url=server.base_url, ask_key=lambda: next(keys))
    # the rig stands for a service far away, which needs a key
    endpoint = type(captioner.service.endpoint)(server.base_url, "far.example", loopback=True, near=False)
    monkeypatch.setattr(captioner.service, "endpoint", endpoint)
    server.modes = ["wrong key", "normal"]
    with pytest.raises(ModelError, match="does not accept the key"):
        captioner.caption(PROMPT, CHIP)
    captioner.caption(PROMPT, CHIP)
    captioner.caption(PROMPT, CHIP)
    assert server.keys == ["sk-mistyped", KEY, KEY]
    assert KEY not in repr(captioner.service)


def test_a_captioner_is_not_pickled_with_its_key() -> None:
    import pickle

    with pytest.raises(TypeError, match="may hold a key"):
        pickle.dumps(ChatCaptioner())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://example.com/v1", "not an http or https"),
        ("file:///etc/passwd", "not an http or https"),
        ("example.com", "not an http or https"),
        ("127.0.0.1:8080/v1", "write it as in http://127.0.0.1:8080/v1"),
        ("http://[::1", "not an http or https"),
        ("http://h:99999999/v1", "not an http or https"),
        ("https://exa\nmple.com/v1", "not an http or https"),
        ("http://example.com/v1", "plain http"),
        ("http://8.8.8.8/v1", "plain http"),
        ("https://me:hunter2@example.com/v1", "user, password"),
        ("https://example.com/v1?key=hunter2", "query"),
    ],
)
def test_addresses_that_are_refused(address: str, words: str) -> None:
    with pytest.raises(SettingError, match=words) as error_info:
        ChatCaptioner(base_url=address)
    assert "hunter2" not in str(error_info.value)


@pytest.mark.parametrize(
    ("address", "loopback", "near"),
    [
        ("http://localhost:11434/v1", True, True),
        ("http://127.0.0.1:8000/v1", True, True),
        ("http://[::1]:8000/v1", True, True),
        ("http://192.168.1.20:8000/v1", False, True),
        ("http://ollama:11434/v1", False, True),
        ("http://desk.local/v1", False, True),
        ("https://api.example.com/v1", False, False),
    ],
)
def test_which_services_are_near(address: str, loopback: bool, near: bool) -> None:
    endpoint = open_endpoint(address)
    assert (endpoint.loopback, endpoint.near) == (loopback, near)


def test_no_key_goes_over_plain_http_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    from chatearthnet_explorer.captioners.service.endpoint import key_for

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert key_for(open_endpoint("http://192.168.1.20/v1"), lambda: KEY) == PLACEHOLDER
    assert key_for(open_endpoint("https://192.168.1.20/v1"), lambda: KEY) == KEY
