"""The published pair on screen: the chip, and both captions held against its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets
import traitlets as t

from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.cards.published_pair_card import TITLE, published_pair_card, shares_in_words
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.render import png
from chatearthnet_explorer.review.claim_verification import VerifiedCaption, verify_caption
from chatearthnet_explorer.sample.published_pair import PublishedPair, published_pair
from chatearthnet_explorer.widgets.shared.chip_view import ChipView
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView
from chatearthnet_explorer.widgets.shared.view import Readable, static

if TYPE_CHECKING:
    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.cards import Card


class PublishedPairView(Readable, ipywidgets.Box):  # type: ignore[misc]  # ipywidgets has no types
    """Shows the one real pair that comes with the package, without a network.

    Pointing at a claim of a caption lights its pixels in the picture.
    """

    def __init__(self) -> None:
        """Read the pair from the package.

        Raises:
            LabelError: If the files in the package are damaged.
        """
        pair = published_pair()
        self.chip_view, self.caption_view = ChipView(place=TITLE), _PairCaptions(pair)
        _show(pair, self.chip_view)
        for trait in ("palette", "highlight", "within"):
            t.link((self.caption_view, trait), (self.chip_view, trait))
        rules = ipywidgets.HTML(f"<style>{static('published_pair_view.css')}</style>", layout={"display": "none"})
        super().__init__([rules, self.chip_view, self.caption_view])
        self.add_class("cen-published-pair")

    def card(self) -> Card:
        """Return the pair as static HTML."""
        return published_pair_card(published_pair())


class _PairCaptions(GroundingView):
    """Checks captions against the labels of the pair, which is not a ``Chip`` because it has no place."""

    def __init__(self, pair: PublishedPair) -> None:
        self._labels = pair.labels
        super().__init__(captions=pair.captions)

    def _is_plain(self) -> bool:
        return False

    def _verify(self, caption: Caption) -> VerifiedCaption:
        return verify_caption(caption.text, style=caption.style, labels=self._labels)


def _show(pair: PublishedPair, view: ChipView) -> None:
    *by_part, overall = count_pixels(pair.labels).tolist()
    with view.hold_sync():
        view.set_trait("picture", png(pair.rgb))
        view.set_trait("label_map", png(pair.labels))
        view.set_trait(
            "shares",
            {
                part: [count / sum(counts) for count in counts]
                for part, counts in zip(("overall", *PARTS), (overall, *by_part), strict=True)
            },
        )
        view.set_trait(
            "alternative", f"Sentinel-2 picture of a real square. Land cover: {shares_in_words(pair.labels)}."
        )
        view.set_trait("remarks", [visible(remark) for remark in pair.remarks])
        view.set_trait("attribution", [visible(credit) for credit in pair.attribution])
