"""Messages that reach a view while a person presses or writes: no press, no word and no choice is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from chatearthnet_explorer.learn.faulty_caption import Sentence
from chatearthnet_explorer.learn.quiz import make_quiz
from chatearthnet_explorer.widgets.learn.quiz_choices import QuizChoices
from chatearthnet_explorer.widgets.learn.sentence_picker import SentencePicker
from chatearthnet_explorer.widgets.review.plan_form import PlanForm
from chatearthnet_explorer.widgets.review.verdict_pad import VerdictPad
from chatearthnet_explorer.widgets.shared.place_field import PlaceField

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from rig.stage import Stage


def begin_press(stage: Stage, target: Locator) -> None:
    """Press the button of the mouse down on an element."""
    target.hover()
    stage.page.mouse.down()


def end_press(stage: Stage) -> None:
    stage.page.mouse.up()
    stage.settle()


def test_option_is_chosen_while_its_square_is_drawn(stage: Stage) -> None:
    question, view = make_quiz(7).questions[0], QuizChoices()
    view.show(question, -1, last=False, description=[])
    stage.mount("choices", view)
    begin_press(stage, stage.page.locator(".cen-option").nth(2))
    with stage.changing("choices"):
        view.show(question, -1, last=False, description=[["Whole square", "tree 100 %"]])
    end_press(stage)
    assert view.choice == 2
    expect(stage.page.locator(".cen-facts")).to_contain_text("tree 100 %")


def test_sentence_is_marked_while_the_reasons_arrive(stage: Stage) -> None:
    view = SentencePicker([Sentence(text="Trees.", why=""), Sentence(text="Water.", why="There is none.")])
    stage.mount("sentences", view)
    begin_press(stage, stage.page.locator(".cen-sentence").nth(1))
    stage.set_traits("sentences", check_count=1)
    end_press(stage)
    assert view.marks == [1]
    expect(stage.page.locator(".cen-reason")).to_have_text("Found. There is none.")


def test_suggestion_stays_chosen_when_the_answer_to_one_more_letter_arrives(stage: Stage) -> None:
    view = PlaceField()
    stage.mount("place", view)
    field, options = stage.page.get_by_role("combobox"), stage.page.get_by_role("option")
    field.fill("augsb")
    expect(options.first).to_contain_text("Augsburg, Germany")
    stage.page.keyboard.press("ArrowDown")
    stage.page.evaluate("document.querySelector('[role=option]').id = 'before'")
    field.press("u")
    expect(stage.page.locator("#before")).to_have_count(0)
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")


def test_place_that_arrives_late_is_replaced_by_the_first_letter(stage: Stage) -> None:
    stage.mount("place", PlaceField(value="0.336 N, 6.73 E"))
    field = stage.page.get_by_role("combobox")
    field.focus()
    stage.set_traits("place", value="0.336 N, 6.73 E, near São Tomé")
    stage.page.keyboard.type("augsb")
    expect(field).to_have_value("augsb")


def test_number_that_is_written_is_left_alone(stage: Stage) -> None:
    view = PlanForm()
    stage.mount("plan", view)
    pairs = stage.page.get_by_label("How many captions")
    pairs.select_text()
    stage.page.keyboard.type("37")
    stage.set_traits("plan", seed=5)
    expect(pairs).to_have_value("37")
    pairs.blur()
    stage.settle()
    assert view.pairs == 37
    stage.set_traits("plan", pairs=12)
    expect(pairs).to_have_value("12")


def test_note_that_waits_for_a_verdict_stays_when_a_ledger_is_added(stage: Stage) -> None:
    stage.mount("pad", VerdictPad(total=3, heading="a", caption="Trees.", ready=True))
    stage.page.get_by_role("button", name="Note").first.click()
    note = stage.page.locator("[data-field=note]")
    note.fill("There is a lake.")
    stage.set_traits("pad", judged_count=2)
    expect(stage.page.locator(".cen-verdict-pad")).to_have_attribute("data-judged", "2")
    expect(note).to_have_value("There is a lake.")
    stage.set_traits("pad", position=1, heading="b")
    expect(note).to_have_value("")
