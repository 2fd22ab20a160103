"""Make the prompt of a chip in any style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.errors import EmptyChipError
from chatearthnet_explorer.prompts.picture_prompt import picture_prompt
from chatearthnet_explorer.prompts.prompt import prompt_for

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.caption import Style
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt


def prompt_for_chip(
    chip: Chip,
    *,
    style: Style = "3.5",
    seed: int = 0,
    wording: str | Path | None = None,
    image: str | None = None,
) -> Prompt:
    """Return the prompt of a chip.

    Args:
        chip: What to describe: by its labels in the styles 3.5 and 4v, by its pictures in the multispectral style.
        style: ``3.5``, ``4v`` or ``multispectral``.
        seed: Seed of the words that the 3.5 style draws.
        wording: TOML file with other sentences; None for the project's own.
        image: Pictures of the multispectral style, one of ``picture_prompt.IMAGES``; None for all six.

    Raises:
        EmptyChipError: If the chip lacks the labels or the pictures that the style describes.
        SettingError: If there is no such choice of pictures.
        WordingError: If the style or the wording file cannot be used.
    """
    if style == MULTISPECTRAL:
        return picture_prompt(chip, image=image, seed=seed, wording=wording)
    if chip.labels is None:
        msg = f"There is no prompt for {chip.tile.name}: it has no land-cover map; choose a place on land."
        raise EmptyChipError(msg)
    return prompt_for(chip.labels, style=style, seed=seed, wording=wording)
