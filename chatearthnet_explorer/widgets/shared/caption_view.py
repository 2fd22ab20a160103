"""Captions, with the class words in their colours and who wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.cards import caption_card
from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.cards.text_cards import NO_CAPTION, details_of, signature, style_remark
from chatearthnet_explorer.claims.class_mentions import classes_named, pieces
from chatearthnet_explorer.widgets.shared.text_change import TextChange, change_between, complete_pieces
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.claims.class_mentions import Piece

BEING_WRITTEN = "The caption is being written."
"""The step from the first words of a caption to the last."""


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

    writing = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether a caption is being written. Its text goes to the page in messages, each with what has changed, because a
    trait would be sent whole each time."""

    draft: t.Dict[str, Any] = t.Dict(read_only=True).tag(sync=True)
    """A text that was not completed: ``pieces``, as in ``columns``, and ``note``, why; empty for none. It is no
    caption: it is neither saved nor checked."""

    can_cancel = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether the page offers to cancel while there is ``progress``."""

    cancels = t.Int(0).tag(sync=True)
    """How often a person pressed that button."""

    calls = t.Int(0).tag(sync=True)
    """How often the view was called by code to scroll into sight and take the focus."""

    known_notes = t.Tuple()
    """Notes of captions that are not repeated, because the page has them already."""

    columns: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The captions as the script draws them: byline, pieces, classes, details, label_maps, remarks, text, released."""

    _pieces_so_far: tuple[Piece, ...] = ()

    def __init__(self, **traits: object) -> None:
        """Show captions, by the names of traits."""
        super().__init__(**traits)
        self.on_msg(self._send_text)

    def write(self, text: str) -> None:
        """Show the text so far of a caption that is being written.

        Args:
            text: All of it, cleaned; what was there before may have changed.
        """
        pieces_before, self._pieces_so_far = self._pieces_so_far, complete_pieces(visible(text))
        if not self.writing:
            with self.hold_sync():
                self.set_trait("draft", {})
                self.set_trait("writing", True)  # noqa: FBT003 - the value of a trait
                self.progress = BEING_WRITTEN
        self._send_change(change_between(pieces_before, self._pieces_so_far))

    def break_off(self, note: str) -> None:
        """Keep the text of a caption that was not completed, with a note, until ``forget_text``."""
        with self.hold_sync():
            if self._pieces_so_far:
                self.set_trait("draft", {"pieces": [list(piece) for piece in self._pieces_so_far], "note": note})
            self._end_writing()

    def forget_text(self) -> None:
        """Remove the text of a caption that is being written or was not completed."""
        with self.hold_sync():
            self.set_trait("draft", {})
            self._end_writing()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Offer to cancel while there is ``progress``, and call a function when a person does."""
        self.set_trait("can_cancel", True)  # noqa: FBT003 - the value of a trait
        self.observe(lambda _: callback(), "cancels")

    def card(self) -> Card:
        """Return the captions as static HTML."""
        return caption_card(self.captions, error=self.error, palette=self.palette)

    def _end_writing(self) -> None:
        self._pieces_so_far = ()
        self.set_trait("writing", False)  # noqa: FBT003 - the value of a trait

    def _send_change(self, change: TextChange) -> None:
        self.send({"keep": change.keep, "pieces": [list(piece) for piece in change.pieces]})

    def _send_text(self, _view: object, content: object, _buffers: object) -> None:
        """Send the whole text to a page that was opened while it is written."""
        if self.writing and content == {"do": "send text"}:
            self._send_change(TextChange(0, self._pieces_so_far))

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
            "byline": visible(signature(caption)),
            "released": caption.is_released,
            "text": text,
            "pieces": [list(piece) for piece in pieces(text)],
            "classes": list(classes_named(text)),
            "details": [[name, visible(value)] for name, value in details_of(caption)],
            "label_maps": style_remark(caption.style),
            "remarks": [visible(note) for note in caption.notes if note not in self.known_notes],
        }
