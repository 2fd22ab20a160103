"""The pages of Learn: the list of lessons with the glossary, and one page for each lesson."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import ipywidgets

from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.cards.published_pair_card import published_pair_card
from chatearthnet_explorer.learn.course import lessons
from chatearthnet_explorer.learn.lesson_html import lesson_html, lesson_text_html, list_html, list_text_html
from chatearthnet_explorer.sample.published_pair import published_pair
from chatearthnet_explorer.widgets.learn.learn_list import LearnList
from chatearthnet_explorer.widgets.learn.lesson_view import LessonView
from chatearthnet_explorer.widgets.learn.published_pair_view import PublishedPairView

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments, Visit
    from chatearthnet_explorer.learn.lesson import Lesson

INTRO = "Seven lessons of five minutes, a quiz, and every word explained. Nothing leaves this browser."

PATIENCE = 0.4
"""Seconds that a page waits for the pictures of a lesson, before it is sent with the text alone."""


def learn_pages(site: Site) -> tuple[SitePage, ...]:
    """Return the list of lessons, and a page for each of them."""
    del site  # lessons need nothing of what tabs share
    first = SitePage(
        path="/learn",
        nav="Learn",
        title="Learn how captions are made",
        intro=INTRO,
        make=_make_list,
        first_paint=_list_paint,
        ready=".cen-lessons",
        narrow=True,
    )
    return (first, *(_lesson_page(lesson) for lesson in lessons()))


def _make_list(_visit: Visit) -> ipywidgets.VBox:
    return ipywidgets.VBox([PublishedPairView(), LearnList(quiz=_QUIZ)], layout={"width": "100%"})


async def _list_paint(_arguments: Arguments) -> str:
    lessons_text = await _in_time(lambda: list_html(quiz=_QUIZ), lambda: list_text_html(quiz=_QUIZ))
    return published_pair_card(published_pair())._repr_html_() + lessons_text


async def _in_time(complete: Callable[[], str], quick: Callable[[], str]) -> str:
    """Return the complete text if it is there soon, which it is for all but the first visitors; else the quick one."""
    work = asyncio.ensure_future(asyncio.to_thread(complete))
    try:
        return await asyncio.wait_for(asyncio.shield(work), PATIENCE)
    except TimeoutError:
        return quick()  # the work goes on, for the next visitor


def _lesson_page(lesson: Lesson) -> SitePage:
    async def paint(arguments: Arguments) -> str:
        answers = "answers" in arguments
        return await _in_time(
            lambda: lesson_html(lesson.slug, answers=answers), lambda: lesson_text_html(lesson.slug, answers=answers)
        )

    return SitePage(
        path=f"/learn/{lesson.slug}",
        title=lesson.title,
        intro=f"Lesson {lesson.number} of {len(lessons())}, {lesson.minutes} minutes. {lesson.summary}",
        make=lambda _visit: LessonView(lesson, addresses=True),
        first_paint=paint,
        ready=".cen-lesson-task .cen-ask",
        narrow=True,
        prints_first=True,
    )


_QUIZ = True
