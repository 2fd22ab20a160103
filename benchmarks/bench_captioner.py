"""How often the intervals of the bench contain the planted share of wrong captions, and how fast its own work is."""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from itertools import cycle, islice
from typing import TYPE_CHECKING

from machine import describe

from chatearthnet_explorer.caption_file import CaptionEntry
from chatearthnet_explorer.captioner_bench.chips import BenchChips, closing_reader, reader_for
from chatearthnet_explorer.captioner_bench.contenders import PLANTED_ROW
from chatearthnet_explorer.captioner_bench.judging import ANY, KINDS
from chatearthnet_explorer.captioner_bench.pairing import compare
from chatearthnet_explorer.captioner_bench.results import ContenderResult, result_of
from chatearthnet_explorer.captioner_bench.sample import draw_sample
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.testing.planted_captioner import PLANTED_NOTE, PlantedCaptioner
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

RATES = (0.02, 0.1, 0.3)
STYLES = ("3.5", "4v")
_KIND_OF = {check: kind for kind, checks in KINDS.items() for check in checks}


def entries_of(
    captioner: PlantedCaptioner, style: str, chips: BenchChips, names: Sequence[str]
) -> dict[str, CaptionEntry]:
    """Return the entries of a planted contender, without a file."""
    entries = {}
    for name in names:
        chip = chips.chips[name]
        prompt = prompt_for(chip.labels, style=style)
        caption = captioner.caption(prompt, chip)
        entries[name] = CaptionEntry(
            name=name,
            style=style,
            captioner=PLANTED_ROW,
            caption=caption.text,
            notes=caption.notes,
            prompt_id=prompt.id,
        )
    return entries


def planted_kinds(entries: dict[str, CaptionEntry]) -> list[str]:
    """Return the kinds that were planted."""
    notes = [note for entry in entries.values() for note in entry.notes if note.startswith(PLANTED_NOTE)]
    return [_KIND_OF[note.removeprefix(PLANTED_NOTE).rstrip(".")] for note in notes]


def coverage(chips: BenchChips, *, pairs: int, times: int) -> None:
    """Print in how many of so many benches the interval contains the truth, by rate, style and kind."""
    names = list(chips.chips)
    print(f"\n{times} benches of {pairs} chips each: intervals that contain the truth, and the mean estimate")
    print(
        f"{'planted':>8} {'style':6}{'kind':16}{'truth':>8}{'found':>8}{'corrected':>11}{'Wilson':>10}{'corrected':>11}"
    )
    for rate in RATES:
        for style in STYLES:
            results: list[tuple[ContenderResult, list[str]]] = []
            for seed in range(times):
                sample = random.Random(f"bench {seed}").sample(names, pairs)
                entries = entries_of(PlantedCaptioner(rate, seed=seed), style, chips, sample)
                contender = Writer(captioner=PLANTED_ROW, model=str(rate), style=style, seed=seed)
                result = result_of(contender, entries, chips.counts, simulated=True)
                results.append((result, planted_kinds(entries)))
            for kind in (ANY, *KINDS):
                truth = rate
                if kind != ANY:
                    truth = sum(kinds.count(kind) for _, kinds in results) / (times * pairs)
                rows = [(one.rate(kind), one.corrected_shares(kind)[one.prose[0]]) for one, _ in results]
                raw = sum(share.interval[0] <= truth <= share.interval[1] for share, _ in rows)
                inside = sum(one.low <= truth <= one.high for _, one in rows)
                found_share = sum(share.share for share, _ in rows) / times
                mean = sum(one.share for _, one in rows) / times
                print(
                    f"{rate:>8.0%} {style:6}{kind:16}{truth:>8.2%}{found_share:>8.2%}{mean:>11.2%}"
                    f"{raw:>7}/{times}{inside:>8}/{times}"
                )


def speed(chips: BenchChips) -> None:
    """Print what the bench's own work takes for 1,000 captions of two contenders with labels and captions given."""
    names = list(islice(cycle(chips.chips), 500))
    seconds: dict[str, float] = defaultdict(float)
    results = []
    for style in STYLES:
        start = time.process_time()
        entries = entries_of(PlantedCaptioner(0.1), style, chips, list(dict.fromkeys(names)))
        seconds["captions (simulated, not the bench's)"] += time.process_time() - start
        entries_again = {f"{number}": entries[name] for number, name in enumerate(names)}
        start = time.process_time()
        contender = Writer(captioner=PLANTED_ROW, model="0.1", style=style)
        results.append(
            result_of(contender, entries_again, lambda number: chips.counts(names[int(number)]), simulated=True)
        )
        seconds["reading, checking, counting labels"] += time.process_time() - start
    start = time.process_time()
    for kind in (ANY, *KINDS):
        compare([one.judgements for one in results], [(0, 1)], kind)
    for one in results:
        one.to_dict()
    seconds["shares, intervals, tests"] = time.process_time() - start
    print("\nProcessor seconds for 1,000 captions:")
    for what, amount in seconds.items():
        print(f"  {what:45}{amount:7.2f}")


def main() -> None:
    """Print both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--chips", type=int, default=500, help="simulated chips to draw from")
    options.add_argument("--pairs", type=int, default=200, help="chips of a bench")
    options.add_argument("--times", type=int, default=40, help="benches for each rate and style")
    args = options.parse_args()
    catalog = open_sample().catalog
    reader, threads = reader_for(catalog)
    chips = BenchChips(reader)
    start = time.monotonic()
    with closing_reader(reader):
        chips.load(draw_sample(catalog, args.chips, seed=1).names, threads=threads)
    print(describe())
    print(f"{len(chips.chips)} chips simulated in {time.monotonic() - start:.0f} s")
    speed(chips)
    coverage(chips, pairs=args.pairs, times=args.times)


if __name__ == "__main__":
    main()
