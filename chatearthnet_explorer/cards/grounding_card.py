"""Captions as HTML, with each claim marked as supported or contradicted by the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.cards.text_cards import NO_CAPTION, written_by
from chatearthnet_explorer.review.claim_verification import BELIEF, SIGNS
from chatearthnet_explorer.review.grounding import SUPPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.review.claim_verification import Run, VerifiedCaption


def grounding_card(captions: Sequence[tuple[Caption, VerifiedCaption]], *, error: str = "") -> Card:
    """Return captions to be read, with a sign behind each claim, and why those that are not supported are not.

    Args:
        captions: What was written, hostile until escaped here, and what the labels say of it.
        error: Why there is no caption, in one sentence.
    """
    section = element(
        "section",
        element("p", error, class_="cen-error") if error else None,
        element("p", NO_CAPTION) if not (captions or error) else None,
        *(written_by(caption, *_caption_elements(verified)) for caption, verified in captions),
        element("p", BELIEF, class_="cen-credit") if any(verified.counts for _, verified in captions) else None,
        class_="cen-captions",
    )
    return Card("Caption", (section,))


def _caption_elements(verified: VerifiedCaption) -> Iterator[Element]:
    if verified.counts:
        counts = (f"{SIGNS[result][0]} {count} {result}: {SIGNS[result][1]}" for result, count in verified.counts)
        yield element("p", "; ".join(counts), ".", class_="cen-credit")
    yield element(
        "p", *(piece for run in verified.runs for piece in _run_elements(run, verified)), class_="cen-text", dir="auto"
    )
    if verified.note:
        yield element("p", verified.note, class_="cen-remark")
    reasons = (
        reason for point in verified.claims for reason in point.reasons if reason[0] != SUPPORTED and not verified.note
    )
    yield from (element("p", f"{SIGNS[result][0]} {why}") for result, why in dict.fromkeys(reasons))
    yield from (element("p", point.reasons[0][1], class_="cen-remark") for point in verified.findings)
    if verified.more:
        yield element("p", verified.more, class_="cen-credit")


def _run_elements(run: Run, verified: VerifiedCaption) -> Iterator[Element | str]:
    text = "".join(text for text, _ in run.pieces)
    if run.point < 0:
        yield text
        return
    point = verified.points[run.point]
    why = " ".join(why for _, why in point.reasons)
    yield element("span", text, class_=f"cen-claim cen-{point.result.replace(' ', '-')}", title=why)
    yield element("span", SIGNS[point.result][0], class_="cen-sign")
