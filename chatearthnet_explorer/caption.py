"""The value ``Caption``: a text, its author and the prompt it was written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatearthnet_explorer.values import Value

Style = Literal["3.5", "4v"]
"""Styles of ChatEarthNet's prompts and captions: those for GPT-3.5, and those for GPT-4V."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Caption(Value):
    """The description of a chip by a person or a model. The text is hostile until a view escapes it."""

    text: str
    """The text, at most ``LIMIT`` characters."""

    captioner: str
    """The captioner: ``template``, ``chat``, ``vision`` or ``release``."""

    style: Style
    """Style of the prompt behind it."""

    model: str | None = None
    """Name of the model, as its service reports it; None if no model was used."""

    input_summary: str = ""
    """What the captioner read, in words: ``the facts``, ``the prompt``, ``the prompt and 1 label map``, ..."""

    prompt_id: str = ""
    """``Prompt.id`` of its prompt; empty if that is not known."""

    is_released: bool = False
    """Whether ChatEarthNet published it; only then do views name GPT-3.5 or GPT-4V as the author."""

    tokens_in: int | None = None
    """Tokens of the input, as the service counts them."""

    tokens_out: int | None = None
    """Tokens of the output, as the service counts them."""

    notes: tuple[str, ...] = ()
    """What a reader should know, one sentence each: cut off, forbidden words, retired model, ..."""

    @property
    def byline(self) -> str:
        """Return the author, as views show it."""
        if self.is_released:
            return f"ChatEarthNet, {'GPT-3.5' if self.style == '3.5' else 'GPT-4V'}"
        kind = "GPT-3.5" if self.style == "3.5" else "GPT-4V"
        writer = self.model or ("fixed sentences" if self.captioner == "template" else self.captioner)
        return f"Written by {writer}, in the style of {kind}"


LIMIT = 20_000
"""Most characters of a caption; the longest prompt allows 1,200 tokens, about 6,000 characters."""
