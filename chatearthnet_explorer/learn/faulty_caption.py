"""A caption with planted faults, sentence by sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.errors import LessonError
from chatearthnet_explorer.prompts.prompt import prompt_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.chip import Chip

_SENTENCE = re.compile(r"[^.!?]+[.!?]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a caption."""

    text: str
    """The sentence."""

    why: str = ""
    """What is wrong with it; empty if nothing is."""


def true_caption(chip: Chip) -> Caption:
    """Return the caption that fixed sentences write in style 3.5, in which everything agrees with the labels.

    Raises:
        LessonError: If the chip has no labels.
    """
    if chip.labels is None:
        msg = f"The chip {chip.tile.name} has no labels, so no caption can be written; choose another place."
        raise LessonError(msg)
    return TemplateCaptioner().caption(prompt_for(chip.labels), chip)


def faulty_sentences(chip: Chip, faults: Sequence[Mapping[str, Any]]) -> tuple[Sentence, ...]:
    """Return the sentences of the chip's caption after faults were planted.

    Args:
        chip: What it describes.
        faults: For each fault the words ``from`` of the true caption, the words ``to`` that replace them, and ``why``
            that is wrong.

    Raises:
        LessonError: If the caption does not have the words exactly once.
    """
    sentences = [Sentence(match[0].strip()) for match in _SENTENCE.finditer(true_caption(chip).text)]
    for fault in faults:
        places = [number for number, one in enumerate(sentences) if fault["from"] in one.text]
        if len(places) != 1 or sentences[places[0]].why:
            msg = f"The caption should have the words {fault['from']!r} in one sentence without another fault."
            raise LessonError(msg)
        text = sentences[places[0]].text.replace(fault["from"], fault["to"])
        sentences[places[0]] = Sentence(text, fault["why"])
    return tuple(sentences)
