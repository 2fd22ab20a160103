"""Lessons without a browser: their files, their facts, and what a reader's actions lead to."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import tomllib
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from generators import lesson_notebooks, lesson_pages
from ipywidgets.widgets.widget import _instances

from chatearthnet_explorer.app import learn_page
from chatearthnet_explorer.band_pictures import ndvi, ndwi, picture_of
from chatearthnet_explorer.cli import main, serve_command
from chatearthnet_explorer.errors import LessonError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels, shares
from chatearthnet_explorer.learn.course import lessons, open_lesson
from chatearthnet_explorer.learn.faulty_caption import faulty_sentences, true_caption
from chatearthnet_explorer.learn.glossary import define, search, terms
from chatearthnet_explorer.learn.lesson import Goal, parse_lesson
from chatearthnet_explorer.learn.lesson_chips import lesson_chip, simulated_chip, with_clouds
from chatearthnet_explorer.learn.lesson_html import lesson_html, list_html
from chatearthnet_explorer.learn.lesson_text import plain, runs
from chatearthnet_explorer.learn.prompt_rules import RULES, facts_by_rules
from chatearthnet_explorer.learn.spot_check_drill import (
    POPULATION,
    SAMPLE_SIZE,
    WRONG_SHARE,
    draw_statements,
    rate_after,
    statement,
)
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.prompts.facts import facts_35
from chatearthnet_explorer.review.claim_verification import verify_caption
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.learn.activities import KINDS, make_activity
from chatearthnet_explorer.widgets.learn.lesson_view import LessonView

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.lesson import Lesson, Section

SECTIONS = [
    pytest.param(section, id=f"{lesson.slug}-{number}")
    for lesson in lessons()
    for number, section in enumerate(lesson.sections, start=1)
]


def content(**changes: Any) -> dict[str, Any]:
    section = {
        "heading": "A heading",
        "text": "A text.",
        "task": {
            "kind": "one",
            "ask": "Which?",
            "choices": [{"text": "a", "why": "Yes.", "right": True}, {"text": "b", "why": "No."}],
        },
    }
    lesson = {"title": "T", "summary": "S", "minutes": 5, "picture": {"lon": 1.0, "lat": 2.0}, "sections": [section]}
    return lesson | changes


def choice(slug: str, number: int, text: str) -> bool:
    """Whether an answer of a section, counted from 1, is marked as right."""
    (result,) = (one for one in open_lesson(slug).sections[number - 1].task.choices if one.text.startswith(text))
    return result.right


def test_course_has_seven_lessons_of_about_five_minutes() -> None:
    assert [lesson.number for lesson in lessons()] == [1, 2, 3, 4, 5, 6, 7]
    assert all(4 <= lesson.minutes <= 6 for lesson in lessons())
    assert all(3 <= len(lesson.sections) <= 6 for lesson in lessons())


def test_every_term_of_the_lessons_is_explained() -> None:
    names = {
        run.term for lesson in lessons() for one in lesson.sections for text in one.paragraphs for run in runs(text)
    }
    assert all(define(name) for name in names - {""})
    assert len(names) > 25


@pytest.mark.parametrize("section", SECTIONS)
def test_section_has_a_view_and_an_open_task(section: Section) -> None:
    activity = make_activity(section.view)
    task = section.task
    assert "[[" not in " ".join(map(plain, section.paragraphs))
    if task.goal:
        assert not task.goal.is_met(activity.state()), "it is done before the reader has done anything"
    else:
        assert len({one.text for one in task.choices}) == len(task.choices) >= 3
        assert all(one.why.endswith(".") for one in task.choices)
    activity.widget.close()


def test_unknown_lesson_is_one_sentence_with_the_way_out() -> None:
    with pytest.raises(LessonError, match="There is no lesson 'flying'; choose one of what-a-chip-is"):
        open_lesson("flying")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": ""}, "should be a text"),
        ({"title": 3}, "should be a text"),
        ({"minutes": "long"}, "wrong type"),
        ({"sections": [{"heading": "x"}]}, "'text'"),
    ],
)
def test_lesson_with_an_error_names_it(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(LessonError, match=f"The lesson 'mine' has an error.*{reason}"):
        parse_lesson("mine", 1, content(**changes))


@pytest.mark.parametrize(
    "task",
    [
        {"kind": "one", "choices": [{"text": "a", "why": "."}, {"text": "b", "why": "."}]},
        {
            "kind": "one",
            "choices": [{"text": "a", "why": ".", "right": True}, {"text": "b", "why": ".", "right": True}],
        },
        {"kind": "several", "choices": [{"text": "a", "why": "."}]},
        {"kind": "sing", "choices": []},
    ],
)
def test_task_without_a_clear_answer_is_refused(task: dict[str, Any]) -> None:
    sections = [content()["sections"][0] | {"task": task | {"ask": "Which?"}}]
    with pytest.raises(LessonError, match="needs one right choice"):
        parse_lesson("mine", 1, content(sections=sections))


def test_one_answer_is_right_or_gets_its_reason() -> None:
    task = open_lesson("what-a-chip-is").sections[0].task
    assert task.feedback_on([1]) == (True, task.choices[1].why)
    assert task.feedback_on([0]) == (False, task.choices[0].why)
    assert task.feedback_on([]) == task.feedback_on([99]) == (False, "Choose an answer first.")


def test_several_answers_are_right_only_together() -> None:
    task = open_lesson("how-a-satellite-sees").sections[3].task
    assert task.feedback_on([0, 1])[0]
    assert task.feedback_on([0]) == (False, "So far all right, but 1 more is missing.")
    assert task.feedback_on([0, 1, 2]) == (False, task.choices[2].why)


@pytest.mark.parametrize(
    ("goal", "state", "is_met"),
    [
        (Goal("a", equals="x"), {"a": "x"}, True),
        (Goal("a", equals="x"), {"a": "y"}, False),
        (Goal("a", equals="x"), {}, False),
        (Goal("a", least=2), {"a": 2}, True),
        (Goal("a", least=2), {"a": 1.9}, False),
        (Goal("a", most=2), {"a": 2}, True),
        (Goal("a", most=2), {"a": 2.1}, False),
        (Goal("a", least=1), {"a": None}, False),
        (Goal("a"), {"a": ""}, True),
    ],
)
def test_goal_is_met_by_its_condition(goal: Goal, state: dict[str, Any], is_met: bool) -> None:
    assert goal.is_met(state) is is_met


def test_text_has_terms_in_double_brackets_and_nothing_else() -> None:
    text = "A [[chip]] of [[pixel|many pixels]] and <b>[[</b> [x]."
    assert [tuple(run) for run in runs(text)] == [
        ("A ", ""),
        ("chip", "chip"),
        (" of ", ""),
        ("many pixels", "pixel"),
        (" and <b>[[</b> [x].", ""),
    ]
    assert plain(text) == "A chip of many pixels and <b>[[</b> [x]."


def test_glossary_is_in_order_and_has_two_explanations_each() -> None:
    names = [term.name.casefold() for term in terms()]
    assert names == sorted(names)
    assert len(set(names)) == len(names) >= 40
    for term in terms():
        assert term.young.endswith(".")
        assert term.expert.endswith(".")
        assert term.young.count(". ") == 0
        assert len(term.young.split()) <= 26
        assert term.young != term.expert


def test_words_of_the_glossary_belong_to_one_term_each() -> None:
    words = [word.casefold() for term in terms() for word in (term.name, *term.also)]
    assert sorted(words) == sorted(set(words))


def test_glossary_is_searched_without_case_and_accents() -> None:
    assert define("  CHIP ").name == define("Square").name == "chip"
    assert search("pix")[0].name == "pixel"
    assert search("infrarèd")[0].name == "near infrared"
    assert search("") == terms()
    assert search("zeppelin") == ()
    assert search("x" * 100_000) == ()
    with pytest.raises(LessonError, match="does not explain 'zeppelin'"):
        define("zeppelin")


def test_every_kind_of_view_is_used_and_unknown_ones_are_refused() -> None:
    assert {section.view["kind"] for lesson in lessons() for section in lesson.sections} == set(KINDS)
    with pytest.raises(LessonError, match="There is no view 'dance' for lessons; choose one of none, chip"):
        make_activity({"kind": "dance"})


# What the texts say of the squares


def test_names_in_the_first_lesson_are_those_of_its_place() -> None:
    tile = Tile.at(6.73, 0.336)
    text = " ".join(open_lesson("what-a-chip-is").sections[2].paragraphs)
    assert f"such as {tile.name}" in text
    assert "4249_4088_patch10" in {one.name for one in tile.siblings}
    assert [one.name for one in tile.siblings][2] == "4249_4088_patch10"


def test_figures_of_the_label_map_lesson_are_those_of_its_map() -> None:
    labels = lesson_chip(open_lesson("what-a-label-map-is").sections[1].view).labels
    by_name = shares(labels)["top left"]
    assert [f"{100 * by_name[name]:.0f}" for name in ("tree", "crop", "developed area")] == ["44", "40", "3"]
    assert next(iter(shares(labels)["overall"])) == "crop"
    assert choice("what-a-label-map-is", 2, "tree")


def test_planted_error_of_the_label_map_is_in_one_corner_only() -> None:
    view = open_lesson("what-a-label-map-is").sections[3].view
    right, wrong = simulated_chip(view["lon"], view["lat"]).labels, lesson_chip(view).labels
    rows, columns = np.nonzero(right != wrong)
    assert len(rows) > 500
    assert rows.min() >= 128
    assert columns.min() >= 128
    assert {CLASSES[index].name for index in wrong[right != wrong]} == {"crop"}
    assert {CLASSES[index].name for index in right[right != wrong]} == {"water"}


def test_figures_of_the_prompt_lesson_are_those_of_its_map() -> None:
    labels = lesson_chip(open_lesson("from-labels-to-a-prompt").sections[0].view).labels
    facts = facts_35(labels)
    assert facts.overall[:3] == ("crop", "grass", "tree")
    assert [round(100 * shares(labels)["overall"][name]) for name in facts.overall[:3]] == [64, 23, 8]
    index = {land.name: land.index for land in CLASSES}
    counts = dict(zip(PARTS, count_pixels(labels), strict=False))
    assert counts["bottom left"][index["shrub"]] == 4
    assert counts["middle"][index["shrub"]] == 1
    assert counts["bottom left"][index["water"]] == 217
    middle = {amount.name: amount for amount in facts.parts["middle"]}["grass"]
    assert (f"{100 * shares(labels)['middle']['grass']:.1f}", middle.percent, middle.size) == ("29.3", 28, "medium")
    assert round(100 * shares(labels)["top left"]["grass"]) == 34
    assert round(100 * shares(labels)["bottom right"]["grass"]) == 27


def test_facts_by_all_rules_are_those_of_the_method() -> None:
    for place in PLACES:
        labels = simulated_chip(place.lon, place.lat).labels
        ours = {
            part: [(one.name, one.amount) for one in amounts] for part, amounts in facts_by_rules(labels, RULES).items()
        }
        theirs = {part: [(one.name, one.size) for one in amounts] for part, amounts in facts_35(labels).parts.items()}
        assert ours == theirs


def test_rule_that_is_off_lets_its_classes_in() -> None:
    labels = simulated_chip(4.92, 52.55).labels

    def extra(*off: str) -> dict[str, list[str]]:
        facts = facts_by_rules(labels, [rule for rule in RULES if rule not in off])
        return {part: [one.name for one in amounts if one.is_extra] for part, amounts in facts.items()}

    assert extra()["bottom left"] == []
    assert extra("three")["bottom left"] == ["developed area", "water"]
    assert extra("three", "threshold")["bottom left"] == ["developed area", "water", "shrub"]
    assert extra("three", "threshold")["middle"] == ["developed area", "shrub"]
    no_order = facts_by_rules(labels, [rule for rule in RULES if rule != "order"])["top left"]
    assert [one.index for one in no_order] == sorted(one.index for one in no_order)
    figures = facts_by_rules(labels, [rule for rule in RULES if rule != "words"])["middle"]
    assert [one.amount for one in figures] == ["62.2 %", "29.3 %", "6.5 %"]


def test_pixels_to_find_in_satellite_lesson_exist() -> None:
    chip = simulated_chip(-63.15, -10.35, bands=True)
    by_name = {land.name: chip.labels == land.index for land in CLASSES}
    ratio = chip.bands["B08"] / chip.bands["B04"]
    assert np.median(ratio[by_name["tree"]]) > 5
    assert np.median(ndwi(chip.bands)[by_name["water"]]) > 0.2
    assert np.median(ndvi(chip.bands)[by_name["water"]]) < 0
    assert (ndwi(chip.bands)[by_name["tree"]] < 0).all()
    forest = picture_of(chip, "false")[by_name["tree"]].mean(axis=0)
    assert forest[0] > 2 * forest[1]
    assert forest[0] > 2 * forest[2]


def test_clouds_change_the_picture_and_not_a_word() -> None:
    chip = simulated_chip(126.6, 72.6)
    cloudy = with_clouds(chip)
    assert (cloudy.rgb != chip.rgb).any(axis=2).mean() > 0.5
    assert (cloudy.rgb == 236).all(axis=2).mean() > 0.2
    assert np.array_equal(cloudy.labels, chip.labels)
    assert true_caption(cloudy).text == true_caption(chip).text


def test_facts_of_the_writers_lesson_are_those_of_its_prompt() -> None:
    facts = facts_35(simulated_chip(126.6, 72.6).labels)
    assert facts.parts["top right"][0].name == "wetland"
    assert "water" in {one.name for one in facts.parts["bottom left"]}


def test_labels_contradict_the_three_planted_sentences_and_no_other() -> None:
    view = open_lesson("how-to-judge-a-caption").sections[1].view
    chip = lesson_chip(view)
    sentences = faulty_sentences(chip, view["faults"])
    assert sum(bool(one.why) for one in sentences) == 3
    text = " ".join(one.text for one in sentences)
    verified = verify_caption(text, style="3.5", labels=chip.labels)
    contradicted = [
        text[start:end] for point in verified.points if point.result == "contradicted" for start, end in point.spans
    ]
    assert len(contradicted) == 3
    for one in sentences:
        assert bool(one.why) == any(words in one.text for words in contradicted)
    true = verify_caption(true_caption(chip).text, style="3.5", labels=chip.labels)
    assert all(point.result != "contradicted" for point in true.points)


def test_fault_without_its_words_in_the_caption_is_refused() -> None:
    chip = simulated_chip(-63.15, -10.35)
    with pytest.raises(LessonError, match="should have the words 'a herd of cows' in one sentence"):
        faulty_sentences(chip, [{"from": "a herd of cows", "to": "x", "why": "y"}])


def test_one_statement_in_five_is_wrong_and_each_follows_from_the_labels() -> None:
    statements = [statement(f"{number:03}") for number in range(0, POPULATION, 7)]
    for one in statements:
        by_name = shares(one.chip.labels)[one.part]
        leader, share = next(iter(by_name.items()))
        if "more ground" in one.text:
            assert one.is_true == (f"{leader} covers more ground" in one.text)
        else:
            assert abs(share - 0.5) >= 0.04
            assert one.text.startswith(leader.capitalize())
            assert one.is_true == (("more than half" in one.text) == (share > 0.5))
    wrong = sum(not statement(f"{number:03}").is_true for number in range(POPULATION))
    assert wrong == round(WRONG_SHARE * POPULATION)


def test_drill_draws_at_random_and_its_interval_shrinks() -> None:
    names = draw_statements(1)
    assert len(set(names)) == SAMPLE_SIZE
    assert names == draw_statements(1) != draw_statements(2)
    widths = []
    for count in (5, 10, 15, 20):
        rate = rate_after([number % 5 > 0 for number in range(count)])
        assert rate.errors == count // 5
        widths.append(rate.high - rate.low)
    assert widths == sorted(widths, reverse=True)


def test_answer_keys_name_what_the_squares_have() -> None:
    def key(slug: str, number: int) -> str:
        return open_lesson(slug).sections[number - 1].task.key

    names = draw_statements(1)
    wrong = [number for number, name in enumerate(names, start=1) if not statement(name).is_true]
    rate = rate_after([statement(name).is_true for name in names])
    text = key("from-spot-check-to-number", 2)
    assert f"Statements {wrong[0]}, {wrong[1]} and {wrong[2]} are wrong: {len(wrong)} of 20" in text
    assert f"between {100 * rate.low:.0f} and {100 * rate.high:.0f} %" in text
    labels = simulated_chip(4.92, 52.55).labels
    facts = facts_by_rules(labels, [rule for rule in RULES if rule != "three"])
    extra = {part: {one.name for one in amounts if one.is_extra} for part, amounts in facts.items()}
    assert all("developed area" in names for names in extra.values())
    assert [part for part in PARTS if "shrub" in extra[part]] == ["top right", "bottom right"]
    assert [part for part in PARTS if "water" in extra[part]] == ["bottom left"]
    assert "developed area everywhere, shrub on the right side, and water in the bottom left" in key(
        "from-labels-to-a-prompt", 2
    )
    view = open_lesson("how-to-judge-a-caption").sections[1].view
    false = [number for number, one in enumerate(faulty_sentences(lesson_chip(view), view["faults"]), 1) if one.why]
    assert false == [3, 6, 8]
    assert "Sentence 3 (" in key("how-to-judge-a-caption", 2)


def test_hours_of_reading_are_calculated_right() -> None:
    hours = 163_488 * 30 / 3600
    assert round(hours) == 1362
    assert round(hours / 8) == 170
    assert 14 * 8 * 3600 / 30 == 13_440


def test_lesson_files_are_plain_toml_without_markup() -> None:
    folder = files("chatearthnet_explorer.learn").joinpath("lessons")
    for file in folder.iterdir():
        text = file.read_text("utf-8")
        assert tomllib.loads(text)
        assert "<" not in text


# What follows from the files


def test_recipe_for_a_new_lesson_works() -> None:
    page = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    (block,) = re.findall(r"^```toml\n(title = .*?)^```", page, re.MULTILINE | re.DOTALL)
    lesson = parse_lesson("why-deserts-are-easy", 8, tomllib.loads(block))
    view = LessonView(lesson)
    view.page.position = 1
    view.task.answers = [0]
    view.task.check_count += 1
    assert view.task.is_right
    assert view.page.sections_done == [1]
    assert shares(lesson_chip(lesson.sections[1].view).labels)["overall"]["bare land"] > 0.985
    view.close()


def test_notebooks_are_those_of_the_lessons() -> None:
    files_there = {path.name: path.read_text("utf-8") for path in lesson_notebooks.FOLDER.glob("*.ipynb")}
    assert files_there == lesson_notebooks.notebooks(), "run python docs/generators/lesson_notebooks.py"


@pytest.mark.parametrize("name", lesson_notebooks.notebooks())
def test_notebook_has_every_section_and_its_answer(name: str) -> None:
    cells = json.loads(lesson_notebooks.notebooks()[name])["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    lesson = open_lesson(name[3:].removesuffix(".ipynb"))
    for number, section in enumerate(lesson.sections):
        assert any(text.startswith(f"## {number + 1}. {section.heading}") for text in texts)
        assert f"LessonView(lesson, section={number})" in texts
        assert section.task.ask in texts[-1]
        for choice_ in section.task.choices:
            assert f"{'Right' if choice_.right else 'Wrong'}: {choice_.text}. {choice_.why}" in texts[-1]


def test_documentation_has_a_page_for_each_lesson_and_one_of_words() -> None:
    pages = lesson_pages.pages()
    assert len(pages) == len(lessons()) + 1
    for lesson in lessons():
        page = pages[f"{lesson.number:02}-{lesson.slug}.md"]
        assert all(section.heading in page for section in lesson.sections)
        assert "../learn" not in page
    assert all(term.name in pages["words.md"] for term in terms())


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_static_lesson_has_every_word_and_a_text_for_every_picture(lesson: Lesson) -> None:
    page = lesson_html(lesson.slug)
    for section in lesson.sections:
        assert escape(section.task.ask, quote=False) in page
        for paragraph in section.paragraphs:
            assert escape(runs(paragraph)[0].words, quote=False) in page
    assert "[[" not in page
    assert "<script" not in page
    assert len(page) < 700_000
    pictures = re.findall(r"<img [^>]*>", page)
    assert all(re.search(r' alt="[^"]{10,}"', one) for one in pictures)
    assert page.count("<details") == len(lesson.sections)
    assert "open" not in re.findall(r"<details[^>]*>", page)[0]
    assert "open" in re.findall(r"<details[^>]*>", lesson_html(lesson.slug, answers=True))[0]


def test_list_links_to_each_lesson() -> None:
    page = list_html(quiz=False)
    assert re.findall(r'href="learn/([\w-]+)"', page) == [lesson.slug for lesson in lessons()]
    assert 'href="learn/quiz"' in list_html(quiz=True)


# A reader's way through a lesson


def test_progress_is_sent_before_the_answer_is_on_screen() -> None:
    view = LessonView("what-a-label-map-is")
    order: list[str] = []
    view.page.observe(lambda _: order.append("progress"), "sections_done")
    view.task.observe(lambda _: order.append("answer"), "feedback")
    view._stage.children[0].blend = 1.0
    assert order == ["progress", "answer"]
    view.close()


def test_reader_goes_forth_and_back_and_finds_the_view_as_it_was() -> None:
    view = LessonView("what-a-label-map-is", addresses=True)
    chip_view = view._stage.children[0]
    chip_view.blend = 1.0
    assert view.task.is_right
    assert view.page.sections_done == [0]
    view.task.turn = [1, 1]
    assert (view.position, view.task.is_right, view.task.feedback) == (1, False, "")
    view.task.turn = [2, -1]
    assert view._stage.children[0] is chip_view
    assert view.task.is_right
    view.task.turn = [3, -1]
    assert view.position == 0
    view.close()


def test_last_section_leads_to_the_next_lesson_on_the_site_only() -> None:
    site, notebook = (LessonView("what-a-chip-is", addresses=addresses) for addresses in (True, False))
    for view in (site, notebook):
        view.page.position = 3
    assert (site.task.next_label, site.task.next_address) == ("Next lesson", "../learn/how-a-satellite-sees")
    assert (notebook.task.next_label, notebook.task.next_address) == ("To the start", "")
    notebook.task.turn = [1, 1]
    assert notebook.position == 0
    last = LessonView(lessons()[-1], addresses=True)
    last.page.position = 3
    assert (last.task.next_label, last.task.next_address) == ("Take the quiz", "../learn/quiz")
    for view in (site, notebook, last):
        view.close()


def test_one_section_of_a_notebook_has_no_way_on() -> None:
    view = LessonView("what-a-chip-is", section=2)
    assert view.section.heading == "The name is the place"
    assert view.task.next_label == ""
    assert view.page not in view.children
    view.task.turn = [1, 1]
    assert view.position == 2
    view.close()


def test_hostile_page_cannot_leave_the_lesson() -> None:
    view = LessonView("what-a-chip-is")
    view.page.position = 99
    assert view.position == 3
    view.page.sections_done = [0, 0, 99, 2, -5]
    assert view.page.sections_done == [0, 2]
    view.page.position = 0
    view.task.answers = [10**9, -1]
    view.task.check_count = 1
    assert (view.task.is_right, view.task.feedback) == (False, "Choose an answer first.")
    view.close()


def test_closing_a_lesson_closes_every_view_of_it() -> None:
    before = set(_instances)
    view = LessonView("who-wrote-the-captions")
    for position in range(4):
        view.page.position = position
    view.close()
    assert set(_instances) - before == set()


def test_clouds_view_changes_its_picture_and_keeps_its_caption() -> None:
    activity = make_activity({"kind": "clouds", "lon": 126.6, "lat": 72.6})
    bar, picture, caption = activity.widget.children
    before = picture.picture, caption.columns[0]["text"]
    bar.value = "cloudy"
    assert picture.picture != before[0]
    assert caption.columns[0]["text"] == before[1]
    assert activity.state() == {"sky": "cloudy"}
    bar.value = "hail"
    assert bar.value == "cloudy"


def test_sentence_picker_has_no_answers_before_the_check() -> None:
    section = open_lesson("how-to-judge-a-caption").sections[1]
    activity = make_activity(section.view)
    picker = activity.widget.children[1]
    state = str(picker.get_state())
    assert all(fault["why"] not in state for fault in section.view["faults"])
    picker.marks = [2, 5, 7, 99]
    assert picker.marks == [2, 5, 7]
    assert activity.state()["hits"] is None
    picker.check_count += 1
    assert activity.state()["hits"] == 3
    picker.marks = [0, 2, 5, 7]
    assert activity.state()["hits"] == 2


def test_place_on_the_map_has_its_name_width_and_nearest_town() -> None:
    section = open_lesson("what-a-chip-is").sections[1]
    activity = make_activity(section.view)
    assert activity.state() == {}
    activity.widget.lonlat = (18.42, -33.92)
    state = activity.state()
    assert section.task.goal.is_met(state)
    assert state["name"] == Tile.at(18.42, -33.92).name
    assert state["width"] == "2.0"
    text = section.task.right.format_map(state)
    assert "near Cape Town, South Africa, at 33.9200° S, 18.4200° E." in text
    activity.widget.lonlat = (11.58, 48.14)
    assert activity.state()["width"] == "1.6"
    assert not section.task.goal.is_met(activity.state())
    activity.widget.lonlat = (10.75, 59.91)
    assert activity.state()["width"] == "1.2"


def test_command_lab_copies_the_lessons_and_leaves_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr(serve_command, "find_spec", lambda _name: True)
    monkeypatch.setattr(serve_command.os, "execv", lambda *arguments: calls.append(arguments))
    mine = tmp_path / "lessons" / "01-what-a-chip-is.ipynb"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    main(["lab", "--no-browser", "--folder", str(tmp_path)])
    assert len(calls) == 1
    assert {path.name for path in mine.parent.iterdir()} == set(lesson_notebooks.notebooks())
    assert mine.read_text("utf-8") == "mine"


def test_drill_counts_only_judgements_of_its_statement() -> None:
    activity = make_activity({"kind": "drill", "seed": 1})
    pad = activity.widget.children[0]
    pad.judgement = [5, "wrong"]
    pad.judgement = [0, "perhaps"]
    assert pad.judged_count == 0
    for number in range(SAMPLE_SIZE):
        right = statement(draw_statements(1)[number]).is_true
        pad.judgement = [number, "right" if right else "wrong"]
        assert "correctly" in pad.note
    assert [row[0] for row in pad.history] == [5, 10, 15, 20]
    assert pad.truth == WRONG_SHARE
    assert activity.state()["judged"] == SAMPLE_SIZE
    low, high = pad.history[-1][2], pad.history[-1][4]
    assert low < WRONG_SHARE < high
    pad.judgement = [20, "right"]
    assert pad.judged_count == SAMPLE_SIZE


def test_page_has_its_text_at_once_and_its_pictures_when_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    (page,) = (one for one in learn_page.learn_pages(None) if one.path == "/learn/what-a-chip-is")
    monkeypatch.setattr(learn_page, "PATIENCE", 60)
    complete = asyncio.run(page.first_paint({"answers": [b""]}))
    assert complete.count("<img") == 8
    assert '<details class="lesson-answer" open' in complete
    is_open = threading.Event()

    def slow(slug: str, *, answers: bool) -> str:
        is_open.wait(60)
        return lesson_html(slug, answers=answers)

    monkeypatch.setattr(learn_page, "lesson_html", slow)
    monkeypatch.setattr(learn_page, "PATIENCE", 0.01)

    async def visit() -> str:
        text = await page.first_paint({})
        is_open.set()
        return text

    text = asyncio.run(visit())
    assert "<img" not in text
    for section in open_lesson("what-a-chip-is").sections:
        assert section.heading in text
        assert escape(section.task.ask, quote=False) in text
