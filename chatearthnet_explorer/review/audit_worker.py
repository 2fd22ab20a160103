"""The work of one audit worker: it checks some hundred pairs and returns two tables."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.places.countries import countries, countries_at
from chatearthnet_explorer.record import SPLITS, Record
from chatearthnet_explorer.review.added_checks import run_added
from chatearthnet_explorer.review.checks import CheckResult, judge_both, judge_caption, judge_picture, score
from chatearthnet_explorer.review.chip_checks import picture_of
from chatearthnet_explorer.review.finding import BOTH, PIXELS
from chatearthnet_explorer.review.label_counts import Cover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from chatearthnet_explorer.review.finding import Check, Finding

    CountsOf = Callable[[Sequence[Record]], Sequence[NDArray[np.integer] | None]]
    FilesOf = Callable[[Sequence[Record]], Sequence[bytes | None]]

CHIP = ""
"""Style of a row about a pair's picture instead of a caption."""

NOWHERE = -1
"""The map tile of a pair without a place."""

_INDEX = {land.name: land.index for land in CLASSES}
_SIDE = 1 << 13  # map tiles along each side at zoom 13


class Pairs(Protocol):
    """Pairs that each worker reads itself: cheap to pickle, and sliced in the worker."""

    @property
    def identity(self) -> str:
        """A digest that changes if the pairs do."""
        ...

    def __len__(self) -> int:
        """Return the number of pairs."""
        ...

    def __getitem__(self, span: slice, /) -> Sequence[Record]:
        """Return the pairs of a span."""
        ...


@dataclass(frozen=True)
class PairsInMemory:
    """Pairs that are in memory already."""

    records: Sequence[Record]
    """The pairs."""

    @property
    def identity(self) -> str:
        """A digest of their content."""
        digest = hashlib.blake2b(digest_size=16)
        for record in self.records:
            contents = [record.name, *sorted(record.captions.items()), *sorted(record.splits.items())]
            digest.update(repr(contents).encode("utf-8", "replace"))
        return digest.hexdigest()

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.records)

    def __getitem__(self, span: slice, /) -> Sequence[Record]:
        """Return the pairs of a span."""
        return self.records[span]


@dataclass(frozen=True)
class Chunk:
    """Everything that a worker needs. It can be pickled if its fields can."""

    pairs: Pairs
    """The pairs."""

    span: slice
    """The span of pairs to check."""

    first: int = 0
    """Number of the first of these pairs among all."""

    counts_of: CountsOf | None = None
    """Returns for pairs their pixels of each class in each part, (6, 12); None for pairs without labels."""

    files_of: FilesOf | None = None
    """Returns for pairs the bytes of their pictures; None for pairs without."""

    extra_checks: tuple[Check, ...] = ()
    """Added checks, sent to workers because checks registered in one process are unknown to others."""

    strict: bool = False
    """Whether checks object also to claims whose reading is only likely."""

    def judge(self) -> tuple[pa.Table, pa.Table]:
        """Return the findings and the rows judged, as ``FINDINGS`` and ``JUDGED`` of ``tables()``."""
        records = self.pairs[self.span]
        nothing = [None] * len(records)
        counts = self.counts_of(records) if self.counts_of else nothing
        files = self.files_of(records) if self.files_of else nothing
        rows = _Rows(self.extra_checks, strict=self.strict)
        lands = _lands(records)
        for number, pair in enumerate(zip(records, counts, files, lands, strict=True), start=self.first):
            rows.take(number, *pair)
        return rows.tables()


def schemas() -> tuple[pa.Schema, pa.Schema]:
    """Return the columns of the findings and of the rows judged.

    A finding belongs to the ``row`` of the rows judged, which is one caption, or the picture where ``style`` is empty;
    ``pair`` counts the pairs that were audited, from 0.
    """
    import pyarrow as pa

    word = pa.dictionary(pa.int16(), pa.string())
    findings = pa.schema([
        ("row", pa.int32()),
        ("pair", pa.int32()),
        ("name", pa.string()),
        ("style", word),
        ("check", word),
        ("land", word),
        ("part", word),
        ("figure", pa.float32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("evidence", pa.string()),
    ])  # fmt: skip
    captions = pa.schema([
        ("pair", pa.int32()),
        ("name", pa.string()),
        ("style", word),
        ("split", word),
        ("continent", word),
        ("country", word),
        ("classes", pa.uint16()),
        ("tile", pa.int32()),
        ("read", pa.bool_()),
        ("labels", pa.bool_()),
        ("pixels", pa.bool_()),
        ("both", pa.bool_()),
        ("digest", pa.string()),
        ("unjudged", pa.string()),
        ("score", pa.int16()),
    ])  # fmt: skip
    return findings, captions


class _Rows:
    """The two tables of an audit, while they are filled."""

    def __init__(self, extra_checks: Sequence[Check], *, strict: bool) -> None:
        self._extra_checks = extra_checks
        self._judge = partial(judge_caption, extra_checks=extra_checks, strict=strict)
        self._schemas = schemas()
        of_findings, of_captions = self._schemas
        self._findings: dict[str, list[Any]] = {name: [] for name in of_findings.names}
        self._captions: dict[str, list[Any]] = {name: [] for name in of_captions.names}

    def take(
        self,
        number: int,
        record: Record,
        counts: NDArray[np.integer] | None,
        file: bytes | None,
        land: tuple[str, str],
    ) -> None:
        """Judge one pair."""
        results = {
            style: self._judge(record.captions[style], style=style, counts=counts)
            for style in RELEASED_STYLES
            if style in record.captions
        }
        both, failures = self._judge_both(results, length=len(record.captions.get("4v", "")))
        has_labels = counts is not None and bool(counts[-1, 1:].any())
        masks = {style: _mask(one) for style, one in results.items()}
        shared = {
            "pair": number,
            "name": _clean(record.name),
            "continent": land[0],
            "country": land[1],
            "tile": NOWHERE if record.tile is None else record.tile.x // 2 * _SIDE + record.tile.y // 2,
            "labels": has_labels,
            "both": sum(one.reading is not None for one in results.values()) == len(RELEASED_STYLES),
        }
        for style, one in results.items():
            findings = (*one.findings, *both) if style == "4v" else one.findings
            skip_reason = " ".join([one.skip_reason, *failures]).strip() if style == "4v" else one.skip_reason
            own = {"classes": masks[style], "read": one.reading is not None, "unjudged": skip_reason}
            self._row(shared | own, findings, style, record.splits.get(style, ""))
        if file is None:
            return
        picture = picture_of(file, cover=Cover(counts, style="4v") if has_labels and counts is not None else None)
        split = next(iter(record.splits.values()), "")
        classes = 0
        for mask in masks.values():
            classes |= mask
        more, failures = run_added([check for check in self._extra_checks if check.needs == PIXELS], picture)
        own = {"classes": classes, "pixels": True, "digest": picture.digest, "unjudged": " ".join(failures)}
        self._row(shared | own, (*judge_picture(picture), *more), CHIP, split)

    def _judge_both(self, results: dict[str, CheckResult], *, length: int) -> tuple[tuple[Finding, ...], list[str]]:
        """Return where the captions of both styles contradict each other, and which added checks failed on them."""
        readings = tuple(results[style].reading if style in results else None for style in ("3.5", "4v"))
        extra_checks = [check for check in self._extra_checks if check.needs == BOTH] if None not in readings else []
        more, failures = run_added(extra_checks, readings, length=length)
        return (*judge_both(results), *more), failures

    def _row(self, values: dict[str, Any], findings: Sequence[Finding], style: str, split: str) -> None:
        row = len(self._captions["name"])
        own = {
            "style": style,
            "split": split if split in SPLITS else "",
            "score": score(findings, extra_checks=self._extra_checks),
        }
        blank = {"read": False, "pixels": False, "digest": None, "unjudged": ""}
        for name, value in (blank | values | own).items():
            self._captions[name].append(value)
        columns = self._findings
        for finding in findings:
            columns["row"].append(row)
            columns["pair"].append(values["pair"])
            columns["name"].append(values["name"])
            columns["style"].append(style)
            for name in ("check", "land", "part", "figure", "start", "end"):
                columns[name].append(getattr(finding, name))
            columns["evidence"].append(_clean(finding.evidence))

    def tables(self) -> tuple[pa.Table, pa.Table]:
        """Return both tables."""
        import pyarrow as pa

        findings, captions = (
            pa.table({field.name: _column(columns[field.name], field.type) for field in schema}, schema=schema)
            for columns, schema in zip((self._findings, self._captions), self._schemas, strict=True)
        )
        return findings, captions


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return pa.array(values, kind.value_type).dictionary_encode().cast(kind)
    return pa.array(values, kind)


def _mask(result: CheckResult) -> int:
    """Return a bit for each class that a caption names, at the class's index."""
    return sum(1 << _INDEX[name] for name in result.reading.classes) if result.reading else 0


def _lands(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Return continent and country of each pair, empty on the open sea and without a place."""
    positions = [(number, record.tile.center) for number, record in enumerate(records) if record.tile]
    lands = [("", "")] * len(records)
    if positions:
        lons, lats = zip(*(center for _, center in positions), strict=True)
        country_table = countries()
        for (number, _), which in zip(positions, countries_at(lons, lats).tolist(), strict=True):
            if which >= 0:
                lands[number] = country_table[which].continent, country_table[which].name
    return lands


def _clean(text: str) -> str:
    """Return a text that can be encoded: lone surrogates are replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
