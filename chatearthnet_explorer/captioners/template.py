"""Captions without a model: English sentences from the facts of a prompt, always the same for the same prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import MULTISPECTRAL, Caption
from chatearthnet_explorer.captioners.chip_guard import notes_on
from chatearthnet_explorer.captioners.template_4v import descriptions
from chatearthnet_explorer.captioners.template_35 import paragraph
from chatearthnet_explorer.errors import CaptionerError
from chatearthnet_explorer.prompts.facts import Facts4V, Facts35

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

NO_SHAPES = "It was written from shares alone, so it tells where land cover lies and not what shape it has."
"""Note on template captions of style 4V: that style asks for shapes, which the facts do not include."""


NO_FACTS = "Fixed sentences are made of the labels, which the multispectral style does not have; choose a vision model."
"""Why there is no template caption of the multispectral style."""


class TemplateCaptioner:
    """Writes a caption from the facts, with fixed sentences. It needs no key and no network."""

    name = "template"
    free = True
    reads_wording = False
    multispectral_problem = NO_FACTS

    def caption(self, prompt: Prompt, chip: Chip) -> Caption:
        """Return a caption that names every class the prompt names, and none it does not.

        In style 3.5 one paragraph, with each class and its size in the sentence of its part;
        in style 4v one description of each label map.

        Raises:
            CaptionerError: If the prompt has no facts of labels, as in the multispectral style.
        """
        if prompt.style == MULTISPECTRAL:
            raise CaptionerError(NO_FACTS)
        facts_35 = [facts for facts in prompt.all_facts if isinstance(facts, Facts35)]
        facts_4v = tuple(facts for facts in prompt.all_facts if isinstance(facts, Facts4V))
        return Caption(
            text=paragraph(facts_35[0], prompt.seed) if facts_35 else descriptions(facts_4v, prompt.seed),
            captioner=self.name,
            style=prompt.style,
            input_summary="the facts",
            prompt_id=prompt.id,
            notes=(*notes_on(chip), *((NO_SHAPES,) if facts_4v else ())),
        )
