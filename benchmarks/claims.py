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

from data.label_maps import label_map
from data.reading_tables import expected_triples, rows

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

    true_pairs: frozenset[tuple[str, str]]
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
            paraphrase = write_paraphrase(prompt_for(labels, style=style, seed=seed).facts, seed=seed)
            pairs = frozenset((one.name, one.part) for one in paraphrase.claims)
            triples = frozenset((one.name, one.part, one.size) for one in paraphrase.claims if one.size)
            yield (
                f"paraphrase {style}",
                Case(paraphrase.text, paraphrase.classes, pairs, pairs, triples, paraphrase.dominant),
            )


def sentence_cases() -> Iterable[tuple[str, Case]]:
    """Yield the sentences written by hand, with what a careful reader finds in them."""
    for row in rows("claims"):
        if row["kind"] != "written before the reader saw it":
            continue
        triples = expected_triples(row)
        dominant = next((lead[:-1] for lead in row.get("leads", ()) if lead.endswith(":")), None)
        with_part = frozenset(one for one in triples if one[1])
        pairs = frozenset(one[:2] for one in with_part)
        with_size = frozenset(one for one in with_part if one[2])
        yield "sentences", Case(row["text"], frozenset(one[0] for one in triples), pairs, pairs, with_size, dominant)


def _from_facts(text: str, facts: Facts35 | Facts4V) -> Case:
    if isinstance(facts, Facts35):
        triples = frozenset((one.name, part, one.size) for part, amounts in facts.parts.items() for one in amounts)
        pairs = frozenset((name, part) for name, part, _ in triples)
        dominant = facts.overall[0] if facts.overall else None
        return Case(text, facts.class_names, pairs, pairs, triples, dominant)
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
    leads = next((NAME[name] for name, values in quarters.items() if sum(values) > 200), None)
    return Case(text, frozenset(map(NAME.get, facts.class_names)), peaks, true, frozenset(), leads)  # type: ignore[arg-type]


class Score:
    """Counts of what was found, missed and made up, by kind."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.right: Counter[Hashable] = Counter()
        self.read_count: Counter[Hashable] = Counter()
        self.missed_count: Counter[Hashable] = Counter()
        self.expected_count: Counter[Hashable] = Counter()
        self.without_size: Counter[Hashable] = Counter()

    def add(self, kind: Hashable, *, result: frozenset, expected: frozenset, true: frozenset) -> None:
        """Count one caption."""
        self.read_count[kind] += len(result)
        self.right[kind] += len(result & true)
        self.expected_count[kind] += len(expected)
        self.missed_count[kind] += len(expected - result)

    def row(self, kind: Hashable) -> str:
        """Return precision, recall and how many were said."""
        precision = self.right[kind] / self.read_count[kind] if self.read_count[kind] else float("nan")
        recall = 1 - self.missed_count[kind] / self.expected_count[kind] if self.expected_count[kind] else float("nan")
        return f"{precision:9.3f} {recall:9.3f} {self.expected_count[kind]:7d}"


def judge(score: Score, source: str, case: Case, reading: Reading) -> bool:
    """Count one reading; return whether all of it is right."""
    triples = frozenset(one for one in reading.triples if one[1])
    pairs = frozenset((name, part) for name, part, _ in triples)
    classes = frozenset(reading.classes)
    score.add((source, "classes"), result=classes, expected=case.classes, true=case.classes)
    names = frozenset(CLASSES[index].name for index in classes_named(case.text))
    score.add((source, "classes, words alone"), result=names, expected=case.classes, true=case.classes)
    score.add((source, "class in part"), result=pairs, expected=case.pairs, true=case.true_pairs)
    with_size = frozenset(one for one in triples if one[2])
    if case.triples:
        score.without_size[source] += len(
            {one[:2] for one in case.triples - triples} & {one[:2] for one in triples - with_size}
        )
        score.add((source, "class, part, size"), result=with_size, expected=case.triples, true=case.triples)
        for size in (size for _, size in SIZES):
            of_size = [frozenset(one for one in some if one[2] == size) for some in (with_size, case.triples)]
            score.add(("size", source, size), result=of_size[0], expected=of_size[1], true=of_size[1])
    dominant = frozenset({reading.dominant} - {None})
    if case.dominant:
        score.add(
            (source, "dominant"), result=dominant, expected=frozenset({case.dominant}), true=frozenset({case.dominant})
        )
    for land in CLASSES[BACKGROUND + 1 :]:
        mine = [frozenset(one for one in some if one[0] == land.name) for some in (pairs, case.pairs, case.true_pairs)]
        score.add(("class", source, land.name), result=mine[0], expected=mine[1], true=mine[2])
    for part in PARTS:
        here = [frozenset(one for one in some if one[1] == part) for some in (pairs, case.pairs, case.true_pairs)]
        score.add(("part", source, part), result=here[0], expected=here[1], true=here[2])
    return (
        classes == case.classes
        and case.pairs <= pairs <= case.true_pairs
        and (not case.triples or with_size == case.triples)
        and (not case.dominant or dominant == {case.dominant})
    )


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--maps", type=int, default=1000, help="label maps, each told in both styles by both writers")
    options.add_argument("--wrong", type=int, default=0, metavar="N", help="print so many captions not read right")
    options.add_argument("--of", default="", help="print only captions of this writer and style")
    args = options.parse_args()
    print(describe())
    cases = [*template_cases(args.maps), *paraphrase_cases(args.maps), *sentence_cases()]
    score, all_right, count = Score(), Counter[str](), Counter[str]()
    wrong = []
    for source, case in cases:
        reading = read_claims(case.text)
        right = judge(score, source, case, reading)
        count[source] += 1
        all_right[source] += right
        if not right and args.of in source:
            wrong.append((source, case, reading))
    for source, case, reading in wrong[: args.wrong]:
        explain(source, case, reading)
    for source in count:
        print(f"\n{source}: {all_right[source]} of {count[source]} captions read without a fault")
        show_source(score, source)
    show_tables(score, list(count))
    show_speed([case.text for _, case in cases])


def explain(source: str, case: Case, reading: Reading) -> None:
    """Print a caption with what was missed and made up."""
    triples = {one for one in reading.triples if one[1]}
    pairs, with_size = {one[:2] for one in triples}, {one for one in triples if one[2]}
    print(f"\n{source}: {case.text}")
    print("  missed  ", sorted(case.pairs - pairs), sorted(case.triples - with_size))
    print("  made up ", sorted(pairs - case.true_pairs), sorted(with_size - case.triples) if case.triples else "")
    print("  classes ", sorted(case.classes ^ set(reading.classes)))
    print("  dominant", reading.dominant, "for", case.dominant)


def show_source(score: Score, source: str) -> None:
    """Print what was measured of one writer and style."""
    print(f"{'':22} precision    recall    said")
    for kind in ("classes", "classes, words alone", "class in part", "class, part, size", "dominant"):
        if score.expected_count[(source, kind)]:
            print(f"{kind:22} {score.row((source, kind))}")
    if score.without_size[source]:
        print(f"  of the sizes missed, read as not said: {score.without_size[source]}")


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
        columns = [source for source in sources if score.expected_count[(table, source, names[0])]]
        print(f"{'':15}" + "".join(f"{source:>29}" for source in columns))
        for name in names:
            print(f"{name:15}" + "".join(f"{score.row((table, source, name)):>29}" for source in columns))


def show_speed(texts: list[str]) -> None:
    """Print processor time, which other work on the machine disturbs less than the clock."""
    seconds = []
    for read in (read_claims, classes_named):
        start = time.process_time()
        for text in texts:
            read(text)
        seconds.append((time.process_time() - start) / len(texts))
    mean = sum(map(len, texts)) / len(texts)
    print(f"\n{seconds[0] * 1000:.3f} ms of processor time for a caption of {mean:.0f} characters")
    print(f"{seconds[1] * 1000:.3f} ms for its class words alone")
    print(f"163,488 captions at that pace: {seconds[0] * 163_488:.0f} s on one core")


if __name__ == "__main__":
    main()
