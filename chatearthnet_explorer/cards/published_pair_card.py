"""The published pair as HTML: picture, labels with their shares, and both captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.chip_html import name_of, percent
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.cards.text_cards import caption_section
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.render import data_url, label_png, png
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.sample.published_pair import PublishedPair

TITLE = "A real pair of ChatEarthNet"
"""Heading of the card and of the view."""

_LAND_OF = {land.name: land for land in CLASSES}


def published_pair_card(pair: PublishedPair) -> Card:
    """Return the pair to be read: its pictures, its captions, what to know about it, and its credits."""
    words = shares_in_words(pair.labels)
    figures = (
        _figure(data_url(png(pair.rgb)), "Sentinel-2 picture", f"Sentinel-2 picture of the square: {words}"),
        _figure(data_url(label_png(pair.labels)), "Land-cover labels", f"Land-cover labels of the square: {words}"),
    )
    return Card(
        TITLE,
        (
            element("section", element("div", *figures, class_="cen-pictures"), element("p", words), class_="cen-chip"),
            caption_section(pair.captions),
            element(
                "section",
                *(element("p", remark, class_="cen-remark") for remark in pair.remarks),
                element("p", "; ".join(pair.attribution), class_="cen-credit"),
            ),
        ),
    )


def shares_in_words(labels: NDArray[np.uint8]) -> str:
    """Return the classes of a label map by falling share: ``tree 66 %, developed area 27 %``.

    Raises:
        LabelError: If the labels are not a (256, 256) uint8 map of class indices.
    """
    return ", ".join(f"{name_of(_LAND_OF[name])} {percent(share)}" for name, share in shares(labels)["overall"].items())


def _figure(url: str, caption: str, alt: str) -> Element:
    image = element("img", src=url, alt=alt, width=str(SIZE), height=str(SIZE), class_="cen-labels")
    return element("figure", image, element("figcaption", caption))
