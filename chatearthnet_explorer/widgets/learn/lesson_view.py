"""A lesson on screen: text, view and task of one section after the other."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.learn.course import lessons, open_lesson
from chatearthnet_explorer.widgets.learn.activities import make_activity
from chatearthnet_explorer.widgets.learn.lesson_page import LessonPage
from chatearthnet_explorer.widgets.learn.lesson_task import LessonTask
from chatearthnet_explorer.widgets.shared.composite import descendants
from chatearthnet_explorer.widgets.shared.view import Readable, static

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.lesson import Lesson, Section
    from chatearthnet_explorer.widgets.learn.activity import Activity

_LOG = logging.getLogger(__name__)
_UNEXPECTED_ERROR = "Unexpected error. Try again, or go on to the next section."


class LessonView(Readable, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A lesson, one section on screen at a time. Progress is kept in the browser only."""

    position = traitlets.Int(0)
    """Which section is shown, from 0."""

    def __init__(self, lesson: Lesson | str, *, section: int | None = None, addresses: bool = False) -> None:
        """Open a lesson at its first section, or where this browser left it.

        Args:
            lesson: A lesson, or its address such as ``what-a-chip-is``.
            section: The only section to show, from 0, without its text, as in a notebook that has the text; None for
                all.
            addresses: Whether the page is one of the site, so that the last section leads to the next lesson.

        Raises:
            LessonError: If there is no such lesson or section.
        """
        self.lesson = open_lesson(lesson) if isinstance(lesson, str) else lesson
        self._only, self._addresses = section, addresses
        self._sections_done: set[int] = set()
        self._activities: dict[int, Activity] = {}
        headings = [one.heading for one in self.lesson.sections]
        self.page = LessonPage(
            slug=self.lesson.slug, title=self.lesson.title, headings=headings, restore=section is None
        )
        self.task = LessonTask()
        self._stage = ipywidgets.VBox(layout={"width": "100%", "overflow": "hidden"})
        self._stage.add_class("cen-lesson-stage")
        look = ipywidgets.HTML(f"<style>{static('lesson.css')}</style>", layout={"display": "none"})
        parts = [self.page, self._stage, self.task] if section is None else [self._stage, self.task]
        super().__init__([look, *parts], layout={"width": "100%", "overflow": "hidden"})
        self.add_class("cen-lesson")
        self.page.position = section or 0
        self._show(self.page.position)
        self.page.observe(lambda change: self._show(change["new"]), "position")
        self.page.observe(lambda change: self._sections_done.update(change["new"]), "sections_done")
        self.task.observe(lambda _: self._check(), "check_count")
        self.task.observe(self._turn, "turn")

    @property
    def section(self) -> Section:
        """The section on screen."""
        return self.lesson.sections[self.position]

    @property
    def state(self) -> dict[str, Any]:
        """The state of the view on screen, by the names that goals use."""
        activity = self._activities.get(self.position)
        return activity.state() if activity else {}

    def card(self) -> Card:
        """Return the section on screen as static HTML."""
        return Card(self.section.heading, (*self.page.card().sections, *self.task.card().sections))

    def close(self) -> None:
        """Close the widgets."""
        views = (activity.widget for activity in self._activities.values())
        for widget in set().union(*map(descendants, (self, *views))):
            ipywidgets.Widget.close(widget)

    def _show(self, position: int) -> None:
        self.position = position
        section = self.section
        last = position == len(self.lesson.sections) - 1
        following = self._following() if last and self._addresses else None
        address = "../learn/quiz" if following is None else f"../learn/{following.slug}"
        self.task.show(
            section.task,
            is_first=position == 0 or self._only is not None,
            next_label=self._next_label(last=last, following=following),
            next_address=address if last and self._addresses else "",
        )
        self.page.show(section.paragraphs, position)
        try:
            # a view that was left stays as it is: a page may still draw it, and a reader may come back
            if position not in self._activities:
                self._activities[position] = make_activity(section.view)
                self._activities[position].watch(self._look)
            self._stage.children = (self._activities[position].widget,)
            self._look()
        except ExplorerError as error:
            self._stage.children = ()
            self._answer(is_right=False, text=str(error))

    def _following(self) -> Lesson | None:
        after = [lesson for lesson in lessons() if lesson.number == self.lesson.number + 1]
        return after[0] if after else None

    def _next_label(self, *, last: bool, following: Lesson | None) -> str:
        if self._only is not None:
            return ""
        if not last:
            return "Next"
        return "Next lesson" if following else "Take the quiz" if self._addresses else "To the start"

    def _look(self) -> None:
        """Check whether the reader has done what the section asks for."""
        task, state = self.section.task, self.state
        if task.goal is None or self.task.is_right:
            return
        try:
            if task.goal.is_met(state):
                self._answer(is_right=True, text=task.right.format_map(state))
        except Exception:  # noqa: BLE001 - widgets swallow exceptions of callbacks
            _LOG.exception("The goal of a lesson could not be checked.")
            self._answer(is_right=False, text=_UNEXPECTED_ERROR)

    def _check(self) -> None:
        """Check the answer that the reader chose."""
        is_right, text = self.section.task.feedback_on(self.task.answers)
        self._answer(is_right=is_right, text=text)

    def _answer(self, *, is_right: bool, text: str) -> None:
        if is_right:  # first what the browser remembers: a reader who sees the answer may leave at once
            self._sections_done.add(self.position)
            self.page.sections_done = sorted(self._sections_done)
        with self.task.hold_sync():
            self.task.is_right, self.task.feedback = is_right, text

    def _turn(self, change: dict[str, Any]) -> None:
        _, by = change["new"]
        last = len(self.lesson.sections) - 1
        if self._only is not None:
            return
        position = self.position + (1 if by > 0 else -1)
        self.page.position = position if 0 <= position <= last else 0 if not self._addresses else self.position
