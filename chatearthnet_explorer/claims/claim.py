"""The values that reading a caption gives: claims, and the reading that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Parts = tuple[str, ...]
"""Parts of the chip, of ``shares.PARTS``; empty for the chip as a whole."""

Certainty = Literal["certain", "likely", "unclear"]
"""How sure the reading of a claim is."""

DOUBTS: Mapping[str, tuple[Certainty, str]] = MappingProxyType({
    "": ("certain", ""),
    "it": ("likely", 'The caption calls it "it" or "they", which may mean another land cover.'),
    "likeness": ("likely", "The caption only says that this part is like another one."),
    "carried": ("unclear", "The caption names no place here, and its last place was that of another land cover."),
    "rest": ("unclear", 'The caption only says "elsewhere", "the rest" or the like.'),
    "relative": ("unclear", "The caption says where it is only by what is beside it."),
    "vague": ("unclear", 'The caption only says "in any part", which may be none.'),
    "denial": ("unclear", "The caption denies something beside this place, and it is not sure what."),
    "conflict": ("unclear", "The caption also says otherwise, so one of the two is not meant."),
})  # fmt: skip
"""Why a reading is not certain: how sure it is, and the reason in one sentence."""


class Claim(NamedTuple):
    """One claim of a caption about one class."""

    name: str
    """The class, by its 3.5 name."""

    parts: Parts
    """Parts of ``shares.PARTS``, in their order; empty for the whole chip."""

    size: str | None
    """Amount, as a size word of ``size_words.SIZES``; None if the caption gives none."""

    size_words: str
    """The caption's words of amount; equal to ``size`` if they are the prompt's."""

    of_image: bool
    """Whether the amount refers to the whole image."""

    negated: bool
    """Whether the caption says that the class is absent."""

    leads: bool
    """Whether the caption says that the class is the largest there."""

    start: int
    """Start of the class word in the text."""

    end: int
    """End of the class word in the text."""

    phrase_start: int
    """Start of the class word including its words of amount or negation."""

    phrase_end: int
    """Where they end."""

    doubt: str = ""
    """Why the reading is not certain, a key of ``DOUBTS``; empty if it is."""

    of_part: bool = False
    """Whether the amount plainly refers to the part itself: "a third of the top left"."""

    @property
    def certainty(self) -> Certainty:
        """How sure it is that the caption says this. Checks object to certain claims, and on request to likely ones."""
        return DOUBTS[self.doubt][0]


@dataclass(frozen=True, slots=True)
class Reading:
    """The claims of a caption."""

    claims: tuple[Claim, ...]
    """All claims, in the order of the class words; one word may have several claims."""

    dominant: str | None
    """The class called dominant in the whole chip, the first of several; None if there is none."""

    dominant_of: Mapping[str, str]
    """The class called the largest of each part; parts without such a claim are missing."""

    parts: Parts
    """The parts mentioned, in the order of their first mention."""

    walk: Parts
    """The parts that clauses begin with, in order and with repetitions: the path of a 3.5 caption."""

    loose: frozenset[str]
    """Parts of which more may be said than was read: "it", "they" or "the same" may mean a class without naming it."""

    sentences: tuple[tuple[int, int], ...]
    """Start and end of each sentence in the text."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes claimed to be present, in the order of their first mention."""
        return tuple(dict.fromkeys(claim.name for claim in self.claims if not claim.negated))

    @property
    def triples(self) -> frozenset[tuple[str, str, str | None]]:
        """Each (class, part, size) claimed to be present; the part is empty for the whole chip."""
        return frozenset(
            (claim.name, part, claim.size)
            for claim in self.claims
            if not claim.negated
            for part in claim.parts or ("",)
        )
