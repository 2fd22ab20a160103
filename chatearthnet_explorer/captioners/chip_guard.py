"""Check which chips may be sent to a model, and add notes to their captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.errors import EmptyChipError

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

SIMULATED = (
    "The square is simulated: its pixels and labels are made up, so this caption does not describe the real place."
)
"""Note of every caption of a simulated chip."""


def refuse_empty(prompt: Prompt, chip: Chip) -> None:
    """Refuse a chip with nothing to describe: the release has such chips, and models invented captions for them.

    Raises:
        EmptyChipError: If the chip has no labels, only background, or no class that is large enough for the
            prompt to name (the multispectral style needs no labels), or if all pixels of its true colour are equal.
    """
    if prompt.style != MULTISPECTRAL:
        _check_labels(prompt, chip)
    if chip.rgb is not None and (chip.rgb == chip.rgb[0, 0]).all():
        red, green, blue = (int(value) for value in chip.rgb[0, 0])
        kind = {(0, 0, 0): "black", (255, 255, 255): "white"}.get((red, green, blue), f"of colour {red} {green} {blue}")
        msg = (
            f"No model was asked about {chip.tile.name}: all pixels of its picture are {kind}, so there is nothing "
            "to see; choose another scene or place."
        )
        raise EmptyChipError(msg)


def _check_labels(prompt: Prompt, chip: Chip) -> None:
    if chip.labels is None or not chip.labels.any():
        msg = f"Nothing was sent to a model: {chip.tile.name} has no land-cover map; choose a place on land."
        raise EmptyChipError(msg)
    if not any(facts.class_names for facts in prompt.all_facts):
        msg = (
            f"No model was asked about {chip.tile.name}: no land cover in it is large enough to name; "
            "choose a place with more land."
        )
        raise EmptyChipError(msg)


def notes_on(chip: Chip) -> tuple[str, ...]:
    """Return the notes that a caption of the chip must carry, one sentence each."""
    return (SIMULATED,) if chip.simulated else ()
