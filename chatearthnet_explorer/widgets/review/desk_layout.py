"""Where the parts of a review desk lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.widgets.shared.view import static

if TYPE_CHECKING:
    from collections.abc import Sequence


def desk_layout(
    picture: ipywidgets.Widget,
    caption: ipywidgets.Widget,
    pad: ipywidgets.Widget,
    beside: Sequence[ipywidgets.Widget] = (),
) -> list[ipywidgets.Widget]:
    """Return the children of a desk, in the order of reading.

    The style sheet puts the pad above the caption where there is room, as below it the pad would move with the
    caption's length, and at the bottom of the window on a phone.

    Args:
        picture: Shows the chip.
        caption: Shows the caption.
        pad: Has the buttons.
        beside: What is below the picture, or at the end on a phone.
    """
    look = ipywidgets.HTML(f"<style>{static('review_desk.css')}</style>", layout={"display": "none"})
    columns = ipywidgets.Box([picture, *beside]), ipywidgets.Box([caption, pad])
    desk = ipywidgets.Box(columns)
    desk.add_class("cen-desk")
    pad.add_class("cen-desk-pad")
    for column in columns:
        column.add_class("cen-desk-column")
    for one in beside:
        one.add_class("cen-desk-beside")
    return [look, desk]
