"""A page of pairs as thumbnails, with a bar to turn pages and keys to move by."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import traitlets as t
from PIL import Image

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.cards.provenance import coordinates
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.widgets.browse.query_mixin import QueryMixin, read_request
from chatearthnet_explorer.widgets.shared.picture_address import send_jpegs
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.pair import Pair

THUMBNAIL = 192
"""Pixels along each side of a thumbnail: 10 kB as JPEG, so that a page of 24 has a quarter of a megabyte."""

EXCERPT = 160
"""Characters of a caption that a thumbnail's tooltip shows."""

_INDEX = {land.name: land.index for land in CLASSES}
_QUALITY, _WHITE = 82, 255
_MOST_CLASSES = 4  # in a description
_ONE_PERCENT = 0.01


class Gallery(QueryMixin, View):
    """Shows the pairs of ``result``, then their ``pictures``; a person turns pages and opens one.

    The arrow keys, Home and End move among the thumbnails, Enter opens one, Page Up and Page Down turn the page.
    """

    _esm = script("gallery")

    open_position = t.Int(-1).tag(sync=True)
    """Position on the page of the open pair; -1 for none."""

    pictures = t.Dict()
    """Pixels (256, 256, 3) uint8 by name, or a sentence that says why there are none. Other names are still loading."""

    previews = t.Dict()
    """JPEGs by name to show before the pictures arrive, ``THUMBNAIL`` pixels wide."""

    simulated = t.Bool(default_value=False).tag(sync=True)
    """Whether the release is simulated."""

    writer = t.Unicode("").tag(sync=True)
    """Who wrote the captions, if they are not those of the release."""

    writer_style = t.Unicode("")
    """The style of those captions."""

    alternatives = t.List(t.Tuple())
    """If nothing matches: (the filter to remove, in words; the query without it; the number of its pairs)."""

    items: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The pairs as the script draws them: name, place, excerpt, classes, description (``alt``), styles, flags."""

    thumbnails = t.List(t.Bytes(), read_only=True).tag(sync=True, to_json=send_jpegs)
    """JPEG of each item, ``THUMBNAIL`` pixels wide; empty where there is none, or not yet."""

    notes = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """Why each item has no picture of the Earth, in a sentence; empty where it has one, or not yet."""

    counts = t.Dict(read_only=True).tag(sync=True)
    """``total``, ``page``, ``pages``, ``first``, ``last``, and ``state``: waiting, some, none or beyond the last."""

    alternative_rows: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """``relaxed`` as the script draws it: [words, pairs]."""

    request = t.Dict().tag(sync=True)
    """What the person pressed: ``what`` (page, open, relax), ``value``, ``turn``; with open, ``name`` of the tile."""

    def on_open(self, callback: Any) -> None:  # noqa: ANN401 - takes a Pair
        """Call a function with each pair that a person opens."""
        self._callbacks.append(callback)

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        self._callbacks: list[Any] = []
        self._small: dict[str, bytes] = {}
        self._pages: tuple[tuple[Pair, ...], ...] = ((), ())  # this one and the one before
        super().__init__(**traits)
        self._show(None)

    def card(self) -> Card:
        """Return the page as static HTML."""
        rows = [
            element("p", f"{item['name']}, {item['place']}: {item['excerpt'] or 'no caption'}") for item in self.items
        ]
        return Card(self._heading(), (element("section", *rows),))

    def open_at(self, position: int) -> None:
        """Open the pair at a position on the page, if there is one."""
        rows = self.result.pairs if self.result else ()
        if 0 <= position < len(rows):
            for callback in self._callbacks:
                callback(rows[position])

    def _open_tile(self, position: int, name: object) -> None:
        """Open the pair of a tile, which is of the page before if it was pressed while this one was under way."""
        for pairs in self._pages:
            if 0 <= position < len(pairs) and visible(pairs[position].record.name) == name:
                for callback in self._callbacks:
                    callback(pairs[position])
                return

    def _heading(self) -> str:
        counts = self.counts
        if counts["state"] != "some":
            return "No pairs"
        return f"Pairs {counts['first']:,} to {counts['last']:,} of {counts['total']:,}"

    @t.default("counts")
    def _nothing_yet(self) -> dict[str, object]:
        return _counts(None)

    @t.observe("result")
    def _show(self, _change: object) -> None:
        result = self.result
        with self.hold_sync():
            self._small = {}
            self._pages = (result.pairs if result else (), self._pages[0])
            self.open_position, self.alternatives, self.pictures, self.previews = -1, [], {}, {}
            self.set_trait("items", [_item(pair, self.writer_style) for pair in result.pairs] if result else [])
            self.set_trait("thumbnails", [b""] * len(self.items))
            self.set_trait("notes", [""] * len(self.items))
            self.set_trait("counts", _counts(result))

    @t.observe("pictures", "previews")
    def _picture(self, _change: object) -> None:
        if not self.result or not (self.pictures or self.previews):
            return
        names = [pair.record.name for pair in self.result.pairs]
        with self.hold_sync():
            self.set_trait("thumbnails", [self._thumbnail(name) for name in names])
            self.set_trait("notes", [_note(self.pictures.get(name)) for name in names])

    def _thumbnail(self, name: str) -> bytes:
        """Return the JPEG of a pair on the page, encoded once; empty if there is none yet."""
        picture = self.pictures.get(name)
        if picture is None or isinstance(picture, str):
            return b"" if picture else self.previews.get(name, b"")
        if name not in self._small:
            self._small[name] = thumbnail(picture)
        return self._small[name]

    @t.observe("alternatives")
    def _relax(self, _change: object) -> None:
        self.set_trait("alternative_rows", [[visible(words), total] for words, _, total in self.alternatives])

    @t.observe("request")
    def _press(self, _change: object) -> None:
        what, value = read_request(self.request)
        if not isinstance(value, int):
            return
        if what == "page":
            self.change_query(page=value)
        elif what == "open":
            self._open_tile(value, self.request.get("name"))
        elif what == "relax" and 0 <= value < len(self.alternatives):
            self.query = self.alternatives[value][1]


def thumbnail(pixels: NDArray[np.uint8]) -> bytes:
    """Return a small JPEG of a picture of shape (rows, columns, 3) uint8."""
    image = Image.fromarray(pixels)
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BILINEAR)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def place_of(pair: Pair) -> str:
    """Return the place of a pair in words."""
    if pair.record.tile is None:
        return "place unknown"
    country = pair.country.name if pair.country else "Open sea"
    return f"{country}, {coordinates(*pair.record.tile.center)}"


def picture_words(pair: Pair) -> str:
    """Return a description of a pair's picture by its land cover, for those who do not see it."""
    if pair.shares:
        largest = sorted(((share, name) for name, share in pair.shares.items() if share), reverse=True)
        return f"Satellite picture: {', '.join(f'{name} {percent(share)}' for share, name in largest[:_MOST_CLASSES])}."
    dominant = [name for name in pair.dominant.values() if name]
    names = list(dict.fromkeys([*dominant, *(name for classes in pair.classes.values() for name in classes)]))
    if not names:
        return "Satellite picture."
    return f"Satellite picture; the caption names {', '.join(names[:_MOST_CLASSES])}."


def percent(share: float) -> str:
    """Return a share (0 to 1) in whole percent."""
    return "less than 1 %" if 0 < share < _ONE_PERCENT else f"{100 * share:.0f} %"


def _item(pair: Pair, writer_style: str) -> dict[str, object]:
    record = pair.record
    class_names = dict.fromkeys(name for classes in pair.classes.values() for name in classes)
    text = visible(next(iter(record.captions.values()), ""))
    return {
        "name": visible(record.name),
        "place": visible(place_of(pair)),
        "country": visible(pair.country.name) if pair.country else "",
        "excerpt": text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()} …",
        "classes": [_INDEX[name] for name in class_names if name in _INDEX],
        "alt": visible(picture_words(pair)),
        "styles": [writer_style] if writer_style else list(record.captions),
        "flags": [flag for flag in pair.flags if flag != "no picture"],
    }


def note_of(picture: NDArray[np.uint8]) -> str:
    """Return what is wrong with a picture, in one sentence; empty if nothing is."""
    low, high = int(picture.min()), int(picture.max())
    if low < high:
        return ""
    return f"This picture is all {'black' if high == 0 else 'white' if low == _WHITE else 'of one colour'}."


def _note(picture: NDArray[np.uint8] | str | None) -> str:
    """Return why a thumbnail is not a picture of the Earth; empty where it is one, or not yet there."""
    return "" if picture is None else visible(picture) if isinstance(picture, str) else note_of(picture)


def _counts(result: Any) -> dict[str, object]:  # noqa: ANN401 - SearchResult or None
    if result is None:
        return {"state": "waiting", "total": 0, "page": 1, "pages": 0, "first": 0, "last": 0}
    first = (result.query.page - 1) * result.query.size + 1
    state = "some" if result.pairs else "beyond" if result.total else "none"
    return {
        "state": state,
        "total": result.total,
        "page": result.query.page,
        "pages": result.pages,
        "first": first,
        "last": first + len(result.pairs) - 1,
    }
