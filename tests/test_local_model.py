"""Captions by a real llama.cpp server with a random model: everything works around it, whatever nonsense it writes."""

from __future__ import annotations

import json
import threading
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from data.label_maps import label_map
from rig.licences import objection, required_packages

from chatearthnet_explorer import doctor
from chatearthnet_explorer.captioners import write_caption
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.service import chat_completion
from chatearthnet_explorer.captioners.vision import VisionCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import Cancelled, KeyMissingError, ModelError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.values import html_of

pytest.importorskip("xllamacpp", reason="llama.cpp is not installed: pip install .[test]")
pytest.importorskip("gguf", reason="the writer of models is not installed: pip install .[test]")

from rig.llama_server import MODEL, llama_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rig.llama_server import LlamaServer

    from chatearthnet_explorer.caption import Caption

LABELS = label_map(1)
CHIP = Chip(tile=Tile(8192, 8192), source="file", labels=LABELS)
PROMPT, PROMPT_4V = prompt_for(LABELS), prompt_for(LABELS, style="4v")
REPLACEMENT = "\ufffd"
UNSEEN = {"Cc", "Cf", "Co", "Cs"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """A server with two slots whose answers end by themselves."""
    with llama_server(tmp_path_factory.mktemp("llama"), slots=2) as running:
        yield running


@pytest.fixture(scope="module")
def endless_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """A server with one slot whose model writes until it is stopped."""
    with llama_server(tmp_path_factory.mktemp("endless"), endless=True) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_completion, "_ACCEPTED_FIELDS", {})  # ports are given out again


def ask(server: LlamaServer, **options: Any) -> Caption:
    return ChatCaptioner(**{"base_url": server.base_url, "model": MODEL, "timeout": 20} | options).caption(PROMPT, CHIP)


def test_caption_has_model_and_usage_of_the_server(endless_server: LlamaServer) -> None:
    caption = ask(endless_server, token_limit=40)
    assert caption.text
    assert caption.model == MODEL
    # about a token a character, the marks of the template and the start among them
    assert 0.9 < caption.tokens_in / len(PROMPT.system + PROMPT.user) < 1.1
    assert caption.tokens_out == 40
    assert 0 < caption.seconds < 20


def test_token_limit_ends_an_answer_and_is_noted(endless_server: LlamaServer) -> None:
    caption = ask(endless_server)
    assert caption.tokens_out == PROMPT.token_limit
    assert f"The answer was cut off at the limit of {PROMPT.token_limit} tokens." in caption.notes


def test_answer_that_ends_by_itself_has_no_such_note(server: LlamaServer) -> None:
    captions = [_caption_or_error(server) for _ in range(20)]
    complete = [one for one in captions if not isinstance(one, str)]
    assert complete
    assert not any("cut off" in note for caption in complete for note in caption.notes)


@pytest.mark.parametrize("limit", [16, 500, 3000])
def test_nonsense_becomes_visible_text(endless_server: LlamaServer, limit: int) -> None:
    caption = ask(endless_server, token_limit=limit)
    categories = {unicodedata.category(one) for one in caption.text if one not in "\n\t"}
    assert not categories & UNSEEN
    assert caption.text.encode()  # no half of a surrogate pair
    assert "<script>" not in html_of(caption)


def test_command_prints_caption_of_local_model(endless_server: LlamaServer, capfd: pytest.CaptureFixture[str]) -> None:
    options = ["--source=simulated", "--captioner=chat", "--model", MODEL, "--base-url", endless_server.base_url]
    assert main(["caption", "6.73", "0.336", *options, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["caption"]["model"] == MODEL
    assert main(["caption", "6.73", "0.336", *options]) == 0
    output = capfd.readouterr().out
    assert f"Written by {MODEL}, in the style of GPT-3.5" in output
    assert not {one for one in output if unicodedata.category(one) == "Cc"} - {"\n"}


def test_caption_names_the_model_that_answered_where_server_has_one_alone(server: LlamaServer) -> None:
    for _ in range(10):
        caption = _caption_or_error(server, model="gpt-6-luna")
        if not isinstance(caption, str):
            assert caption.model == MODEL
            return
    pytest.fail("ten answers without a word")


def test_prompt_longer_than_the_context_is_one_sentence(tmp_path: Path) -> None:
    with llama_server(tmp_path, context=512) as small, pytest.raises(ModelError) as error_info:
        ask(small)
    message = str(error_info.value)
    assert "exceeds the available context size (512 tokens" in message
    assert message.endswith("or start it with a larger context.")
    assert "\n" not in message


def test_answer_that_fills_the_context_has_a_note(tmp_path: Path) -> None:
    with llama_server(tmp_path, context=1536, endless=True) as small:
        caption = ask(small, token_limit=4000)
    assert caption.tokens_in + caption.tokens_out == 1536
    assert f"The answer was cut off after {caption.tokens_out} tokens, before the limit of 4000" in caption.notes[0]


def test_model_without_pictures_is_explained_at_once(server: LlamaServer) -> None:
    captioner = VisionCaptioner(base_url=server.base_url, model=MODEL)
    with pytest.raises(ModelError, match="choose a model that takes images, or the chat captioner"):
        captioner.caption(PROMPT_4V, CHIP)


def test_two_clients_are_answered_at_once(server: LlamaServer) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: _caption_or_error(server), range(8)))
    assert any(not isinstance(answer, str) for answer in answers)
    assert all("without a word" in answer for answer in answers if isinstance(answer, str))
    server.wait_for_busy_slots(0)


def test_text_appears_as_it_is_written(endless_server: LlamaServer) -> None:
    texts: list[str] = []
    captioner = ChatCaptioner(base_url=endless_server.base_url, model=MODEL, token_limit=500)
    caption = write_caption(captioner, PROMPT, CHIP, texts.append)
    assert len(texts) > 3
    assert texts[0] != texts[-1]
    assert caption.text.startswith(texts[len(texts) // 2].rstrip(REPLACEMENT))  # whose last character may be half there
    assert not {unicodedata.category(one) for text in texts for one in text if one not in "\n\t"} & UNSEEN
    # the counts come at the end of the stream
    assert (caption.tokens_out, caption.model) == (500, MODEL)
    assert caption.tokens_in > 1000
    assert "The answer was cut off at the limit of 500 tokens." in caption.notes


def test_cancel_in_the_middle_of_a_stream_frees_the_slot(endless_server: LlamaServer) -> None:
    captioner = ChatCaptioner(base_url=endless_server.base_url, model=MODEL, token_limit=30_000)
    arrival = threading.Event()
    outcomes: list[BaseException | Caption] = []

    def work() -> None:
        try:
            outcomes.append(write_caption(captioner, PROMPT, CHIP, lambda _: arrival.set()))
        except Cancelled as error:
            outcomes.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert arrival.wait(120)
    assert endless_server.busy_slots() == 1
    began = time.monotonic()
    captioner.cancel()
    thread.join(30)
    endless_server.wait_for_busy_slots(0, seconds=120)
    assert time.monotonic() - began < 30  # 0.03 s on an idle machine; writing all tokens takes a minute
    assert [type(one) for one in outcomes] == [Cancelled]
    assert ask(endless_server, token_limit=16).tokens_out == 16


def test_view_that_has_seen_enough_ends_the_stream(endless_server: LlamaServer) -> None:
    def stop(text: str) -> None:
        if len(text) > 20:
            raise Cancelled

    captioner = ChatCaptioner(base_url=endless_server.base_url, model=MODEL, token_limit=30_000)
    with pytest.raises(Cancelled):
        write_caption(captioner, PROMPT, CHIP, stop)
    endless_server.wait_for_busy_slots(0, seconds=120)


def test_cancel_of_an_answer_in_one_piece_returns_at_once(endless_server: LlamaServer) -> None:
    captioner = ChatCaptioner(base_url=endless_server.base_url, model=MODEL, token_limit=4_000)

    def cancel() -> None:
        endless_server.wait_for_busy_slots(1)
        captioner.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(Cancelled):
        captioner.caption(PROMPT, CHIP)
    assert endless_server.busy_slots() == 1  # it still writes
    thread.join()
    # llama.cpp does not notice before it has written all; the token limit bounds that
    endless_server.wait_for_busy_slots(0, seconds=120)


def test_two_streams_at_once_do_not_mix(tmp_path: Path) -> None:
    with llama_server(tmp_path, slots=2, endless=True) as two_slots:

        def stream(_: int) -> tuple[list[str], Caption]:
            texts: list[str] = []
            captioner = ChatCaptioner(base_url=two_slots.base_url, model=MODEL, token_limit=1_000)
            return texts, write_caption(captioner, PROMPT, CHIP, texts.append)

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(stream, range(2)))
    assert all(caption.text.startswith(texts[0].rstrip(REPLACEMENT)) for texts, caption in results)
    assert results[0][1].text != results[1][1].text


def test_doctor_lists_the_models_of_a_local_server(server: LlamaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    check = doctor._check_model()
    assert check.works
    assert check.answer.startswith(f"200, 1 model: {MODEL}; prices are those of ")
    assert "gpt-6-luna is not among them" in check.difference


def test_server_with_a_key_gets_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-rig-0b5f6c2e9d71a384"
    with llama_server(tmp_path, endless=True, key=key) as key_server:
        monkeypatch.setenv("OPENAI_BASE_URL", key_server.base_url)
        with pytest.raises(KeyMissingError, match="wants a key after all: set OPENAI_API_KEY"):
            ask(key_server)
        assert doctor._check_model().answer == "401: no key is set (OPENAI_API_KEY); captions of a model need one."
        monkeypatch.setenv("OPENAI_API_KEY", f"{key}x")
        with pytest.raises(ModelError, match="does not accept the key") as error_info:
            ask(key_server)
        assert key not in str(error_info.value)
        assert "the key is refused" in doctor._check_model().answer
        monkeypatch.setenv("OPENAI_API_KEY", key)
        assert ask(key_server, token_limit=16).tokens_out == 16
        assert doctor._check_model().works
    assert key not in (tmp_path / "llama.log").read_text("utf-8", "replace")


def test_packages_of_the_local_server_are_under_free_licences() -> None:
    distributions = required_packages(["xllamacpp", "gguf"])
    assert {name: one and objection(one) for name, one in distributions.items()} == dict.fromkeys(distributions, "")


def _caption_or_error(server: LlamaServer, **options: Any) -> Caption | str:
    """Return the caption, or the sentence where the model wrote its last token first."""
    try:
        return ask(server, **options)
    except ModelError as error:
        return str(error)
