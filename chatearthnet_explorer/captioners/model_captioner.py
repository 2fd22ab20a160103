"""The base of captioners that ask a model: what it is sent, the request, and the caption that becomes of the answer."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.captioners.chip_guard import notes_on, refuse_empty
from chatearthnet_explorer.captioners.estimate import Estimate, estimate
from chatearthnet_explorer.captioners.model_entry import refuse_retired
from chatearthnet_explorer.captioners.model_table import find_model
from chatearthnet_explorer.captioners.service.answer import notes_on_words
from chatearthnet_explorer.captioners.service.model_service import RETRIES, TIMEOUT, Service
from chatearthnet_explorer.captioners.usage import check_usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.captioners.service.request_fields import Question
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInput:
    """What a model is sent about a chip."""

    system: str
    """The rules."""

    user: str | list[dict[str, Any]]
    """The question, as text or as parts of chat.completions: texts and pictures."""

    summary: str
    """What the model reads, in words, for ``Caption.input_summary``."""

    notes: tuple[str, ...] = ()
    """What a reader of the caption should know about the input, one sentence each."""


class ModelCaptioner(ABC):
    """Asks a model of any OpenAI-compatible service. A subclass says what the model is sent."""

    name: str
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
        self.entry = find_model(self.service.model)
        """The model in the table of models."""

    @abstractmethod
    def model_input(self, prompt: Prompt, chip: Chip) -> ModelInput:
        """Return what the model is sent about a chip with something to describe.

        Raises:
            CaptionerError: If prompt or chip lack what this captioner sends.
        """

    @abstractmethod
    def picture_sizes(self, prompt: Prompt) -> list[tuple[int, int]]:
        """Return width and height in pixels of each picture that is sent."""

    def preface(self, prompt: Prompt) -> str:  # noqa: ARG002 - for subclasses
        """Return the words that are put before the prompt, with the space after them; empty for none."""
        return ""

    @property
    def warning(self) -> str:
        """That the model ended, or ends soon, at its service, in one sentence; empty if it does not."""
        return self.entry.end_note(self.service.endpoint.url)

    def estimate(self, prompt: Prompt) -> Estimate:
        """Return the cost of a caption, before it is requested."""
        limit = self.service.token_limit(prompt.token_limit)
        return estimate(
            prompt,
            self.entry,
            preface=self.preface(prompt),
            picture_sizes=self.picture_sizes(prompt),
            token_limit=limit,
        )

    def question(self, prompt: Prompt, chip: Chip) -> Question:
        """Return the content of the request for a caption; nothing is sent.

        Raises:
            EmptyChipError: If the chip is uniform or has no labels.
            RetiredModelError: If the model's last day at the service is over.
            CaptionerError: If prompt or chip lack what this captioner sends.
        """
        return self.question_and_input(prompt, chip)[0]

    def question_and_input(self, prompt: Prompt, chip: Chip) -> tuple[Question, ModelInput]:
        """Return the content of the request, and what it was made of; its pictures take time.

        Raises:
            CaptionerError: As ``question`` does.
        """
        refuse_retired(self.entry, self.service.endpoint.url)
        refuse_empty(prompt, chip)
        content = self.model_input(prompt, chip)
        summary = f"{content.summary}, of a simulated chip" if chip.simulated else content.summary
        content = replace(content, summary=summary, notes=(*notes_on(chip), *content.notes))
        limit = prompt.token_limit
        return self.service.question(system=content.system, user=content.user, token_limit=limit), content

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return the caption that the model writes.

        Raises:
            EmptyChipError: If the chip is uniform, has no labels, or lacks the image to be shown.
            RetiredModelError: If the model's last day at the service is over.
            KeyMissingError: If the service needs a key and there is none.
            ModelError: If the service refused, failed, or sent no usable answer.
            Cancelled: If ``cancel`` was called meanwhile.
            CaptionerError: If prompt or chip lack what this captioner sends.
        """
        return self._write(prompt, chip, None)

    def stream(self, prompt: Prompt, chip: Chip, on_text: Callable[[str], None]) -> Caption:
        """Return the caption that the model writes, and hand over its text while it is written.

        Args:
            prompt: What the model is asked.
            chip: The chip to describe.
            on_text: Called in this thread with the whole text so far; what it raises ends the request.

        Raises:
            CaptionerError: As ``caption`` does.
            Cancelled: If ``cancel`` was called meanwhile.
        """
        return self._write(prompt, chip, on_text)

    def _write(self, prompt: Prompt, chip: Chip, on_text: Callable[[str], None] | None) -> Caption:
        question, content = self.question_and_input(prompt, chip)
        start = time.monotonic()
        answer = self.service.ask(question, on_text=on_text)
        seconds = time.monotonic() - start
        usage = check_usage(
            answer.tokens_in, answer.tokens_out, request=self.estimate(prompt), text=answer.text, model=self.entry
        )
        return Caption(
            text=answer.text,
            captioner=self.name,
            style=prompt.style,
            model=answer.model,
            input_summary=content.summary,
            prompt_id=prompt.id,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            dollars=self.entry.price(usage.tokens_in, usage.tokens_out),
            price_date=self.entry.as_of if self.entry.has_price else None,
            seconds=seconds,
            notes=(
                *content.notes,
                *answer.notes,
                *notes_on_words(answer.text),
                *usage.notes,
                *filter(None, [self.warning]),
            ),
        )

    def cancel(self) -> None:
        """End the running requests, from any thread."""
        self.service.cancel()
