"""The model service without a model: the real protocol, answers that say they are simulated, and nothing kept."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from chatearthnet_explorer import doctor
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.vision import VisionCaptioner
from chatearthnet_explorer.errors import ModelError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.review.checks import judge_caption
from chatearthnet_explorer.testing.simulated_model import SimulatedModel
from chatearthnet_explorer.testing.simulated_pairs import SimulatedPairs
from chatearthnet_explorer.testing.simulated_writer import MARK, MODELS, write_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.caption import Style

PAIRS = SimulatedPairs(60, seed=3)
CHIPS = [PAIRS.pair_of(name)[0] for name in PAIRS.names]


@pytest.fixture
def service() -> Iterator[SimulatedModel]:
    with SimulatedModel(pause=0.0) as running:
        yield running


def _objection_count(model: str, style: Style) -> int:
    """Return how many answers the checks object to."""
    texts = [(write_answer(model, prompt_for(chip.labels, style=style).user), chip.labels) for chip in CHIPS]
    return sum(bool(judge_caption(text, style=style, counts=count_pixels(labels)).findings) for text, labels in texts)


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_careful_model_is_right_and_careless_one_wrong_about_as_often_as_stated(style: Style) -> None:
    assert _objection_count("simulated-careful", style) == 0
    assert 0.3 < _objection_count("simulated-careless", style) / len(CHIPS) < 0.7


def test_captions_are_marked_as_simulated_in_text_and_model(service: SimulatedModel) -> None:
    for model in MODELS:
        for captioner in (ChatCaptioner, VisionCaptioner):
            caption = captioner(model=model, base_url=service.base_url).caption(
                prompt_for(CHIPS[0].labels, style="4v"), CHIPS[0]
            )
            assert caption.text.startswith(f"{MARK} In the ")
            assert caption.model == model
            assert "simulated" in caption.byline
            assert caption.tokens_out == len(caption.text.split())
    assert service.request_count == 4


def test_token_limit_is_kept(service: SimulatedModel) -> None:
    captioner = ChatCaptioner(model="simulated-careful", base_url=service.base_url, token_limit=16)
    caption = captioner.caption(prompt_for(CHIPS[0].labels), CHIPS[0])
    assert len(caption.text.split()) == caption.tokens_out == 16
    assert "The answer was cut off at the limit of 16 tokens." in caption.notes


def test_unknown_model_is_refused(service: SimulatedModel) -> None:
    with pytest.raises(ModelError, match="does not know the model 'gpt-6-luna'"):
        ChatCaptioner(base_url=service.base_url).caption(prompt_for(CHIPS[0].labels), CHIPS[0])
    assert service.request_count == 0


def test_doctor_finds_its_models(service: SimulatedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    assert doctor._check_model().answer.startswith("200, 2 models: simulated-careful, simulated-careless;")


def test_stream_has_a_word_in_each_event_and_counts_at_the_end(service: SimulatedModel) -> None:
    messages = [{"role": "user", "content": "In the top left: large amount of water, some grass."}]
    request = {"model": "simulated-careful", "messages": messages, "stream": True}
    _, body = _post(service, {**request, "stream_options": {"include_usage": True}})
    events = [line.removeprefix("data: ") for line in body.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks if chunk["choices"])
    sentences = (
        "In the top left, water covers the largest area, followed by grass. Overall, water covers the largest area."
    )
    assert text == f"{MARK} {sentences}"
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"]][-1] == "stop"
    assert chunks[-1]["usage"] == {"prompt_tokens": 13, "completion_tokens": 19, "total_tokens": 32}
    assert "usage" not in _post(service, request)[1]


def test_client_that_leaves_a_stream_ends_it() -> None:
    with SimulatedModel(pause=0.01) as service:
        labels = CHIPS[0].labels
        messages = [{"role": "user", "content": prompt_for(labels).user}]
        connection = _connection(service)
        body = json.dumps({"model": "simulated-careful", "messages": messages, "stream": True})
        connection.request("POST", "/v1/chat/completions", body)
        response = connection.getresponse()
        assert response.readline().startswith(b"data: ")
        response.close()
        connection.close()
        end = time.monotonic() + 60
        while not service.cut_count:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_close_ends_answers_under_way() -> None:
    service = SimulatedModel(pause=60)
    failures: list[BaseException] = []

    def work() -> None:
        captioner = ChatCaptioner(model="simulated-careful", base_url=service.base_url, retries=0)
        try:
            captioner.caption(prompt_for(CHIPS[0].labels), CHIPS[0])
        except ModelError as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while not service.request_count:
        time.sleep(0.01)
    service.close()
    thread.join(30)
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("no JSON", 404),
        ("[1]", 404),
        ("[" * 90_000, 404),
        ('{"model": "simulated-careful", "messages": 7, "max_tokens": "many"}', 200),
        ('{"model": "simulated-careful", "messages": [{"content": [{"text": 1}, 2]}], "max_tokens": -1}', 200),
        ('{"model": ["simulated-careful"]}', 404),
    ],
)
def test_requests_of_any_content_are_answered(service: SimulatedModel, body: str, status: int) -> None:
    assert _post(service, body)[0] == status


@pytest.mark.parametrize("length", ["", "x", "-1", "99999999999", "\u00b2"])
def test_requests_of_unknown_or_great_length_are_refused(service: SimulatedModel, length: str) -> None:
    connection = _connection(service)
    connection.putrequest("POST", "/v1/chat/completions")
    if length:
        connection.putheader("content-length", length.encode())
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_question_without_land_cover_gets_a_sentence() -> None:
    assert write_answer("simulated-careful", "") == f"{MARK} The question names no land cover."
    assert write_answer("simulated-careful", "<script>" * 50_000).startswith(MARK)


def _connection(service: SimulatedModel) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(service.base_url).netloc, timeout=60)


def _post(service: SimulatedModel, body: str | dict[str, Any]) -> tuple[int, str]:
    connection = _connection(service)
    connection.request("POST", "/v1/chat/completions", body if isinstance(body, str) else json.dumps(body))
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text
