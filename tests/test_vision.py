"""The vision captioner: exactly which pictures are sent, and what is said of them."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from data.label_maps import label_map
from PIL import Image
from rig.chat_server import chat_server

from chatearthnet_explorer.captioners.vision import NATURAL_COLOURS, VisionCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import CaptionerError, EmptyChipError, SettingError
from chatearthnet_explorer.landcover.legend import indices_of_colours
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.chat_server import ChatServer

MAPS = [label_map(seed) for seed in range(1, 5)]
RGB = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
CHIP = Chip(tile=Tile(8192, 8192), source="file", labels=MAPS[0], rgb=RGB)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def parts_of(request: dict[str, Any]) -> tuple[str, list[np.ndarray]]:
    """Return the words and the decoded pictures of what a user's message held."""
    words, *picture_parts = request["messages"][1]["content"]
    pictures = []
    for picture in picture_parts:
        assert picture["type"] == "image_url"
        kind, data = picture["image_url"]["url"].split(",", 1)
        assert kind == "data:image/png;base64"
        pictures.append(np.asarray(Image.open(BytesIO(b64decode(data)))))
    return words["text"], pictures


@pytest.mark.parametrize("count", [1, 4])
def test_sends_label_maps_and_facts_of_4v(server: ChatServer, count: int) -> None:
    prompt = prompt_for(*MAPS[:count], style="4v")
    caption = VisionCaptioner(base_url=server.base_url).caption(prompt, CHIP)
    words, pictures = parts_of(server.requests[0])
    assert words == prompt.user
    assert server.requests[0]["messages"][0] == {"role": "system", "content": prompt.system}
    assert [picture.shape for picture in pictures] == [(128, 128, 3)] * count
    for picture, labels in zip(pictures, MAPS, strict=False):
        np.testing.assert_array_equal(indices_of_colours(picture), labels[::2, ::2])
    assert caption.input_summary == f"the prompt and {count} label map{'s' if count > 1 else ''}, 128 x 128"


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_can_send_true_colour_chip_instead(server: ChatServer, style: str) -> None:
    prompt = prompt_for(MAPS[0], style=style)
    captioner = VisionCaptioner(base_url=server.base_url, image="true colour")
    caption = captioner.caption(prompt, CHIP)
    words, pictures = parts_of(server.requests[0])
    assert words == f"{NATURAL_COLOURS}\n\n{prompt.user}"
    np.testing.assert_array_equal(pictures[0], RGB)
    assert len(pictures) == 1
    assert caption.input_summary == "the prompt and the true-colour chip, 256 x 256"


def test_input_summary_names_simulated_chip(server: ChatServer) -> None:
    chip = Chip(tile=Tile(0, 0), source="simulated", simulated=True, labels=MAPS[0], rgb=RGB)
    caption = VisionCaptioner(base_url=server.base_url).caption(prompt_for(MAPS[0], style="4v"), chip)
    assert caption.input_summary == "the prompt and 1 label map, 128 x 128, of a simulated chip"


def test_a_35_prompt_has_no_label_maps(server: ChatServer) -> None:
    with pytest.raises(CaptionerError, match=r"A 3\.5 prompt has no label maps to show; choose style 4v"):
        VisionCaptioner(base_url=server.base_url).caption(prompt_for(MAPS[0]), CHIP)
    assert server.requests == []


def test_a_chip_without_pixels_has_no_true_colour(server: ChatServer) -> None:
    chip = Chip(tile=Tile(0, 0), source="file", labels=MAPS[0])
    captioner = VisionCaptioner(base_url=server.base_url, image="true colour")
    with pytest.raises(EmptyChipError, match="no true-colour picture"):
        captioner.caption(prompt_for(MAPS[0], style="4v"), chip)
    assert server.requests == []


def test_one_picture_does_not_stand_for_four_chips(server: ChatServer) -> None:
    captioner = VisionCaptioner(base_url=server.base_url, image="true colour")
    with pytest.raises(CaptionerError, match="several chips"):
        captioner.caption(prompt_for(*MAPS, style="4v"), CHIP)
    assert server.requests == []


def test_refuses_invalid_picture_choice_at_once() -> None:
    with pytest.raises(SettingError, match="not 'infrared'"):
        VisionCaptioner(image="infrared")
    with pytest.raises(SettingError, match="takes no images"):
        VisionCaptioner(model="gpt-3.5-turbo-1106")
