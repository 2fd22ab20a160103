"""The table of models: prices, image input, retirement dates and successors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatearthnet_explorer.prompts.prompt import Prompt

AS_OF = "November 2026"
"""When the table was last compared with its source: OpenAI's pages of models, prices and deprecations."""

DEFAULT = "gpt-6-luna"
"""The default model: it takes images, and OpenAI names it as the successor of others."""

IMAGE_TOKENS = 255
"""Tokens that an estimate counts for a picture of up to 512 x 512 pixels: what OpenAI's image guide states for
gpt-4o in high detail (85, and 170 for a tile). By the same guide models that count patches of 32 x 32 take fewer."""

_CHARACTERS_OF_A_TOKEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. None stands for a value that is not known, which is not 0."""

    id: str
    """Its identifier at a service."""

    takes_images: bool
    """Whether it accepts pictures."""

    price_in: float | None = None
    """US dollars for a million input tokens."""

    price_out: float | None = None
    """US dollars for a million output tokens."""

    last_day: date | None = None
    """Last day on which OpenAI serves it."""

    successors: tuple[str, ...] = ()
    """Models that OpenAI recommends in its place."""


_LUNA = ("gpt-6-luna",)
_NEXT_JANUARY = date(2027, 1, 14)
MODELS: dict[str, Model] = {
    model.id: model
    for model in (
        Model(id="gpt-6-luna", takes_images=True, price_in=0.10, price_out=0.50),
        Model(id="gpt-4o", takes_images=True, last_day=_NEXT_JANUARY, successors=_LUNA),
        Model(id="gpt-4o-mini", takes_images=True, last_day=_NEXT_JANUARY, successors=_LUNA),
        Model(id="gpt-4.1", takes_images=True, last_day=_NEXT_JANUARY, successors=_LUNA),
        Model(id="gpt-4.1-mini", takes_images=True, last_day=_NEXT_JANUARY, successors=_LUNA),
        # the two that wrote ChatEarthNet
        Model(
            id="gpt-3.5-turbo-1106",
            takes_images=False,
            last_day=date(2026, 9, 28),
            successors=("gpt-5-mini", "gpt-4.1-mini"),
        ),
        Model(id="gpt-4-vision-preview", takes_images=True, last_day=date(2024, 12, 6), successors=("gpt-4o",)),
    )
}
"""Every model, by identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The rough cost of a caption, before the request is sent."""

    tokens_in: int
    """Input tokens: a quarter of the prompt's characters, and ``IMAGE_TOKENS`` for each picture."""

    tokens_out: int
    """Output tokens, at most: as many as the prompt allows."""

    dollars: float | None
    """US dollars for both; None if the price is not known."""

    @property
    def summary(self) -> str:
        """The estimate in words, such as ``at most about $0.0002``."""
        price = "price unknown" if self.dollars is None else f"at most about ${self.dollars:.1g}"
        return f"{price} (some {self.tokens_in} tokens in, up to {self.tokens_out} out)"


def model_known(model: str) -> bool:
    """Return whether the table has a model of that identifier."""
    return model in MODELS


def price(model: str, tokens_in: int, tokens_out: int) -> float | None:
    """Return US dollars for input and output tokens; None if the model or its price is not known."""
    entry = MODELS.get(model)
    if entry is None or entry.price_in is None or entry.price_out is None:
        return None
    return (tokens_in * entry.price_in + tokens_out * entry.price_out) / 1_000_000


def retirement(model: str, today: date) -> str | None:
    """Return a model's last day of service and its successors in one sentence; None if nothing is known.

    Args:
        model: Identifier of the model.
        today: The day on which the sentence is read.
    """
    entry = MODELS.get(model)
    if entry is None or entry.last_day is None:
        return None
    is_over = entry.last_day < today
    return (
        f"{model} {'was' if is_over else 'is'} served by OpenAI until {entry.last_day:%Y-%m-%d}; "
        f"in its place OpenAI names {' or '.join(entry.successors)}."
    )


def estimate(
    prompt: Prompt, model: str = DEFAULT, *, images: int | None = None, token_limit: int | None = None
) -> Estimate:
    """Return the rough cost of a caption.

    Args:
        prompt: The prompt that will be sent.
        model: Identifier of the model.
        images: Pictures sent with it; None for the label maps that the prompt holds.
        token_limit: Tokens the answer may have; None for the prompt's own limit.
    """
    pictures = len(prompt.images) if images is None else images
    characters = len(prompt.system) + len(prompt.user)
    tokens_in = math.ceil(characters / _CHARACTERS_OF_A_TOKEN) + pictures * IMAGE_TOKENS
    tokens_out = token_limit or prompt.token_limit
    return Estimate(tokens_in=tokens_in, tokens_out=tokens_out, dollars=price(model, tokens_in, tokens_out))
