"""What a reader of a catalog should know, from the report of its build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def notes_of(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the build could not read and left out, one sentence each."""
    notes = [*report.get("notes", ())]
    if left_out := report.get("left_out", 0):
        what = "entries or files of the release are" if left_out > 1 else "entry or file of the release is"
        notes.append(f"{left_out:,} {what} not in the catalog, as `catalog info` lists.")
    if missing := report.get("labels_missing"):
        notes.append(f"Some labels could not be read, so some shares are not known: {missing[0]}")
    return tuple(map(str, notes))
