"""A caption: text, who wrote it, from which prompt."""

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
    """The words themselves, at most ``LIMIT`` characters."""

    captioner: str
    """Who was asked: ``template``, ``chat``, ``vision`` or ``release``."""

    style: Style
    """Style of the prompt behind it."""

    model: str | None = None
    """Identifier the answering model gave of itself; None where no model took part."""

    input_summary: str = ""
    """What the writer was given, in words: ``the facts``, ``the prompt``, ``the prompt and 1 label map``, ..."""

    prompt_id: str = ""
    """``Prompt.id`` of the prompt it answers; empty where that is not known."""

    is_released: bool = False
    """Whether ChatEarthNet published it; only then do its views name GPT-3.5 or GPT-4V."""

    tokens_in: int | None = None
    """Tokens the service says it read."""

    tokens_out: int | None = None
    """Tokens the service says it wrote."""

    notes: tuple[str, ...] = ()
    """What a reader should know, one sentence each: cut off, banned words in it, retired model, ..."""

    @property
    def byline(self) -> str:
        """Who wrote it, in the words a view shows."""
        if self.is_released:
            return f"ChatEarthNet, {'GPT-3.5' if self.style == '3.5' else 'GPT-4V'}"
        kind = "GPT-3.5" if self.style == "3.5" else "GPT-4V"
        writer = self.model or ("fixed sentences, no model" if self.captioner == "template" else self.captioner)
        return f"In the style of {kind}, by {writer}"


LIMIT = 20_000
"""Characters of a caption's text that are kept; the longest prompt allows 1,200 tokens, about 6,000."""
