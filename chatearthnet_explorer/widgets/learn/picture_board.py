"""Pictures beside each other, of which a reader picks one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.render import png
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.chip import Chip


class PictureBoard(View):
    """Shows pictures as buttons; ``selection`` is the one that was pressed last."""

    _esm = script("picture_board")

    label = t.Unicode("").tag(sync=True)
    """What the pictures are, in words."""

    columns = t.Int(2, min=1, max=6).tag(sync=True)
    """Pictures in a row, without a gap between them."""

    names: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """For each picture its name and what a screen reader says of it."""

    pictures = t.List(t.Bytes(), read_only=True).tag(sync=True)
    """The pictures, PNG."""

    selection = t.Unicode("").tag(sync=True)
    """Name of the picture that was pressed; empty before."""

    def show(self, pictures: Sequence[tuple[str, str, Chip]]) -> None:
        """Show pictures.

        Args:
            pictures: For each its name, where it is in words, and its chip, which has a picture.
        """
        with self.hold_sync():
            self.set_trait("names", [[name, where] for name, where, _ in pictures])
            self.set_trait("pictures", [png(chip.rgb) for _, _, chip in pictures if chip.rgb is not None])
            self.selection = ""

    def card(self) -> Card:
        """Return the names as static HTML."""
        rows = (element("li", f"{where}: {name}") for name, where in self.names)
        return Card(self.label, (element("ul", *rows),))

    @t.validate("selection")
    def _known_name(self, proposal: dict[str, Any]) -> str:
        value = str(proposal["value"])
        return value if value in {name for name, _ in self.names} else ""
