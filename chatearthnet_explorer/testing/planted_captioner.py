"""A captioner that errs as often as it is told to: the known answer for a bench of captioners."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.captioners.chip_guard import notes_on
from chatearthnet_explorer.errors import CaptionerError, SettingError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.prompts.facts import PictureFacts
from chatearthnet_explorer.sample.paraphrase import SIMULATED, write_paraphrase
from chatearthnet_explorer.testing.faults import Sound, plant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.facts import Facts4V, Facts35
    from chatearthnet_explorer.prompts.prompt import Prompt

KINDS = ("hallucinated", "omitted", "wrong part", "wrong size", "wrong dominant")
"""Errors that it plants, each named as the check that is to find it."""

PLANTED_NOTE = "An error was planted on purpose: "
"""How the note of a caption with an error begins; the kind follows."""


class PlantedCaptioner:
    """Writes faithful captions in varied words of this project, and plants one error in a share of them.

    Whether and which error a chip gets depends on the seed and the name of its tile alone.
    """

    name = "planted"
    free = True
    reads_wording = False

    def __init__(self, rate: float, *, seed: int = 0, kinds: Sequence[str] = KINDS) -> None:
        """Prepare.

        Args:
            rate: Share (0 to 1) of the captions with an error.
            seed: Which captions, and the words of all.
            kinds: Errors to plant, of ``faults.CAPTION_FAULTS``, each as often.

        Raises:
            SettingError: If the share is none.
        """
        if not 0 <= rate <= 1:
            msg = f"A share of captions is from 0 to 1, not {rate!r:.40}; choose another."
            raise SettingError(msg)
        self.rate, self.seed, self.kinds = rate, seed, tuple(kinds)
        self.options = {"rate": rate, "seed": seed, "kinds": "+".join(self.kinds)}

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return a caption of the chip; a note says which error was planted.

        Raises:
            CaptionerError: If the chip has no labels, or none of the errors fits it.
        """
        if chip.labels is None:
            msg = f"{chip.tile.name} has no labels, so nothing can be planted; choose a place on land."
            raise CaptionerError(msg)
        facts = prompt.facts
        if isinstance(facts, PictureFacts):
            msg = "Errors are planted in captions that are written from facts; choose style 3.5 or 4v."
            raise CaptionerError(msg)
        draw = random.Random(f"{self.seed} {chip.tile.name} {prompt.style}")  # noqa: S311 - errors, not secrets

        def write(facts: Facts35 | Facts4V) -> str:
            return write_paraphrase(facts, seed=f"{self.seed} {prompt.seed}").text

        sound = Sound(facts, count_pixels(chip.labels), write)
        kind, text = "", ""
        if draw.random() < self.rate:
            for kind in draw.sample(self.kinds, len(self.kinds)):
                faulty = plant(sound, kind, draw=draw)
                if faulty:
                    text = faulty.text
                    break
            else:
                msg = f"No error can be planted in a caption of {chip.tile.name}; choose another place."
                raise CaptionerError(msg)
        return Caption(
            text=text or write(facts),
            captioner=self.name,
            style=prompt.style,
            input_summary="the facts",
            prompt_id=prompt.id,
            notes=(SIMULATED, *notes_on(chip), *([f"{PLANTED_NOTE}{kind}."] if kind else [])),
        )
