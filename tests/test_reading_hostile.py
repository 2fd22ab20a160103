"""Any text can be read: word soup of the lexicon, other scripts, endless sentences; in linear time, always the same."""

from __future__ import annotations

import random
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from data.reading_tables import rows
from rig.hostile import ATTACK

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.claims import Reading, read_claims
from chatearthnet_explorer.claims.binding.bind import bind
from chatearthnet_explorer.claims.clauses import split_clauses, split_sentences
from chatearthnet_explorer.claims.lexicon import AMOUNTS, CLASSES, PLACES, SIGNALS
from chatearthnet_explorer.claims.lexicon.phrase_finder import spellings
from chatearthnet_explorer.claims.markup import plain_text
from chatearthnet_explorer.claims.tokens import find_tokens
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.review.checks import judge_caption

_MARKS = [
    ", ",
    ". ",
    "; ",
    ": ",
    "? ",
    "! ",
    " - ",
    "\u2014",
    " (",
    ") ",
    "\n",
    "\n\n",
    "\n- ",
    "\n1. ",
    "\n# ",
    " | ",
    "**",
    "%",
]
_OTHERS = [
    "40 %",
    "99.5%",
    "1,200",
    "5 km",
    "of",
    "the",
    "in",
    "\U0001f332",
    "\u6728",
    "\u0130",
    "\x00",
    "\ud800",
    "<li>",
    "each",
    "a fifth",
]


def _phrases() -> list[list[str]]:
    """Return the phrases of each kind; those of a kind with few phrases come up as often as the others."""
    tables = [*CLASSES.values(), *PLACES.values(), *AMOUNTS.values(), *SIGNALS.values()]
    return [*(list(spellings(patterns)) for patterns in tables), _MARKS, _MARKS, _MARKS, _OTHERS]


def _soup(seed: int, kinds: list[list[str]], length: int) -> str:
    chance = random.Random(seed)
    return "".join(
        chance.choice(chance.choice(kinds)) + chance.choice(["", " ", " ", " ", " the "]) for _ in range(length)
    )


def _check(text: str) -> Reading:
    reading = read_claims(text)
    for claim in reading.claims:
        assert claim.name in CLASSES
        assert set(claim.parts) <= set(PARTS)
        assert 0 <= claim.phrase_start <= claim.start < claim.end <= claim.phrase_end <= len(text)
    assert all(0 <= start < end <= len(text) for start, end in reading.sentences)
    assert list(reading.sentences) == sorted(reading.sentences)
    return reading


@pytest.mark.parametrize("length", [3, 8, 20, 80])
def test_word_soup_is_read_without_an_error(length: int) -> None:
    kinds = _phrases()
    for seed in range(600 if length < 50 else 60):
        _check(_soup(seed, kinds, length))


def test_sentences_with_words_out_of_order_are_read_without_an_error() -> None:
    chance = random.Random(1)
    for row in rows("claims"):
        words = row["text"].split()
        for _ in range(5):
            chance.shuffle(words)
            _check(" ".join(words))
            _check(" ".join(words[: chance.randrange(len(words))]))


TEXTS = [
    ("", 0),
    (" ".join(["word"] * 20_000), 0),
    (" ".join(["trees and grass in the top left and"] * 715), 1),
    (", ".join(["trees"] * 5000), 1),
    ("\u68ee\u6797\u304c\u5de6\u4e0a\u306b\u3042\u308a\u307e\u3059\u3002" * 300, 0),
    ("\u041b\u0435\u0441 \u0432 \u0446\u0435\u043d\u0442\u0440\u0435. " * 300, 0),
    ("\U0001f332\U0001f30a\U0001f3d4\ufe0f" * 1000, 0),
    ("\u202e\u2066\u200f\x00\ud800" * 1000, 0),
    (ATTACK * 20, 1),
    ("Im Zentrum liegt ein See, und oben links steht Wald. Trees fill the top left. \u00c0 droite, des maisons.", 1),
    ("5 km of 12 ha at 30 \u00b0C, 7.5 m, \u00a33, 1,200,000", 0),
    ("| Part | Cover |\n|---|---|\n| Top left | trees |\n| Middle | water |", 1),
    ("no not never without no lack of not without trees", 1),
]


@pytest.mark.parametrize(("text", "has_claims"), TEXTS, ids=range(len(TEXTS)))
def test_unusual_texts_are_read(text: str, *, has_claims: bool) -> None:
    assert bool(_check(text).claims) is bool(has_claims)


PIECES = [
    "trees, ",
    "top left and ",
    "no ",
    "a medium ",
    "the same top left. ",
    "tree-",
    "99% ",
    "\n- ",
    "\n\n",
    "it ",
    "? ",
    "of the ",
]
PIECES += [
    "a small ",
    "the former ",
    "trees: ",
    "*",
    "|",
    "<li>",
    "# a\n",
    "trees? ",
    "top left, x: ",
    "e.g. ",
    "1,1",
    "most of ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_each_step_takes_time_in_proportion_to_the_text(piece: str) -> None:
    short, long = ((piece * LIMIT)[:size] for size in (LIMIT // 8, LIMIT))
    for step, (before, after) in enumerate(zip(_times(short), _times(long), strict=True)):
        # eight times the text, so 64 times the time if it grew with its square
        assert after < 40 * before + 0.05, f"step {step}"


FRAMES = [
    ("trees,", "-", "!grass"),
    ("trees", "-", "!grass"),
    ("trees, ", "a-", "! grass"),
    ("trees, ", "a ", "grass"),
    ("trees outnumber ", "-", "! grass"),
    ("dominated by trees, ", "a-", "! grass"),
    ("the theme is ", "- ", "! grass"),
    ("small ", " -", "! grass"),
    ("no ", "a ", "grass"),
    ("top left", " and", "! top right"),
    ("the scene ", "is ", "grass"),
    ("trees| a\n", "-", "x"),
    ("trees <a", " b=c", ""),
    ("trees http://", "/-", " grass"),
    ("trees &", "amp", " grass"),
    ("40 % ", "- ", "60 %"),
]


@pytest.mark.parametrize("frame", FRAMES, ids=range(len(FRAMES)))
def test_no_words_between_two_phrases_take_long(frame: tuple[str, str, str]) -> None:
    before, piece, after = frame
    shortest = float("inf")
    read_claims("Trees cover 40 % of the top left.")  # compiles the expressions
    # small steps at first: where the ways to read a line are without number, a longer one would take for ever
    for size in (4, 8, 12, 16, 18, 20, 24, 32, 64, 512, LIMIT // 2):
        text = f"{before}{(piece * size)[:size]}{after}"
        start = time.process_time()
        read_claims(text)  # once: the answers of ``gaps`` are cached
        seconds = time.process_time() - start
        shortest = min(shortest, seconds / size)
        assert seconds < 40 * size * shortest + 0.1, size


def test_findings_point_into_the_text_and_strict_ones_are_more() -> None:
    counts = np.zeros((6, 12), dtype=np.int64)
    counts[:, 1], counts[:, 5] = 70, 30
    foreign = "\u0130\u00df\ufb01\u0149\U0001f332 maybe "
    texts = [*(text for text, _ in TEXTS), *(f"{foreign}{_soup(seed, _phrases(), 40)}{foreign}" for seed in range(60))]
    for text in texts:
        for style in ("3.5", "4v"):
            usual, strict = (
                judge_caption(text, style=style, counts=counts, strict=one).findings for one in (False, True)
            )
            assert all(one.start == one.end == -1 or 0 <= one.start <= one.end <= len(text) for one in strict)
            checks_of_all = {one.check for one in strict}
            assert {one.check for one in usual if one.check != "omitted"} <= checks_of_all


def _times(text: str) -> list[float]:
    """Return the shortest processor time of each step in three runs."""
    return [min(times) for times in zip(*(_time_each(text) for _ in range(3)), strict=True)]


def _time_each(text: str) -> list[float]:
    marks = [time.process_time()]

    def mark() -> None:
        marks.append(time.process_time())

    low = plain_text(text)
    mark()
    tokens = find_tokens(low)
    mark()
    sentences = split_sentences(tokens, low)
    mark()
    clauses = [clause for sentence in sentences for clause in split_clauses(sentence, low)]
    mark()
    for clause in clauses:
        bind(clause, low)
    mark()
    read_claims(text)
    mark()
    return [after - before for before, after in pairwise(marks)]


@pytest.mark.parametrize("space", ["\n", "\t"])
def test_spaces_of_any_kind_are_spaces(space: str) -> None:
    # a line end before one of these begins an item or a title
    texts = [row["text"] for row in rows("claims") if not any(sign in row["text"] for sign in ("\n", " - ", " **"))]
    differing = [text for text in texts if _result(text.replace(" ", space)) != _result(text)]
    assert differing == []


def _result(text: str) -> tuple[object, ...]:
    reading = read_claims(text)
    return reading.triples, reading.dominant, reading.dominant_of, reading.walk, reading.loose


def test_the_order_of_reading_and_threads_and_processes_do_not_matter() -> None:
    texts = [row["text"] for row in rows("claims")] + [_soup(seed, _phrases(), 30) for seed in range(40)]
    readings = [read_claims(text) for text in texts]
    assert [read_claims(text) for text in reversed(texts)] == readings[::-1]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(read_claims, texts)) == readings
    with ProcessPoolExecutor(1) as processes:
        assert list(processes.map(read_claims, texts, chunksize=50)) == readings
