"""Static HTML cards for notebooks and for pages without widgets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.chip_guard import SIMULATED
from chatearthnet_explorer.cards.chip_html import chip_section
from chatearthnet_explorer.cards.html_tree import element, markup, style_sheet
from chatearthnet_explorer.cards.place_words import place_name, place_title
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.cards.steps import CAPTION, PLACE, QUESTION, heading, step_section
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

    is_story: bool = False
    """Whether its parts are the steps of the Explorer, in its layout, with headings of their own."""

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
            element("body", self._body(), style="max-width:780px;margin:8px auto;padding:0 8px"),
            lang="en",
        )
        return f"<!DOCTYPE html>\n{markup(page)}\n"

    def _body(self) -> Element:
        if self.is_story:
            story = element("div", *self.sections, class_="cen-story")
            return element("div", style_sheet("card", "story"), story, class_="cen-card cen-story-card")
        return element("div", style_sheet("card"), element("h3", self.title), *self.sections, class_="cen-card")


def card(captioned: Captioned, *, palette: Palette = "chatearthnet") -> Card:
    """Return everything that became of a click, to be read.

    Args:
        captioned: What ``caption_at`` returned.
        palette: Colours of the labels, one of ``legend.PALETTES``.
    """
    place = PLACE._replace(intro=coordinates(captioned.lon, captioned.lat))
    captions = [captioned.caption] if captioned.caption else []
    error = str(captioned.error or "")
    return Card(
        place_title(captioned),
        (
            step_section("place", heading(place, place_name(captioned))),
            step_section("chip", (), chip_section(captioned.chip, palette, with_steps=True)),
            step_section(
                "caption",
                heading(CAPTION),
                caption_section(captions, error=error, palette=palette, known_notes=(SIMULATED,)),
            ),
            step_section("question", heading(QUESTION), prompt_section(captioned.prompt)),
        ),
        is_story=True,
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
