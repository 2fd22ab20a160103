"""What goes over the wire in each style, as the scripted server receives it: nothing less, and nothing more."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from data.label_maps import label_map
from PIL import Image
from rig.chat_server import MODEL, chat_server

from chatearthnet_explorer.band_pictures import PICTURES, picture_of
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.captioners.vision import VisionCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import CaptionerError, EmptyChipError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.pipeline import caption_at, caption_of
from chatearthnet_explorer.prompts.chip_prompt import prompt_for_chip
from chatearthnet_explorer.prompts.prompt import FORBIDDEN_WORDS, prompt_for
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.chat_server import ChatServer

MAPS = [label_map(seed) for seed in range(1, 5)]
# the colours of the published label maps, by class index (DATASET.md), apart from the table of the program
COLOURS = np.array(
    [
        *[(0, 0, 0), (0, 0, 255), (255, 0, 0), (0, 192, 0), (200, 170, 120), (0, 255, 0)],
        *[(255, 255, 0), (128, 128, 128), (255, 255, 255), (0, 255, 255), (255, 0, 255), (128, 0, 128)],
    ],
    np.uint8,
)
PLACE = (-63.15, -10.35)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


@pytest.fixture(scope="module")
def chip() -> Chip:
    return SimulatedSource().chip_at(*PLACE, bands=True)


def only_request(server: ChatServer) -> tuple[str, Any]:
    """Return rules and question of the one request that was sent, whose other fields are the model and the limit."""
    (request,) = server.requests
    assert set(request) <= {"model", "messages", "max_completion_tokens", "max_tokens"}
    rules, question = request["messages"]
    assert (rules["role"], question["role"]) == ("system", "user")
    assert set(rules) == set(question) == {"role", "content"}
    return rules["content"], question["content"]


def limit(server: ChatServer) -> set[int]:
    """Return the token limit of a request, by whichever names it is sent."""
    return {server.requests[0][name] for name in ("max_completion_tokens", "max_tokens") if name in server.requests[0]}


def texts_and_pictures(parts: list[dict[str, Any]]) -> list[str | np.ndarray]:
    """Return the parts of a question in order: texts as they are, pictures decoded."""
    result: list[str | np.ndarray] = []
    for part in parts:
        if part["type"] == "text":
            assert set(part) == {"type", "text"}
            result.append(part["text"])
            continue
        assert set(part) == {"type", "image_url"}
        assert set(part["image_url"]) == {"url", "detail"}
        assert part["image_url"]["detail"] == "high"
        kind, data = part["image_url"]["url"].split(",", 1)
        assert kind == "data:image/png;base64"
        result.append(np.asarray(Image.open(BytesIO(b64decode(data)))))
    return result


def test_style_35_is_sent_as_two_texts_of_at_most_300_tokens(server: ChatServer, chip: Chip) -> None:
    prompt = prompt_for(MAPS[0])
    ChatCaptioner(base_url=server.base_url).caption(prompt, chip)
    rules, question = only_request(server)
    assert isinstance(rules, str)
    assert isinstance(question, str)  # text only, no parts
    assert limit(server) == {300}
    places = [question.index(part) for part in PARTS]
    assert places == sorted(places)
    assert len(re.findall(r"^\d\. ", rules, re.MULTILINE)) == 6
    assert all(word in rules for word in FORBIDDEN_WORDS)
    for part, amounts in prompt.facts.parts.items():
        line = next(line for line in question.splitlines() if part in line)
        # largest first, at most three, each with its size word
        at = [line.index(f"{amount.size} ") for amount in amounts if amount.name in line]
        assert len(at) == len(amounts) <= 3
        assert all(amount.name in line for amount in amounts)


@pytest.mark.parametrize("count", [1, 4])
def test_style_4v_is_sent_with_its_label_maps_at_half_size(server: ChatServer, chip: Chip, count: int) -> None:
    prompt = prompt_for(*MAPS[:count], style="4v")
    VisionCaptioner(base_url=server.base_url).caption(prompt, chip)
    rules, question = only_request(server)
    words, *pictures = texts_and_pictures(question)
    assert limit(server) == {1200}
    assert len(pictures) == count
    for picture, labels in zip(pictures, MAPS, strict=False):
        np.testing.assert_array_equal(picture, COLOURS[labels[::2, ::2]])  # 128 x 128, every second pixel
    assert len(re.findall(r"^\d\. ", rules, re.MULTILINE)) == 8
    assert all(word in rules for word in (*FORBIDDEN_WORDS, "color", "dictionary"))
    assert isinstance(words, str)
    present = {int(index) for labels in MAPS[:count] for index in np.unique(labels)} - {BACKGROUND}
    for index in present:  # the legend: colour to class
        red, green, blue = COLOURS[index]
        assert f"RGB ({red}, {green}, {blue}) is {CLASSES[index].name_4v}" in words
    for labels in MAPS[:count]:  # two decimals of all pixels of the part, background included
        for part, (row, column) in {"top left": (0, 0), "middle": (64, 64)}.items():
            piece = labels[row : row + 128, column : column + 128]
            for index in set(np.unique(piece)) - {BACKGROUND}:
                assert f"{100 * (piece == index).mean():.2f} % of the {part}" in words


def words_of_labels(labels: np.ndarray) -> set[str]:
    """Return every share and percent that the other styles would state of a label map."""
    facts_35, facts_4v = prompt_for(labels).facts, prompt_for(labels, style="4v").facts
    numbers = {f"{percent:.2f}" for parts in facts_4v.percents.values() for percent in parts.values()}
    numbers |= {f"{share:.2f}" for pairs in facts_4v.shares.values() for _, share in pairs}
    numbers |= {f"{amount.percent} %" for amounts in facts_35.parts.values() for amount in amounts}
    return numbers - {"0.00"}


def test_multispectral_style_is_sent_as_six_pictures_each_after_its_sentence(server: ChatServer, chip: Chip) -> None:
    prompt = prompt_for_chip(chip, style="multispectral")
    caption = VisionCaptioner(base_url=server.base_url).caption(prompt, chip)
    rules, question = only_request(server)
    assert limit(server) == {300}
    task, *pairs = texts_and_pictures(question)
    assert task == "Describe the square in one paragraph."
    sentences, pictures = pairs[::2], pairs[1::2]
    assert len(sentences) == len(pictures) == 6
    for sentence, opening in zip(
        sentences, ("True colour", "False colour", "NDVI", "NDWI", "NDMI", "The same index"), strict=True
    ):
        assert isinstance(sentence, str)
        assert sentence.startswith(opening)
    for picture, id_ in zip(pictures, PICTURES, strict=True):
        assert isinstance(picture, np.ndarray)
        np.testing.assert_array_equal(picture, picture_of(chip, id_))
        assert picture.shape == (256, 256, 3)
    assert len(re.findall(r"^\d\. ", rules, re.MULTILINE)) == 8
    assert all(word in rules for word in FORBIDDEN_WORDS)
    assert f": {', '.join(land.name for land in CLASSES[1:])}." in rules
    assert f": {', '.join(PARTS)} alone" in rules or f": {', '.join(PARTS)}." in rules
    assert caption.input_summary == "six pictures of the bands, 256 x 256, of a simulated chip"
    assert caption.byline == f"Written by {MODEL} from {caption.input_summary}"
    assert caption.style == "multispectral"
    assert caption.prompt_id == prompt.id


@pytest.mark.parametrize("image", ["all six", "true colour", "labels"])
def test_multispectral_request_states_nothing_of_the_labels(server: ChatServer, chip: Chip, image: str) -> None:
    prompts = []
    for labels in (MAPS[0], MAPS[1]):
        other = Chip(tile=chip.tile, source="file", labels=labels, rgb=chip.rgb, bands=chip.bands)
        prompts.append(prompt_for_chip(other, style="multispectral", image=image))
        VisionCaptioner(base_url=server.base_url, image=image).caption(prompts[-1], other)
    one, two = (
        [
            request["messages"][0]["content"],
            *(part["text"] for part in request["messages"][1]["content"] if "text" in part),
        ]
        for request in server.requests
    )
    assert one == two  # the same words for other labels
    assert not [number for number in words_of_labels(MAPS[0]) if number in " ".join(one)]
    assert (prompts[0].id == prompts[1].id) == (image != "labels")


def test_true_colour_alone_is_one_picture_and_needs_no_band(server: ChatServer) -> None:
    captioner = VisionCaptioner(base_url=server.base_url, image="true colour")
    result = caption_at(*PLACE, source="simulated", captioner=captioner, style="multispectral")
    _, question = only_request(server)
    task, sentence, picture = texts_and_pictures(question)
    assert isinstance(task, str)
    assert isinstance(sentence, str)
    assert sentence.startswith("True colour")
    assert isinstance(picture, np.ndarray)
    np.testing.assert_array_equal(picture, result.chip.rgb)
    assert not result.chip.bands
    assert result.caption is not None
    assert result.caption.input_summary == "the true-colour picture, 256 x 256, of a simulated chip"


def test_label_map_alone_has_the_legend_of_all_classes_and_no_figure(server: ChatServer) -> None:
    captioner = VisionCaptioner(base_url=server.base_url, image="labels")
    result = caption_at(*PLACE, source="simulated", captioner=captioner, style="multispectral")
    _, question = only_request(server)
    _, legend, picture = texts_and_pictures(question)
    assert isinstance(picture, np.ndarray)
    np.testing.assert_array_equal(picture, COLOURS[result.chip.labels])
    assert isinstance(legend, str)
    for index, (red, green, blue) in enumerate(COLOURS.tolist()[1:], start=1):
        assert f"RGB ({red}, {green}, {blue}) is {CLASSES[index].name}" in legend
    assert result.caption is not None
    assert result.caption.input_summary.startswith("the label map, without figures, 256 x 256")


def test_place_without_labels_is_described_from_its_pictures(server: ChatServer, chip: Chip) -> None:
    sea = Chip(tile=chip.tile, source="file", rgb=chip.rgb, bands=chip.bands)
    captioner = VisionCaptioner(base_url=server.base_url)
    result = caption_of(sea, *PLACE, captioner=captioner, style="multispectral")
    assert result.caption is not None
    assert len(server.requests) == 1
    assert caption_of(sea, *PLACE, captioner=captioner, style="4v").prompt is None


def test_chip_without_bands_is_refused_in_a_sentence_and_nothing_is_sent(server: ChatServer, chip: Chip) -> None:
    plain = Chip(tile=chip.tile, source="file", rgb=chip.rgb)
    result = caption_of(plain, *PLACE, captioner=VisionCaptioner(base_url=server.base_url), style="multispectral")
    assert result.prompt is None
    assert isinstance(result.error, EmptyChipError)
    assert "its bands were not read" in str(result.error)
    assert server.requests == []


def test_uniform_picture_is_refused_and_nothing_is_sent(server: ChatServer, chip: Chip) -> None:
    white = Chip(tile=chip.tile, source="file", rgb=np.full((256, 256, 3), 255, np.uint8), bands=chip.bands)
    prompt = prompt_for_chip(white, style="multispectral")
    with pytest.raises(EmptyChipError, match="all pixels of its picture are white"):
        VisionCaptioner(base_url=server.base_url).caption(prompt, white)
    assert server.requests == []


def test_pixels_without_data_are_named_in_the_sentence_of_their_picture(chip: Chip) -> None:
    bands = {name: band.copy() for name, band in chip.bands.items()}
    bands["B12"][0, 0] = np.nan
    incomplete = Chip(tile=chip.tile, source="file", rgb=chip.rgb, bands=bands)
    texts = prompt_for_chip(incomplete, style="multispectral").image_texts
    assert ["no data" in text for text in texts] == [False, False, False, False, False, True]


def test_captioners_of_words_refuse_the_multispectral_style(server: ChatServer, chip: Chip) -> None:
    prompt = prompt_for_chip(chip, style="multispectral")
    with pytest.raises(CaptionerError, match="sends words alone; choose vision"):
        ChatCaptioner(base_url=server.base_url).caption(prompt, chip)
    with pytest.raises(CaptionerError, match="choose a vision model"):
        TemplateCaptioner().caption(prompt, chip)
    assert server.requests == []


def test_captioner_refuses_a_prompt_of_other_pictures_than_it_was_opened_for(server: ChatServer, chip: Chip) -> None:
    prompt = prompt_for_chip(chip, style="multispectral")
    with pytest.raises(CaptionerError, match="six pictures of the bands and not 'true colour'"):
        VisionCaptioner(base_url=server.base_url, image="true colour").caption(prompt, chip)
    with pytest.raises(
        CaptionerError, match=r"A 3\.5 prompt has no pictures of bands to show; choose style multispectral"
    ):
        VisionCaptioner(base_url=server.base_url, image="all six").caption(prompt_for(MAPS[0]), chip)
    assert server.requests == []


def test_prompt_id_changes_with_any_pixel_and_any_sentence(chip: Chip) -> None:
    prompt = prompt_for_chip(chip, style="multispectral")
    assert prompt_for_chip(chip, style="multispectral").id == prompt.id
    assert all(not image.flags.writeable for image in prompt.images)
    for at in range(6):
        images = list(prompt.images)
        images[at] = images[at].copy()
        images[at][0, 0, 0] ^= 1
        texts = list(prompt.image_texts)
        texts[at] += "!"
        for change in ({"images": tuple(images)}, {"image_texts": tuple(texts)}):
            other = type(prompt)(**{name: getattr(prompt, name) for name in prompt.__dataclass_fields__} | change)
            assert other.id != prompt.id
