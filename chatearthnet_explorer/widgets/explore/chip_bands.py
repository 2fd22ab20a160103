"""The bands of an explored place, which are read when a picture or a prompt needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.prompts.picture_prompt import needs_bands
from chatearthnet_explorer.sources import fetch_chip

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.pipeline import Captioned
    from chatearthnet_explorer.prompts.prompt import Prompt
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.widgets.explore.caption_options import CaptionOptions
    from chatearthnet_explorer.widgets.explore.scene_choice import SceneChoice


def band_reader(source: Callable[[], Source], options: CaptionOptions, scenes: SceneChoice) -> Callable[[Chip], Chip]:
    """Return a function that returns a chip on screen with its bands.

    Args:
        source: Returns the source that is chosen.
        options: The year that is chosen.
        scenes: The scene that is chosen.
    """

    def read(chip: Chip) -> Chip:
        return fetch_chip(source(), *chip.tile.center, year=options.year, scene=scenes.scene or None, bands=True)

    return read


def kept_prompt(captioned: Captioned, options: CaptionOptions) -> Prompt | None:
    """Return the prompt that stays when another captioner is chosen; None if that may send other pictures."""
    return None if options.style == MULTISPECTRAL else captioned.prompt


def lacks_bands(captioned: Captioned | None, options: CaptionOptions) -> bool:
    """Return whether a prompt of the chosen style needs bands that the chip on screen does not have."""
    return captioned is not None and not captioned.chip.bands and needs_bands(options.style, options.image or None)
