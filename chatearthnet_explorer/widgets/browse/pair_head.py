"""The heading of an open pair: its place, its problems and the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.catalog.pair import Pair
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.widgets.browse.gallery import place_of
from chatearthnet_explorer.widgets.browse.query_mixin import read_request
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

ACTIONS = ("back", "previous", "next", "map", "labels", "caption")
"""The actions on a pair."""


class PairHead(View):
    """Shows the heading of a pair: set ``pair``; ``on_action`` reports which of ``ACTIONS`` was pressed."""

    _esm = script("pair_head")

    pair = t.Instance(Pair, allow_none=True)
    """The pair; None before one is opened."""

    possible = t.List(t.Unicode(), list(ACTIONS)).tag(sync=True)
    """Those of ``ACTIONS`` that are possible now."""

    writer = t.Unicode("")
    """Who wrote the caption of the pair, if it is not one of the release."""

    heading = t.Unicode("", read_only=True).tag(sync=True)
    """Where it lies, in words."""

    details: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """What the release says about it: rows of [name, value]."""

    remarks = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """Its problems, one sentence each."""

    opening = t.Int(0, read_only=True).tag(sync=True)
    """Counts the pairs opened: with each the heading takes the focus."""

    request = t.Dict().tag(sync=True)
    """What the person pressed: ``what``, ``turn``."""

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        self._callbacks: list[Callable[[str], None]] = []
        super().__init__(**traits)

    def on_action(self, callback: Callable[[str], None]) -> None:
        """Call a function with one of ``ACTIONS`` when a person wants it."""
        self._callbacks.append(callback)

    def card(self) -> Card:
        """Return the heading as static HTML."""
        rows = [element("p", f"{name}: {value}") for name, value in self.details]
        return Card(self.heading or "No pair", (*rows, *(element("p", sentence) for sentence in self.remarks)))

    @t.observe("pair")
    def _show(self, _change: object) -> None:
        pair = self.pair
        with self.hold_sync():
            self.set_trait("heading", visible(place_of(pair)) if pair else "")
            self.set_trait("details", _details(pair, self.writer) if pair else [])
            remarks = [*(FLAGS[flag] for flag in pair.flags), *_finding_remarks(pair, self.writer)] if pair else []
            self.set_trait("remarks", remarks)
            self.set_trait("opening", self.opening + (pair is not None))

    @t.observe("request")
    def _press(self, _change: object) -> None:
        what, _ = read_request(self.request)
        if what in ACTIONS and what in self.possible:
            for callback in self._callbacks:
                callback(what)


def _details(pair: Pair, writer: str) -> list[list[str]]:
    record = pair.record
    rows = [["Name", record.name]]
    if writer:
        rows += [["Captions by", writer], *(["Split", split] for split in record.splits.values())]
    else:
        rows += [[f"Split, style {style.upper()}", split] for style, split in record.splits.items()]
    if record.tile:
        rows.append(["Tile", f"z 14, x {record.tile.x}, y {record.tile.y}"])
    if pair.shares is not None:
        large = sorted(((share, name) for name, share in pair.shares.items() if share), reverse=True)
        rows.append(["Land cover", ", ".join(f"{name} {100 * share:.0f} %" for share, name in large[:6])])
    return [[name, visible(value)] for name, value in rows]


def _finding_remarks(pair: Pair, writer: str) -> list[str]:
    """Return what an audit found, one sentence for each caption and for the picture."""
    findings = {
        "picture" if kind == "picture" else f"caption by {writer}" if writer else f"{kind} caption": of
        for kind, of in (pair.findings or {}).items()
    }
    return [visible(f"Checks found problems in the {what}: {', '.join(of)}.") for what, of in findings.items() if of]
