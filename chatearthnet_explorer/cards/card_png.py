"""The card of a place as one picture, to be sent or printed where HTML is not."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from chatearthnet_explorer.cards.chip_html import hex_colour, initials, ink, name_of, percent
from chatearthnet_explorer.cards.place_words import place_title
from chatearthnet_explorer.cards.provenance import why_simulated
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.render import colour_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.landcover.legend import Palette
    from chatearthnet_explorer.pipeline import Captioned

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WIDTH = 1080
"""Pixels across; the height depends on the caption."""

_MARGIN, _GAP = 36, 24
_SIDE = (WIDTH - 2 * _MARGIN - _GAP) // 2
_ROW, _BAR, _MARK = 34, 18, 34
_GROUND, _INK, _FAINT, _LINE, _RIBBON = "#ffffff", "#1b2530", "#515c68", "#d5dae0", "#7a2e0e"
_MOST_CHARACTERS = 4000
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
_PLAIN = {
    **_DASHES,
    "\u0142": "l",
    "\u0141": "L",
    "\u00f8": "o",
    "\u00d8": "O",
    "\u00df": "ss",
    "\u00e6": "ae",
    "\u0131": "i",
    "\u00d7": "x",
}
"""What is written for letters that no rule of Unicode takes apart."""

_IMAGE_CREDIT = "Made with ChatEarthNet Explorer."


def card_png(captioned: Captioned, *, palette: Palette = "chatearthnet") -> bytes:
    """Return a PNG with the picture, the labels, their shares as bars, the caption and the credits of a place.

    The font that Pillow brings has few letters beyond English: accents are taken off, and what it cannot write at all
    is left out.

    Args:
        captioned: What ``caption_at`` returned.
        palette: Colours of the labels, one of ``legend.PALETTES``.
    """
    chip = captioned.chip
    sheet = _Sheet()
    sheet.write(place_title(captioned), size=30)
    if chip.simulated:
        sheet.write(why_simulated(chip), size=20, colour=_RIBBON)
    sheet.space(8)
    labels = None if chip.labels is None else colour_labels(chip.labels, palette)
    sheet.pictures([one for one in (chip.rgb, labels) if one is not None], ribbon="SIMULATED" if chip.simulated else "")
    if chip.labels is not None:
        by_name = {land.name: land for land in CLASSES}
        for name, share in shares(chip.labels)["overall"].items():
            land = by_name[name]
            mark = initials(land), hex_colour(land, palette), ink(land, palette)
            sheet.bar(mark, f"{name_of(land)}  {percent(share)}", share)
        sheet.space(12)
    caption = captioned.caption
    if caption:
        sheet.write(caption.text[:_MOST_CHARACTERS], size=24)
        sheet.write(f"{caption.byline}.", size=18, colour=_FAINT)
    elif captioned.error:
        sheet.write(str(captioned.error), size=24)
    sheet.space(8)
    sheet.write("; ".join((*chip.attribution, _IMAGE_CREDIT)), size=16, colour=_FAINT)
    return sheet.png()


class _Sheet:
    """Draws from top to bottom on a page that grows."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH, 400), _GROUND)
        self._draw = ImageDraw.Draw(self._image)
        self._top = _MARGIN

    def space(self, height: int) -> None:
        self._top += height

    def write(self, text: str, *, size: int, colour: str = _INK) -> None:
        font = ImageFont.load_default(size)
        for line in _lines(text, font, WIDTH - 2 * _MARGIN):
            self._reserve(round(size * 1.4))
            self._draw.text((_MARGIN, self._top), line, font=font, fill=colour)
            self._top += round(size * 1.4)
        self._top += 6

    def pictures(self, pictures: list[NDArray[np.uint8]], *, ribbon: str) -> None:
        if not pictures:
            return
        self._reserve(_SIDE + _GAP)
        for place, pixels in enumerate(pictures):
            # labels have no colours between two classes
            picture = Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.NEAREST)
            left = _MARGIN + place * (_SIDE + _GAP)
            self._image.paste(picture, (left, self._top))
            if ribbon:  # in each, because a picture may be cut out
                font = ImageFont.load_default(20)
                self._draw.rectangle(
                    (left, self._top, left + font.getlength(ribbon) + 24, self._top + 34), fill=_RIBBON
                )
                self._draw.text((left + 12, self._top + 5), ribbon, font=font, fill=_GROUND)
        self._top += _SIDE + _GAP

    def bar(self, mark: tuple[str, str, str], text: str, share: float) -> None:
        self._reserve(_ROW)
        font = ImageFont.load_default(18)
        letters, colour, letter_colour = mark
        left, top = _MARGIN, self._top
        self._draw.rounded_rectangle((left, top, left + _MARK, top + 26), 4, fill=colour, outline=_LINE)
        middle = left + (_MARK - font.getlength(letters)) / 2
        self._draw.text((middle, top + 3), letters, font=font, fill=letter_colour)
        self._draw.text((left + _MARK + 12, top + 2), text, font=font, fill=_INK)
        start = left + 330
        self._draw.rectangle((start, top + 4, WIDTH - _MARGIN, top + 4 + _BAR), fill="#f3f5f7")
        length = round(share * (WIDTH - _MARGIN - start))
        if length:
            self._draw.rectangle((start, top + 4, start + length, top + 4 + _BAR), fill=colour, outline=_FAINT)
        self._top += _ROW

    def png(self) -> bytes:
        file = BytesIO()
        self._image.crop((0, 0, WIDTH, self._top + _MARGIN)).save(file, "PNG", optimize=True)
        return file.getvalue()

    def _reserve(self, height: int) -> None:
        """Make the page longer where it ends too soon."""
        bottom = self._top + height + _MARGIN
        if bottom > self._image.height:
            page = Image.new("RGB", (WIDTH, max(bottom, 2 * self._image.height)), _GROUND)
            page.paste(self._image)
            self._image, self._draw = page, ImageDraw.Draw(page)


def _drawable(text: str, font: Font) -> str:
    """Return a text in letters that the font has."""
    missing = bytes(font.getmask("\uffff"))

    def has(letter: str) -> bool:
        return letter.isascii() or bytes(font.getmask(letter)) != missing

    def plain(letter: str) -> str:
        parts = unicodedata.normalize("NFKD", _PLAIN.get(letter, letter))
        return parts.encode("ascii", "ignore").decode()

    letters = {letter: letter if has(letter) else plain(letter) for letter in set(text)}
    words = "".join(letters[letter] for letter in text)
    return "".join(letter for letter in words if letter.isprintable() or letter.isspace())


def _lines(text: str, font: Font, width: int) -> Iterator[str]:
    """Yield a text in lines that fit; a word longer than a line is broken."""
    line = ""
    for word in _drawable(text, font).split():
        rest = word
        while rest:
            longer = f"{line} {rest}".strip()
            if font.getlength(longer) <= width:
                line, rest = longer, ""
            elif line:
                yield line
                line = ""
            else:
                fits = next(end for end in range(len(rest), 0, -1) if end == 1 or font.getlength(rest[:end]) <= width)
                yield rest[:fits]
                rest = rest[fits:]
    if line:
        yield line
