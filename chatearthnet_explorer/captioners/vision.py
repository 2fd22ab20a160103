"""Captions by a model that receives images: label maps, as GPT-4V did, the true-colour chip, or six pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.captioners.estimate import sizes_of
from chatearthnet_explorer.captioners.model_captioner import ModelCaptioner, ModelInput
from chatearthnet_explorer.captioners.model_table import find_model
from chatearthnet_explorer.errors import CaptionerError, EmptyChipError, SettingError
from chatearthnet_explorer.prompts.facts import PictureFacts
from chatearthnet_explorer.prompts.picture_prompt import ALL_SIX, LABELS, TRUE_COLOUR, picture_ids
from chatearthnet_explorer.render import data_url, png
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

NATURAL_COLOURS = (
    "The picture with this request is the satellite image of the ground in its natural colours, not a map of land "
    "cover. Where the text below speaks of maps, or of a colour that stands for a kind of land cover, that does not "
    "hold for this picture; the figures hold for the same ground."
)
"""Precedes a prompt of facts if the true-colour chip is sent, since a 4V prompt explains the colours of label maps."""

_SUMMARIES = {
    LABELS: "the label map, without figures",
    TRUE_COLOUR: "the true-colour picture",
    ALL_SIX: "six pictures of the bands",
}


class VisionCaptioner(ModelCaptioner):
    """Sends prompt and pictures to a model that takes images."""

    name = "vision"

    def __init__(self, *, image: str | None = None, **service: Any) -> None:
        """Prepare for requests, as ``ModelCaptioner`` does, with one of ``IMAGES``; None for those of the style.

        Raises:
            SettingError: If the address, the token limit or the effort cannot be used, the image is not one of
                ``IMAGES``, or the model is known to take no images.
        """
        picture_ids(image)
        super().__init__(**service)
        self.image = image
        self.options = {**self.service.options, **({"image": image} if image else {})}
        entry = find_model(self.service.model)
        if entry.takes_images is False:
            msg = f"The model {entry.id} takes no images; choose another, or the chat captioner."
            raise SettingError(msg)

    def picture_sizes(self, prompt: Prompt) -> list[tuple[int, int]]:
        """Return width and height in pixels of each picture that is sent."""
        return [(SIZE, SIZE)] if self._sends_scene(prompt) else sizes_of(prompt.images)

    def preface(self, prompt: Prompt) -> str:
        """Return what the picture is, before a prompt that speaks of maps."""
        return f"{NATURAL_COLOURS}\n\n" if self._sends_scene(prompt) else ""

    def _sends_scene(self, prompt: Prompt) -> bool:
        """Return whether the satellite picture takes the place of the label maps."""
        return self.image == TRUE_COLOUR and prompt.style != MULTISPECTRAL

    def model_input(self, prompt: Prompt, chip: Chip) -> ModelInput:
        """Return the prompt and its pictures.

        In the multispectral style each picture comes right after its sentence; in the others, all come after the words.

        Raises:
            EmptyChipError: If the chip lacks the image to be shown.
            CaptionerError: If the prompt has not the pictures to show, or describes more chips than there are images.
        """
        if prompt.style == MULTISPECTRAL:
            return self._pictures(prompt)
        if self.image == ALL_SIX:
            msg = f"A {prompt.style} prompt has no pictures of bands to show; choose style multispectral."
            raise CaptionerError(msg)
        maps = not self._sends_scene(prompt)
        pictures = _label_maps(prompt) if maps else _true_colour(prompt, chip)
        text = f"{self.preface(prompt)}{prompt.user}"
        return ModelInput(
            system=prompt.system,
            user=[_text_part(text), *map(_picture_part, pictures)],
            summary=_input_summary(pictures, maps=maps),
        )

    def _pictures(self, prompt: Prompt) -> ModelInput:
        facts = prompt.facts
        image = facts.image if isinstance(facts, PictureFacts) else ALL_SIX
        if self.image not in {None, image}:
            msg = f"The prompt has {_SUMMARIES[image]} and not {self.image!r}; make it with image={self.image!r}."
            raise CaptionerError(msg)
        rows, columns = prompt.images[0].shape[:2]
        return ModelInput(
            system=prompt.system,
            user=[
                _text_part(prompt.user),
                *(
                    part
                    for text, picture in zip(prompt.image_texts, prompt.images, strict=True)
                    for part in (_text_part(text), _picture_part(picture))
                ),
            ],
            summary=f"{_SUMMARIES[image]}, {columns} x {rows}",
        )


def _label_maps(prompt: Prompt) -> tuple[NDArray[np.uint8], ...]:
    if not prompt.images:
        msg = f"A {prompt.style} prompt has no label maps to show; choose style 4v, or show the true-colour chip."
        raise CaptionerError(msg)
    return prompt.images


def _true_colour(prompt: Prompt, chip: Chip) -> tuple[NDArray[np.uint8], ...]:
    if chip.rgb is None:
        msg = f"The chip {chip.tile.name} has no true-colour picture to show; show the label maps instead."
        raise EmptyChipError(msg)
    if len(prompt.all_facts) > 1:
        msg = "The prompt describes several chips and there is one picture; make the prompt of one chip."
        raise CaptionerError(msg)
    return (chip.rgb,)


def _text_part(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _picture_part(picture: NDArray[np.uint8]) -> dict[str, Any]:
    # high: both sizes lie within one tile of that detail, so it costs next to nothing and loses no pixel
    return {"type": "image_url", "image_url": {"url": data_url(png(picture)), "detail": "high"}}


def _input_summary(pictures: tuple[NDArray[np.uint8], ...], *, maps: bool) -> str:
    rows, columns = pictures[0].shape[:2]
    kind = f"{len(pictures)} label map{'s' if len(pictures) > 1 else ''}" if maps else "the true-colour chip"
    return f"the prompt and {kind}, {columns} x {rows}"
