"""What a caption will cost, before the request is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import money
from chatearthnet_explorer.captioners.model_table import DEFAULT, find_model
from chatearthnet_explorer.captioners.token_counts import count_messages, picture_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.model_entry import Model
    from chatearthnet_explorer.prompts.prompt import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The cost of a caption, before the request is sent."""

    model: str
    """Identifier of the model."""

    tokens_in: int
    """Input tokens: those of texts and pictures, and those that frame the messages."""

    tokens_out: int
    """Output tokens, at most: as many as the request allows."""

    dollars: float | None
    """US dollars for both; None if the price is not known."""

    picture_tokens: int = 0
    """Those of the input tokens that are pictures, by the published rule."""

    is_exact: bool = False
    """Whether the tokens of the texts were counted with the model's own encoding."""

    most_tokens_in: int | None = None
    """Input tokens that a cap reserves: with the margin of a count that is not exact; None for ``tokens_in``."""

    most_dollars: float | None = None
    """US dollars that a cap reserves; None for ``dollars``."""

    as_of: date | None = None
    """Date of the price; None if it is not known."""

    @property
    def most_tokens(self) -> int:
        """Return input and output tokens together, at most."""
        return max(self.tokens_in, self.most_tokens_in or 0) + self.tokens_out

    @property
    def summary(self) -> str:
        """The estimate in words, such as ``at most about $0.0002``."""
        return f"{self._price} ({self.tokens_summary})"

    @property
    def tokens_summary(self) -> str:
        """The tokens in words, such as ``about 290 tokens in, up to 300 out``."""
        about = "" if self.is_exact else "about "
        return f"{about}{self.tokens_in:,} tokens in, up to {self.tokens_out:,} out"

    @property
    def _price(self) -> str:
        if self.dollars is None:
            return "price unknown"
        if not self.dollars:
            return "free"
        origin = f", by prices of {self.as_of.day} {self.as_of:%B %Y}" if self.as_of else ""
        return f"at most about {money(self.dollars, 1)}{origin}"


def estimate(
    prompt: Prompt,
    model: str | Model = DEFAULT,
    *,
    preface: str = "",
    picture_sizes: Iterable[tuple[int, int]] | None = None,
    token_limit: int | None = None,
) -> Estimate:
    """Return the cost of a caption.

    Args:
        prompt: The prompt that will be sent.
        model: Identifier of the model, or its entry in the table.
        preface: Words that the captioner puts before the user's message.
        picture_sizes: Width and height in pixels of the pictures that are sent; None for those that the prompt holds.
        token_limit: Tokens the answer may have; None for the prompt's own limit.

    Raises:
        SettingError: If the user's table of models cannot be used.
    """
    entry = find_model(model) if isinstance(model, str) else model
    limit = token_limit or prompt.token_limit
    sizes = sizes_of(prompt.images) if picture_sizes is None else picture_sizes
    words = count_messages((prompt.system, "\n".join((f"{preface}{prompt.user}", *prompt.image_texts))), entry)
    pictures = sum(picture_tokens(width, height, entry) for width, height in sizes)
    tokens_in, most_tokens_in = words.tokens + pictures, words.most + pictures
    return Estimate(
        model=entry.id,
        tokens_in=tokens_in,
        tokens_out=limit,
        dollars=entry.price(tokens_in, limit),
        picture_tokens=pictures,
        is_exact=words.is_exact and not pictures,
        most_tokens_in=most_tokens_in,
        most_dollars=entry.price(most_tokens_in, limit),
        as_of=entry.as_of if entry.has_price else None,
    )


def estimate_of(captioner: Captioner, prompt: Prompt) -> Estimate | None:
    """Return what a captioner says that a caption will cost; None if it does not say."""
    method = getattr(captioner, "estimate", None)
    cost = method(prompt) if method else None
    return cost if isinstance(cost, Estimate) else None


def sizes_of(pictures: Iterable[NDArray[np.uint8]]) -> list[tuple[int, int]]:
    """Return width and height in pixels of pictures, each of shape (rows, columns, 3)."""
    return [(picture.shape[1], picture.shape[0]) for picture in pictures]
