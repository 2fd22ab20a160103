"""The quiz on screen: ten questions about simulated squares, with reasons that light the pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.cards.chip_html import name_of, percent
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, shares
from chatearthnet_explorer.learn.quiz import KINDS, make_quiz
from chatearthnet_explorer.learn.quiz_link import FIRST_SEED, LAST_SEED
from chatearthnet_explorer.learn.quiz_sheet import quiz_sheet
from chatearthnet_explorer.sample.simulated_records import YEAR
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.widgets.learn.quiz_choices import QuizChoices
from chatearthnet_explorer.widgets.learn.quiz_head import QuizHead
from chatearthnet_explorer.widgets.learn.quiz_tools import QuizTools
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.chip_view import ChipView
from chatearthnet_explorer.widgets.shared.composite import Composite, report_errors
from chatearthnet_explorer.widgets.shared.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.cards import Card
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.learn.quiz import Quiz
    from chatearthnet_explorer.learn.quiz_question import Question

_BLEND_AFTERWARDS = 0.7  # how much of the labels lies over the picture once an option is chosen
_LAND_OF = {land.name: land for land in CLASSES}


class QuizView(Composite):
    """Asks the ten questions of a quiz: set ``seed`` for another. Answers are kept in the browser only."""

    seed = traitlets.Int(FIRST_SEED, min=FIRST_SEED, max=LAST_SEED)
    """Number of the quiz."""

    def __init__(self, *, seed: int = FIRST_SEED, addresses: bool = False, waits: bool = False) -> None:
        """Prepare the quiz of a seed; its questions are made in the background.

        Args:
            seed: Number of the quiz.
            addresses: Whether the page is one of the site, and its link can be copied.
            waits: Whether it waits for ``start``, because a page that is not there yet misses what changes.
        """
        self._quiz: Quiz | None = None
        self._chips: dict[int, Chip] = {}
        self._is_choosing = False
        self._source = open_source("simulated")
        self._quiz_task, self._chip_task, self._sheet_task = BackgroundTask(), BackgroundTask(), BackgroundTask()
        self.head, self.chip_view, self.choices = QuizHead(), ChipView(), QuizChoices()
        self.tools = QuizTools(has_link=addresses)
        self._sheet = ipywidgets.HTML()
        self._sheet.add_class("cen-quiz-sheet")
        self._body = ipywidgets.Box([self.chip_view, self.choices])
        self._body.add_class("cen-quiz-body")
        status = StatusLine()
        super().__init__([self.head, status, self._body, self.tools, self._sheet], status, sheets=("quiz_view.css",))
        self.add_class("cen-quiz")
        status.layout.display = "none"
        traitlets.link((self.choices, "palette"), (self.chip_view, "palette"))
        self.head.observe(self._show_position, "position")
        self.head.observe(self._show_answers, "answers")
        self.choices.observe(self._choose, "choice")
        self.choices.observe(self._go_on, "next_count")
        self.choices.observe(self._light, "lit_option")
        self.tools.observe(self._open_other, "seed")
        self.tools.on_sheet(self._show_sheet)
        self.seed = seed
        if not waits:
            self.start()
        self._waits = waits
        self.observe(self._follow_seed, "seed")

    @property
    def score(self) -> int:
        """Return how many answers are right."""
        return sum(bool(result) for result in self.head.results)

    def card(self) -> Card:
        """Return the questions as static HTML, without pictures and answers."""
        return quiz_sheet(make_quiz(self.seed))

    def show_error(self, problem: Exception) -> None:
        """Show an error where the status line is otherwise not needed."""
        self.status.layout.display = None
        super().show_error(problem)

    def _follow_seed(self, _change: object) -> None:
        if not self._waits:
            self.start()

    @report_errors
    def start(self) -> None:
        """Open the quiz of the seed at its first question, or where this browser left it."""
        self._waits = False
        seed = self.seed
        self._quiz, self._chips = None, {}
        self._chip_task.stop()
        self._close_sheet()
        with self.head.hold_sync():
            self.head.seed, self.head.answers, self.head.position = 0, [], 0
            self.head.show("", "", [])
        self.choices.show(None, -1, last=False, description=[])
        self._quiz_task.start(lambda _: make_quiz(seed), on_result=self._open, on_error=self.show_error)

    @report_errors
    def _open(self, quiz: Quiz) -> None:
        self._quiz = quiz
        self.tools.seed = quiz.seed
        self._show_question()
        self.head.seed = quiz.seed  # last: the browser answers with what it remembers

    @report_errors
    def _open_other(self, change: dict[str, Any]) -> None:
        if change["new"] not in {0, self.seed}:
            self.seed = change["new"]

    def _answer_of(self, position: int) -> int:
        return self.head.answers[position] if position < len(self.head.answers) else -1

    def _results(self, quiz: Quiz) -> list[bool | None]:
        answers = [self._answer_of(position) for position in range(len(quiz.questions))]
        return [
            None if answer < 0 else answer == question.answer
            for question, answer in zip(quiz.questions, answers, strict=True)
        ]

    @report_errors
    def _show_answers(self, change: dict[str, Any]) -> None:
        """Follow answers that come from the browser: those that it remembers, or none to begin again."""
        quiz = self._quiz
        if quiz is None:
            return
        results = self._results(quiz)
        if change["new"] and not self._is_choosing:
            self.head.position = results.index(None) if None in results else len(results)
        self._show_question()

    @report_errors
    def _show_position(self, _change: object) -> None:
        self._show_question()

    def _show_question(self) -> None:
        quiz, position = self._quiz, self.head.position
        if quiz is None:
            return
        over = position >= len(quiz.questions)
        self._body.layout.display = "none" if over else None
        if over:
            self.head.show("", "", self._results(quiz))
            return
        question = quiz.questions[position]
        self.head.show(question.prompt, question.hint, self._results(quiz))
        chip = self._chips.get(position)
        self._show_choices(question, chip)
        if chip is None:
            self.chip_view.chip = None
            self.chip_view.progress = "Drawing the square …"
            self._fetch(position, lambda new_chip: self._show_chip(question, new_chip))
        else:
            self._show_chip(question, chip)

    def _show_choices(self, question: Question, chip: Chip | None) -> None:
        position = self.head.position
        description = [] if chip is None else _describe(chip)
        last = position == len(KINDS) - 1
        self.choices.show(question, self._answer_of(position), last=last, description=description)

    def _fetch(self, position: int, on_result: Callable[[Chip], None]) -> None:
        quiz = self._quiz
        if quiz is None:
            return
        tile = quiz.questions[position].tile

        def keep(chip: Chip) -> None:
            self._chips[position] = chip
            on_result(chip)

        self._chip_task.start(lambda _: self._chip_of(tile.center), on_result=keep, on_error=self.show_error)

    def _chip_of(self, place: tuple[float, float]) -> Chip:
        return self._source.chip_at(*place, year=YEAR)

    @report_errors
    def _show_chip(self, question: Question, chip: Chip) -> None:
        position = self.head.position
        has_choice = self._answer_of(position) >= 0
        self._show_choices(question, chip)
        view = self.chip_view
        with view.hold_sync():
            view.progress = ""
            view.part, view.blend = "overall", _BLEND_AFTERWARDS if has_choice else 0.0
            view.chip = chip if has_choice or question.shows_labels else replace(chip, labels=None, label_version=None)
            # the shares would give the answer away; afterwards the reasons have those that matter
            view.set_trait("shares", {})
            view.set_trait("remarks", [])  # the head says that it is simulated
            if not has_choice:
                view.set_trait("alternative", f"Simulated picture of the square of question {position + 1}.")
        self._light_option(question)
        following = position + 1
        if self._quiz is not None and following < len(self._quiz.questions) and following not in self._chips:
            self._fetch(following, lambda _: None)

    @report_errors
    def _choose(self, change: dict[str, Any]) -> None:
        quiz, position, choice = self._quiz, self.head.position, change["new"]
        if quiz is None or position >= len(quiz.questions) or choice < 0 or self._answer_of(position) >= 0:
            return
        if choice >= len(quiz.questions[position].options):
            return
        answers = [self._answer_of(number) for number in range(max(position + 1, len(self.head.answers)))]
        answers[position] = choice
        self._is_choosing = True
        try:
            self.head.answers = answers
        finally:
            self._is_choosing = False

    @report_errors
    def _go_on(self, _change: object) -> None:
        quiz = self._quiz
        if quiz is not None and self.head.position < len(quiz.questions):
            self.head.position += 1

    @report_errors
    def _light(self, _change: object) -> None:
        quiz, position = self._quiz, self.head.position
        if quiz is not None and position < len(quiz.questions):
            self._light_option(quiz.questions[position])

    def _light_option(self, question: Question) -> None:
        number = self.choices.lit_option
        is_lit = 0 <= number < len(question.options) and self._answer_of(self.head.position) >= 0
        view = self.chip_view
        with view.hold_sync():
            view.highlight = question.options[number].light.class_index if is_lit else -1
            view.within = list(question.options[number].light.parts) if is_lit else []

    def _close_sheet(self) -> None:
        self._sheet_task.stop()
        self._sheet.value = ""
        self.remove_class("cen-quiz-printing")
        self.tools.sheet = ""
        self.tools.set_trait("ready", value=False)

    @report_errors
    def _show_sheet(self, sheet: str) -> None:
        quiz = self._quiz
        if not sheet or quiz is None:
            self._close_sheet()
            return
        self.tools.set_trait("ready", value=False)
        self.tools.message = "Drawing the ten squares …"
        places = [question.tile.center for question in quiz.questions]

        def make_chips(report: Callable[[str], None]) -> list[Chip]:
            chips = []
            for number, place in enumerate(places, start=1):
                report(f"Drawing square {number} of {len(places)} …")
                chips.append(self._chip_of(place))
            return chips

        def show(chips: list[Chip]) -> None:
            # made by this package of escaped text
            self._sheet.value = quiz_sheet(quiz, chips, answers=sheet == "answers")._repr_html_()
            self.add_class("cen-quiz-printing")
            self.tools.message = "The pages are below."
            self.tools.set_trait("ready", value=True)

        self._sheet_task.start(make_chips, on_result=show, on_error=self.show_error)


def _describe(chip: Chip) -> list[list[str]]:
    if chip.labels is None:
        return []
    by_part = shares(chip.labels)
    return [
        [
            "Whole square" if part == "overall" else part.capitalize(),
            ", ".join(f"{name_of(_LAND_OF[name])} {percent(share)}" for name, share in by_part[part].items()),
        ]
        for part in ("overall", *PARTS)
    ]
