"""How well claims are read back out of captions whose facts are known, beside class words alone, and how fast."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from machine import describe

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from data.claim_sentences import MISREAD, READ
from data.label_maps import label_map

from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.claims.class_mentions import classes_named
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import Facts4V, Facts35
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.size_words import SIZES
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from chatearthnet_explorer.claims import Reading

NAME = {name: land.name for land in CLASSES for name in (land.name, land.name_4v)}


class Case(NamedTuple):
    """A caption and what it says."""

    text: str
    """The caption."""

    classes: frozenset[str]
    """The classes it says are there."""

    pairs: frozenset[tuple[str, str]]
    """(class, part) that it says in so many words: what recall is measured on."""

    allowed: frozenset[tuple[str, str]]
    """(class, part) that are true, said or not: what precision is measured on."""

    triples: frozenset[tuple[str, str, str | None]]
    """(class, part, size) that it says; empty where it gives no sizes."""

    dominant: str | None
    """The class it calls dominant; None where that is not to be judged."""


def template_cases(count: int) -> Iterable[tuple[str, Case]]:
    """Yield captions of the project's own sentences, in both styles, with what follows from their facts."""
    captioner = TemplateCaptioner()
    for seed in range(count):
        labels = label_map(seed)
        chip = Chip(tile=Tile(0, 0), source="file", labels=labels)
        for style in ("3.5", "4v"):
            prompt = prompt_for(labels, style=style, seed=seed)
            facts = prompt.facts
            yield f"template {style}", _from_facts(captioner.caption(prompt, chip).text, facts)


def paraphrase_cases(count: int) -> Iterable[tuple[str, Case]]:
    """Yield paraphrases, in both styles, with what they were told to say."""
    for seed in range(count):
        labels = label_map(seed)
        for style in ("3.5", "4v"):
            told = write_paraphrase(prompt_for(labels, style=style, seed=seed).facts, seed=seed)
            pairs = frozenset((one.name, one.part) for one in told.claims)
            sized = frozenset((one.name, one.part, one.size) for one in told.claims if one.size)
            yield f"paraphrase {style}", Case(told.text, told.classes, pairs, pairs, sized, told.dominant)


def sentence_cases() -> Iterable[tuple[str, Case]]:
    """Yield the sentences written by hand, with what a careful reader finds in them."""
    for text, triples, dominant in (*READ, *MISREAD):
        placed = frozenset(one for one in triples if one[1])
        pairs = frozenset(one[:2] for one in placed)
        sized = frozenset(one for one in placed if one[2])
        yield "sentences", Case(text, frozenset(one[0] for one in triples), pairs, pairs, sized, dominant)


def _from_facts(text: str, facts: Facts35 | Facts4V) -> Case:
    if isinstance(facts, Facts35):
        sized = frozenset((one.name, part, one.size) for part, amounts in facts.parts.items() for one in amounts)
        pairs = frozenset((name, part) for name, part, _ in sized)
        dominant = facts.overall[0] if facts.overall else None
        return Case(text, facts.class_names, pairs, pairs, sized, dominant)
    quarters = {name: [percents[part] for part in PARTS[:4]] for name, percents in facts.percents.items()}
    # a class with most of its pixels in one quarter is said to lie there; of others the sentences choose
    peaks = frozenset(
        (NAME[name], PARTS[values.index(max(values))])
        for name, values in quarters.items()
        if max(values) >= 0.6 * sum(values)
    )
    true = frozenset(
        (NAME[name], part) for name, parts in facts.percents.items() for part, percent in parts.items() if percent
    )
    leads = next((NAME[name] for name, values in quarters.items() if sum(values) > 200), None)  # noqa: PLR2004 - half
    return Case(text, frozenset(map(NAME.get, facts.class_names)), peaks, true, frozenset(), leads)  # type: ignore[arg-type]


class Score:
    """Counts of what was found, missed and made up, by kind."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.right: Counter[Hashable] = Counter()
        self.found: Counter[Hashable] = Counter()
        self.missed: Counter[Hashable] = Counter()
        self.said: Counter[Hashable] = Counter()
        self.unsized: Counter[Hashable] = Counter()

    def add(self, kind: Hashable, *, found: frozenset, said: frozenset, true: frozenset) -> None:
        """Count one caption."""
        self.found[kind] += len(found)
        self.right[kind] += len(found & true)
        self.said[kind] += len(said)
        self.missed[kind] += len(said - found)

    def row(self, kind: Hashable) -> str:
        """Return precision, recall and how many were said."""
        precision = self.right[kind] / self.found[kind] if self.found[kind] else float("nan")
        recall = 1 - self.missed[kind] / self.said[kind] if self.said[kind] else float("nan")
        return f"{precision:9.3f} {recall:9.3f} {self.said[kind]:7d}"


def judge(score: Score, source: str, case: Case, reading: Reading) -> bool:
    """Count one reading; return whether all of it is right."""
    triples = frozenset(one for one in reading.triples if one[1])
    pairs = frozenset((name, part) for name, part, _ in triples)
    classes = frozenset(reading.classes)
    score.add((source, "classes"), found=classes, said=case.classes, true=case.classes)
    named = frozenset(CLASSES[index].name for index in classes_named(case.text))
    score.add((source, "classes, words alone"), found=named, said=case.classes, true=case.classes)
    score.add((source, "class in part"), found=pairs, said=case.pairs, true=case.allowed)
    sized = frozenset(one for one in triples if one[2])
    if case.triples:
        score.unsized[source] += len({one[:2] for one in case.triples - triples} & {one[:2] for one in triples - sized})
        score.add((source, "class, part, size"), found=sized, said=case.triples, true=case.triples)
        for size in (size for _, size in SIZES):
            of_size = [frozenset(one for one in some if one[2] == size) for some in (sized, case.triples)]
            score.add(("size", source, size), found=of_size[0], said=of_size[1], true=of_size[1])
    dominant = frozenset({reading.dominant} - {None})
    if case.dominant:
        score.add(
            (source, "dominant"), found=dominant, said=frozenset({case.dominant}), true=frozenset({case.dominant})
        )
    for land in CLASSES[BACKGROUND + 1 :]:
        mine = [frozenset(one for one in some if one[0] == land.name) for some in (pairs, case.pairs, case.allowed)]
        score.add(("class", source, land.name), found=mine[0], said=mine[1], true=mine[2])
    for part in PARTS:
        here = [frozenset(one for one in some if one[1] == part) for some in (pairs, case.pairs, case.allowed)]
        score.add(("part", source, part), found=here[0], said=here[1], true=here[2])
    return (
        classes == case.classes
        and case.pairs <= pairs <= case.allowed
        and (not case.triples or sized == case.triples)
        and (not case.dominant or dominant == {case.dominant})
    )


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--maps", type=int, default=1000, help="label maps, each told in both styles by both writers")
    options.add_argument("--wrong", type=int, default=0, metavar="N", help="print so many captions not read right")
    options.add_argument("--of", default="", help="print only captions of this writer and style")
    asked = options.parse_args()
    print(describe())
    cases = [*template_cases(asked.maps), *paraphrase_cases(asked.maps), *sentence_cases()]
    score, all_right, count = Score(), Counter[str](), Counter[str]()
    wrong = []
    for source, case in cases:
        reading = read_claims(case.text)
        right = judge(score, source, case, reading)
        count[source] += 1
        all_right[source] += right
        if not right and asked.of in source:
            wrong.append((source, case, reading))
    for source, case, reading in wrong[: asked.wrong]:
        explain(source, case, reading)
    for source in count:
        print(f"\n{source}: {all_right[source]} of {count[source]} captions read without a fault")
        show_source(score, source)
    show_tables(score, list(count))
    show_speed([case.text for _, case in cases])


def explain(source: str, case: Case, reading: Reading) -> None:
    """Print a caption with what was missed and made up."""
    triples = {one for one in reading.triples if one[1]}
    pairs, sized = {one[:2] for one in triples}, {one for one in triples if one[2]}
    print(f"\n{source}: {case.text}")
    print("  missed  ", sorted(case.pairs - pairs), sorted(case.triples - sized))
    print("  made up ", sorted(pairs - case.allowed), sorted(sized - case.triples) if case.triples else "")
    print("  classes ", sorted(case.classes ^ set(reading.classes)))
    print("  dominant", reading.dominant, "for", case.dominant)


def show_source(score: Score, source: str) -> None:
    """Print what was measured of one writer and style."""
    print(f"{'':22} precision    recall    said")
    for kind in ("classes", "classes, words alone", "class in part", "class, part, size", "dominant"):
        if score.said[(source, kind)]:
            print(f"{kind:22} {score.row((source, kind))}")
    if score.unsized[source]:
        print(f"  of the sizes missed, read as not said: {score.unsized[source]}")


def show_tables(score: Score, sources: list[str]) -> None:
    """Print the figures by class, by part and by size."""
    for table, names in (
        ("class", [land.name for land in CLASSES[BACKGROUND + 1 :]]),
        ("part", PARTS),
        ("size", [size for _, size in SIZES]),
    ):
        print(
            f"\nby {table}: precision, recall, how many said, of " + ("sizes" if table == "size" else "class in part")
        )
        shown = [source for source in sources if score.said[(table, source, names[0])]]
        print(f"{'':15}" + "".join(f"{source:>29}" for source in shown))
        for name in names:
            print(f"{name:15}" + "".join(f"{score.row((table, source, name)):>29}" for source in shown))


def show_speed(texts: list[str]) -> None:
    """Print processor time, which other work on the machine disturbs less than the clock."""
    taken = []
    for read in (read_claims, classes_named):
        start = time.process_time()
        for text in texts:
            read(text)
        taken.append((time.process_time() - start) / len(texts))
    mean = sum(map(len, texts)) / len(texts)
    print(f"\n{taken[0] * 1000:.3f} ms of processor time for a caption of {mean:.0f} characters")
    print(f"{taken[1] * 1000:.3f} ms for its class words alone")
    print(f"163,488 captions at that pace: {taken[0] * 163_488:.0f} s on one core")


if __name__ == "__main__":
    main()
