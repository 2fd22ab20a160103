"""Captions of one chip by several writers as HTML: a table of what they cost and claim, and the captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.chip_html import chip_section
from chatearthnet_explorer.cards.grounding_card import grounding_card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.cards.place_words import place_title
from chatearthnet_explorer.cards.text_cards import prompt_section
from chatearthnet_explorer.review.claim_verification import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.comparison import ComparedCaption, Comparison
    from chatearthnet_explorer.landcover.legend import Palette

_NOTHING = "-"
_HEADS = (
    "Writer",
    *(f"{sign} {result}" for result, (sign, _) in SIGNS.items()),
    "Words",
    "Tokens in + out",
    "Price",
    "Time",
)


def comparison_card(comparison: Comparison, *, palette: Palette = "chatearthnet") -> Card:
    """Return a comparison to be read: the chip, the table, and each caption with its claims against the labels.

    Args:
        comparison: What was compared; its captions are hostile until escaped here.
        palette: Colours of the labels, one of ``legend.PALETTES``.
    """
    return Card(
        f"Captions compared: {place_title(comparison)}",
        (
            chip_section(comparison.chip, palette),
            comparison_table(comparison),
            *(
                section
                for name, one in zip(comparison.names, comparison.captions, strict=True)
                for section in _sections(name, one)
            ),
        ),
    )


def comparison_table(comparison: Comparison) -> Element:
    """Return a table with a row for each writer: claims by result, words, tokens, price, time."""
    rows = (
        element("tr", element("th", name, scope="row"), *(element("td", cell) for cell in _cells(one)))
        for name, one in zip(comparison.names, comparison.captions, strict=True)
    )
    table = element(
        "table",
        element("thead", element("tr", *(element("th", head, scope="col") for head in _HEADS))),
        element("tbody", *rows),
        class_="cen-comparison-table cen-table",
    )
    return element("div", table, class_="cen-scroll", tabindex="0", role="region", aria_label="Writers compared")


def _cells(one: ComparedCaption) -> Iterator[str]:
    if one.caption is None:
        yield from (_NOTHING,) * (len(_HEADS) - 1)
        return
    caption = one.caption
    yield from (str(one.count(result)) for result in SIGNS)
    yield f"{len(caption.text.split()):,}"
    counts = [str(count) for count in (caption.tokens_in, caption.tokens_out) if count is not None]
    yield " + ".join(counts) or _NOTHING
    yield one.price
    yield _NOTHING if caption.seconds is None else f"{caption.seconds:.1f} s"


def _sections(name: str, one: ComparedCaption) -> Iterator[Element]:
    yield element("h4", name)
    if one.error or not one.caption:
        yield element("p", one.error, class_="cen-error")
    if one.caption and one.verification:
        yield from grounding_card([(one.caption, one.verification)]).sections
    if one.prompt:
        yield prompt_section(one.prompt)
