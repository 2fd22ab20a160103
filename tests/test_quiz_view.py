"""The quiz as a widget: the first choice counts, nothing tells the answer before it, bad messages do nothing."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rig.hostile import ATTACK, Page
from traitlets import TraitError

from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.learn.quiz import KINDS, make_quiz
from chatearthnet_explorer.widgets.learn import quiz_view as view_module
from chatearthnet_explorer.widgets.learn.quiz_history import QuizHistory
from chatearthnet_explorer.widgets.learn.quiz_view import QuizView
from chatearthnet_explorer.widgets.shared.composite import descendants

if TYPE_CHECKING:
    from collections.abc import Callable

QUIZ = make_quiz(7)


@pytest.fixture
def view() -> QuizView:
    return QuizView(seed=7)


def choose(view: QuizView, option: int) -> None:
    """Choose as the page does."""
    view.choices.set_state({"choice": option})


def wrong(position: int) -> int:
    return (QUIZ.questions[position].answer + 1) % 4


def test_state_of_the_first_question_lacks_its_answer(view: QuizView) -> None:
    question = QUIZ.questions[0]
    assert view.head.prompt == question.prompt
    assert ["".join(words for words, _ in runs) for runs in view.choices.options] == list(question.texts)
    assert view.head.results == [None] * 10
    state = str(
        {name: view.choices.get_state()[name] for name in ("answer", "reasons", "verdict", "next_label", "lit_option")}
    )
    assert state == str({"answer": -1, "reasons": [], "verdict": "", "next_label": "", "lit_option": -1})
    assert view.chip_view.shares == {}
    assert view.chip_view.label_map == b""  # the first question is about the picture alone
    assert question.options[question.answer].text not in view.chip_view.alternative


def test_questions_about_words_show_the_label_map_without_shares(view: QuizView) -> None:
    view.head.position = 1
    assert QUIZ.questions[1].shows_labels
    assert view.chip_view.label_map
    assert view.chip_view.shares == {}
    assert view.chip_view.blend == 0


def test_right_choice_is_praised_and_lights_the_pixels_of_the_reason(view: QuizView) -> None:
    question = QUIZ.questions[0]
    choose(view, question.answer)
    option = question.options[question.answer]
    assert view.choices.verdict == f"Right. {option.reason}"
    assert view.head.results[0] is True
    assert view.score == 1
    assert (view.chip_view.highlight, tuple(view.chip_view.within)) == tuple(option.light)
    labels = np.asarray(Image.open(BytesIO(view.chip_view.label_map)))
    assert (labels == option.light.class_index).mean() > 0.3
    assert view.chip_view.blend > 0


def test_wrong_choice_names_the_answer_and_the_reasons_of_all_options(view: QuizView) -> None:
    question = QUIZ.questions[0]
    choose(view, wrong(0))
    assert view.choices.verdict.startswith(f"Not quite: {'ABCD'[question.answer]} is the answer.")
    assert view.choices.reasons == [option.reason for option in question.options]
    assert view.head.results[0] is False
    assert view.score == 0


def test_first_choice_counts(view: QuizView) -> None:
    choose(view, wrong(0))
    choose(view, QUIZ.questions[0].answer)
    assert view.head.answers == [wrong(0)]
    assert view.score == 0


def test_pixels_of_another_option_can_be_lit_after_the_choice_only(view: QuizView) -> None:
    question = QUIZ.questions[1]
    view.head.position = 1
    view.choices.set_state({"lit_option": 2})
    assert view.chip_view.highlight == -1
    choose(view, 0)
    view.choices.set_state({"lit_option": 2})
    assert (view.chip_view.highlight, tuple(view.chip_view.within)) == tuple(question.options[2].light)
    view.choices.set_state({"lit_option": -1})
    assert view.chip_view.highlight == -1


def test_next_leads_through_all_questions_to_the_score(view: QuizView) -> None:
    for position, question in enumerate(QUIZ.questions):
        assert view.head.position == position
        assert view.head.prompt == question.prompt
        choose(view, question.answer if position % 2 else wrong(position))
        assert view.choices.next_label == ("See your score" if position == 9 else "Next question")
        view.choices.next_count += 1
    assert view.head.position == len(KINDS)
    assert view.score == 5
    assert view._body.layout.display == "none"
    view.choices.next_count += 1
    assert view.head.position == len(KINDS)
    view.head.set_state({"answers": [], "position": 0})  # as the button on the page does
    assert view.head.results == [None] * 10
    assert view.head.prompt == QUIZ.questions[0].prompt
    assert view._body.layout.display is None


def test_answers_that_the_browser_remembers_lead_to_the_first_open_question(view: QuizView) -> None:
    view.head.set_state({"answers": [wrong(0), QUIZ.questions[1].answer, -1, 0]})
    assert view.head.position == 2
    assert view.head.results[:4] == [False, True, None, QUIZ.questions[3].answer == 0]
    view.head.position = 0
    assert view.choices.choice == wrong(0)
    assert view.choices.reasons


def test_answers_to_all_questions_lead_to_the_score(view: QuizView) -> None:
    view.head.set_state({"answers": [question.answer for question in QUIZ.questions]})
    assert view.head.position == len(KINDS)
    assert view.score == 10


@pytest.mark.parametrize("answers", [[9], [-2], ["a"], [0] * 11, "abc", None, [1.5]])
def test_impossible_answers_are_refused(view: QuizView, answers: object) -> None:
    with pytest.raises(TraitError):
        view.head.set_state({"answers": answers})
    assert view.head.answers == []
    assert view.score == 0


@pytest.mark.parametrize(("trait", "value"), [("position", -1), ("position", 11), ("position", 10**9)])
def test_impossible_positions_are_refused(view: QuizView, trait: str, value: int) -> None:
    with pytest.raises(TraitError):
        view.head.set_state({trait: value})
    assert view.head.position == 0


def test_another_seed_opens_another_quiz_from_its_start(view: QuizView) -> None:
    choose(view, 0)
    view.tools.set_state({"seed": 8})
    assert view.seed == 8
    assert view.head.seed == view.tools.seed == 8
    assert view.head.prompt == make_quiz(8).questions[0].prompt
    assert view.head.answers == []
    assert view.head.results == [None] * 10


@pytest.mark.parametrize("seed", [0, -7, 10**6, 10**30])
def test_seed_that_is_no_number_of_a_quiz_changes_nothing(view: QuizView, seed: int) -> None:
    with contextlib.suppress(TraitError):
        view.tools.set_state({"seed": seed})
    assert view.seed == view.head.seed == 7
    assert view.head.prompt == QUIZ.questions[0].prompt
    with pytest.raises(TraitError):
        view.seed = seed


def test_link_is_offered_on_the_site_alone() -> None:
    assert QuizView(seed=7, addresses=True).tools.link == "seed=7"
    assert QuizView(seed=7).tools.link == ""


def test_address_follows_the_quiz_and_the_quiz_follows_the_address() -> None:
    view = QuizView(addresses=True, waits=True)
    history = QuizHistory(view, "seed=7")
    assert view.seed == view.head.seed == 7
    assert history.link.query == "seed=7"
    assert history.link.notice == ""
    view.tools.set_state({"seed": 8})
    assert history.link.address == {"query": "seed=8", "steps": 1, "turn": 0}
    history.link.set_state({"visit": {"query": "seed=7", "turn": 1}})  # Back
    assert view.head.seed == 7
    assert history.link.query == "seed=7"


def test_broken_link_opens_the_first_quiz_with_a_harmless_notice() -> None:
    view = QuizView(addresses=True, waits=True)
    history = QuizHistory(view, f"seed={ATTACK}")
    assert view.head.seed == 1
    assert history.link.notice.startswith("This was left out of the link: seed ")
    assert history.link.query == "seed=1"


def test_quiz_of_a_page_is_not_made_before_the_page_is_ready() -> None:
    ready: list[Callable[[], None]] = []
    view = QuizView(addresses=True, waits=True)
    QuizHistory(view, "seed=7", when_ready=ready.append)
    assert view.head.seed == 0
    ready[0]()
    assert view.head.seed == 7


@pytest.mark.parametrize("sheet", ["questions", "answers"])
def test_pages_to_print_have_ten_questions_with_pictures(view: QuizView, sheet: str) -> None:
    view.tools.set_state({"sheet": sheet})
    page = Page(view._sheet.value)
    page.assert_harmless()
    assert view.tools.ready
    assert page.tags.count("img") == 10 + sum(question.shows_labels for question in QUIZ.questions)
    assert ("✓ the answer" in page.text) == (sheet == "answers")
    view.tools.set_state({"sheet": ""})
    assert view._sheet.value == ""
    assert not view.tools.ready


def test_description_in_words_has_the_shares_of_each_part(view: QuizView) -> None:
    rows = dict(view.choices.description)
    assert list(rows) == ["Whole square", "Top left", "Top right", "Bottom left", "Bottom right", "Middle"]
    names = {land.name for land in CLASSES} | {"no label"}
    assert {item.rsplit(" ", 2)[0].removesuffix(" <1") for item in rows["Middle"].split(", ")} <= names


def test_card_has_the_questions_and_no_answers(view: QuizView) -> None:
    page = Page(view._repr_html_())
    page.assert_harmless()
    assert all(question.prompt in page.text for question in QUIZ.questions)
    assert "✓" not in page.text


def test_quiz_waits_for_start_where_the_page_is_not_there_yet() -> None:
    view = QuizView(seed=7, waits=True)
    assert view.head.seed == 0
    assert view.head.prompt == ""
    view.start()
    assert view.head.seed == 7


def test_damaged_sample_gives_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(seed: int) -> None:
        msg = f"The sample is damaged, so there is no quiz {seed}; install it again."
        raise CatalogError(msg)

    monkeypatch.setattr(view_module, "make_quiz", fail)
    view = QuizView(seed=7)
    assert view.status.message == "The sample is damaged, so there is no quiz 7; install it again."
    assert view.status.layout.display is None


def test_closing_closes_every_widget(view: QuizView) -> None:
    widgets = descendants(view)
    assert len(widgets) > 5
    view.close()
    assert all(widget.comm is None for widget in widgets)
