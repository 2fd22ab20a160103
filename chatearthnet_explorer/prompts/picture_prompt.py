"""Make the prompt of the multispectral style: pictures of the bands of a chip, and no fact of its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.band_pictures import PICTURES, TRUE, has_gaps, picture_of
from chatearthnet_explorer.caption import MULTISPECTRAL
from chatearthnet_explorer.errors import EmptyChipError, SettingError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES, palette
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import PictureFacts
from chatearthnet_explorer.prompts.prompt import Prompt
from chatearthnet_explorer.prompts.wording import Wording, open_wording

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip

LABELS, TRUE_COLOUR, ALL_SIX = IMAGES = ("labels", "true colour", "all six")
"""Pictures that a model can be sent: the label map, the true-colour picture, or the six pictures of the bands."""

_LABEL_MAP = "Label map"


def picture_ids(image: str | None) -> tuple[str, ...]:
    """Return the ids of the pictures of a choice, of ``band_pictures.PICTURES``; empty for the label map.

    Args:
        image: One of ``IMAGES``; None for all six.

    Raises:
        SettingError: If there is no such choice.
    """
    if image is not None and image not in IMAGES:
        msg = f"A model can be shown {', '.join(map(repr, IMAGES[:-1]))} or {IMAGES[-1]!r}, not {image!r}."
        raise SettingError(msg)
    return {LABELS: (), TRUE_COLOUR: (TRUE,)}.get(image or ALL_SIX, tuple(PICTURES))


def needs_bands(style: str, image: str | None) -> bool:
    """Return whether a prompt is made of bands, which are read on demand; ``image`` is one of ``IMAGES`` or None."""
    return style == MULTISPECTRAL and len(picture_ids(image)) > 1


def needs_pictures(style: str, image: str | None) -> bool:
    """Return whether a model is sent pictures of the ground, and not words and label maps alone; ``image`` likewise."""
    return image != LABELS if style == MULTISPECTRAL else image not in {None, LABELS}


def picture_words(image: str | None = None, *, wording: str | Path | None = None) -> tuple[str, str, tuple[str, ...]]:
    """Return the system message, the user message and the sentence of each picture; they are the same for every chip.

    Args:
        image: One of ``IMAGES``; None for all six.
        wording: TOML file with other sentences; None for the project's own.

    Raises:
        SettingError: If there is no such choice.
        WordingError: If the wording file cannot be used.
    """
    words = open_wording(MULTISPECTRAL, wording)
    texts = tuple(_sentence(words, id_) for id_ in picture_ids(image)) or (_legend(words),)
    system = words.fill(
        "system", classes=", ".join(land.name for land in CLASSES[BACKGROUND + 1 :]), parts=", ".join(PARTS)
    )
    return system, words.fill("user", count=len(texts)), texts


def picture_prompt(chip: Chip, *, image: str | None = None, seed: int = 0, wording: str | Path | None = None) -> Prompt:
    """Return the prompt of a chip for a model that sees its pictures and none of its labels.

    Args:
        chip: What to describe; all six pictures need its bands.
        image: One of ``IMAGES``; None for all six. Label maps are sent without figures, to compare.
        seed: What ``Prompt.seed`` repeats; nothing is drawn at random.
        wording: TOML file with other sentences; None for the project's own.

    Raises:
        EmptyChipError: If the chip lacks what the pictures are made of.
        SettingError: If there is no such choice.
        WordingError: If the wording file cannot be used.
    """
    system, user, texts = picture_words(image, wording=wording)
    ids = picture_ids(image)
    no_data = open_wording(MULTISPECTRAL, wording).fill("no_data")
    return Prompt(
        style=MULTISPECTRAL,
        seed=seed,
        all_facts=(PictureFacts(image or ALL_SIX, tuple(PICTURES[id_].label for id_ in ids) or (_LABEL_MAP,)),),
        system=system,
        user=user,
        images=tuple(picture_of(chip, id_) for id_ in ids) or (_label_map(chip),),
        image_texts=tuple(
            f"{text} {no_data}" if id_ and has_gaps(chip, id_) else text
            for id_, text in zip(ids or ("",), texts, strict=True)
        ),
    )


def _sentence(words: Wording, picture_id: str) -> str:
    ramp = PICTURES[picture_id].ramp
    ends = {"low": f"{ramp.values[0]:g}", "high": f"{ramp.values[-1]:g}"} if ramp else {}
    return words.fill(f"picture_{picture_id}", **ends)


def _legend(words: Wording) -> str:
    # all classes: those that are present would be a fact of the labels
    lines = (
        words.fill("colour", colour=f"RGB {land.chatearthnet}", **{"class": land.name})
        for land in CLASSES[BACKGROUND + 1 :]
    )
    return words.fill("picture_labels", legend="\n".join(lines))


def _label_map(chip: Chip) -> NDArray[np.uint8]:
    if chip.labels is None:
        msg = f"The chip {chip.tile.name} has no label map to show; show the satellite picture instead."
        raise EmptyChipError(msg)
    colours: NDArray[np.uint8] = palette()[chip.labels]
    return colours
