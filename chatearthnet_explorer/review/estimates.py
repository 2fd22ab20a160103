"""Estimate the share of captions with each finding, by class, region, split and style."""

from __future__ import annotations

from csv import DictWriter
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.review.added_checks import failure_of
from chatearthnet_explorer.review.checks import CHECKS, ONE_STYLE, all_checks
from chatearthnet_explorer.review.finding import ALL, BOTH, CAPTION, LABELS, PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

BY = ("all", "style", "split", "continent", "country", "class")
"""The groupings of the shares; a class counts if the caption names it."""

_FILES = ("findings.parquet", "judged.parquet")


@dataclass(frozen=True, slots=True)
class Share:
    """The number of captions or pictures of a group that have a finding."""

    check: str
    """The check, by its id."""

    by: str
    """One of ``BY``."""

    value: str
    """The value of the grouping, such as a style or split; empty for all."""

    count: int
    """Captions of the group with the finding, each counted once."""

    of: int
    """Captions of the group that the check could judge."""

    @property
    def share(self) -> float | None:
        """The share, 0 to 1; None if nothing was judged, which is not the same as 0."""
        return self.count / self.of if self.of else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        values = asdict(self)
        return {"found" if name == "count" else name: value for name, value in values.items()} | {"share": self.share}


def tally(folder: str | Path) -> list[Share]:
    """Return the share of each finding in a finished audit: for each check over all, then by each value of ``BY``.

    Raises:
        OSError: If there is no finished audit in the folder.
    """
    import pyarrow.parquet as pq

    findings, captions = (Path(folder) / name for name in _FILES)
    rows = pq.read_table(captions, columns=[*_COLUMNS])
    finding_rows = pq.read_table(findings, columns=["row", "check"])
    which = _words(finding_rows["check"])
    numbers = finding_rows["row"].to_numpy()
    kinds = list(_kinds(rows))
    shares = []
    for check in all_checks().values():
        could = _could(check.id, check.needs, rows)
        hit = np.zeros(len(rows), bool)
        hit[numbers[which == check.id]] = True
        for by, value, mask in kinds:
            of = could & mask
            if by == "all" or of.any():
                shares.append(Share(check.id, by, value, int((hit & of).sum()), int(of.sum())))
    return shares


def failures(folder: str | Path) -> dict[str, int]:
    """Return on how many captions and pictures of a finished audit each added check failed, zeros left out.

    Raises:
        OSError: If there is no finished audit in the folder.
    """
    import pyarrow.parquet as pq

    rows = pq.read_table(Path(folder) / _FILES[1], columns=["unjudged"])
    counts = {check: int(_failed_rows(check, rows).sum()) for check in all_checks() if check not in CHECKS}
    return {check: count for check, count in counts.items() if count}


def reason_unchecked(check: str, *, labels: bool, pictures: bool) -> str:
    """Return why a check judged nothing, and what to do, in one sentence.

    Args:
        check: The check, by its id.
        labels: Whether the catalog has labels at all.
        pictures: Whether pictures were looked for.
    """
    needs = PIXELS if check == "same bytes" else all_checks()[check].needs
    if needs == LABELS and labels:
        return "None of these captions has labels that it can be compared with; enrich their pairs and audit again."
    if needs == PIXELS and pictures:
        return "The release has no picture of these pairs."
    return _WHY[needs]


def to_csv(shares: Sequence[Share], *, simulated: bool, labels: bool, pictures: bool) -> str:
    """Return shares as a table: check, by, value, found, of, share, not_checked, simulated.

    Where nothing was judged, ``found`` and ``share`` are empty and ``not_checked`` says why. No value is from a
    caption.

    Args:
        shares: As ``tally`` gives them.
        simulated: Whether the data are made up.
        labels: As for ``unchecked``.
        pictures: Likewise.
    """
    file = StringIO()
    writer = DictWriter(file, ("check", "by", "value", "found", "of", "share", "not_checked", "simulated"))
    writer.writeheader()
    for share in shares:
        row = share.to_dict() | {"not_checked": "", "simulated": "yes" if simulated else "no"}
        if not share.of:
            row |= {"found": "", "not_checked": reason_unchecked(share.check, labels=labels, pictures=pictures)}
        writer.writerow(row)
    return file.getvalue()


_WHY = {
    LABELS: "Land-cover labels are needed: run `catalog enrich` on this catalog, then the audit again.",
    PIXELS: "The pictures are needed: run the audit again with --release.",
    BOTH: "Captions in both styles are needed, and none of these pairs has both.",
    CAPTION: "Captions in English, of the style that the check is made for, are needed, and there are none.",
}
_COLUMNS = ("style", "split", "continent", "country", "classes", "tile", "read", "labels", "both", "digest", "unjudged")


def _could(check: str, needs: str, rows: pa.Table) -> Mask:
    """Return which rows a check could judge."""
    style, read = _words(rows["style"]), _bits(rows["read"])
    could = {
        PIXELS: style == "",
        ALL: (style != "") & (rows["tile"].to_numpy() >= 0),
        BOTH: _bits(rows["both"]) & (style == "4v"),
        LABELS: read & _bits(rows["labels"]),
        CAPTION: read,
    }[needs]
    if check == "same bytes":
        could = _bits(rows["digest"].is_valid())
    elif check in {"empty", "not English"}:
        could = style != ""
    if check in ONE_STYLE:
        could = could & (style == ONE_STYLE[check])
    if check not in CHECKS:
        could = could & ~_failed_rows(check, rows)
    return np.asarray(could)


def _failed_rows(check: str, rows: pa.Table) -> Mask:
    """Return the rows on which an added check failed."""
    import pyarrow.compute as pc

    return _bits(pc.match_substring(rows["unjudged"], failure_of(check)))


def _kinds(rows: pa.Table) -> Iterator[tuple[str, str, Mask]]:
    yield "all", "", np.ones(len(rows), bool)
    for by in BY[1:-1]:
        values = _words(rows[by])
        for value in sorted(set(values) - {""}):
            yield by, value, np.asarray(values == value)
    classes = rows["classes"].to_numpy()
    for land in CLASSES[BACKGROUND + 1 :]:
        yield "class", land.name, (classes >> land.index) & 1 == 1


def _words(column: pa.ChunkedArray) -> NDArray[np.object_]:
    words: NDArray[np.object_] = column.cast("string").to_numpy()
    return words


def _bits(column: pa.ChunkedArray) -> Mask:
    bits: Mask = column.to_numpy().astype(bool)
    return bits
