"""The share of captions with each finding, by class, region, split and style, as a table and a figure."""

from __future__ import annotations

from csv import DictWriter
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

import numpy as np

from chatearthnet_explorer.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.review.checks import CHECKS
from chatearthnet_explorer.review.finding import ALL, BOTH, CAPTION, LABELS, PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

BY = ("all", "style", "split", "continent", "country", "class")
"""What shares are given by; a class is one that the caption names."""

_FILES = ("findings.parquet", "judged.parquet")
_STYLE = "body{font:14px system-ui,sans-serif;margin:1em}td,th{text-align:left;padding:1px .6em}td.n{text-align:right}"


@dataclass(frozen=True, slots=True)
class Share:
    """How many captions, or pictures, of a kind have a finding."""

    check: str
    """The check, by its id."""

    by: str
    """One of ``BY``."""

    value: str
    """Which style, split, ...; empty for all."""

    found: int
    """Captions of the kind with the finding, however often they have it."""

    of: int
    """Captions of the kind that the check could judge."""

    @property
    def share(self) -> float:
        """The share, 0 to 1; 0 where nothing was judged."""
        return self.found / self.of if self.of else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "share": self.share}


def tally(folder: str | Path) -> list[Share]:
    """Return the share of each finding in a finished audit: for each check over all, then by each value of ``BY``.

    Raises:
        OSError: If there is no finished audit in the folder.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    findings, judged = (Path(folder) / name for name in _FILES)
    rows = pq.read_table(judged, columns=[*_NEEDED])
    found = pq.read_table(findings, columns=["row", "check"])
    which = _words(found["check"])
    numbers = found["row"].to_numpy()
    kinds = list(_kinds(rows))
    shares = []
    for check in CHECKS.values():
        could = _could(check.id, check.needs, rows)
        hit = np.zeros(len(rows), bool)
        hit[numbers[which == check.id]] = True
        for by, value, mask in kinds:
            of = could & mask
            if by == "all" or of.any():
                shares.append(Share(check.id, by, value, int((hit & of).sum()), int(of.sum())))
    return shares


def to_csv(shares: Sequence[Share]) -> str:
    """Return shares as a table: check, by, value, found, of, share. No value of it is from a caption."""
    file = StringIO()
    writer = DictWriter(file, ("check", "by", "value", "found", "of", "share"))
    writer.writeheader()
    writer.writerows(share.to_dict() for share in shares)
    return file.getvalue()


def figure(shares: Sequence[Share], dataset: Sequence[str] = ()) -> str:
    """Return shares as a page of its own: a table with bars, that runs and loads nothing.

    Args:
        shares: What is shown, check by check.
        dataset: What is wrong with the whole, one sentence each; it stands first.
    """
    page = Element("html", lang="en")
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "title").text = "Findings of an audit"
    SubElement(head, "style").text = _STYLE
    body = SubElement(page, "body")
    for sentence in dataset:
        SubElement(body, "p").text = sentence
    for check in dict.fromkeys(share.check for share in shares):
        SubElement(body, "h3").text = check
        SubElement(body, "p").text = CHECKS[check].says
        table = SubElement(body, "table")
        for share in (one for one in shares if one.check == check):
            _bar(SubElement(table, "tr"), share)
    return f"<!DOCTYPE html>\n{tostring(page, encoding='unicode', method='html')}\n"


_NEEDED = ("style", "split", "continent", "country", "classes", "tile", "read", "labels", "both", "digest")


def _bar(row: Element, share: Share) -> None:
    SubElement(row, "td").text = share.by if share.by == "all" else f"{share.by}: {share.value}"
    picture = SubElement(SubElement(row, "td"), "svg", width="200", height="12", role="img")
    SubElement(picture, "title").text = f"{100 * share.share:.1f} %"
    SubElement(picture, "rect", width="200", height="12", fill="#dddddd")
    SubElement(picture, "rect", width=f"{200 * share.share:.1f}", height="12", fill="#332288")
    SubElement(row, "td", {"class": "n"}).text = f"{100 * share.share:.1f} %"
    SubElement(row, "td", {"class": "n"}).text = f"{share.found} of {share.of}"


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
    return np.asarray(could)


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
