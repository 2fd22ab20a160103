"""Captions with every claim underlined by what the labels say of it, and lit in its part of the label map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets as t

from chatearthnet_explorer.cards.grounding_card import grounding_card
from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.review.checks import all_checks
from chatearthnet_explorer.review.claim_verification import BELIEF, SIGNS, VerifiedCaption, verify_caption
from chatearthnet_explorer.widgets.shared.caption_view import CaptionView
from chatearthnet_explorer.widgets.shared.view import script, style_sheet

if TYPE_CHECKING:
    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.review.claim_verification import Point

_HINT = "Touch or point at underlined words, or press Tab to reach them, to see why."


class GroundingView(CaptionView):
    """Shows captions held against the labels of a chip: set ``chip`` and ``captions``.

    Pointing at a claim sets ``highlight`` and ``within``; linked to a ``ChipView`` they light its pixels there.
    """

    _esm = script("captions", "grounding_view")

    chip = t.Instance(Chip, allow_none=True)
    """Whose labels the words are held against; None, or one without labels, where nothing can be checked."""

    plain = t.Bool(default_value=False)
    """Whether captions are shown without a word of checking while there are no labels."""

    def card(self) -> Card:
        """Return the captions with what the labels say of them, as static HTML."""
        if self._is_plain():
            return super().card()
        return grounding_card([(caption, self._verify(caption)) for caption in self.captions], error=self.error)

    def _is_plain(self) -> bool:
        return self.plain and (self.chip is None or self.chip.labels is None)

    def _verify(self, caption: Caption) -> VerifiedCaption:
        return verify_caption(caption.text, style=caption.style, labels=self.chip.labels if self.chip else None)

    def _column(self, caption: Caption) -> dict[str, object]:
        verification = None if self._is_plain() else _verification(self._verify(caption))
        return {**super()._column(caption), "verification": verification}

    @t.observe("chip", "plain")
    def _check_again(self, change: object) -> None:
        self._show(change)

    @t.default("style_sheet")
    def _style_sheet(self) -> str:
        return style_sheet("caption_view", "grounding_view")


def _verification(verified: VerifiedCaption) -> dict[str, object]:
    """Return what the script draws; every text from outside is made visible."""
    return {
        "counts": [
            {
                "result": result,
                "line": _line(result),
                "sign": SIGNS[result][0],
                "means": SIGNS[result][1],
                "count": count,
            }
            for result, count in verified.counts
        ],
        "runs": [
            [number, [[visible(text), list(about)] for text, about in pieces]] for number, pieces in verified.runs
        ],
        "points": [_point_fields(point) for point in verified.points],
        "note": verified.note,
        "hint": _HINT if verified.claims else "",
        "more": verified.more,
        "belief": BELIEF,
    }


def _point_fields(point: Point) -> dict[str, object]:
    fields = {"index": point.class_index, "within": list(point.parts), "result": point.result}
    if point.result:
        reasons = [[SIGNS[result][0], visible(why)] for result, why in point.reasons]
        return {**fields, "line": _line(point.result), "sign": SIGNS[point.result][0], "reasons": reasons}
    ((check, evidence),) = point.reasons
    return {
        **fields,
        "reasons": [["", visible(evidence)]],
        "means": f"{all_checks()[check].description} (Check: {check}.)",
    }


def _line(result: str) -> str:
    """Return the class in the style sheet that underlines a result."""
    return f"cen-{result.replace(' ', '-')}"
