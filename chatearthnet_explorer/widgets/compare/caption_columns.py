"""The captions of a comparison beside each other, each below the name of its writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.captioners.chip_guard import SIMULATED
from chatearthnet_explorer.cards.html_tree import element, markup, visible
from chatearthnet_explorer.comparison import writer_names
from chatearthnet_explorer.widgets.explore.caption_step import BROKEN_OFF, CANCELLED
from chatearthnet_explorer.widgets.shared.composite import descendants
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.comparison import ComparedCaption, Comparison
    from chatearthnet_explorer.writer import Writer

_WAITING = "No caption of this model yet."


class CaptionColumn(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """One writer and the caption, with each claim held against the labels."""

    def __init__(self, writer: Writer, name: str) -> None:
        """Begin without a caption.

        Args:
            writer: Who writes.
            name: What the writer is called.
        """
        self.writer = writer
        """Who writes."""
        self.name = ""
        """What the writer is called, unlike any other."""
        self.view = GroundingView(known_notes=(SIMULATED,))
        """The caption."""
        self._heading = ipywidgets.HTML()
        self.rename(name)
        # a class that is added later may never reach a page that is being drawn
        super().__init__([self._heading, self.view], _dom_classes=("cen-column",))

    def rename(self, name: str) -> None:
        """Call the writer something else: one of two equal ones may have gone."""
        if name != self.name:
            self.name, self._heading.value = name, markup(element("h3", visible(name)))

    def show(self, result: ComparedCaption, comparison: Comparison) -> None:
        """Show what became of the writer."""
        caption = (result.caption,) if result.caption else ()
        if result.error and self.view.writing:
            self.view.break_off(BROKEN_OFF)
        elif caption and not result.error:
            self.view.forget_text()  # or the text of the stream would stay in place of the caption and its claims
        if self.view.chip is comparison.chip and self.view.captions == caption and self.view.error == result.error:
            if self.view.writing:  # the same text once more
                self.view.forget_text()
            return
        with self.view.hold_sync():  # no caption is ever seen beside what another chip says of it
            self.view.set_trait("empty", _WAITING)
            self.view.captions = ()
            self.view.chip = comparison.chip
            self.view.captions = caption
            self.view.error = result.error
            # else the text so far would stay in the place of the caption, without its claims
            self.view.break_off(BROKEN_OFF) if result.error else self.view.forget_text()


class CaptionColumns(ipywidgets.Box):  # type: ignore[misc]  # ipywidgets has no types
    """The columns of all writers: call ``show`` with a comparison."""

    def __init__(self, on_cancel: Callable[[], None]) -> None:
        """Begin without columns.

        Args:
            on_cancel: Called when a person cancels the caption that is being written.
        """
        self._current: CaptionColumn | None = None
        self._on_cancel = on_cancel
        super().__init__([])
        self.add_class("cen-writer-columns")

    @property
    def columns(self) -> tuple[CaptionColumn, ...]:
        """The columns, in the order of the writers."""
        return tuple(self.children)

    def prepare(self, writers: tuple[Writer, ...], default_model: str) -> None:
        """Have a column for each writer; those of writers that are still there stay."""
        remaining = list(self.columns)
        columns = []
        for writer, name in zip(writers, writer_names(writers, default_model), strict=True):
            column = next((one for one in remaining if one.writer == writer), None)
            if column is None:
                column = CaptionColumn(writer, name)
                column.view.on_cancel(self._on_cancel)
            else:
                remaining.remove(column)
                column.rename(name)
            columns.append(column)
        self.children = tuple(columns)
        for column in remaining:
            for widget in descendants(column):
                ipywidgets.Widget.close(widget)

    def show(self, comparison: Comparison) -> None:
        """Show what became of each writer."""
        self.show_some(comparison, tuple(one.writer for one in comparison.captions))

    def show_some(self, comparison: Comparison, writers: tuple[Writer, ...]) -> None:
        """Show the captions that are complete while others are still being written."""
        self.prepare(writers, comparison.default_model)
        for column, result in zip(self.columns, comparison.captions, strict=False):
            column.show(result, comparison)

    def show_progress(self, step: str, position: int) -> None:
        """Show at the writer of a position what the caption waits for; an empty step if nothing is under way."""
        self._current = None
        for number, column in enumerate(self.columns):
            is_next = bool(step) and number == position
            column.view.progress = step if is_next else ""
            if is_next:
                self._current = column

    def write(self, text: str) -> None:
        """Show the text so far of the caption that is being written."""
        if self._current is not None:
            self._current.view.write(text)

    def break_off(self) -> None:
        """Keep the text so far of a caption that was cancelled, and say that it is incomplete."""
        if self._current is not None:
            self._current.view.break_off(CANCELLED)
            self._current.view.progress = ""
