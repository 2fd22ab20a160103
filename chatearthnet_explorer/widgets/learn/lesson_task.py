"""The task of a section: a question with its answers, or something to do, and what comes of it; Back and Next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.lesson import Task


class LessonTask(View):
    """Shows a task. It judges nothing itself: ``check_count`` goes up when the reader wants an answer checked."""

    _esm = script("lesson_task")

    ask = t.Unicode("").tag(sync=True)
    """The question or request."""

    kind = t.Unicode("do").tag(sync=True)
    """``one``, ``several`` or ``do``."""

    choices = t.List(t.Unicode()).tag(sync=True)
    """The answers to choose from."""

    hint = t.Unicode("").tag(sync=True)
    """Help, shown on demand; empty for none."""

    answers = t.List(t.Int()).tag(sync=True)
    """The chosen answers, positions in ``choices``."""

    check_count = t.Int(0).tag(sync=True)
    """How often the reader pressed Check."""

    feedback = t.Unicode("").tag(sync=True)
    """What is said about the answer; empty before there is one."""

    is_right = t.Bool(default_value=False).tag(sync=True)
    """Whether the task is done."""

    is_first = t.Bool(default_value=True).tag(sync=True)
    """Whether there is no section before this one."""

    next_label = t.Unicode("Next").tag(sync=True)
    """The words on the button that goes on; empty where there is nothing before or after."""

    next_address = t.Unicode("").tag(sync=True)
    """Where the button leads, relative to the page; empty to stay on it."""

    turn = t.List(t.Int(), [0, 0], minlen=2, maxlen=2).tag(sync=True)
    """A counter and the direction, -1 or 1: the reader pressed Back or Next."""

    def show(self, task: Task, *, is_first: bool, next_label: str, next_address: str = "") -> None:
        """Show a task that nobody has answered yet."""
        with self.hold_sync():
            self.ask, self.kind, self.hint = task.ask, task.kind, task.hint
            self.choices = [choice.text for choice in task.choices]
            self.answers, self.feedback, self.is_right = [], "", False
            self.is_first, self.next_label, self.next_address = is_first, next_label, next_address

    def card(self) -> Card:
        """Return the task as static HTML."""
        answers = element("ul", *(element("li", text) for text in self.choices)) if self.choices else None
        return Card("Task", (element("section", element("p", self.ask), answers, element("p", self.feedback)),))
