"""What to do after the caption was read: check it, see similar places, learn how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chatearthnet_explorer.widgets.explore.similar_places import SimilarPlace

ACTIONS = ("check", "similar", "visit")
"""What a press can ask for: to check the caption, to list similar places, to go to one of them."""


class NextSteps(View):
    """Buttons and a link below the last step."""

    _esm = script("next_steps")

    can_check = t.Bool(default_value=False).tag(sync=True)
    """Whether there is a caption to check."""

    can_compare = t.Bool(default_value=False).tag(sync=True)
    """Whether there is a catalog to find similar places in."""

    lesson = t.Unicode("", read_only=True).tag(sync=True)
    """Address of the lesson on how the question is made; empty for no link."""

    comparison = t.Unicode("").tag(sync=True)
    """Address of the page that compares writers at this place; empty for no link."""

    places: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The similar places: [name, land cover] each."""

    note = t.Unicode("").tag(sync=True)
    """Why there is no similar place, in one sentence; empty if there are some, or nobody wants them."""

    def __init__(self, *, lesson: str = "") -> None:
        """Begin without a caption.

        Args:
            lesson: Address of the lesson, written by the site.
        """
        self._places: tuple[SimilarPlace, ...] = ()
        self._callbacks: dict[str, Callable[..., None]] = {}
        super().__init__()
        self.set_trait("lesson", lesson)
        self.on_msg(self._receive)

    def on_action(self, action: str, callback: Callable[..., None]) -> None:
        """Call a function at one of ``ACTIONS``; with the longitude and latitude of the place at ``visit``."""
        self._callbacks[action] = callback

    def set_places(self, places: Sequence[SimilarPlace]) -> None:
        """Show similar places."""
        self._places = tuple(places)
        self.set_trait("places", [[visible(place.name), visible(", ".join(place.classes))] for place in places])

    def card(self) -> Card:
        """Return the similar places as static HTML."""
        return Card("Places like this", tuple(element("p", f"{name}: {cover}") for name, cover in self.places))

    def _receive(self, _widget: object, content: Mapping[str, object], _buffers: object) -> None:
        callback = self._callbacks.get(str(content.get("action"))[:20])
        match content:
            case {"action": "visit", "number": int(number)} if callback and 0 <= number < len(self._places):
                place = self._places[number]
                callback(place.lon, place.lat)
            case {"action": "check" | "similar"} if callback:
                callback()
