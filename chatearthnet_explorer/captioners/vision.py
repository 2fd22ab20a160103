"""Captions by a model that receives an image: the label map, as GPT-4V did, or the true-colour chip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners import IMAGES
from chatearthnet_explorer.captioners.chip_guard import check
from chatearthnet_explorer.captioners.model_prices import MODELS, Estimate, estimate
from chatearthnet_explorer.captioners.service.answer import caption_of
from chatearthnet_explorer.captioners.service.model_service import RETRIES, TIMEOUT, Service
from chatearthnet_explorer.errors import CaptionerError, EmptyChipError, SettingError
from chatearthnet_explorer.render import data_url, png

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

TRUE_COLOUR = (
    "The picture with this request is the satellite image of the ground in its natural colours, not a map of land "
    "cover. Where the text below speaks of maps, or of a colour that stands for a kind of land cover, that does not "
    "hold for this picture; the figures hold for the same ground."
)
"""Precedes the prompt if the true-colour chip is sent, since a 4V prompt explains the colours of label maps."""


class VisionCaptioner:
    """Sends prompt and pictures to a model that takes images, of any OpenAI-compatible service."""

    name = "vision"
    free = False

    def __init__(
        self,
        *,
        model: str | None = None,
        base_url: str | None = None,
        ask_key: Callable[[], str | None] | None = None,
        typed_address: bool = False,
        token_limit: int | None = None,
        reasoning_effort: str | None = None,
        image: str = IMAGES[0],
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
    ) -> None:
        """Prepare for requests, as for ``Service``, with one of ``IMAGES``.

        Raises:
            SettingError: If the address, the token limit or the effort cannot be used, the image is not one of
                ``IMAGES``, or the model is known to take no images.
        """
        if image not in IMAGES:
            msg = f"A model can be shown 'labels' or 'true colour', not {image!r}."
            raise SettingError(msg)
        self.image = image
        self.service = Service(
            model=model,
            base_url=base_url,
            ask_key=ask_key,
            typed_address=typed_address,
            token_limit=token_limit,
            reasoning_effort=reasoning_effort,
            timeout=timeout,
            retries=retries,
        )
        self.options = {**self.service.options, "image": image}
        entry = MODELS.get(self.service.model)
        if entry and not entry.takes_images:
            msg = f"The model {entry.id} takes no images; choose another, or the chat captioner."
            raise SettingError(msg)

    def estimate(self, prompt: Prompt) -> Estimate:
        """Return the rough cost of a caption."""
        pictures = len(prompt.images) if self.image == "labels" else 1
        limit = self.service.token_limit(prompt.token_limit)
        return estimate(prompt, self.service.model, images=pictures, token_limit=limit)

    def cancel(self) -> None:
        """End the running requests, from any thread."""
        self.service.cancel()

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return the caption that the model writes.

        Raises:
            EmptyChipError: If the chip is uniform, has no labels, or lacks the image to be shown.
            KeyMissingError: If the service needs a key and there is none.
            ModelError: If the service refused, failed, or sent no usable answer.
            Cancelled: If ``cancel`` was called meanwhile.
            CaptionerError: If the prompt has no label maps to show, or describes more chips than there are images.
        """
        check(prompt, chip)
        maps = self.image == "labels"
        pictures = _label_maps(prompt) if maps else _true_colour(prompt, chip)
        text = prompt.user if maps else f"{TRUE_COLOUR}\n\n{prompt.user}"
        answer = self.service.ask(
            system=prompt.system,
            user=[{"type": "text", "text": text}, *map(_part, pictures)],
            token_limit=prompt.token_limit,
        )
        return caption_of(
            answer,
            prompt,
            chip,
            captioner=self.name,
            requested_model=self.service.model,
            input_summary=_input_summary(pictures, maps=maps),
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


def _part(picture: NDArray[np.uint8]) -> dict[str, Any]:
    # high: both sizes lie within one tile of that detail, so it costs next to nothing and loses no pixel
    return {"type": "image_url", "image_url": {"url": data_url(png(picture)), "detail": "high"}}


def _input_summary(pictures: tuple[NDArray[np.uint8], ...], *, maps: bool) -> str:
    rows, columns = pictures[0].shape[:2]
    kind = f"{len(pictures)} label map{'s' if len(pictures) > 1 else ''}" if maps else "the true-colour chip"
    return f"the prompt and {kind}, {columns} x {rows}"
