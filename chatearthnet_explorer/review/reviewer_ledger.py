"""One reviewer's verdicts on one plan, in a ledger that others may write to as well."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.plan import Plan
from chatearthnet_explorer.review.verdict import CORRECT, Verdict, digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chatearthnet_explorer.review.ledger_entries import Entry


class ReviewerLedger:
    """The part of a ledger that a review desk shows and writes."""

    def __init__(
        self,
        plan: Plan | Sequence[str],
        ledger: Ledger | str | Path,
        *,
        reviewer: str,
        style: str = "3.5",
        caption_set: str = "",
    ) -> None:
        """Read what the reviewer has judged.

        Args:
            plan: What to judge: a plan, or names of images.
            ledger: Where verdicts go: a ledger, or its file.
            reviewer: Who judges.
            style: The captions to judge where there is no plan that says so, ``3.5`` or ``4v``.
            caption_set: Id of the set that these captions belong to; empty for the released ones.

        Raises:
            LedgerError: If the ledger cannot be read.
            VerdictError: If nobody can be called so.
        """
        self.names: tuple[str, ...] = plan.names if isinstance(plan, Plan) else tuple(dict.fromkeys(plan))
        self.style = plan.style if isinstance(plan, Plan) else style
        self.caption_set = plan.caption_set if isinstance(plan, Plan) else caption_set
        self.reviewer = reviewer
        self.ledger = ledger if isinstance(ledger, Ledger) else Ledger(ledger)
        self.entries: dict[str, Entry] = {}
        """The valid entries by name, in the order of judging."""
        # an invalid reviewer raises now
        self._verdict(self.names[0] if self.names else "-", "", {"verdict": CORRECT})
        self.refresh()

    @property
    def verdicts(self) -> list[Verdict]:
        """The valid verdicts, in the order of judging."""
        return [entry.verdict for entry in self.entries.values() if entry.verdict]

    @property
    def first_open(self) -> int:
        """Position of the first caption that was not judged; of the last one if all were."""
        open_places = (place for place, name in enumerate(self.names) if name not in self.entries)
        return next(open_places, max(len(self.names) - 1, 0))

    def refresh(self) -> None:
        """Read what was added to the ledger.

        Raises:
            LedgerError: If the ledger cannot be read.
        """
        names = set(self.names)
        self.entries = {
            name: entry
            for (reviewer, name, *captions), entry in self.ledger.standing.items()
            if reviewer == self.reviewer and captions == [self.style, self.caption_set] and name in names
        }

    def record(self, name: str, caption: str, fields: dict[str, str]) -> Entry:
        """Write a verdict; return its entry once it is on the disk.

        Args:
            name: The image.
            caption: The caption that was judged.
            fields: ``verdict``, ``cause``, ``note`` and ``correction``.

        Raises:
            VerdictError: If it is no verdict.
            LedgerError: If the ledger cannot be written.
        """
        entry = self.ledger.record(self._verdict(name, caption, fields))
        self.refresh()
        return entry

    def undo_last(self) -> tuple[str, Entry] | None:
        """Undo the latest verdict; return the image that it was on and the entry that undoes it, None if there is none.

        Raises:
            LedgerError: If the ledger cannot be written.
        """
        if not self.entries:
            return None
        name, entry = list(self.entries.items())[-1]
        undo_entry = self.ledger.undo(entry)
        self.refresh()
        return name, undo_entry

    def _verdict(self, name: str, caption: str, fields: dict[str, str]) -> Verdict:
        now = datetime.now(UTC)
        return Verdict(
            reviewer=self.reviewer,
            name=name,
            style=self.style,
            caption_set=self.caption_set,
            caption=digest(caption),
            time=now,
            **fields,
        )
