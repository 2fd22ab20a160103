"""What the verdicts of a spot-check mean, as static HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.review.verdict_meanings import MEANINGS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.review.verdict_meanings import Meaning


def verdict_guide() -> Element:
    """Return each verdict with its meaning and an example."""
    return element("div", *(_entry(verdict, meaning) for verdict, meaning in MEANINGS.items()), class_="cen-guide")


def verdict_guide_card() -> Card:
    """Return the same to be read by itself."""
    return Card("What do correct, minor and major mean?", (verdict_guide(),))


def _entry(verdict: str, meaning: Meaning) -> Element:
    return element(
        "section",
        element("h4", meaning.label),
        element("p", meaning.sentence),
        element(
            "dl",
            element("dt", "Labels"),
            element("dd", meaning.labels),
            element("dt", "Caption"),
            element("dd", f"“{meaning.caption}”"),
            element("dt", "Why"),
            element("dd", meaning.reason),
            class_="cen-facts",
        ),
        class_=f"cen-meaning cen-meaning-{verdict}",
    )
