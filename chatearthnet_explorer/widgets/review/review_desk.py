"""A spot-check on screen: pair after pair of a plan, each verdict in the ledger before the next pair is shown."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import ipywidgets
import traitlets

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.chip_html import chip_section
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.review.reviewer_ledger import ReviewerLedger
from chatearthnet_explorer.spot_check import captions_of_plan
from chatearthnet_explorer.widgets.browse.released_pair import ReleasedPairs, show
from chatearthnet_explorer.widgets.review.desk_layout import desk_layout
from chatearthnet_explorer.widgets.review.prefetch import Prefetch
from chatearthnet_explorer.widgets.review.verdict_pad import VerdictPad
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.chip_view import ChipView
from chatearthnet_explorer.widgets.shared.composite import descendants
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView
from chatearthnet_explorer.widgets.shared.view import Readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.review.ledger import Ledger
    from chatearthnet_explorer.review.ledger_entries import Entry
    from chatearthnet_explorer.review.plan import Plan
    from chatearthnet_explorer.review.verdict import Verdict
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.sources.release.release_reader import Release
    from chatearthnet_explorer.widgets.browse.released_pair import UnlocatedPicture
    from chatearthnet_explorer.widgets.shared.caption_view import CaptionView

    Pair = tuple[Chip | UnlocatedPicture | None, Sequence[Caption], NDArray[np.uint8] | None]

_LOG = logging.getLogger(__name__)
_UNEXPECTED_ERROR = "Unexpected error. Nothing in the ledger is lost; try again, or see the log."
_NEAR = (-1, 0, 1, 2)  # pairs around the current one that are prefetched


class ReviewDesk(Readable, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Judge captions one after the other: 1 correct, 2 minor, 3 major; arrows, u, / and letters for the rest."""

    def __init__(
        self,
        plan: Plan | Sequence[str],
        pair_of: Callable[[str], Pair],
        ledger: Ledger | str | Path,
        *,
        reviewer: str,
        style: str = "3.5",
        caption_set: str = "",
        caption_view: CaptionView | None = None,
        beside: Sequence[ipywidgets.Widget] = (),
    ) -> None:
        """Open at the first caption that this reviewer has not judged.

        Args:
            plan: What to judge: a plan, or names of images.
            pair_of: Returns the chip (None if there is none), the captions, and labels for a chip that has none (None
                if there are none) of a name. It is called ahead of time, on threads of their own.
            ledger: Where verdicts go: a ledger, or its file.
            reviewer: Who judges.
            style: The captions to judge where there is no plan that says so, ``3.5`` or ``4v``.
            caption_set: Id of the set that they belong to, likewise; empty for released captions.
            caption_view: What shows the captions; one with a trait ``chip`` is told the chip too, to hold the words
                against its labels. None for a ``GroundingView``, which does; a ``CaptionView`` does not, for reviewers
                who are not to know what the labels say.
            beside: Widgets that are shown below the caption, such as one of the progress.

        Raises:
            LedgerError: If the ledger cannot be read.
            VerdictError: If nobody can be called so.
        """
        self._prefetch, self._task = Prefetch(pair_of), BackgroundTask()
        self._caption: Caption | None = None
        self._entry_handlers: list[Callable[[Entry], None]] = []
        self.chip_view, self.caption_view = ChipView(), caption_view or GroundingView()
        self._verdicts = ReviewerLedger(plan, ledger, reviewer=reviewer, style=style, caption_set=caption_set)
        self.pad = VerdictPad(total=len(self.names))
        super().__init__(
            desk_layout(self.chip_view, self.caption_view, self.pad, beside),
            layout={"width": "100%", "overflow": "visible"},
        )
        self.add_class("cen-review")
        for trait in ("highlight", "within", "palette"):
            traitlets.link((self.caption_view, trait), (self.chip_view, trait))
        self.pad.on_command(self._on_command)
        self.go(self._verdicts.first_open)
        self.pad.message = " ".join(self.ledger.remarks)

    def judge_plan(
        self, plan: Plan, ledger: Ledger, *, reviewer: str, pair_of: Callable[[str], Pair] | None = None
    ) -> None:
        """Judge another plan, from the first caption that this reviewer has not judged.

        Arguments and errors are those of the constructor; without ``pair_of`` the pairs are those of before.
        """
        self._task.stop()
        self._prefetch = self._prefetch if pair_of is None else Prefetch(pair_of)
        self._verdicts = ReviewerLedger(plan, ledger, reviewer=reviewer)
        self.pad.total, self.pad.error = len(self.names), ""
        self.go(self._verdicts.first_open)
        self.pad.message = " ".join(self.ledger.remarks)

    @property
    def names(self) -> tuple[str, ...]:
        """The images to judge, in order."""
        return self._verdicts.names

    @property
    def style(self) -> str:
        """The captions to judge."""
        return self._verdicts.style

    @property
    def reviewer(self) -> str:
        """Who judges."""
        return self._verdicts.reviewer

    @property
    def ledger(self) -> Ledger:
        """Where verdicts go."""
        return self._verdicts.ledger

    @property
    def verdicts(self) -> list[Verdict]:
        """This reviewer's valid verdicts on the plan, in the order of judging."""
        return self._verdicts.verdicts

    @classmethod
    def of_catalog(
        cls,
        catalog: Catalog,
        plan: Plan | Sequence[str],
        ledger: Ledger | str | Path,
        *,
        reviewer: str,
        release: Release | None = None,
        labels: str | Source | None = "auto",
        style: str = "3.5",
        caption_view: CaptionView | None = None,
        beside: Sequence[ipywidgets.Widget] = (),
    ) -> Self:
        """Open the desk on pairs of a catalog. A pair without picture, labels or place is judged too, and says so.

        Args:
            catalog: Where the captions are.
            plan: What to judge, drawn from its names.
            ledger: As for the constructor, like what is not named here.
            reviewer: As above.
            release: Where the pictures are; None for none.
            labels: Where labels come from, see ``ReleasedPairs``; None for none.
            style: As above.
            caption_view: As above.
            beside: As above.

        Raises:
            SettingError: If there is no source of labels of that name.
            LedgerError: If the ledger cannot be read.
            VerdictError: If nobody can be called so.
            PlanError: If the plan is about other captions than the catalog has.
        """
        kind = captions_of_plan(catalog, plan, style=style)
        pairs = ReleasedPairs(kind.catalog, release=release, labels=labels)
        make = partial(cls, plan, pairs.pair_of, ledger, reviewer=reviewer, caption_view=caption_view, beside=beside)
        return make(style=kind.style, caption_set=kind.caption_set)

    @property
    def position(self) -> int:
        """Which pair of the plan is shown, from 0."""
        return int(self.pad.position)

    def go(self, position: int) -> None:
        """Show a pair of the plan, counted from 0; beyond its ends nothing happens."""
        if not self.names:
            self.pad.error = "There is nothing to judge: the plan is empty."
            return
        if not 0 <= position < len(self.names):
            return
        self.pad.position, self.pad.ready = position, False
        future = self._prefetch.get(self.names[position])
        if future.done() and not future.exception():
            self._show_pair(future.result())
        else:
            self._task.start(lambda _: future.result(), on_result=self._show_pair, on_error=self._show_missing)

    def judge(self, verdict: str, *, cause: str = "", note: str = "", correction: str = "") -> Entry:
        """Write a verdict on the caption on screen into the ledger, as a key does, and stay.

        Raises:
            VerdictError: If it is none, or nothing is shown that can be judged.
            LedgerError: If the ledger cannot be written.
        """
        fields = {"verdict": verdict, "cause": cause, "note": note, "correction": correction}
        text = self._caption.text if self._caption else ""
        entry = self._verdicts.record(self.names[self.position], text, fields)
        self._update_pad()
        for handler in self._entry_handlers:
            handler(entry)
        return entry

    def undo(self) -> None:
        """Take the latest verdict of this reviewer on this plan back, and show what it was on.

        Raises:
            LedgerError: If the ledger cannot be written.
        """
        result = self._verdicts.undo_last()
        if result is None:
            self.pad.message = "There is nothing to undo."
            return
        name, entry = result
        self.go(self.names.index(name))
        for handler in self._entry_handlers:
            handler(entry)
        self.pad.message = "Verdict undone; the ledger keeps a record."

    def on_entry(self, handler: Callable[[Entry], None]) -> None:
        """Call a function with each entry that this desk writes into the ledger."""
        self._entry_handlers.append(handler)

    def refresh(self) -> None:
        """Read the ledger again, after something else has written to it."""
        self._verdicts.refresh()
        self._update_pad()

    def card(self) -> Card:
        """Return what is on screen, as static HTML."""
        return Card(
            f"Spot-check: {self.pad.judged_count} of {len(self.names)} captions judged",
            (
                chip_section(self.chip_view.chip, self.chip_view.palette),
                *self.caption_view.card().sections,
            ),
        )

    def close(self) -> None:
        """Stop all tasks and close the widgets; every verdict is in the ledger."""
        self._task.stop()
        for widget in descendants(self):
            ipywidgets.Widget.close(widget)

    def _on_command(self, command: dict[str, Any]) -> None:
        self.pad.error = self.pad.message = ""
        try:
            self._do(command)
        except Exception as problem:  # noqa: BLE001 - widgets swallow what their callbacks raise
            self._show_error(problem)

    def _do(self, command: dict[str, Any]) -> None:
        if command.get("do") == "judge" and command.get("position") == self.position and self.pad.ready:
            texts = {field: str(command.get(field, "")) for field in ("cause", "note", "correction")}
            self.judge(str(command.get("verdict")), **texts)
            if command.get("then") == "next":
                self.go(self.position + 1)
            elif command.get("verdict") != "correct" and not texts["cause"]:
                self.pad.message = "Your verdict is saved. Say why to go on, or press Next."
            if len(self._verdicts.entries) == len(self.names):
                self.pad.message = f"All {len(self.names)} captions are judged. Thank you."
        elif command.get("do") == "go":
            self.go(self.position + (1 if command.get("by") == 1 else -1))
        elif command.get("do") == "undo":
            self.undo()
        elif command.get("do") == "labels":
            self.chip_view.blend = 0.0 if self.chip_view.blend > 0.5 else 1.0  # noqa: PLR2004 - whichever is farther

    def _show_pair(self, pair: Pair) -> None:
        chip, captions, labels = pair
        if isinstance(chip, Chip) and chip.labels is None and labels is not None:
            chip = replace(chip, labels=labels)
        is_of_set = bool(self._verdicts.caption_set)  # which has one caption, in its own style
        self._caption = next((one for one in captions if is_of_set or one.style == self.style), None)
        show(self.chip_view, chip)
        with self.caption_view.hold_trait_notifications():  # no caption is held against the labels of another
            if self.caption_view.has_trait("chip"):
                self.caption_view.chip = self.chip_view.chip
            self.caption_view.captions = (self._caption,) if self._caption else ()
        self.caption_view.error = (
            "" if self._caption else f"This pair has no caption in style {self.style}; go to the next one."
        )
        self._update_pad()
        self._prefetch.keep(
            [self.names[place] for near in _NEAR if 0 <= (place := self.position + near) < len(self.names)]
        )

    def _show_missing(self, problem: Exception) -> None:
        self._caption, self.chip_view.chip, self.caption_view.captions = None, None, ()
        self._update_pad()
        self._show_error(problem)

    def _update_pad(self) -> None:
        name = self.names[self.position]
        entry = self._verdicts.entries.get(name)
        verdict = entry.verdict if entry else None
        with self.pad.hold_sync():
            self.pad.heading = name
            self.pad.caption = self._caption.text if self._caption else ""
            self.pad.judged_count = len(self._verdicts.entries)
            fields = ("verdict", "cause", "note", "correction") if verdict else ()
            self.pad.verdict = {field: getattr(verdict, field) for field in fields}
            self.pad.ready = self._caption is not None

    def _show_error(self, problem: Exception) -> None:
        if not isinstance(problem, ExplorerError):
            _LOG.error("The review desk failed.", exc_info=problem)
        self.pad.error = str(problem) if isinstance(problem, ExplorerError) else _UNEXPECTED_ERROR
