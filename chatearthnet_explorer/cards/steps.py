"""The steps from a place to its caption, as the Explorer and the static card number and explain them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.tile import EARTH_RADIUS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.tile import Tile


class Step(NamedTuple):
    """One step: a card with a heading and a sentence for a newcomer."""

    number: int
    """Its place in the order of reading."""

    title: str
    """What its heading says."""

    intro: str
    """What it shows, in one sentence."""


PLACE = Step(1, "Place", "Click the map or search for a place.")
PICTURE = Step(2, "Picture", "The square from above, as the Sentinel-2 satellites see it.")
LAND_COVER = Step(3, "Land cover", "A map gives each point of the square one kind of land cover.")
CAPTION = Step(4, "Caption", "A text that describes the square.")
QUESTION = Step(5, "Question", "What is asked to get the caption: facts about the land cover, and rules for writing.")

SIMULATED = "simulated"
"""The word beside a heading of a simulated place."""


def width_km(tile: Tile) -> float:
    """Return the width of a tile on the ground in kilometres, along its middle: 2.4 at the equator."""
    west, _, east, _ = tile.bounds
    return math.radians(east - west) * EARTH_RADIUS * math.cos(math.radians(tile.center[1])) / 1000


def chip_steps(chip: Chip | None) -> tuple[Step, Step]:
    """Return the steps that show a chip, with the width of its square."""
    if chip is None:
        return PICTURE, LAND_COVER
    width = f"{width_km(chip.tile):.1f} km wide"
    intro = (
        f"The square from above, {width}, as a satellite could see it."
        if chip.simulated
        else f"The square from above, {width}, as the Sentinel-2 satellites see it."
    )
    return PICTURE._replace(intro=intro), LAND_COVER


def step_section(name: str, title: tuple[Element, ...], *children: Element | None) -> Element:
    """Return the card of a step, in the layout that the Explorer has too.

    Args:
        name: Its place in the layout: ``place``, ``chip``, ``caption`` or ``question``.
        title: Its heading.
        children: What is below the heading.
    """
    return element("section", *title, *children, class_=f"cen-panel cen-{name}-card")


def heading(step: Step, note: str = "", *, simulated: bool = False) -> tuple[Element, Element]:
    """Return the heading of a step and the sentence below it.

    Args:
        step: The step.
        note: What stands beside the title, such as the name of the place.
        simulated: Whether the word for a simulated place stands there as well.
    """
    title = element(
        "h2",
        element("span", str(step.number), class_="cen-step-number"),
        f" {step.title} ",
        element("span", note, class_="cen-step-note") if note else None,
        " " if note and simulated else None,
        element("span", SIMULATED, class_="cen-step-mark") if simulated else None,
        class_="cen-step-title",
    )
    return title, element("p", step.intro, class_="cen-intro")
