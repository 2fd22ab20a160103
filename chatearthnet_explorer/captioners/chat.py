"""Captions by a language model that reads the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.chip_guard import check
from chatearthnet_explorer.captioners.model_prices import Estimate, estimate
from chatearthnet_explorer.captioners.service.answer import caption_of
from chatearthnet_explorer.captioners.service.model_service import RETRIES, TIMEOUT, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

WITHOUT_MAPS = (
    "No map comes with this request. Write from the measured figures alone, and say nothing about shapes, which "
    "figures do not tell."
)
"""Precedes a 4V prompt, which refers to maps that this captioner does not send."""

BLIND = "The 4V style shows the writer label maps; this captioner sends words alone."
"""Note of such a caption."""


class ChatCaptioner:
    """Sends the words of the prompt to a model of any OpenAI-compatible service."""

    name = "chat"
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
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
    ) -> None:
        """Prepare for requests; see ``Service`` for the arguments.

        Raises:
            SettingError: If the address, the token limit or the effort cannot be used.
        """
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
        self.options = self.service.options

    def estimate(self, prompt: Prompt) -> Estimate:
        """Return the rough cost of a caption."""
        return estimate(prompt, self.service.model, images=0, token_limit=self.service.token_limit(prompt.token_limit))

    def cancel(self) -> None:
        """End the running requests, from any thread."""
        self.service.cancel()

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return the caption that the model writes.

        Raises:
            EmptyChipError: If the chip is uniform or has no labels.
            KeyMissingError: If the service needs a key and there is none.
            ModelError: If the service refused, failed, or sent no usable answer.
            Cancelled: If ``cancel`` was called meanwhile.
        """
        check(prompt, chip)
        blind = bool(prompt.images)
        user = f"{WITHOUT_MAPS}\n\n{prompt.user}" if blind else prompt.user
        answer = self.service.ask(system=prompt.system, user=user, token_limit=prompt.token_limit)
        return caption_of(
            answer,
            prompt,
            chip,
            captioner=self.name,
            requested_model=self.service.model,
            input_summary="the prompt",
            notes=(BLIND,) if blind else (),
        )
