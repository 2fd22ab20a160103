"""Measure how often the reader errs, for the corrections of the bench, and write the table that it uses."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from data.label_maps import label_map
from rig.caption_measures import MANY_AUTHORS, read_captions

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.captioner_bench.judging import ANY, KINDS, Judgement, judge
from chatearthnet_explorer.captioner_bench.reader_errors import CLOSE, LOOSE, OWN
from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import CaptionerError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.testing.planted_captioner import PLANTED_NOTE, PlantedCaptioner
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatearthnet_explorer.caption import Style

TABLE = Path(__file__).parents[1] / "chatearthnet_explorer" / "captioner_bench" / "reader_errors.toml"
FIRST = 70_000
"""Number of the first reference map: none of these maps was looked at while the reader was made."""
MAPS = 1000
"""Reference maps for the sentences of this project."""

_KIND_OF = {check: kind for kind, checks in KINDS.items() for check in checks}
_ABOUT = {
    CLOSE: "Held-back captions by three authors, close to the words of the prompt (tests/data/many_authors.json).",
    LOOSE: "Held-back captions by three authors, in loose prose (tests/data/many_authors.json).",
    **dict.fromkeys(OWN, f"Captions in this project's sentences, of {MAPS} maps (benchmarks/reader_errors.py)."),
}


class Measurement(NamedTuple):
    """A caption of which is known whether it is faithful."""

    fault: str
    """The kind of error that was planted; empty for a faithful caption."""

    judgement: Judgement
    """What the reader finds."""


def reserved_captions(prose: str) -> Iterator[Measurement]:
    """Yield the held-back captions of a kind of prose; those with a fault of another kind are left out."""
    for one in read_captions(MANY_AUTHORS):
        if one.is_reserved and one.prose == prose and (not one.fault or one.fault in _KIND_OF):
            yield Measurement(_KIND_OF.get(one.fault, ""), judge(one.text, style=one.style, counts=one.counts))


def own(style: Style) -> Iterator[Measurement]:
    """Yield captions in sentences of this project: of each map a faithful one, a faulty one and that of a template."""
    for number in range(FIRST, FIRST + MAPS):
        labels = label_map(number)
        chip = Chip(tile=Tile(number % 16384, number // 16384), source="file", labels=labels)
        counts = count_pixels(labels)
        prompt = prompt_for(labels, style=style, seed=number)
        for captioner in (PlantedCaptioner(0.0), PlantedCaptioner(1.0), TemplateCaptioner()):
            try:
                caption = captioner.caption(prompt, chip)
            except CaptionerError:
                continue
            fault = next((note for note in caption.notes if note.startswith(PLANTED_NOTE)), "")
            judgement = judge(caption.text, style=style, counts=counts)
            if judgement.is_checked:
                kind = _KIND_OF.get(fault.removeprefix(PLANTED_NOTE).rstrip("."), "")
                yield Measurement(kind, judgement)


def count(rows: Iterable[Measurement]) -> dict[str, dict[str, list[int]]]:
    """Return ``[errors found, captions]`` by kind, of faithful captions and of those with that kind planted."""
    faithful: list[Judgement] = []
    faulty: list[Measurement] = []
    for row in rows:
        if row.fault:
            faulty.append(row)
        else:
            faithful.append(row.judgement)
    of_kind = {kind: [one.judgement for one in faulty if one.fault == kind] for kind in KINDS}
    of_kind = {ANY: [one.judgement for one in faulty], **of_kind}
    words = [sum(one.prompt_words for one in faithful), sum(one.class_words for one in faithful)]
    return {
        "prompt_words": {"in faithful captions": words},
        "false_alarms": {kind: [sum(one.has(kind) for one in faithful), len(faithful)] for kind in of_kind},
        "recall": {kind: [sum(one.has(kind) for one in some), len(some)] for kind, some in of_kind.items()},
    }


def table() -> str:
    """Return the whole table as TOML."""
    lines = [
        "# Written by benchmarks/reader_errors.py; pairs are [captions in which the reader finds an error, captions]"
    ]
    own_rows = [(prose, own(style)) for prose, style in zip(OWN, RELEASED_STYLES, strict=True)]
    for prose, rows in ((CLOSE, reserved_captions(CLOSE)), (LOOSE, reserved_captions(LOOSE)), *own_rows):
        lines += ["", f'["{prose}"]', f'description = "{_ABOUT[prose]}"']
        for name, shares in count(rows).items():
            lines += ["", f'["{prose}".{name}]', *(f'"{kind}" = {pair}' for kind, pair in shares.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table, or print it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="replace the table of the package")
    args = options.parse_args()
    np.seterr(all="raise")
    text = table()
    if args.write:
        TABLE.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
