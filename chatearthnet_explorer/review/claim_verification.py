"""Split a caption into spans, each with its claims, the verdict of the labels and the findings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims.class_mentions import NO_CLASS
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.review.checks import judge_caption
from chatearthnet_explorer.review.grounding import CONTRADICTED, NOT_CHECKABLE, SUPPORTED, ground

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.claims import Claim
    from chatearthnet_explorer.review.finding import Finding
    from chatearthnet_explorer.review.grounding import GroundedClaim

    Span = tuple[int, int]

SIGNS: Mapping[str, tuple[str, str]] = MappingProxyType({
    SUPPORTED: ("✓", "the labels show it"),
    CONTRADICTED: ("✗", "the labels show something else"),
    NOT_CHECKABLE: ("?", "it cannot be compared"),
})  # fmt: skip
"""Sign and meaning of each result; lines and colours repeat the sign."""

BELIEF = (
    "The labels are right in about three of four places, and the rules that read claims out of a caption miss some: "
    "a contradicted claim is a reason to look closer, not proof of an error."
)
"""How reliable the comparison is."""

NO_LABELS = (
    "This place has no labels, so no claim can be checked. Judge by the picture, or use another source of labels."
)
"""The sentence for a place without a land-cover map."""

NO_CLAIMS = "It makes no claim about land cover that could be checked."
"""Sentence for a caption without claims."""

MOST = 20
"""Most findings that are listed one by one."""

_OF_CLAIMS = frozenset({"hallucinated", "denied", "wrong part", "wrong size", "wrong dominant"})
_WORST_FIRST = (CONTRADICTED, NOT_CHECKABLE, SUPPORTED)
_INDEX = {land.name: land.index for land in CLASSES}


class Point(NamedTuple):
    """Something to highlight: the claims of one class word, or a finding. Its sentences quote captions."""

    result: str
    """The worst result of its claims; empty for a finding."""

    class_index: int
    """Its class, a position in ``legend.CLASSES``; ``NO_CLASS`` for none."""

    parts: tuple[str, ...]
    """The parts whose pixels of that class decide; empty for the whole chip."""

    reasons: tuple[tuple[str, str], ...]
    """Result and reason of each claim; of a finding its check, of ``checks.CHECKS``, and the evidence."""

    spans: tuple[Span, ...]
    """Its words: start and end in the text."""


class Run(NamedTuple):
    """A run of words with the same underline, or without."""

    point: int
    """Position of their claim in ``Marked.points``; -1 for words that are not underlined."""

    pieces: tuple[tuple[str, tuple[int, ...]], ...]
    """The words, split where other points begin or end: text, and positions of those points."""


@dataclass(frozen=True, slots=True)
class VerifiedCaption:
    """A caption with its claims and findings. Its texts are untrusted; views escape them."""

    runs: tuple[Run, ...]
    """The spans; joined they are the caption."""

    points: tuple[Point, ...]
    """The points: claims in the order of the text, then findings."""

    counts: tuple[tuple[str, int], ...]
    """Number of claims with each result, in the order of ``SIGNS``; empty if nothing was checked."""

    more: str
    """Number of findings beyond ``MOST``, in one sentence; empty if none."""

    note: str
    """What could not be checked and why, in one sentence; empty if everything was."""

    @property
    def claims(self) -> tuple[Point, ...]:
        """The points that are claims."""
        return tuple(point for point in self.points if point.result)

    @property
    def findings(self) -> tuple[Point, ...]:
        """The points that are not claims."""
        return tuple(point for point in self.points if not point.result)


def verify_caption(text: str, *, style: str, labels: NDArray[np.uint8] | None) -> VerifiedCaption:
    """Compare a caption with labels and return it with its claims and findings.

    Args:
        text: The caption, untrusted.
        style: ``3.5``, ``4v`` or ``multispectral``.
        labels: Class indices, (256, 256) uint8; None if there are none, and then no claim can be checked.

    Raises:
        LabelError: If the labels have another shape or other values.
    """
    counts = None if labels is None else count_pixels(labels)
    check_result = judge_caption(text, style=style, counts=counts)
    if check_result.reading is None:
        return VerifiedCaption((Run(-1, ((text, ()),)),), (), (), "", check_result.skip_reason)
    claims_checked = ground(check_result.reading, counts, style=style)
    words = _underline(claims_checked)
    # findings about a single claim are shown at the claim
    findings = [one for one in check_result.findings if one.check not in _OF_CLAIMS]
    points = (*(_claim_point(span, claims, text) for span, claims in words), *map(_finding_point, findings[:MOST]))
    results = [one.result for one in claims_checked]
    note = NO_LABELS if check_result.skip_reason else "" if claims_checked else NO_CLAIMS
    return VerifiedCaption(
        runs=tuple(_runs(text, [span for span, _ in words], points)),
        points=points,
        counts=tuple((result, results.count(result)) for result in SIGNS),
        more=f"And {len(findings) - MOST:,} more like these." if len(findings) > MOST else "",
        note=note,
    )


def _underline(claims_checked: Sequence[GroundedClaim]) -> list[tuple[Span, list[GroundedClaim]]]:
    """Return each class word with its claims, from the words of amount or denial before it to its end.

    Words before it that another class word stands between, as in "few trees and shrubs", are underlined only once.
    """
    of_word: dict[Span, list[GroundedClaim]] = {}
    for one in claims_checked:
        of_word.setdefault((one.claim.start, one.claim.end), []).append(one)
    findings, free = [], 0
    for (start, end), claims in sorted(of_word.items()):
        first = min(one.claim.phrase_start for one in claims)
        findings.append(((first if first >= free else start, end), claims))
        free = end
    return findings


def _claim_point(span: Span, claims: Sequence[GroundedClaim], text: str) -> Point:
    worst = min((one.result for one in claims), key=_WORST_FIRST.index)
    deciding = [one for one in claims if one.result == worst]
    parts = next((_parts_to_highlight(one) for one in deciding if _parts_to_highlight(one)), ())
    return Point(
        result=worst,
        class_index=_INDEX[claims[0].claim.name],
        parts=parts,
        reasons=tuple(dict.fromkeys((one.result, one.reason) for one in claims)),
        spans=tuple(dict.fromkeys((span, *(size for one in claims for size in _size_of(one.claim, text, span))))),
    )


def _parts_to_highlight(one: GroundedClaim) -> tuple[str, ...]:
    """Return the parts to highlight: for an absent class, the parts where it is claimed."""
    claim_parts = one.claim.parts if one.check == "hallucinated" else one.parts
    return claim_parts if len(claim_parts) < len(PARTS) else ()


def _size_of(claim: Claim, text: str, span: Span) -> Iterator[Span]:
    """Yield the span of its words of amount, if it is not underlined already."""
    long = len(claim.size_words)
    for start in (claim.phrase_start, claim.phrase_end - long):
        if long and text[start : start + long] == claim.size_words and not span[0] <= start < span[1]:
            yield start, start + long
            return


def _finding_point(finding: Finding) -> Point:
    return Point(
        result="",
        class_index=_INDEX.get(finding.land, NO_CLASS),
        parts=(finding.part,) if finding.part else (),
        reasons=((finding.check, finding.evidence),),
        spans=((finding.start, finding.end),) if 0 <= finding.start < finding.end else (),
    )


def _runs(text: str, words: Sequence[Span], points: Sequence[Point]) -> Iterator[Run]:
    """Yield the text split wherever a span begins or ends, in time linear in the number of spans."""
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for number, point in enumerate(points):
        for start, end in point.spans:
            opening.setdefault(start, []).append(number)
            closing.setdefault(end, []).append(number)
    owner = {start: number for number, (start, _) in enumerate(words)}
    ends = {end for _, end in words}
    open_points: list[int] = []
    pieces: list[tuple[str, tuple[int, ...]]] = []
    own = -1
    for start, end in pairwise(sorted({0, len(text), *opening, *closing})):
        if pieces and (start in owner or start in ends):
            yield Run(own, tuple(pieces))
            pieces = []
        own = owner.get(start, -1 if start in ends else own)
        open_points = [number for number in open_points if number not in closing.get(start, ())] + opening.get(
            start, []
        )
        pieces.append((text[start:end], tuple(open_points)))
    if pieces:
        yield Run(own, tuple(pieces))
