"""Judge one caption: which kinds of error it has, or why it could not be checked."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.review.certainty import is_checked
from chatearthnet_explorer.review.checks import judge_caption

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.claims import Claim

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "hallucinated": ("hallucinated",),
    "omitted": ("omitted", "denied"),  # who says that a class is missing leaves it out as well
    "misplaced": ("wrong part",),
    "wrong size": ("wrong size",),
    "wrong dominant": ("wrong dominant",),
})  # fmt: skip
"""Kinds of error, each with the checks (``review.checks.CHECKS``) that find it. Faults of language are none."""

ANY = "any"
"""Stands for an error of any kind."""

MEANINGS: Mapping[str, str] = MappingProxyType({
    ANY: "It has an error of at least one of these kinds.",
    "hallucinated": "It names land cover that the labels do not have.",
    "omitted": "It does not name the land cover that fills most of a part, or says that land cover is missing.",
    "misplaced": "It names land cover in a part of the image that has none of it.",
    "wrong size": "Its words for how much do not fit the share in the labels.",
    "wrong dominant": "It calls land cover dominant where another covers clearly more.",
})  # fmt: skip
"""What each kind means, in one sentence."""

IS_CHECKED, HAS_NO_CLAIMS, IS_NOT_CHECKABLE, IS_REFUSAL, IS_FAILURE, IS_MISSING = (
    "checked",
    "no claims",
    "not checkable",
    "refused",
    "failed",
    "missing",
)
OUTCOMES: Mapping[str, str] = MappingProxyType({
    IS_CHECKED: "The caption makes claims about land cover, and each was compared with the labels.",
    HAS_NO_CLAIMS: "The caption makes no claim about land cover that can be checked.",
    IS_NOT_CHECKABLE: "The caption has no words, or is not in English.",
    IS_REFUSAL: "The model refused to write.",
    IS_FAILURE: "The service or the captioner failed.",
    IS_MISSING: "There is no caption: the chip was not asked about, or the release has none.",
})  # fmt: skip
"""What became of a chip. Only a checked caption can be right: a caption without claims is no success."""

_NAMES = {name.lower() for land in CLASSES for name in (land.name, land.name_4v)}
_PROMPT_WORDS = _NAMES | {f"{name}s" for name in _NAMES}
_KIND_OF = {check: kind for kind, checks in KINDS.items() for check in checks}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one captioner made of one chip."""

    outcome: str
    """One of ``OUTCOMES``."""

    kinds: frozenset[str] = frozenset()
    """The kinds of error that were found, of ``KINDS``; empty unless it was checked."""

    claims: int = 0
    """Claims that the caption makes; each class counts once in each part, and once in the whole."""

    unchecked_claims: int = 0
    """Those of them that were not read with certainty, so that nothing objects to them."""

    words: int = 0
    """Words of the caption."""

    class_words: int = 0
    """Places in the caption at which it names land cover."""

    prompt_words: int = 0
    """Those of them where it uses the prompt's own name of the class."""

    @property
    def is_checked(self) -> bool:
        """Whether its claims were compared with the labels."""
        return self.outcome == IS_CHECKED

    @property
    def is_faithful(self) -> bool:
        """Whether it makes claims, and no error was found."""
        return self.is_checked and not self.kinds

    def has(self, kind: str) -> bool:
        """Return whether it has an error of a kind, or of ``ANY``."""
        return bool(self.kinds) if kind == ANY else kind in self.kinds


def judge(text: str, *, style: str, counts: NDArray[np.integer]) -> Judgement:
    """Compare a caption with the labels of its chip.

    Args:
        text: The caption, hostile.
        style: Style of its prompt.
        counts: Pixels of each class in each part, (6, 12), as ``landcover.shares.count_pixels`` gives them.

    Raises:
        LabelError: If the counts have another shape.
    """
    result = judge_caption(text, style=style, counts=counts, extra_checks=())
    words = len(text.split())
    if result.reading is None:
        return Judgement(IS_NOT_CHECKABLE, words=words)
    claims = result.reading.claims
    if not claims or not counts[-1, 1:].any():
        return Judgement(HAS_NO_CLAIMS if counts[-1, 1:].any() else IS_NOT_CHECKABLE, words=words)
    names = {(claim.start, claim.end) for claim in claims}
    return Judgement(
        IS_CHECKED,
        frozenset(_KIND_OF[finding.check] for finding in result.findings if finding.check in _KIND_OF),
        claims=len(_distinct(claims)),
        unchecked_claims=len(_distinct(claims) - _distinct(claim for claim in claims if is_checked(claim))),
        words=words,
        class_words=len(names),
        prompt_words=sum(_is_prompt_word(text[start:end]) for start, end in names),
    )


def _is_prompt_word(name: str) -> bool:
    """Return whether a name of a class is one of the prompt's, in either style, alone or in the plural."""
    return name.lower() in _PROMPT_WORDS


def _distinct(claims: Iterable[Claim]) -> set[tuple[str, str, bool]]:
    """Return class, part (empty for the whole) and denial of each claim: a caption that repeats itself says no more."""
    return {(claim.name, part, claim.negated) for claim in claims for part in claim.parts or ("",)}
