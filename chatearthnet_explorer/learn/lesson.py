"""The value ``Lesson``: its sections, each with a text, a view and one task, and whether a reader met its goal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from chatearthnet_explorer.errors import LessonError
from chatearthnet_explorer.values import FrozenDict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

TaskKind = Literal["one", "several", "do"]
"""Choose one answer, choose all that are right, or do something with the view."""

Place = tuple[float, float]
"""Degrees east and north."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a reader can choose."""

    text: str
    """The answer."""

    why: str
    """Why it is right or wrong, in one or two sentences."""

    right: bool = False
    """Whether it is right."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the state of a view must be. The states are listed in ``widgets.learn.activities``."""

    trait: str
    """The name of a value of the state."""

    equals: Any = None
    """What the value must be equal to; None for no such condition."""

    least: float | None = None
    """The smallest number that it may be."""

    most: float | None = None
    """The largest number that it may be."""

    def is_met(self, state: Mapping[str, Any]) -> bool:
        """Return whether a state of the view fulfils the goal; a value that is missing does not."""
        value = state.get(self.trait)
        if value is None or (self.equals is not None and value != self.equals):
            return False
        if self.least is None and self.most is None:
            return True
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Task:
    """What a section asks its reader, and what it answers."""

    kind: TaskKind
    """Choose one answer, choose several, or do something with the view."""

    ask: str
    """The question or request."""

    choices: tuple[Choice, ...] = ()
    """The answers to choose from; none where something is to be done."""

    goal: Goal | None = None
    """What is to be done; None where an answer is chosen."""

    right: str = ""
    """What is said when the goal is met; ``{name}`` stands for a value of the state of the view."""

    hint: str = ""
    """Help for a reader who does not find it."""

    key: str = ""
    """For teachers, what is to be found or done; choices have their reasons instead."""

    def feedback_on(self, answers: Collection[int]) -> tuple[bool, str]:
        """Return whether the chosen answers are the right ones, and what to say.

        Args:
            answers: Positions in ``choices``; unknown ones are ignored.
        """
        right = {number for number, choice in enumerate(self.choices) if choice.right}
        numbers = {number for number in answers if 0 <= number < len(self.choices)}
        if not numbers:
            return False, "Choose an answer first."
        if self.kind == "one":
            return min(numbers) in right, self.choices[min(numbers)].why
        if numbers == right:
            return True, " ".join(self.choices[number].why for number in sorted(right))
        wrong, missing = sorted(numbers - right), len(right - numbers)
        if wrong:
            return False, self.choices[wrong[0]].why
        return False, f"So far all right, but {missing} more {'is' if missing == 1 else 'are'} missing."


@dataclass(frozen=True, slots=True)
class Section:
    """One screen of a lesson."""

    heading: str
    """Its heading."""

    paragraphs: tuple[str, ...]
    """Its text, see ``lesson_text`` for the marks in it."""

    view: Mapping[str, Any]
    """Its view: ``kind``, and the options of that kind (``widgets.learn.activities``)."""

    task: Task
    """What it asks."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of a few minutes."""

    slug: str
    """Its address: ``/learn/SLUG``."""

    number: int
    """Its place in the course, from 1."""

    title: str
    """Its title."""

    summary: str
    """What a reader learns, in one sentence."""

    minutes: int
    """Minutes that it takes."""

    picture: Mapping[str, Any]
    """The picture in the list of lessons: ``lon``, ``lat``, and ``labels`` to show the label map."""

    sections: tuple[Section, ...] = field(default=())
    """Its screens in order."""


def parse_lesson(slug: str, number: int, content: Mapping[str, Any]) -> Lesson:
    """Return the lesson of a file.

    Args:
        slug: Its address.
        number: Its place in the course.
        content: The TOML file, see ``docs/contributing.md``.

    Raises:
        LessonError: If something is missing, unknown or of the wrong type.
    """
    try:
        return Lesson(
            slug=slug,
            number=number,
            title=_text(content["title"]),
            summary=_text(content["summary"]),
            minutes=int(content["minutes"]),
            picture=FrozenDict(content["picture"]),
            sections=tuple(_section(one) for one in content["sections"]),
        )
    except LessonError as error:
        msg = f"The lesson {slug!r} has an error: {error}"
        raise LessonError(msg) from error
    except (KeyError, TypeError, ValueError) as error:
        msg = f"The lesson {slug!r} has an error: {error!r} is missing or of the wrong type; compare it with another."
        raise LessonError(msg) from error


def _section(content: Mapping[str, Any]) -> Section:
    paragraphs = tuple(" ".join(one.split()) for one in _text(content["text"]).split("\n\n"))
    view = FrozenDict(content.get("view", {"kind": "none"}))
    if not isinstance(view.get("kind"), str):
        msg = f"the view of {content['heading']!r} has no kind."
        raise LessonError(msg)
    return Section(_text(content["heading"]), paragraphs, view, _task(content["task"]))


def _task(content: Mapping[str, Any]) -> Task:
    kind = content["kind"]
    choices = tuple(Choice(**choice) for choice in content.get("choices", ()))
    right = sum(choice.right for choice in choices)
    if kind == "do":
        task = Task(
            kind,
            _text(content["ask"]),
            goal=Goal(**content["goal"]),
            right=_text(content["right"]),
            hint=_text(content["hint"]),
            key=_text(content["key"]),
        )
    elif (kind == "one" and right == 1) or (kind == "several" and right):
        task = Task(kind, _text(content["ask"]), choices, hint=content.get("hint", ""))
    else:
        msg = f"the task {content['ask']!r} needs one right choice (one), some (several), or a goal (do)."
        raise LessonError(msg)
    return task


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        msg = f"{value!r:.80} should be a text."
        raise LessonError(msg)
    return value.strip()
