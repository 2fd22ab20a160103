"""Static HTML cards for notebooks and for pages without widgets."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.chip_html import chip_section
from chatearthnet_explorer.cards.html_tree import element, markup, style_sheet
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.cards.text_cards import caption_section, prompt_section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.landcover.legend import Palette
    from chatearthnet_explorer.pipeline import Captioned
    from chatearthnet_explorer.prompts.prompt import Prompt

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Card:
    """A piece of HTML that runs nothing, loads nothing and links nowhere."""

    title: str
    """What it shows, in a few words."""

    sections: tuple[Element, ...]
    """Its parts from top to bottom, made by this package's own functions."""

    def _repr_html_(self) -> str:
        """Return it as a notebook shows it."""
        return markup(self._body())

    def save(self, path: str | Path) -> None:
        """Write it as a complete HTML page in UTF-8, without scripts or external files.

        Raises:
            OSError: If the file cannot be written.
        """
        Path(path).write_text(self.page(), "utf-8")

    def page(self) -> str:
        """Return it as a complete HTML page, without scripts or external files."""
        page = element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                element("meta", name="color-scheme", content="light dark"),
                element("title", self.title),
            ),
            element("body", self._body()),
            lang="en",
        )
        return f"<!DOCTYPE html>\n{markup(page)}\n"

    def _body(self) -> Element:
        rules = files(__package__).joinpath("card.css").read_text("utf-8")
        return element("div", style_sheet(rules), element("h3", self.title), *self.sections, class_="cen-card")


def card(captioned: Captioned, *, palette: Palette = "chatearthnet") -> Card:
    """Return everything that became of a click, to be read.

    Args:
        captioned: What ``caption_at`` returned.
        palette: Colours of the labels, one of ``legend.PALETTES``.
    """
    country = captioned.country.name if captioned.country else "Open sea"
    return Card(
        f"{country}, {coordinates(captioned.lon, captioned.lat)}",
        (
            chip_section(captioned.chip, palette),
            caption_section(
                [captioned.caption] if captioned.caption else [], error=str(captioned.error or ""), palette=palette
            ),
            prompt_section(captioned.prompt),
        ),
    )


def chip_card(chip: Chip | None, *, place: str = "", palette: Palette = "chatearthnet") -> Card:
    """Return a chip to be read, with the name of its place if that is known."""
    return Card(place or (f"Chip {chip.tile.name}" if chip else "Chip"), (chip_section(chip, palette),))


def prompt_card(prompt: Prompt | None, *, note: str = "") -> Card:
    """Return a prompt to be read, with a note about it."""
    return Card("Prompt", (prompt_section(prompt, note),))


def caption_card(captions: Sequence[Caption], *, error: str = "", palette: Palette = "chatearthnet") -> Card:
    """Return captions to be read, and why some are missing."""
    return Card("Caption", (caption_section(captions, error=error, palette=palette),))
