"""Two captions compared: what both say, what only one says, and where they disagree; where there are more, any two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.widgets.browse.caption_agreement import PLACES, WHOLE, Agreement, compare
from chatearthnet_explorer.widgets.browse.query_mixin import read_request
from chatearthnet_explorer.widgets.shared.released_captions import RELEASE
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.widgets.browse.caption_agreement import Point

MARKS = {"agree": "both", "contradict": "differ"}
"""What stands for a verdict on two captions; a claim of one alone has the short name of that caption."""

_READ = "Rules read the claims in captions and miss some; docs/explanation/reading-captions.md says how many."
_CELL = 12  # characters of a name that a cell of the table has room for
_POSITIONS = ["1st", "2nd"]
_INDEX = {land.name: land.index for land in CLASSES}


class CompareView(View):
    """Shows where two captions agree: set ``captions``; it hides unless there are two.

    Of more than two the person chooses which are compared; at first they are the first two.
    """

    _esm = script("compare_view")

    captions = t.Tuple()
    """``Caption`` objects."""

    caption_names = t.Tuple()
    """A name for each caption, all different; empty for the usual name. To be set before the captions."""

    options = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """What there is to choose from: the names of all captions."""

    selection = t.List([0, 1], read_only=True).tag(sync=True)
    """Positions of the two captions that are compared."""

    request = t.Dict().tag(sync=True)
    """What the person chose: ``what`` (compare), ``value`` (two positions), ``turn``."""

    places = t.List([place or "whole" for place in PLACES], read_only=True).tag(sync=True)
    """The columns."""

    names = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """What the two captions are called; empty where there are not two."""

    summary = t.Unicode("", read_only=True).tag(sync=True)
    """How far they agree, in one sentence."""

    contradictions = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """What contradicts what, one sentence each."""

    rows: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """For each class: its position in ``legend.CLASSES``, and for each of ``places`` [verdict, words] or nothing."""

    marks = t.Dict(read_only=True).tag(sync=True)
    """What a cell says, by verdict: ``MARKS``, and the short names of the captions."""

    read = t.Unicode(_READ, read_only=True).tag(sync=True)
    """How far to believe it."""

    def card(self) -> Card:
        """Return the comparison as static HTML."""
        sentences = [self.summary, *self.contradictions] if self.names else ["Two captions are needed to compare them."]
        return Card("Compared", tuple(element("p", sentence) for sentence in sentences))

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        self._all: list[tuple[Caption, str]] = []
        super().__init__(**traits)

    @t.observe("request")
    def _press(self, _change: object) -> None:
        what, value = read_request(self.request)
        last = len(self.options) - 1
        if what == "compare" and isinstance(value, list) and len(value) == 2:  # noqa: PLR2004 - the two positions
            first, second = value
            if type(first) is type(second) is int and 0 <= first <= last and 0 <= second <= last and first != second:
                self.set_trait("selection", value)
                self._compare_selection()

    @t.observe("captions")
    def _show(self, _change: object) -> None:
        captions = [one for one in self.captions if isinstance(one, Caption)]
        self._all = list(zip(captions, _names(captions, self.caption_names), strict=True))
        with self.hold_sync():
            self.set_trait("options", [visible(name) for _, name in self._all])
            self.set_trait("selection", [0, 1])
            self._compare_selection()

    def _compare_selection(self) -> None:
        pair = [self._all[position] for position in self.selection] if len(self._all) > 1 else []
        names, agreement = _compare(pair)
        with self.hold_sync():
            self.set_trait("names", [visible(name) for name in names])
            short = [_short_name(name) for name in names]
            own_marks = short if all(short) else _POSITIONS
            self.set_trait("marks", {**MARKS, **dict(zip(("first", "second"), own_marks, strict=False))})
            self.set_trait("summary", _summary(agreement))
            self.set_trait(
                "contradictions", [visible(_sentence(point, agreement.leaders)) for point in agreement.contradictions]
            )
            self.set_trait("rows", _rows(agreement, names))
            self.highlight = -1


def _names(captions: Sequence[Caption], own_names: Sequence[str]) -> list[str]:
    """Return a name for each caption; the usual names are numbered where two are the same."""
    own = [*own_names[: len(captions)], *[""] * (len(captions) - len(own_names))]
    usual = [_caption_name(one) for one in captions]
    names = [name or other for name, other in zip(own, usual, strict=True)]
    if len(names) == len(set(names)):
        return names
    if len(names) == 2:  # noqa: PLR2004 - two captions
        return ["the first", "the second"]
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, start=1)]


def _compare(pair: Sequence[tuple[Caption, str]]) -> tuple[tuple[str, ...], Agreement]:
    if not pair:
        return (), Agreement((), ())
    (first, first_name), (second, second_name) = pair
    agreement = compare(read_claims(first.text), read_claims(second.text), names=(first_name, second_name))
    return (first_name, second_name), agreement


def _caption_name(caption: Caption) -> str:
    style = "3.5" if caption.style == "3.5" else "4V"
    return (
        f"GPT-{style}"
        if caption.is_released
        else f"the {style} caption"
        if caption.captioner == RELEASE
        else "the new caption"
    )


def _short_name(name: str) -> str:
    """Return a name as a cell of the table has it: of "the 3.5 caption" and of "GPT-3.5" it is "3.5"."""
    short = name.removeprefix("the ").removesuffix(" caption").removeprefix("GPT-")
    return short if len(short) <= _CELL else ""


def _summary(agreement: Agreement) -> str:
    against, alone = len(agreement.contradictions), sum(one.verdict in {"first", "second"} for one in agreement.points)
    if not agreement.points and not agreement.leaders:
        return "Neither caption names a class in a way that can be compared."
    return (
        f"They agree on {_count(agreement.agreement_count, 'point')}, contradict each other on {against or 'none'}, "
        f"and {_count(alone, 'point')} {'appears' if alone == 1 else 'appear'} in only one."
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _sentence(point: Point, leaders: Sequence[Point]) -> str:
    where = "Whole square" if point.place == WHOLE else point.place.capitalize()
    return f"{where}: {point.why}." if point in leaders else f"{where}, {point.name}: {point.why}."


def _rows(agreement: Agreement, names: Sequence[str]) -> list[dict[str, object]]:
    cells: dict[str, dict[str, list[str]]] = {}
    for point in agreement.points:
        cells.setdefault(point.name, {})[point.place] = [
            point.verdict,
            visible(point.why or _words(point.verdict, names)),
        ]
    return [
        {"index": _INDEX[name], "cells": [by_place.get(place, []) for place in PLACES]}
        for name, by_place in cells.items()
    ]


def _words(verdict: str, names: Sequence[str]) -> str:
    return {"agree": "both", "first": f"only {names[0]} says so", "second": f"only {names[1]} says so"}[verdict]
