"""The start of Learn: the lessons with what the reader has done of them, the quiz, and the glossary to search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.learn.course import lessons
from chatearthnet_explorer.learn.glossary import terms
from chatearthnet_explorer.learn.lesson_figures import picture_of
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.lesson import Lesson


class LearnList(View):
    """Shows the lessons, the quiz and the glossary. It links to ``learn/...`` beside its own page."""

    _esm = script("progress", "learn_list")

    lessons: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The lessons: slug, title, summary, minutes, number of sections, picture and its description."""

    quiz = t.Bool(default_value=False).tag(sync=True)
    """Whether there is a quiz to link to."""

    words: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The glossary: for each term its name, both explanations and other words for it."""

    def card(self) -> Card:
        """Return the lessons as static HTML."""
        rows = (element("li", f"{lesson.title}: {lesson.summary}") for lesson in lessons())
        return Card("Lessons", (element("ol", *rows),))

    @t.default("lessons")
    def _lessons(self) -> list[dict[str, Any]]:
        return [_row(lesson) for lesson in lessons()]

    @t.default("words")
    def _words(self) -> list[list[Any]]:
        return [[term.name, term.young, term.expert, list(term.also)] for term in terms()]


def _row(lesson: Lesson) -> dict[str, Any]:
    picture, description = picture_of(lesson.picture)
    return {
        "slug": lesson.slug,
        "title": lesson.title,
        "summary": lesson.summary,
        "minutes": lesson.minutes,
        "sections": len(lesson.sections),
        "picture": picture,
        "description": description,
    }
