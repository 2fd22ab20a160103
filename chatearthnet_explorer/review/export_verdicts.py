"""Export verdicts: corrected captions in the release's format, and all verdicts as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from chatearthnet_explorer.files.spreadsheets import cell
from chatearthnet_explorer.review.verdict import CAUSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatearthnet_explorer.review.verdict import Verdict

COLUMNS = ("name", "style", "caption", "reviewer", "verdict", "cause", "note", "corrected", "time", "caption_set")
"""Of the CSV, in order."""


def corrections(verdicts: Iterable[Verdict], *, style: str, caption_set: str = "") -> list[dict[str, str]]:
    """Return the corrected captions of a style as a list of ``image`` and ``caption``, by name of the image.

    They are of the release, or of the set with the given id. If several reviewers corrected a caption, the latest
    correction is used.
    """
    corrections_of_style = sorted(
        (one for one in verdicts if (one.style, one.caption_set) == (style, caption_set) and one.correction),
        key=lambda one: one.time,
    )
    latest = {one.name: one.correction for one in corrections_of_style}
    # a lone surrogate, which no file can encode, becomes a question mark
    whole = {name: latest[name].encode("utf-8", "replace").decode() for name in sorted(latest)}
    return [{"image": name.encode("utf-8", "replace").decode(), "caption": text} for name, text in whole.items()]


def to_csv(verdicts: Iterable[Verdict]) -> str:
    """Return verdicts as CSV (RFC 4180) without formulas: cells that look like one begin with ``'``.

    Write it in ``spreadsheets.ENCODING``, which keeps the accents.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for verdict in verdicts:
        row = {"caption_set": ""} | verdict.to_dict() | {"cause": CAUSES[verdict.cause] if verdict.cause else ""}
        writer.writerow([cell(str(row[column])) for column in COLUMNS])
    return file.getvalue().encode("utf-8", "replace").decode()
