"""Captions, with the class words in their colours and who wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.cards import caption_card
from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.cards.text_cards import LABEL_MAPS, NO_CAPTION, WHY_LABEL_MAPS, details_of
from chatearthnet_explorer.claims.class_mentions import classes_named, pieces
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from chatearthnet_explorer.cards import Card


class CaptionView(View):
    """Shows one caption, or two beside each other: set ``captions``, or ``error`` where there is none."""

    _esm = script("captions", "caption_view")

    captions = t.Tuple()
    """What is shown: ``Caption`` objects, the first on the left."""

    error = t.Unicode("").tag(sync=True)
    """Why there is no caption, in one sentence; empty where nothing failed."""

    empty = t.Unicode(NO_CAPTION, read_only=True).tag(sync=True)
    """Shown if there is neither a caption nor an error."""

    progress = t.Unicode("").tag(sync=True)
    """What the next caption waits for, in one sentence; empty while none is written."""

    calls = t.Int(0).tag(sync=True)
    """How often the view was called by code to scroll into sight and take the focus."""

    known_notes = t.Tuple()
    """Notes of captions that are not repeated, because the page has them already."""

    columns: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The captions as the script draws them: byline, pieces, classes, details, label_maps, remarks, text, released."""

    def card(self) -> Card:
        """Return the captions as static HTML."""
        return caption_card(self.captions, error=self.error, palette=self.palette)

    @t.validate("captions")
    def _captions_only(self, proposal: dict[str, Any]) -> tuple[Caption, ...]:
        values: tuple[object, ...] = tuple(proposal["value"])
        captions = tuple(one for one in values if isinstance(one, Caption))
        if len(captions) < len(values):
            msg = f"CaptionView.captions takes Caption objects, got {values!r:.80}."
            raise t.TraitError(msg)
        return captions

    @t.validate("error")
    def _visible_error(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])

    @t.observe("captions", "known_notes")
    def _show(self, _change: object) -> None:
        with self.hold_sync():
            self.set_trait("columns", [self._column(caption) for caption in self.captions])
            self.highlight, self.within = -1, []

    def _column(self, caption: Caption) -> dict[str, object]:
        text = visible(caption.text)
        return {
            "byline": visible(caption.byline),
            "released": caption.is_released,
            "text": text,
            "pieces": [list(piece) for piece in pieces(text)],
            "classes": list(classes_named(text)),
            "details": [[name, visible(value)] for name, value in details_of(caption)],
            "label_maps": [LABEL_MAPS, WHY_LABEL_MAPS] if caption.style == "4v" else None,
            "remarks": [visible(note) for note in caption.notes if note not in self.known_notes],
        }
