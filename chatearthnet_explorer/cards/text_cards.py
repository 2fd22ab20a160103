"""Prompts and captions as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.cards.chip_html import hex_colour, name_of, table_of
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.claims.class_mentions import NO_CLASS, Piece, pieces
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.prompts.facts import PictureFacts
from chatearthnet_explorer.render import data_url, png

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.landcover.legend import Palette
    from chatearthnet_explorer.prompts.prompt import Prompt

NO_PROMPT = "No prompt yet. Choose a place first."
"""Sentence of views without a prompt."""

NO_CAPTION = "No caption yet. Choose a place first."
"""Sentence of views without a caption."""

LABEL_MAPS = "GPT-4V saw the coloured label map, not the satellite picture."
"""Remark on every text of style 4V, because readers assume otherwise."""

WHY_LABEL_MAPS = (
    "ChatEarthNet's authors sent it the coloured maps of four neighbouring chips, at 128 x 128 pixels, with "
    "their shares. It could not see clouds, seasons, or anything else that is not in the labels."
)
"""The reason (arXiv 2402.11325)."""

A_COMPARISON = "The multispectral style is a comparison, not the better style."
"""Remark on every text of the multispectral style, because more pictures sound better."""

WHY_A_COMPARISON = (
    "It follows the idea of showing a general model pictures made of the bands (Mallya et al., arXiv 2509.19087). For "
    "captions, another study found true colour alone best without training (Sentinel2Cap, arXiv 2605.03189)."
)
"""The reason."""

EDITED_NOTE = "You edited this prompt, so it is no longer ChatEarthNet's method."
"""Remark on a prompt that the user has edited."""


def prompt_section(prompt: Prompt | None, note: str = "") -> Element:
    """Return a prompt, folded away.

    Args:
        prompt: The prompt; None where there is none.
        note: A sentence about it, such as ``EDITED_NOTE``.
    """
    if prompt is None:
        return element("section", element("p", NO_PROMPT))
    return element(
        "section",
        element(
            "details",
            element("summary", "The exact text that is sent"),
            element("p", note, class_="cen-remark") if note else None,
            element("p", f"Style {prompt.style}, seed {prompt.seed}.", class_="cen-credit"),
            element("h4", "Rules (system message)"),
            element("pre", prompt.system),
            element("h4", "Task (user message)" if prompt.image_texts else "Facts (user message)"),
            element("pre", prompt.user),
            *_images(prompt),
        ),
        class_="cen-prompt",
    )


def _images(prompt: Prompt) -> tuple[Element, ...]:
    """Return the pictures of a prompt: label maps beside each other, or pictures each after its sentence."""
    if not prompt.images:
        return ()
    names = prompt.facts.labels if isinstance(prompt.facts, PictureFacts) else ()
    images = [
        element(
            "img",
            src=data_url(png(image)),
            alt=names[at] if names else f"Label map {at + 1}",
            width="128",
            height="128",
            class_="cen-labels",
        )
        for at, image in enumerate(prompt.images)
    ]
    if not prompt.image_texts:
        return element("h4", "Label maps sent with it"), element("p", *images)
    pairs = zip(prompt.image_texts, images, strict=True)
    return (
        element("h4", "Pictures sent with it, each after its sentence"),
        *(one for text, image in pairs for one in (element("pre", text), element("p", image))),
    )


def caption_section(
    captions: Sequence[Caption],
    *,
    error: str = "",
    palette: Palette = "chatearthnet",
    known_notes: tuple[str, ...] = (),
) -> Element:
    """Return captions one after the other, each with its writer.

    Args:
        captions: What was written, hostile until escaped here.
        error: Why there is no caption, or not all of them, in one sentence.
        palette: Colours of the class words, one of ``legend.PALETTES``.
        known_notes: Notes of captions that are left out, because the page has them already.
    """
    return element(
        "section",
        element("p", error, class_="cen-error") if error else None,
        element("p", NO_CAPTION) if not (captions or error) else None,
        *(_caption(caption, palette, known_notes) for caption in captions),
        class_="cen-captions",
    )


def details_of(caption: Caption) -> tuple[tuple[str, str], ...]:
    """Return (what, value) of how a caption came to be, row by row; rows of which nothing is known are left out."""
    return tuple(
        (name, value)
        for name, value in (
            ("Model", caption.model or ""),
            ("Prompt style", caption.style),
            ("What was sent", caption.input_summary),
            ("Cost", caption.cost_summary),
        )
        if value
    )


def style_remark(style: str) -> tuple[str, str] | None:
    """Return what readers should know of captions of a style, and the reason; None if there is nothing."""
    remarks: dict[str, tuple[str, str]] = {
        "4v": (LABEL_MAPS, WHY_LABEL_MAPS),
        MULTISPECTRAL: (A_COMPARISON, WHY_A_COMPARISON),
    }
    return remarks.get(style)


def signature(caption: Caption) -> str:
    """Return who wrote a caption, and what that took: tokens, price and time."""
    return ". ".join(filter(None, (caption.byline, caption.cost_summary)))


def written_by(caption: Caption, *words: Element | None, known_notes: tuple[str, ...] = ()) -> Element:
    """Return the words of a caption, however they are shown, with their writer and history below."""
    return element(
        "article",
        *words,
        element("p", signature(caption), class_="cen-byline"),
        element("p", " ".join(remark), class_="cen-remark") if (remark := style_remark(caption.style)) else None,
        *(element("p", note, class_="cen-remark") for note in caption.notes if note not in known_notes),
        element("details", element("summary", "How it was written"), table_of(details_of(caption))),
    )


def _caption(caption: Caption, palette: Palette, known_notes: tuple[str, ...]) -> Element:
    text = element("p", *(_piece(piece, palette) for piece in pieces(caption.text)), class_="cen-text", dir="auto")
    return written_by(caption, text, known_notes=known_notes)


def _piece(piece: Piece, palette: Palette) -> Element | str:
    if piece.class_index == NO_CLASS:
        return piece.text
    land = CLASSES[piece.class_index]
    return element(
        "span",
        piece.text,
        class_="cen-word",
        title=f"{name_of(land)}: {land.plain}",
        style=f"--colour:{hex_colour(land, palette)}",
    )
