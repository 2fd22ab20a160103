"""One contract for every captioner: template, chat and vision."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING

import numpy as np
import pytest
from data.label_maps import label_map
from rig.chat_server import MODEL, TEXT, chat_server, completion

from chatearthnet_explorer.captioners import captioner_names, open_captioner
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.chip_guard import SIMULATED
from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.captioners.vision import VisionCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import CaptionerError, EmptyChipError, ModelError, SettingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.captioners import Captioner

KEY = "sk-rig-4f9c0a17e2b85d63-SECRET"
LABELS = label_map(1)
RGB = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
ALL = pytest.mark.parametrize("name", captioner_names())
WITH_SERVICE = pytest.mark.parametrize("name", ["chat", "vision"])


def chip_of(**changes: object) -> Chip:
    fields: dict[str, object] = {"tile": Tile(8192, 8192), "source": "file", "labels": LABELS, "rgb": RGB}
    return Chip(**fields | changes)  # type: ignore[arg-type]


def style_of(name: str) -> str:
    return "4v" if name == "vision" else "3.5"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with chat_server() as running:
        yield running


@pytest.fixture
def make(server: ChatServer) -> Callable[[str], Captioner]:
    def build(name: str) -> Captioner:
        if name == "template":
            return TemplateCaptioner()
        kind = ChatCaptioner if name == "chat" else VisionCaptioner
        return kind(base_url=server.base_url, model="rig-model", timeout=2)

    return build


@ALL
def test_caption_names_captioner_model_and_request(name: str, make: Callable[[str], Captioner]) -> None:
    prompt = prompt_for(LABELS, style=style_of(name))
    caption = make(name).caption(prompt, chip_of())
    assert caption.captioner == make(name).name == name
    assert caption.style == prompt.style
    assert caption.prompt_id == prompt.id
    assert caption.text
    assert not caption.is_released
    if name == "template":
        assert (caption.model, caption.tokens_in, caption.input_summary) == (None, None, "the facts")
    else:
        assert (caption.text, caption.model) == (TEXT, MODEL)
        assert (caption.tokens_in, caption.tokens_out) == (321, 45)
        assert caption.notes == ()
        assert caption.input_summary == ("the prompt" if name == "chat" else "the prompt and 1 label map, 128 x 128")


@ALL
def test_notes_simulated_chip(name: str, make: Callable[[str], Captioner]) -> None:
    caption = make(name).caption(prompt_for(LABELS, style=style_of(name)), chip_of(simulated=True))
    assert SIMULATED in caption.notes


@ALL
def test_opens_by_name_and_by_object(name: str, make: Callable[[str], Captioner]) -> None:
    assert open_captioner(name).name == name
    mine = make(name)
    assert open_captioner(mine) is mine


def test_opening_imports_no_heavy_library() -> None:
    code = (
        "import sys; from chatearthnet_explorer.captioners import captioner_names, open_captioner; "
        "[open_captioner(name) for name in captioner_names()]; "
        "print('openai' in sys.modules, 'pydantic' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert output.split() == ["False", "False"]


def test_refuses_unknown_name() -> None:
    with pytest.raises(SettingError, match="'oracle'; choose one of template, chat, vision"):
        open_captioner("oracle")


@WITH_SERVICE
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"labels": None}, "no land-cover map"),
        ({"labels": np.zeros((256, 256), np.uint8)}, "no land-cover map"),
        ({"rgb": np.zeros((256, 256, 3), np.uint8)}, "are black"),
        ({"rgb": np.full((256, 256, 3), 255, np.uint8)}, "are white"),
        ({"rgb": np.full((256, 256, 3), (1, 2, 3), np.uint8)}, "of colour 1 2 3"),
    ],
)
def test_sends_no_request_for_chip_with_nothing_to_describe(
    name: str, changes: dict[str, object], reason: str, make: Callable[[str], Captioner], server: ChatServer
) -> None:
    with pytest.raises(EmptyChipError, match=reason):
        make(name).caption(prompt_for(LABELS, style=style_of(name)), chip_of(**changes))
    assert server.requests == []


@WITH_SERVICE
def test_sends_no_request_for_prompt_without_classes(
    name: str, make: Callable[[str], Captioner], server: ChatServer
) -> None:
    labels = np.zeros((256, 256), np.uint8)
    labels[0, :19] = 3  # under the threshold of 20 pixels
    prompt = prompt_for(labels) if name == "chat" else prompt_for(np.zeros_like(labels), style="4v")
    with pytest.raises(EmptyChipError, match="large enough"):
        make(name).caption(prompt, chip_of(labels=labels))
    assert server.requests == []


def test_template_describes_empty_labels() -> None:
    empty = np.zeros((256, 256), np.uint8)
    for style in ("3.5", "4v"):
        text = TemplateCaptioner().caption(prompt_for(empty, style=style), chip_of(labels=empty)).text
        assert text.startswith("There is nothing to describe in the top left, the top right, ")


@WITH_SERVICE
@pytest.mark.parametrize(
    "mode",
    [
        *("normal", "wrong key", "forbidden", "unknown model", "broken", "busy", "quota", "truncated", "html"),
        *("refusal", "empty", "huge", "redirect", "only max_tokens", "no such path"),
    ],
)
def test_key_is_in_no_text(
    name: str, mode: str, make: Callable[[str], Captioner], server: ChatServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.modes = [mode]
    caplog.set_level(logging.DEBUG)
    captioner = make(name)
    texts = [repr(captioner), str(captioner), repr(vars(captioner))]
    failure: CaptionerError | None = None
    try:
        texts.append(repr(captioner.caption(prompt_for(LABELS, style=style_of(name)), chip_of())))
    except CaptionerError as error:
        failure = error
    if failure:
        assert (failure.__cause__, failure.__context__) == (None, None)
        texts += [repr(failure), str(failure), "".join(traceback.format_exception(failure))]
        assert str(failure).endswith(".")
        assert "\n" not in str(failure)
    assert set(server.keys) == {KEY}
    output = "\n".join([*texts, caplog.text, *(str(vars(record)) for record in caplog.records)])
    assert KEY not in output
    assert KEY[-7:] not in output  # services shorten keys when they repeat them
    assert "4f9c0a" not in output


@WITH_SERVICE
def test_removes_key_from_answer(name: str, make: Callable[[str], Captioner], server: ChatServer) -> None:
    server.answer_with(completion(f"Trees. Your key is {KEY}.", model=f"m-{KEY}"))
    caption = make(name).caption(prompt_for(LABELS, style=style_of(name)), chip_of())
    assert caption.text == "Trees. Your key is [key]."
    assert caption.model == "m-[key]"


@WITH_SERVICE
def test_names_missing_package(name: str, make: Callable[[str], Captioner], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chatearthnet_explorer.captioners.service.chat_completion", None)
    with pytest.raises(ModelError, match=r"pip install 'chatearthnet-explorer\[openai\]'"):
        make(name).caption(prompt_for(LABELS, style=style_of(name)), chip_of())
