"""The quiz: right by the labels, the same everywhere, fair to those who look, and patient with broken links."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from rig.hostile import ATTACK, Page
from rig.quiz_solvers import SOLVERS, TrainedSolver, hits

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.learn import quiz_dominant, quiz_part, quiz_sentence
from chatearthnet_explorer.learn.quiz import KINDS, Quiz, draw_quiz, make_quiz
from chatearthnet_explorer.learn.quiz_caption import draw_caption, excerpt
from chatearthnet_explorer.learn.quiz_draw import Draw
from chatearthnet_explorer.learn.quiz_link import FIRST_SEED, LAST_SEED, read_quiz_link, write_quiz_link
from chatearthnet_explorer.learn.quiz_pool import WHOLE, WORDS, QuizPool
from chatearthnet_explorer.learn.quiz_sheet import quiz_sheet
from chatearthnet_explorer.query_string import left_out_sentence
from chatearthnet_explorer.review.error_rates import wilson
from chatearthnet_explorer.review.grounding import CONTRADICTED, SUPPORTED, ground
from chatearthnet_explorer.sample.sample_catalog import open_sample
from chatearthnet_explorer.sample.simulated_records import YEAR
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource

if TYPE_CHECKING:
    import numpy as np

    from chatearthnet_explorer.learn.quiz_question import Question

QUIZZES = 30
SURELY = 0.999
"""Confidence of the intervals: of the hundred that are looked at, none leaves out chance by chance."""


@cache
def quizzes() -> tuple[Quiz, ...]:
    return tuple(make_quiz(900_001 + number) for number in range(QUIZZES))


@cache
def pool() -> QuizPool:
    return QuizPool(open_sample().catalog)


def questions(kind: str) -> list[Question]:
    return [question for quiz in quizzes() for question in quiz.questions if question.kind == kind]


def counts_of(question: Question) -> np.ndarray:
    chip = SimulatedSource().chip_at(*question.tile.center, year=YEAR)
    assert isinstance(chip, Chip)
    assert chip.labels is not None
    return count_pixels(chip.labels)


def test_quiz_has_ten_questions_of_four_kinds_about_ten_squares() -> None:
    for quiz in quizzes():
        assert tuple(question.kind for question in quiz.questions) == KINDS
        assert len({question.tile for question in quiz.questions}) == len(KINDS) == 10
        for question in quiz.questions:
            assert len(set(question.texts)) == 4
    assert set(KINDS) == {"dominant", "part", "sentence", "caption"}


def test_right_option_is_the_largest_class_of_the_labels_that_are_drawn() -> None:
    for question in questions("dominant")[:12]:
        counts = counts_of(question)
        (light,) = {option.light.parts for option in question.options}
        row = counts[PARTS.index(light[0])] if light else counts[-1]
        by_name = {land.name: int(row[land.index]) for land in CLASSES}
        assert max(by_name, key=lambda name: by_name[name]) == question.texts[question.answer]
        assert not question.shows_labels


def test_description_fits_the_right_quarter_alone() -> None:
    for question in questions("part")[:12]:
        counts = counts_of(question)
        description = question.prompt.split('"')[1]
        fits = [
            all(
                one.result == SUPPORTED
                for one in ground(read_claims(f"In the {part}, there is {description}."), counts)
            )
            for part in question.texts
        ]
        assert fits == [at == question.answer for at in range(4)]


def test_labels_contradict_the_false_sentence_alone() -> None:
    for question in questions("sentence")[:12]:
        counts = counts_of(question)
        results = [one.result for text in question.texts for one in ground(read_claims(text), counts)]
        assert results == [CONTRADICTED if at == question.answer else SUPPORTED for at in range(4)]


def test_labels_contradict_every_caption_but_the_right_one() -> None:
    catalog = open_sample().catalog
    for question in questions("caption")[:12]:
        counts = counts_of(question)
        contradictions = [
            sum(one.result == CONTRADICTED for one in ground(read_claims(text), counts)) for text in question.texts
        ]
        assert contradictions[question.answer] == 0
        assert min(count for at, count in enumerate(contradictions) if at != question.answer) >= 2
        record = catalog.at(question.tile)
        assert record is not None
        assert record.captions["3.5"].startswith(question.texts[question.answer])


def test_distractors_are_captions_of_neighbours_or_of_squares_with_the_same_land_cover() -> None:
    catalog = open_sample().catalog
    by_text = {excerpt(pair.record.captions["3.5"]): pair for pair in catalog.pairs()}
    kinds = Counter[str]()
    for question in questions("caption"):
        pairs = [by_text[text] for text in question.texts]
        if "neighbouring" in question.prompt:
            assert {pair.record.tile for pair in pairs} == set(question.tile.siblings)
        else:
            assert all(pair.shares for pair in pairs)
            assert len({max(pair.shares or {}, key=lambda name: (pair.shares or {})[name]) for pair in pairs}) == 1
        kinds["neighbouring" in question.prompt] += 1
    assert min(kinds.values()) > 20


def test_reasons_state_what_the_labels_have() -> None:
    for quiz in quizzes()[:5]:
        for question in quiz.questions:
            for option in question.options:
                assert option.reason.endswith(".")
                assert 0 < option.light.class_index < len(CLASSES)
                assert set(option.light.parts) <= set(PARTS)


@pytest.mark.parametrize("module", [quiz_dominant, quiz_part])
def test_every_option_is_right_for_some_square(module: object) -> None:
    cells = module._cells(pool())
    assert len(cells) > 20
    for *_, rows_of in cells:
        assert len(rows_of) == 4
        assert all(rows_of)
        assert len({row for rows in rows_of for row in rows}) == sum(map(len, rows_of))  # each square has one answer


def test_each_of_four_sentences_is_the_false_one_of_some_square() -> None:
    for number in range(5):
        sentences, rows_of = quiz_sentence._draw_sentences(pool(), Draw(f"test {number}"))
        for answer, rows in enumerate(rows_of):
            assert len(rows) >= 3
            for row in rows.tolist():
                results = [quiz_sentence.judge(sentence, pool(), row).result for sentence in sentences]
                assert results == [CONTRADICTED if at == answer else SUPPORTED for at in range(4)]


def test_solvers_that_read_words_alone_are_at_chance() -> None:
    better = []
    for kind in dict.fromkeys(KINDS):
        for name, solver in SOLVERS.items():
            right = hits(solver, questions(kind))
            low, high = wilson(sum(right) / len(right), len(right), confidence=SURELY)
            if not low <= 0.25 <= high:
                better.append((kind, name, low, high))
    assert better == []


def test_solver_that_learns_from_other_quizzes_is_at_chance() -> None:
    halves = [
        [question for quiz in part for question in quiz.questions]
        for part in (quizzes()[: QUIZZES // 2], quizzes()[QUIZZES // 2 :])
    ]
    for train, test in (halves, halves[::-1]):
        right = hits(TrainedSolver(train), test)
        low, high = wilson(sum(right) / len(right), len(right), confidence=SURELY)
        assert low <= 0.25 <= high


def test_the_same_solvers_find_the_flaw_of_an_unfair_quiz() -> None:
    """A quiz whose right option is always the longest, and has a word that the others lack."""
    unfair = [
        replace(
            question,
            options=tuple(
                option._replace(
                    text=f"{option.text} indeed, as everybody can see" if at == question.answer else option.text[:60]
                )
                for at, option in enumerate(question.options)
            ),
        )
        for question in questions("caption")
    ]
    for name in ("longest", "odd one out"):
        right = hits(SOLVERS[name], unfair)
        assert wilson(sum(right) / len(right), len(right), confidence=SURELY)[0] > 0.25
    right = hits(TrainedSolver(unfair[::2]), unfair[1::2])
    assert sum(right) > 0.9 * len(right)


def test_right_options_are_spread_evenly() -> None:
    answers = Counter(question.answer for quiz in quizzes() for question in quiz.questions)
    expected = 10 * QUIZZES / 4
    chi_square = sum((answers[at] - expected) ** 2 / expected for at in range(4))
    assert chi_square < 16.27  # 0.1 % of fair quizzes, three degrees of freedom


def hash_of(quiz):  # noqa: ANN001, ANN201 - its source runs in another process
    import hashlib

    questions = [(one.prompt, one.options, one.answer, one.tile) for one in quiz.questions]
    return hashlib.sha256(str(questions).encode()).hexdigest()


def test_the_same_seed_gives_the_same_questions_in_another_process() -> None:
    code = "from chatearthnet_explorer.learn.quiz import make_quiz; print(hash_of(make_quiz(7)))"
    result = subprocess.run(
        [sys.executable, "-c", f"{inspect.getsource(hash_of)}\n{code}"],
        env={**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == hash_of(make_quiz(7))
    assert make_quiz(7) == draw_quiz(pool(), 7)
    assert make_quiz(7) != make_quiz(8)


def test_draw_gives_known_numbers() -> None:
    """These numbers are a promise: a change of them changes every quiz that somebody shared."""
    draw = Draw("quiz 7 question 0")
    assert [draw.below(1000) for _ in range(5)] == [589, 629, 4, 231, 577]
    assert sorted(Draw("a").sample(range(9), 9)) == list(range(9))


def test_draw_is_even() -> None:
    draw = Draw("even")
    counts = Counter(draw.below(3) for _ in range(6000))
    assert all(1850 < count < 2150 for count in counts.values())


def test_words_of_the_quiz_are_read_as_their_classes() -> None:
    for land in CLASSES[1:]:
        (claim,) = read_claims(f"There is {WORDS[land.index]} in the middle.").claims
        assert (claim.name, claim.parts, claim.negated) == (land.name, ("middle",), False)


def test_pool_needs_shares_of_labels() -> None:
    class Bare:
        files = type("Files", (), {"counts": None})()

    with pytest.raises(QueryError, match="enrich"):
        QuizPool(Bare())


def test_neighbours_are_the_four_squares_of_a_tile() -> None:
    assert len(pool().neighbours) > 400
    for group in pool().neighbours[:50]:
        tiles = [pool().tile_of(row) for row in group]
        assert set(tiles) == set(tiles[0].siblings)


def test_leads_and_margins_are_those_of_the_counts() -> None:
    for row in range(0, 2000, 97):
        counts = sorted(pool().counts[row, WHOLE, 1:].tolist(), reverse=True)
        assert pool().counts[row, WHOLE, pool().leads[row, WHOLE]] == counts[0]
        assert pool().margins[row, WHOLE] == pytest.approx(100 * (counts[0] - counts[1]) / 65536)


def test_caption_questions_show_excerpts_that_speak_of_the_top_half() -> None:
    question = draw_caption(pool(), Draw("excerpts"))
    for text in question.texts:
        parts = {part for claim in read_claims(text).claims for part in claim.parts}
        assert {"top left", "top right"} <= parts
        assert 25 <= len(text.split()) <= 95


@pytest.mark.parametrize("caption", ["", "Trees.", "In the top left there is water.", "x " * 20_000, ATTACK])
def test_captions_without_both_top_quarters_have_no_excerpt(caption: str) -> None:
    assert excerpt(caption) == ""


def test_sheet_shows_every_question_and_marks_answers_only_when_wanted() -> None:
    quiz = make_quiz(7)
    chips = [SimulatedSource().chip_at(*question.tile.center, year=YEAR) for question in quiz.questions]
    blank, key = (Page(quiz_sheet(quiz, chips, answers=answers)._repr_html_()) for answers in (False, True))
    for page in (blank, key):
        page.assert_harmless()
        for question in quiz.questions:
            assert question.prompt in page.text
            assert all(text in page.text for text in question.texts)
        assert "simulated" in page.text
    assert key.text.count("✓ the answer") == 10
    assert all(question.options[question.answer].reason in key.text for question in quiz.questions)
    assert "✓" not in blank.text
    assert quiz.questions[1].options[0].reason not in blank.text


@pytest.mark.parametrize(
    ("query", "seed", "words"),
    [
        ("", 1, ()),
        ("seed=7", 7, ()),
        ("?seed=999999", 999_999, ()),
        ("seed=007", 7, ()),
        ("seed=0", 1, ("seed '0'", "1 to 999999")),
        ("seed=-3", 1, ("seed '-3'",)),
        ("seed=1000000", 1, ("1000000",)),
        ("seed=" + "9" * 400, 1, ("999…",)),
        ("seed=seven", 1, ("seed 'seven'",)),
        ("seed=1e3", 1, ("seed '1e3'",)),
        ("seed=%D9%A3", 1, ("seed",)),
        ("seed=", 1, ()),
        ("seed=7&seed=8", 7, ("twice",)),
        ("seed=7&colour=red&v=2", 7, ("'colour', 'v'", "unknown fields")),
        ("seed=7&token=abc", 7, ()),
        ("seed=%3Cscript%3Ealert(1)%3C/script%3E", 1, ("<script>",)),
        ("seed=%ff%fe", 1, ("seed",)),
        ("x" * 100_000, 1, ("100,000 characters",)),
        ("&".join(f"a{number}=1" for number in range(3_000)), 1, ("2,000 fields",)),
    ],
)
def test_link_gives_a_quiz_and_notes_on_the_rest(query: str, seed: int, words: tuple[str, ...]) -> None:
    link = read_quiz_link(query)
    assert link.seed == seed
    text = left_out_sentence(link.notes)
    assert bool(text) == bool(words)
    assert all(word in text for word in words)
    assert len(text) < 400


@pytest.mark.parametrize("seed", [FIRST_SEED, 7, LAST_SEED])
def test_written_link_is_read_as_the_same_quiz(seed: int) -> None:
    assert read_quiz_link(write_quiz_link(seed)) == (seed, ())
