"""The panel where a reviewer judges a caption by keyboard: verdict, cause, note, corrected caption, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.review.verdict import NOTE_LIMIT
from chatearthnet_explorer.widgets.review import button_labels as labels
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable


class VerdictPad(View):
    """Shows the buttons of a verdict. It decides nothing itself: each command goes to the handler of ``on_command``."""

    _esm = script("verdict_pad")

    heading = t.Unicode("").tag(sync=True)
    """What is judged, in words."""

    caption = t.Unicode("").tag(sync=True)
    """The caption that is judged; a correction starts from it."""

    estimate = t.Unicode("").tag(sync=True)
    """The error rate so far, in a few words; empty where none is shown."""

    judged_count = t.Int(0).tag(sync=True)
    """How many captions of the plan this reviewer has judged."""

    position = t.Int(0).tag(sync=True)
    """Which of them is on screen, from 0."""

    total = t.Int(0).tag(sync=True)
    """How many captions the plan has."""

    verdict = t.Dict({}).tag(sync=True)
    """This reviewer's verdict on the current caption: verdict, cause, note, correction; empty if there is none yet."""

    ready = t.Bool(default_value=False).tag(sync=True)
    """Whether the current caption can be judged."""

    message = t.Unicode("").tag(sync=True)
    """What happened last, in one sentence."""

    error = t.Unicode("").tag(sync=True)
    """What went wrong, in one sentence; empty if nothing did."""

    command = t.Dict({}).tag(sync=True)
    """What the reviewer wants: ``do`` (judge, go, undo, labels), its number ``n``, and what belongs to it."""

    handled_count = t.Int(0).tag(sync=True)
    """Number of the latest command that was handled: the pad sends no other command before that."""

    verdict_buttons: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The verdicts: id, label, tooltip, key."""

    cause_buttons: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The causes: id, label, key."""

    tool_buttons = t.Dict(dict(labels.TOOL_BUTTONS), read_only=True).tag(sync=True)
    """``button_labels.TOOL_BUTTONS``."""

    field_labels = t.Dict(dict(labels.FIELD_LABELS), read_only=True).tag(sync=True)
    """``button_labels.FIELD_LABELS``."""

    key_symbols = t.Dict(dict(labels.KEY_SYMBOLS), read_only=True).tag(sync=True)
    """``button_labels.KEY_SYMBOLS``."""

    limits = t.Dict({"note": NOTE_LIMIT, "correction": LIMIT}, read_only=True).tag(sync=True)
    """Characters that each text may have."""

    def on_command(self, handler: Callable[[dict[str, Any]], None]) -> None:
        """Call a function with each command; the next command is accepted when it returns."""

        def handle(change: dict[str, Any]) -> None:
            command = change["new"]
            try:
                handler(command)
            finally:
                number = command.get("n")
                self.handled_count = number if isinstance(number, int) else self.handled_count + 1

        self.observe(handle, "command")

    def card(self) -> Card:
        """Return the reviewer's progress as static HTML."""
        progress = f"{self.judged_count} of {self.total} captions judged."
        return Card("Spot-check", (element("section", element("p", progress), element("p", self.heading)),))

    @t.default("verdict_buttons")
    def _verdict_buttons(self) -> list[list[str]]:
        return [[verdict, *texts] for verdict, texts in labels.VERDICT_BUTTONS.items()]

    @t.default("cause_buttons")
    def _cause_buttons(self) -> list[list[str]]:
        return [[cause, *texts] for cause, texts in labels.CAUSE_BUTTONS.items()]

    @t.validate("heading", "estimate", "message", "error")
    def _visible(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])
