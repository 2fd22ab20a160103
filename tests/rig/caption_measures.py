"""Measures of reading and checking on captions whose truth their authors wrote down, with intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chatearthnet_explorer.claims import Reading
    from chatearthnet_explorer.review.finding import Finding

DATA = Path(__file__).parents[1] / "data"
ONE_MODEL = DATA / "written_captions.json"
"""720 captions by a language model."""
MANY_AUTHORS = DATA / "many_authors.json"
"""Captions by eight authors who knew nothing of the reader; the last three are held back."""

MEASURES = ("classes", "class in part", "class, part, size", "dominant")
"""What of a reading is compared."""

Row = tuple[str, str, str | None]


class WrittenCaption(NamedTuple):
    """A caption, and what its author says that it says."""

    id: str
    """Chip and style, and whether it was asked for with a fault."""

    text: str
    """The caption."""

    style: str
    """3.5 or 4v."""

    fault: str
    """The check that its fault is planted for; empty where it was to be faithful."""

    fault_text: str
    """What the fault is, in a sentence."""

    prose: str
    """``close`` to the words of the prompt, or ``loose``; empty where nobody asked for either."""

    is_reserved: bool
    """Whether its author's captions were not looked at before they were measured."""

    rows: tuple[Row, ...]
    """Its claims: class, part (empty for the whole), size."""

    optional: frozenset[Row]
    """Claims that a reader may make or leave out: vague ones, and those on which two readers disagree."""

    dominant: str | None
    """The class that it calls dominant in the whole; None if there is none, or several."""

    counts: np.ndarray
    """Pixels of its chip, (6, 12), as ``landcover.shares.count_pixels`` counts them."""


class Hits(NamedTuple):
    """Counts of one measure of one caption."""

    right: int
    """Claims read that are true."""

    read: int
    """Claims read."""

    matches: int
    """Claims of the author that were read."""

    expected: int
    """Claims of the author."""


def read_captions(path: Path) -> list[WrittenCaption]:
    """Return the captions of a file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    counts = {chip["id"]: np.array(chip["counts"], np.int64) for chip in data["chips"]}
    return [_caption(one, counts) for one in data["captions"]]


def _caption(one: Mapping[str, Any], counts: Mapping[str, np.ndarray]) -> WrittenCaption:
    chip, style, *_ = one["id"].split("-")
    optional = frozenset(map(tuple, (*one.get("vague", ()), *one.get("disputed", ()))))
    return WrittenCaption(
        id=one["id"],
        text=one["caption"],
        style=style,
        fault=one["fault"],
        fault_text=one.get("what") or "",
        prose=one.get("prose", ""),
        is_reserved=one.get("held_back", False),
        rows=tuple(map(tuple, one["claims"])),
        optional=optional,
        dominant=one["dominant"] if isinstance(one["dominant"], str) else None,
        counts=counts[chip],
    )


def measure(caption: WrittenCaption, reading: Reading) -> dict[str, Hits]:
    """Compare a reading with what the author says; without a word for who leads, ``dominant`` is left out."""
    in_parts = {row for row in reading.triples if row[1]}
    pairs = {row[:2] for row in in_parts}
    own = {row[:2] for row in caption.rows if row[1]}
    either = {row[:2] for row in caption.optional}
    # who says "everywhere" may mean the five parts or the whole
    whole = {name for name, part, _ in (*caption.rows, *caption.optional) if not part}
    true = own | either | {(name, part) for name in whole for part in PARTS}
    sizes = {row for row in in_parts if row[2] and row[:2] not in either}
    own_sizes = {row for row in caption.rows if row[1] and row[2]}
    names = {name for name, _, _ in caption.rows}
    maybe = {name for name, _, _ in caption.optional} - names
    classes = {*reading.classes} - maybe
    result = {
        "classes": _hits(classes, names, names),
        "class in part": _hits(pairs, own, true),
        "class, part, size": _hits(sizes, own_sizes, own_sizes),
    }
    if caption.dominant:
        result["dominant"] = _hits({reading.dominant} - {None}, {caption.dominant}, {caption.dominant})
    return result


def _hits(read: set[Any], expected: set[Any], true: set[Any]) -> Hits:
    return Hits(len(read & true), len(read), len(read & expected), len(expected))


def share(right: float, count: float) -> float:
    """Return a share; 1.0 of nothing."""
    return right / count if count else 1.0


def precision_and_recall(hits: Sequence[Hits]) -> tuple[float, float]:
    """Return precision and recall of all captions together."""
    right, read, matches, expected = (sum(column) for column in zip(*hits, strict=True))
    return share(right, read), share(matches, expected)


def bootstrap(hits: Sequence[Hits], *, times: int = 2000, seed: int = 0) -> tuple[tuple[float, float], ...]:
    """Return the 95 % intervals of precision and recall, by drawing captions again, each with all its claims."""
    table = np.array(hits, float)
    rng = np.random.default_rng(seed)
    draws = table[rng.integers(0, len(table), (times, len(table)))].sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.nan_to_num(np.stack([draws[:, 0] / draws[:, 1], draws[:, 2] / draws[:, 3]]), nan=1.0)
    return tuple((float(low), float(high)) for low, high in np.quantile(values, [0.025, 0.975], axis=1).T)


def checks_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the ids of the checks that found something."""
    return frozenset(finding.check for finding in findings)
