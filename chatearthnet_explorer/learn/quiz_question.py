"""The kinds of question: the largest class, the part that was described, the false sentence, the caption that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from chatearthnet_explorer.prompts.size_words import SIZES
from chatearthnet_explorer.values import Value

if TYPE_CHECKING:
    from chatearthnet_explorer.tile import Tile

Kind = Literal["dominant", "part", "sentence", "caption"]
"""What is asked: the largest class, the part that was described, the false sentence, the caption that fits."""


class Light(NamedTuple):
    """Pixels of the chip that show why an option is right or wrong."""

    class_index: int
    """The class, a position in ``legend.CLASSES``."""

    parts: tuple[str, ...]
    """The parts, of ``shares.PARTS``; empty for the whole chip."""


class Option(NamedTuple):
    """One of the answers to choose from."""

    text: str
    """What the reader chooses."""

    reason: str
    """Why it is right or wrong, in one or two sentences."""

    light: Light
    """The pixels that show it."""

    has_pixels: bool = True
    """Whether there are such pixels in the square."""


_LOWS = (0, *(end for end, _ in SIZES))
SIZES_HINT = (
    "Sizes in captions: "
    + ", ".join(f"{size} is {low} to {min(end - 1, 100)} %" for low, (end, size) in zip(_LOWS, SIZES, strict=False))
    + "."
)
"""What the size words of captions stand for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Question(Value):
    """A question about one chip. Prompt and options alone do not tell which option is right."""

    kind: Kind
    """What is asked."""

    prompt: str
    """The question."""

    options: tuple[Option, ...]
    """The answers to choose from."""

    answer: int
    """Position of the right one in ``options``."""

    tile: Tile
    """Place of the simulated chip."""

    hint: str = ""
    """What helps to understand the words, in one sentence; empty if nothing is needed."""

    shows_labels: bool = True
    """Whether the label map may be seen before answering; else the picture alone."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts of the options."""
        return tuple(option.text for option in self.options)
