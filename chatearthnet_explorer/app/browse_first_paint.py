"""What the Browse page shows before its widgets: the first page of the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.html_tree import element, markup, visible
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.errors import CatalogError, QueryError
from chatearthnet_explorer.query_string import query_string_of
from chatearthnet_explorer.widgets.browse.browse_link import read_browse_link, write_browse_link

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.app.pictures import PictureStore
    from chatearthnet_explorer.app.site import BrowseData, Site
    from chatearthnet_explorer.app.site_page import Arguments
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.catalog.query import Query

_EXCERPT = 160
_SIZE = "192"
_BOXES = 8
_LONGEST = 1_000
"""Characters of an address that a picture links to; that of a drawn area can have 40,000."""


class BrowseFirstPaint:
    """Makes the gallery of the query that an address names, with the pictures that lie on this computer."""

    def __init__(self, site: Site, query_of: Callable[[Arguments, BrowseData], Query]) -> None:
        """Take what all tabs share, and what reads an address as the widgets do."""
        self._site, self._query_of = site, query_of

    async def __call__(self, arguments: Arguments) -> str:
        """Return the gallery, or a skeleton."""
        boxes = (element("div", class_="site-box") for _ in range(_BOXES))
        skeleton = markup(element("div", element("div", *boxes, class_="site-boxes"), class_="site-skeleton"))
        return await self._site.first_paints.make(lambda: self.gallery(arguments), skeleton)

    def gallery(self, arguments: Arguments) -> str | None:
        """Return a page of pairs as HTML; None if nothing matches."""
        data = self._site.browse.load()
        query = self._query_of(arguments, data)
        captions = read_browse_link(query_string_of(arguments))[0].captions
        try:
            catalog = data.catalog.captions_of(captions) if captions else data.catalog
        except (CatalogError, QueryError):  # the widgets say what is wrong
            return None
        result = catalog.search(query)
        if not result.pairs:
            return None
        thumbnails = data.release.thumbnails if data.release else {}
        first = (query.page - 1) * query.size + 1
        simulated = "These pairs are simulated. " if data.catalog.simulated else ""
        caption_set = catalog.caption_set
        simulated += f"Captions by {caption_set.label}. " if caption_set else ""
        head = f"{simulated}Pairs {first:,} to {first + len(result.pairs) - 1:,} of {result.total:,}"
        tiles = [
            _tile(pair, query, captions, thumbnails.get(pair.record.name, b""), self._site.pictures)
            for pair in result.pairs
        ]
        return markup(element("section", element("h2", head), element("ul", *tiles, class_="site-pairs")))


def _tile(pair: Pair, query: Query, captions: str, jpeg: bytes, pictures: PictureStore) -> Element:
    record = pair.record
    text = next(iter(record.captions.values()), "")
    country = pair.country.name if pair.country else "Open sea"
    place = f"{country}, {coordinates(*record.tile.center)}" if record.tile else "place unknown"
    class_names = list(dict.fromkeys(name for classes in pair.classes.values() for name in classes))
    alternative = f"Square in {place}" + (f"; its caption names {', '.join(class_names)}" if class_names else "")
    picture = (
        element("img", src=pictures.url(jpeg, "jpg"), alt=visible(alternative), width=_SIZE, height=_SIZE)
        if jpeg
        else element("div", class_="site-box")
    )
    excerpt = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rstrip()} ..."
    # a link as the widget's tile is a button: whoever presses it before the widgets are there gets the same pair
    address = f"?{write_browse_link(query, record.name, captions)}"
    href = address if len(address) <= _LONGEST else None  # it stands in the page two dozen times
    link = element("a", picture, element("strong", place), href=href)
    return element("li", link, element("p", excerpt), class_="site-pair")
