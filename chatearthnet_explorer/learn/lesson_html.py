"""Lessons and their list as static HTML: readable before any script, without scripts, and on paper."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.html_tree import element, markup, style_element
from chatearthnet_explorer.learn.course import lessons, open_lesson
from chatearthnet_explorer.learn.glossary import Term, define, terms
from chatearthnet_explorer.learn.lesson_figures import figures_of, picture_of
from chatearthnet_explorer.learn.lesson_text import runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.learn.lesson import Lesson, Section, Task

_LOCK = Lock()
"""Whoever asks first makes the pictures, which takes half a second of a core; all others wait for them."""


def lesson_html(slug: str, *, answers: bool = False, back: str = "../learn") -> str:
    """Return a whole lesson: every section with its pictures and its task, and the words that it explains.

    Args:
        slug: Its address.
        answers: Whether the answers are open, as a teacher wants them; otherwise a reader opens them, or paper lacks
            them.
        back: Address of the list of all lessons; empty for no link.

    Raises:
        LessonError: If there is no such lesson.
    """
    with _LOCK:
        return _lesson_text(slug, answers=answers, back=back)


def lesson_text_html(slug: str, *, answers: bool = False) -> str:
    """Return a lesson as ``lesson_html`` does, but without its pictures and tables, at once.

    Raises:
        LessonError: If there is no such lesson.
    """
    return _lesson_text(slug, answers=answers, back="../learn", figures=False)


@lru_cache(maxsize=64)
def _lesson_text(slug: str, *, answers: bool, back: str, figures: bool = True) -> str:
    lesson = open_lesson(slug)
    return markup(
        element(
            "article",
            style_element(_rules()),
            *(
                _section(one, number, answers=answers, figures=figures)
                for number, one in enumerate(lesson.sections, start=1)
            ),
            _words(lesson),
            element("p", element("a", "All lessons", href=back)) if back else None,
            class_="lesson",
        )
    )


def list_html(*, quiz: bool) -> str:
    """Return the list of the lessons and the glossary.

    Args:
        quiz: Whether there is a quiz to link to.
    """
    with _LOCK:
        return _list_text(quiz=quiz)


def list_text_html(*, quiz: bool) -> str:
    """Return the list as ``list_html`` does, but without its pictures, at once."""
    return _list_text(quiz=quiz, pictures=False)


@lru_cache(maxsize=4)
def _list_text(*, quiz: bool, pictures: bool = True) -> str:
    cards = (_card(lesson, picture=pictures) for lesson in lessons())
    return markup(
        element(
            "div",
            style_element(_rules()),
            element("ol", *cards, class_="lesson-list"),
            element("p", element("a", "Quiz: ten questions", href="learn/quiz"), class_="lesson-quiz")
            if quiz
            else None,
            element("h2", "Words"),
            definition_list(terms()),
            class_="lesson",
        )
    )


def definition_list(entries: tuple[Term, ...]) -> Element:
    """Return terms with their explanations for newcomers and experts."""
    pairs = ((element("dt", term.name), element("dd", term.young, _expert(term))) for term in entries)
    return element("dl", *(one for pair in pairs for one in pair), class_="lesson-words")


def terms_of(lesson: Lesson) -> tuple[Term, ...]:
    """Return the terms that a lesson explains, in the order of their first use.

    Raises:
        LessonError: If the glossary does not have one of them.
    """
    names = (run.term for section in lesson.sections for text in section.paragraphs for run in runs(text))
    return tuple(dict.fromkeys(define(name) for name in names if name))


def _card(lesson: Lesson, *, picture: bool) -> Element:
    url, alt = picture_of(lesson.picture) if picture else ("", "")
    return element(
        "li",
        element("img", src=url, alt=alt, width="128", height="128") if url else None,
        element(
            "div",
            element("a", lesson.title, href=f"learn/{lesson.slug}"),
            element("p", lesson.summary),
            element("p", f"{lesson.minutes} minutes", class_="lesson-minutes"),
        ),
    )


def _section(section: Section, number: int, *, answers: bool, figures: bool) -> Element:
    return element(
        "section",
        element("h2", f"{number} {section.heading}"),
        *(_paragraph(text) for text in section.paragraphs),
        *(figures_of(section.view) if figures else ()),
        element("p", section.task.ask, class_="lesson-ask"),
        *_choices(section.task),
        _answer(section.task, is_open=answers),
        class_="lesson-section",
    )


def _paragraph(text: str) -> Element:
    return element("p", *(element("em", run.words) if run.term else run.words for run in runs(text)))


def _choices(task: Task) -> Iterator[Element]:
    if task.choices:
        yield element("ul", *(element("li", choice.text) for choice in task.choices), class_="lesson-choices")


def _answer(task: Task, *, is_open: bool) -> Element:
    return element(
        "details",
        element("summary", "Answer"),
        *(element("p", line) for line in answer_lines(task)),
        class_="lesson-answer",
        open="" if is_open else None,
    )


def answer_lines(task: Task) -> tuple[str, ...]:
    """Return the answer key of a task: the right answers with their reasons, or how its goal is reached."""
    if task.kind == "do":
        return (task.key,)
    return tuple(f"{'Right' if choice.right else 'Wrong'}: {choice.text}. {choice.why}" for choice in task.choices)


def _words(lesson: Lesson) -> Element:
    return element("section", element("h2", "Words in this lesson"), definition_list(terms_of(lesson)))


def _expert(term: Term) -> Element:
    return element("p", term.expert, class_="lesson-expert")


def _rules() -> str:
    return files(__package__).joinpath("lesson.css").read_text("utf-8")
