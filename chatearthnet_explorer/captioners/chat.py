"""Captions by a language model that reads the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.captioners.model_captioner import ModelCaptioner, ModelInput
from chatearthnet_explorer.errors import CaptionerError

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

WITHOUT_MAPS = (
    "No map comes with this request. Write from the measured figures alone, and say nothing about shapes, which "
    "figures do not tell."
)
"""Precedes a 4V prompt, which refers to maps that this captioner does not send."""

BLIND = "The 4V style shows the writer label maps; this captioner sends words alone."
"""Note of such a caption."""


class ChatCaptioner(ModelCaptioner):
    """Sends the words of the prompt to a model."""

    name = "chat"
    multispectral_problem = "The multispectral style is made of pictures, and `chat` sends words alone; choose vision."

    def picture_sizes(self, prompt: Prompt) -> list[tuple[int, int]]:  # noqa: ARG002 - it sends none
        """Return no size."""
        return []

    def preface(self, prompt: Prompt) -> str:
        """Return that there are no maps, before a prompt that refers to them."""
        return f"{WITHOUT_MAPS}\n\n" if prompt.images else ""

    def model_input(self, prompt: Prompt, chip: Chip) -> ModelInput:  # noqa: ARG002 - it sends words alone
        """Return the words of the prompt.

        Raises:
            CaptionerError: If the prompt is made of pictures alone.
        """
        if prompt.style == MULTISPECTRAL:
            raise CaptionerError(self.multispectral_problem)
        blind = bool(prompt.images)
        return ModelInput(
            system=prompt.system,
            user=f"{self.preface(prompt)}{prompt.user}",
            summary="the prompt",
            notes=(BLIND,) if blind else (),
        )
