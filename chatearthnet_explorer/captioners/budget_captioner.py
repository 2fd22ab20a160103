"""A captioner whose requests stay within budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import is_free
from chatearthnet_explorer.captioners.budget import NOTHING, Usage
from chatearthnet_explorer.captioners.estimate import Estimate, estimate_of
from chatearthnet_explorer.captioners.model_captioner import ModelCaptioner
from chatearthnet_explorer.captioners.token_counts import count_tokens
from chatearthnet_explorer.errors import BudgetError, Cancelled, CaptionerError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.budget import Budget, Reservation
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

UNPAID_KINDS = frozenset({"key", "access", "credit", "model", "address", "busy", "request", "unreachable"})
"""Kinds of failure in which the request was not sent, or refused before the model wrote: they cost nothing."""


class BudgetCaptioner:
    """Reserves before each request, and settles after it. Its other attributes are those of the captioner it wraps."""

    def __init__(self, captioner: Captioner, budgets: Sequence[Budget]) -> None:
        """Wrap a captioner.

        Args:
            captioner: Who writes.
            budgets: Budgets that must all have room for a request.
        """
        self._captioner, self._budgets = captioner, tuple(budgets)
        self.name = captioner.name

    def __getattr__(self, name: str) -> object:
        """Return an attribute of the captioner, such as ``options``, ``estimate`` or ``cancel``."""
        return getattr(self._captioner, name)

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return what the captioner writes.

        A failure counts as the whole estimate, as does a cancelled request: the service may charge that much. It counts
        nothing if the request never left, or was refused with one of ``UNPAID_KINDS``.

        Raises:
            BudgetError: If the request could pass a cap. Nothing is sent then.
            CaptionerError: As the captioner does.
            Cancelled: If the person stopped it.
        """
        return self._write(prompt, lambda _: self._captioner.caption(prompt, chip))

    def stream(self, prompt: Prompt, chip: Chip, on_text: Callable[[str], None]) -> Caption:
        """Return what the captioner writes, and hand over its text while it is written, if the captioner can.

        It counts as ``caption`` does; but a request that ends early counts the input and the text that came, if any.

        Raises:
            BudgetError: If the request could pass a cap. Nothing is sent then.
            CaptionerError: As the captioner does.
            Cancelled: If the person stopped it.
        """
        stream: Callable[..., Caption] | None = getattr(self._captioner, "stream", None)

        def ask(notice: Callable[[str], None]) -> Caption:
            def hand_over(text: str) -> None:
                notice(text)
                on_text(text)

            return stream(prompt, chip, hand_over) if stream else self._captioner.caption(prompt, chip)

        return self._write(prompt, ask)

    def _write(self, prompt: Prompt, ask: Callable[[Callable[[str], None]], Caption]) -> Caption:
        """Return what a request gives; it is called with what takes the text so far."""
        if is_free(self._captioner):
            return ask(lambda _: None)
        estimate = self._estimate(prompt)
        reservations = self._reserve(estimate)
        texts = [""]  # the text so far
        usage: Usage | None = None
        try:
            caption = ask(lambda text: texts.__setitem__(0, text))
            usage = usage_of(caption)
        except CaptionerError as error:
            usage = NOTHING if is_unpaid(error) else self._usage_so_far(estimate, texts[0])
            raise
        except Cancelled:
            usage = self._usage_so_far(estimate, texts[0])
            raise
        finally:
            for budget, reservation in reservations:
                budget.settle(reservation, usage)
        return caption

    def _usage_so_far(self, estimate: Estimate, text: str) -> Usage | None:
        """Return what a request used that ended early; None if no text came, as the model may have been thinking."""
        if not text or not isinstance(self._captioner, ModelCaptioner):
            return None
        model = self._captioner.entry
        tokens_in, tokens_out = estimate.tokens_in, count_tokens(text, model).tokens
        return Usage(tokens_in=tokens_in, tokens_out=tokens_out, dollars=model.price(tokens_in, tokens_out))

    def _reserve(self, estimate: Estimate) -> list[tuple[Budget, Reservation]]:
        reservations: list[tuple[Budget, Reservation]] = []
        try:
            for budget in self._budgets:
                reservations.append((budget, budget.reserve(estimate)))  # noqa: PERF401 - undone where one has no room
        except BudgetError:
            for budget, reservation in reservations:
                budget.settle(reservation, NOTHING)
            raise
        return reservations

    def _estimate(self, prompt: Prompt) -> Estimate:
        estimate = estimate_of(self._captioner, prompt)
        if estimate is not None:
            return estimate
        if any(budget.has_cap for budget in self._budgets):
            msg = (
                f"The captioner {self.name[:100]!r} does not say what a caption costs, so a cap cannot be kept; choose "
                "another one, or leave the cap out."
            )
            raise BudgetError(msg)
        return Estimate(model=self.name, tokens_in=0, tokens_out=0, dollars=None)


def usage_of(caption: Caption) -> Usage | None:
    """Return what a caption used; None if nobody knows."""
    if caption.tokens_in is None or caption.tokens_out is None:
        return None
    return Usage(tokens_in=caption.tokens_in, tokens_out=caption.tokens_out, dollars=caption.dollars)


def is_unpaid(error: CaptionerError) -> bool:
    """Return whether a request that failed used nothing: it never left, or was refused before the model wrote."""
    return not isinstance(error, ModelError) or error.kind in UNPAID_KINDS
