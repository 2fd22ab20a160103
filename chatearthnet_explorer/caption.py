"""The value ``Caption``: a text, its author and the prompt it was written from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, get_args

from chatearthnet_explorer.values import FrozenDict, Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ReleasedStyle = Literal["3.5", "4v"]
"""Styles of the captions that ChatEarthNet published: those by GPT-3.5, and those by GPT-4V."""

RELEASED_STYLES: tuple[str, ...] = get_args(ReleasedStyle)
"""The styles of the release; a catalog has columns for each."""

Style = Literal["3.5", "4v", "multispectral"]
"""Styles of prompts and of the captions written from them. The third is no style of ChatEarthNet: a model that sees
pictures of the bands, and no label."""

MULTISPECTRAL: Style = "multispectral"
"""The style whose prompt is made of pictures of the bands, and of no label."""

STYLE_NAMES: Mapping[str, str] = FrozenDict(
    {"3.5": "GPT-3.5 style", "4v": "GPT-4V style", MULTISPECTRAL: "Multispectral"}
)
"""What pages call each style."""


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
    """Tokens of the input, as the service counts them; where that cannot be right, a note says what counts instead."""

    tokens_out: int | None = None
    """Tokens of the output, likewise."""

    dollars: float | None = None
    """Price of these tokens in US dollars; None if no model was asked, or its price is not known."""

    price_date: date | None = None
    """Date of the table that the price is from; None if it has none."""

    seconds: float | None = None
    """Time from the request to the whole answer; None if no service was asked or it is not known."""

    notes: tuple[str, ...] = ()
    """What a reader should know, one sentence each: cut off, forbidden words, retired model, ..."""

    @property
    def byline(self) -> str:
        """Return the author, as views show it."""
        if self.is_released:
            return f"ChatEarthNet, {'GPT-3.5' if self.style == '3.5' else 'GPT-4V'}"
        author = author_of(self.captioner, self.model)
        if self.style == MULTISPECTRAL:
            return f"Written by {author} from {self.input_summary or 'pictures of the bands'}"
        return f"Written by {author}, in the style of {'GPT-3.5' if self.style == '3.5' else 'GPT-4V'}"

    @property
    def cost_summary(self) -> str:
        """Return usage, price and time in words; empty if no model was asked, or none of it is known.

        Such as ``321 tokens in, 45 out; $0.000055 by prices of 28 November 2026; 1.2 s``.
        """
        words = []
        if self.tokens_in is not None and self.tokens_out is not None:
            words += [f"{self.tokens_in:,} tokens in, {self.tokens_out:,} out", self._price]
        elif self.tokens_in is not None:
            words.append(f"{self.tokens_in:,} tokens in")
        elif self.tokens_out is not None:
            words.append(f"{self.tokens_out:,} tokens out")
        if self.seconds is not None:
            words.append(f"{self.seconds:.1f} s")
        return "; ".join(words)

    @property
    def _price(self) -> str:
        origin = f" by prices of {self.price_date.day} {self.price_date:%B %Y}" if self.price_date else ""
        return price_words(self.dollars) + (origin if self.dollars else "")


def author_of(captioner: str, model: str | None) -> str:
    """Return who writes, in words: the model, or without one ``fixed sentences`` or the name of the captioner."""
    return model or ("fixed sentences" if captioner == "template" else captioner)


def checked_as(style: str) -> ReleasedStyle:
    """Return the style of the release by whose rules captions of a style are read and checked.

    A multispectral caption is free prose of a model that was given no size words, as one of style 4V is.
    """
    return "3.5" if style == "3.5" else "4v"


LIMIT = 20_000
"""Most characters of a caption; the longest prompt allows 1,200 tokens, about 6,000 characters."""


def money(dollars: float, digits: int = 2) -> str:
    """Return dollars as people write them, with so many digits that count below a dollar: ``$0.00008``, ``$12.50``."""
    return f"${dollars:,.2f}" if dollars >= 1 or not dollars else f"${Decimal(f'{dollars:.{digits}g}'):f}"


def price_words(dollars: float | None) -> str:
    """Return a price in words: ``$0.00008``, ``free`` for 0, ``price unknown`` for None."""
    return "price unknown" if dollars is None else money(dollars) if dollars else "free"
