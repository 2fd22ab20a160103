"""Two captions compared: what both say, what only one says, and where they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.widgets.browse.caption_agreement import PLACES, WHOLE, Agreement, compare
from chatearthnet_explorer.widgets.shared.released_captions import RELEASE
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.widgets.browse.caption_agreement import Point

MARKS = {"agree": "both", "contradict": "differ"}
"""What stands for a verdict on two captions; a claim of one alone has the short name of that caption."""

_READ = "Rules read the claims in captions and miss some; docs/explanation/reading-captions.md says how many."
_INDEX = {land.name: land.index for land in CLASSES}


class CompareView(View):
    """Shows where two captions agree: set ``captions``; it hides unless there are two."""

    _esm = script("compare_view")

    captions = t.Tuple()
    """``Caption`` objects, of which the first two are compared."""

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

    @t.observe("captions")
    def _show(self, _change: object) -> None:
        pair = [one for one in self.captions if isinstance(one, Caption)][:2]
        names, agreement = _compare(pair)
        with self.hold_sync():
            self.set_trait("names", [visible(name) for name in names])
            self.set_trait("marks", {**MARKS, **dict(zip(("first", "second"), map(_short_name, names), strict=False))})
            self.set_trait("summary", _summary(agreement))
            self.set_trait(
                "contradictions", [visible(_sentence(point, agreement.leaders)) for point in agreement.contradictions]
            )
            self.set_trait("rows", _rows(agreement, names))
            self.highlight = -1


def _compare(pair: Sequence[Caption]) -> tuple[tuple[str, ...], Agreement]:
    if len(pair) < 2:  # noqa: PLR2004 - two are compared
        return (), Agreement((), ())
    names = tuple(_caption_name(one) for one in pair)
    if len(set(names)) < len(names):
        names = ("the first", "the second")
    first, second = (read_claims(one.text) for one in pair)
    return names, compare(first, second, names=(names[0], names[1]))


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
    return name.removeprefix("the ").removesuffix(" caption").removeprefix("GPT-")


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
