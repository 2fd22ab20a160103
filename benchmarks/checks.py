"""How well each check finds faults that were planted, what it makes up about correct captions, and how fast it is."""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from machine import describe
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from data.label_maps import label_map

from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.claims.class_mentions import classes_named
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.prompts.facts import Facts4V, Facts35, facts_4v, facts_35
from chatearthnet_explorer.prompts.prompt import FORBIDDEN_WORDS, Prompt
from chatearthnet_explorer.prompts.size_words import SIZES
from chatearthnet_explorer.record import Record
from chatearthnet_explorer.review.audit import audit
from chatearthnet_explorer.review.checks import CHECKS, CheckResult, judge_both, judge_caption, judge_picture
from chatearthnet_explorer.review.chip_checks import picture_of
from chatearthnet_explorer.review.label_counts import Cover
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.testing import chip_faults
from chatearthnet_explorer.testing.faults import CAPTION_FAULTS, FaultyCaption, Sound, plant, spoil
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chatearthnet_explorer.testing.fact_faults import Fault

# What else is then true of a caption that was given one fault. Whoever calls another class dominant also says where it
# is strongest, and of the others that they are "a minor presence". Half a sentence may be false, and one without a
# place of its own ("There is also ...") speaks of another part once a sentence is put in or left out before it.
FOLLOWS = {
    "too short": {"part unspoken", "omitted", "wrong dominant", "wrong part", "wrong size"},
    "cut off": {"part unspoken", "omitted", "wrong part", "wrong size", "too short", "denied", "order of classes"},
    "part unspoken": {"omitted", "order of parts", "wrong part", "wrong size"},
    "repeated sentence": {"wrong part", "wrong size", "order of classes"},
    "too long": {"repeated sentence", "order of parts"},
    "order of classes": {"wrong dominant"},
    "omitted": {"wrong dominant"},
    "wrong part": {"denied", "wrong size"},
    "wrong size": {"wrong dominant"},
    "wrong dominant": {"wrong part", "wrong size"},
}
SIZE_WORDS = frozenset(size for _, size in SIZES)
PLACES = ((6.73, 0.34), (10.0, 47.5), (-60.0, -3.0), (31.0, 30.0), (-100.0, 40.0), (78.0, 22.0), (145.0, -37.0))


def template_caption(facts: Facts35 | Facts4V, *, seed: int) -> str:
    """Return the facts in the project's own sentences."""
    style = "3.5" if isinstance(facts, Facts35) else "4v"
    prompt = Prompt(style=style, seed=seed, all_facts=(facts,), system="", user="")
    chip = Chip(tile=Tile(0, 0), source="file")
    return TemplateCaptioner().caption(prompt, chip).text


def paraphrase_caption(facts: Facts35 | Facts4V, *, seed: int) -> str:
    """Return the facts as a language model might tell them, without the faults that the paraphrase adds unasked."""
    for again in range(100):
        text = write_paraphrase(facts, seed=f"{seed} {again}").text
        low = text.lower()
        has_faults = any(
            word in low for word in (*(word.removesuffix("e") for word in FORBIDDEN_WORDS), "no ", "devoid of")
        )
        if text.endswith(".") and not has_faults:
            return text
    return text


WRITERS = {"template": template_caption, "paraphrase": paraphrase_caption}


def label_maps(count: int, simulated: int, first: int = 0) -> list[np.ndarray]:
    """Return reference maps, and those of simulated chips around some places."""
    maps = [label_map(seed) for seed in range(first, first + count)]
    source, draw = SimulatedSource(), random.Random(first)
    while simulated > 0:
        lon, lat = draw.choice(PLACES)
        chip = source.chip_at(lon + draw.uniform(-2, 2), lat + draw.uniform(-2, 2))
        if chip.labels is not None:
            maps.append(chip.labels)
            simulated -= 1
    return maps


def sounds(maps: Sequence[np.ndarray], times: int, first: int) -> Iterator[tuple[str, Sound]]:
    """Yield every map in both styles by both writers, several times."""
    for number, labels in enumerate(maps, start=first):
        counts = count_pixels(labels)
        for facts in (facts_35(labels), facts_4v(labels)):
            for name, write in WRITERS.items():
                for again in range(times):
                    yield name, Sound(facts, counts, partial(write, seed=1000 * number + again))


class Score:
    """What was planted and what was found, by check."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.fault: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()
        self.alarms: Counter[str] = Counter()
        self.false: Counter[str] = Counter()
        self.on_clean: Counter[str] = Counter()
        self.clean = 0
        self.examples: dict[str, list[str]] = defaultdict(list)

    def add(self, caption: FaultyCaption, result: CheckResult) -> None:
        """Count one caption."""
        fault, checks = caption.fault, {finding.check for finding in result.findings}
        expected = {fault.check, *FOLLOWS.get(fault.check, ())} if fault else set()
        self.clean += fault is None
        for check in checks:
            self.alarms[check] += 1
            self.false[check] += check not in expected
            self.on_clean[check] += fault is None
            if check not in expected:
                one = next(finding for finding in result.findings if finding.check == check)
                self.examples[f"false {check}"].append(f"{fault} {one}\n    {caption.text}")
        if fault:
            self.fault[fault.check] += 1
            hit = any(
                finding.check == fault.check
                and (not fault.land or finding.land == fault.land)
                and (not fault.part or finding.part in {fault.part, ""})
                for finding in result.findings
            )
            self.hits[fault.check] += hit
            if not hit:
                self.examples[f"missed {fault.check}"].append(f"{fault}\n    {caption.text}")

    def table(self, checks: Sequence[str]) -> None:
        """Print it."""
        print(f"{'':20}{'fault':>9}{'found':>7}{'recall':>8}{'fired':>8}{'false':>7}{'precision':>11}{'on clean':>10}")
        for check in checks:
            fault, alarms = self.fault[check], self.alarms[check]
            recall = f"{self.hits[check] / fault:.3f}" if fault else "-"
            precision = f"{1 - self.false[check] / alarms:.3f}" if alarms else "-"
            print(
                f"{check:20}{fault:9}{self.hits[check]:7}{recall:>8}{alarms:8}{self.false[check]:7}{precision:>11}"
                f"{self.on_clean[check]:6}/{self.clean}"
            )


def captions(maps: Sequence[np.ndarray], times: int, first: int, wrong: str, show: int) -> None:
    """Print how well planted faults of captions are found."""
    rate = 0.8 / len(CAPTION_FAULTS)
    score, by_writer, sizes = Score(), defaultdict(Score), Counter[tuple[str, str, bool]]()
    naive: Counter[tuple[str, bool, bool]] = Counter()
    sources = list(sounds(maps, times, first))
    faulty = spoil((sound for _, sound in sources), rates=dict.fromkeys(CAPTION_FAULTS, rate), seed=first)
    for (writer, sound), one in zip(sources, faulty, strict=True):
        result = judge_caption(one.text, style=sound.style, counts=sound.counts)
        score.add(one, result)
        by_writer[f"{writer} {sound.style}"].add(one, result)
        count_naive(naive, one)
        if one.fault and one.fault.check == "wrong size":
            hit = any(finding.check == "wrong size" for finding in result.findings)
            sizes[f"{writer} {sound.style}", words_of_size(one.fault, result), hit] += 1
    print(f"\n{len(sources)} captions, {score.clean} of them without a fault")
    checks = [check for check in CHECKS if score.fault[check] or score.alarms[check]]
    score.table(checks)
    for source, part in by_writer.items():
        print(f"\n{source}")
        part.table([check for check in checks if part.fault[check] or part.alarms[check]])
    print("\nwrong size: recall by writer, style, words and how many sizes off")
    for source, words in sorted({key[:2] for key in sizes}):
        hits, misses = sizes[source, words, True], sizes[source, words, False]
        print(f"{source:15} {words:34} {hits:4} of {hits + misses:4}")
    print("\nclass words alone, without reading what is said of them (the naive way)")
    for check in ("hallucinated", "omitted"):
        true, missed_ones, false = naive[check, True, True], naive[check, True, False], naive[check, False, True]
        print(f"{check:20} recall {true / (true + missed_ones):.3f}  precision {true / max(true + false, 1):.3f}")
    for key, texts in score.examples.items():
        if wrong and wrong in key:
            print(f"\n{key}: {len(texts)}", *texts[:show], sep="\n  ")


def words_of_size(fault: Fault, result: CheckResult) -> str:
    """Return in whose words a caption tells a wrong size, and how many sizes it is off; style 4V has no sizes."""
    if not fault.part:
        return "the caption's own"
    claims = result.reading.claims if result.reading else ()
    words = [one.size_words.lower() for one in claims if one.name == fault.land and fault.part in one.parts]
    prompts = any(one.replace("-", " ").removesuffix(" sized") in SIZE_WORDS for one in words)
    owner = "the prompt's" if prompts else "other" if any(words) else "none read"
    return f"{owner}, {fault.steps} off"


def count_naive(naive: Counter[tuple[str, bool, bool]], one: FaultyCaption) -> None:
    """Count what looking for class words alone would find."""
    present = {land.index for land in CLASSES[BACKGROUND + 1 :] if one.sound.counts[-1, land.index]}
    leaders = {int(row[BACKGROUND + 1 :].argmax()) + 1 for row in one.sound.counts[:-1] if row[BACKGROUND + 1 :].any()}
    words = set(classes_named(one.text))
    for check, alarm in (("hallucinated", bool(words - present)), ("omitted", bool(leaders - words))):
        follows = one.fault is not None and check in FOLLOWS.get(one.fault.check, ())
        if not follows:
            naive[check, one.fault is not None and one.fault.check == check, alarm] += 1


def pairs(maps: Sequence[np.ndarray]) -> None:
    """Print how well contradictions between the styles are found."""
    draw = random.Random(1)
    score: Counter[tuple[str, bool]] = Counter()
    for number, labels in enumerate(maps):
        counts = count_pixels(labels)
        for write in WRITERS.values():
            first, second = (
                Sound(facts, counts, partial(write, seed=number)) for facts in (facts_35(labels), facts_4v(labels))
            )
            right = first.write(first.facts)
            for kind in ("", "wrong dominant", "denied"):
                one = (
                    plant(second, kind, draw=draw) if kind else FaultyCaption(second.write(second.facts), second, None)
                )
                if one is None:
                    continue
                results = {
                    "3.5": judge_caption(right, style="3.5", counts=counts),
                    "4v": judge_caption(one.text, style="4v", counts=counts),
                }
                score[kind or "none", bool(judge_both(results))] += 1
    print("\ncontradiction between styles, by what is wrong with the 4V caption: found / pairs")
    for kind in ("wrong dominant", "denied", "none"):
        print(f"{kind:20}{score[kind, True]:6} / {score[kind, True] + score[kind, False]}")


def chips(count: int) -> None:
    """Print how well pictures that are wrong are found, among simulated ones."""
    source, draw, rng = SimulatedSource(), random.Random(2), np.random.default_rng(2)
    score = {kind: Counter[bool]() for kind in chip_faults.FAULTS}
    false, clean = Counter[str](), 0
    for _ in range(count):
        lon, lat = draw.choice(PLACES)
        chip = source.chip_at(lon + draw.uniform(-2, 2), lat + draw.uniform(-2, 2))
        if chip.rgb is None or chip.labels is None:
            continue
        cover = Cover(count_pixels(chip.labels), style="4v")
        false.update(finding.check for finding in judge_picture(picture_of(png(chip.rgb), cover=cover)))
        clean += 1
        for kind, fault in chip_faults.FAULTS.items():
            checks_found = {
                finding.check for finding in judge_picture(picture_of(png(fault(chip.rgb, rng)), cover=cover))
            }
            score[kind][checks_found == {kind}] += 1
    print("\npictures: found / planted, and false alarms on clean ones")
    for kind, counts in score.items():
        print(f"{kind:20}{counts[True]:6} / {counts.total()}{false[kind]:8} / {clean}")


def png(rgb: np.ndarray) -> bytes:
    """Return a picture as the bytes of a PNG."""
    file = BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


class FixedCounts:
    """Counts of pairs by their names, as a catalog has them."""

    def __init__(self, counts: list[np.ndarray]) -> None:
        """Keep them."""
        self.counts = counts

    def __call__(self, records: Sequence[Record]) -> list[np.ndarray]:
        """Return the counts of pairs."""
        return [self.counts[int(record.name.split("_")[0]) % len(self.counts)] for record in records]


class Release:
    """As many pairs as asked for, made where they are judged from a pool of captions."""

    def __init__(self, length: int, pool: list[dict[str, str]]) -> None:
        """Keep them."""
        self.length, self.pool = length, pool
        self.identity = f"{length} of {len(pool)}"

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return self.length

    def __getitem__(self, span: slice) -> list[Record]:
        """Return the pairs of a span."""
        return [self.record(number) for number in range(*span.indices(self.length))]

    def record(self, number: int) -> Record:
        """Return one pair; every 16th has both styles."""
        captions = dict(self.pool[number % len(self.pool)])
        if number % 16:
            captions.pop("4v")
        tile = Tile(4096 + number % 8192, 4096 + number // 8192)
        splits = dict.fromkeys(captions, ("train", "train", "test", "train", "val")[number // 2 % 5])
        return Record(name=f"{number}_{tile.name}", captions=captions, splits=splits, tile=tile)


def speed(maps: Sequence[np.ndarray], length: int, scheduler: str) -> None:
    """Print the time of one caption, and of an audit of a whole release."""
    pool = [
        {
            "3.5": paraphrase_caption(facts_35(labels), seed=number),
            "4v": paraphrase_caption(facts_4v(labels), seed=number),
        }
        for number, labels in enumerate(maps[:500])
    ]
    counts = [count_pixels(labels) for labels in maps[:500]]
    texts = [one["3.5"] for one in pool]
    took = {}
    for name, work in (
        ("reading its claims", lambda text, _: read_claims(text)),
        ("reading and all checks", lambda text, pixel_counts: judge_caption(text, style="3.5", counts=pixel_counts)),
    ):
        best = []
        for _ in range(3):
            start = time.process_time()
            for text, pixel_counts in zip(texts, counts, strict=True):
                work(text, pixel_counts)
            best.append(time.process_time() - start)
        took[name] = min(best) / len(texts) * 1000
    mean = sum(map(len, texts)) / len(texts)
    print(f"\none caption of {mean:.0f} characters: " + ", ".join(f"{name} {ms:.3f} ms" for name, ms in took.items()))
    if not length:
        return
    release = Release(length, pool)
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    before = [resource.getrusage(kind) for kind in kinds]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        result = audit(release, folder, counts_of=FixedCounts(counts), scheduler=scheduler)
        wall = time.perf_counter() - start
    after = [resource.getrusage(kind) for kind in kinds]
    cpu = sum(new.ru_utime + new.ru_stime - old.ru_utime - old.ru_stime for new, old in zip(after, before, strict=True))
    here, child = (one.ru_maxrss / 1024 for one in after)
    print(
        f"audit of {result.pairs} pairs, {scheduler}: {wall:.0f} s, {cpu:.0f} s of computing, "
        f"{result.finding_count} findings; "
        f"peak memory {here:.0f} MiB here, {child:.0f} MiB in the largest child; "
        f"load of the machine {', '.join(f'{one:.1f}' for one in os.getloadavg())}"
    )


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--maps", type=int, default=500, help="reference label maps")
    options.add_argument(
        "--first", type=int, default=60_000, help="seed of the first; maps of lower seeds were looked at"
    )
    options.add_argument("--simulated", type=int, default=60, help="label maps of simulated chips")
    options.add_argument("--times", type=int, default=2, help="captions of each map, style and writer")
    options.add_argument("--chips", type=int, default=60, help="simulated pictures")
    options.add_argument("--audit", type=int, default=0, metavar="N", help="pairs of an audit to be timed")
    options.add_argument("--scheduler", default="threads", help="who does the audit")
    options.add_argument("--wrong", default="", help="print captions that were judged wrong, such as 'missed omitted'")
    options.add_argument("--show", type=int, default=3, help="how many of them")
    args = options.parse_args()
    print(describe("numpy", "dask"))
    maps = label_maps(args.maps, args.simulated, args.first)
    if args.times:
        captions(maps, args.times, args.first, args.wrong, args.show)
        pairs(maps)
    if args.chips:
        chips(args.chips)
    speed(maps, args.audit, args.scheduler)


if __name__ == "__main__":
    main()
