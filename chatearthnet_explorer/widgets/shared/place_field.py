"""The field that finds a place: a name with suggestions as one types, coordinates, or a link to a map."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.coordinates import LONGEST, coordinates_of
from chatearthnet_explorer.places.name_search import load_names, suggest
from chatearthnet_explorer.places.place_finder import Destination, describe, find_place
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST = 8  # suggestions: what fits above the keyboard of a phone
_TEXT_LIMIT = 200  # characters of a text that suggestions are made of
_TURN_LIMIT = 2**53
_MOST_LISTS = 8  # answers of which a choice still counts: those that a slow network may have on its way at once


class PlaceField(View):
    """A combobox of places: it suggests as one types, and calls a function when somebody has chosen."""

    _esm = script("place_field")

    label = t.Unicode("Find a place").tag(sync=True)
    """The name of the field."""

    hint = t.Unicode("A town, a country, or 48.14, 11.58").tag(sync=True)
    """What can be written, shown in the empty field."""

    value = t.Unicode("").tag(sync=True)
    """The place that is shown, in words."""

    visits = t.Int(0, read_only=True).tag(sync=True)
    """How often a place was chosen: the field shows ``value`` again, also where that is the same."""

    starts: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """Places to start with, offered while nothing is written: [label, description]."""

    answer = t.Dict({"turn": 0, "places": []}, read_only=True).tag(sync=True)
    """The suggestions: ``places`` as [label, description], for the request with the same ``turn``."""

    problem = t.Unicode("").tag(sync=True)
    """Why nothing was found; empty if all is well."""

    note = t.Unicode("").tag(sync=True)
    """A sentence about the place that was chosen; empty if there is nothing to say."""

    longest = t.Int(LONGEST + 1, read_only=True).tag(sync=True)
    """Characters that can be written."""

    request = t.Dict().tag(sync=True)
    """What the person did: ``what`` (open, type, go, choose, start), ``value``, ``turn``."""

    def __init__(self, starts: Sequence[tuple[Destination, str]] = (), **traits: object) -> None:
        """Take traits by name.

        Args:
            starts: Places to start with, and why.
            traits: The traits of the field.
        """
        self._callbacks: list[Callable[[Destination], None]] = []
        self._starts = [place for place, _ in starts]
        self._lists: dict[int, list[Destination]] = {}
        super().__init__(**traits)
        self.set_trait("starts", [[place.label, why] for place, why in starts])

    def on_find(self, callback: Callable[[Destination], None]) -> None:
        """Call a function with the place that a person chose."""
        self._callbacks.append(callback)

    def find(self, text: str) -> None:
        """Do what writing a text and pressing Go does: go to the place that it means, or say why not."""
        self.note = ""
        try:
            place = find_place(text)
        except PlaceError as error:
            self._refuse(error)
        else:
            self._go(place)

    def card(self) -> Card:
        """Return the place that is shown, as static HTML."""
        return Card(self.label, (element("p", visible(self.value or self.hint)),))

    @t.observe("request")
    def _on_request(self, _change: object) -> None:
        what, value, turn = (self.request.get(name) for name in ("what", "value", "turn"))
        if what == "open":
            Thread(target=load_names, daemon=True).start()
        elif what == "type" and isinstance(value, str):
            self._suggest(value[:_TEXT_LIMIT], turn)
        elif what == "go" and isinstance(value, str):
            self.find(value)
        elif what in ("choose", "start") and type(value) is int:  # no bool
            # the list on screen may be an earlier one than the latest that was sent
            places = self._starts if what == "start" else self._lists.get(turn, []) if type(turn) is int else []
            if 0 <= value < len(places):
                self._go(places[value])

    def _suggest(self, text: str, turn: object) -> None:
        self.problem = ""
        places, rows = suggestions(text)
        number = turn if type(turn) is int and 0 <= turn < _TURN_LIMIT else 0
        self._lists = {**dict(list(self._lists.items())[1 - _MOST_LISTS :]), number: places}
        self.set_trait("answer", {"turn": number, "places": rows})

    def _go(self, place: Destination) -> None:
        self.problem = self.note = ""
        self.value = place.label
        self.set_trait("visits", self.visits + 1)
        try:
            for callback in self._callbacks:
                callback(place)
        except PlaceError as error:  # beyond the edge of the map
            self._refuse(error)

    def _refuse(self, error: PlaceError) -> None:
        self.problem = ""  # the same sentence once more is said once more
        self.problem = str(error)


def suggestions(text: str) -> tuple[list[Destination], list[list[str]]]:
    """Return the places that a text may mean, and what is shown of each: its label and a description.

    Args:
        text: What somebody has written so far.
    """
    try:
        lonlat = coordinates_of(text)
    except PlaceError:  # it may become a place with the next letter
        return [], []
    if lonlat is not None:
        return [Destination(*lonlat, describe(*lonlat))], [[describe(*lonlat), "coordinates"]]
    places = suggest(text, _MOST)
    rows = [[place.label, place.description] for place in places]
    return [Destination(place.lon, place.lat, place.label, place) for place in places], rows
