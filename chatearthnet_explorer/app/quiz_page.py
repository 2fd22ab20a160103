"""The page of the quiz."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.cards.html_tree import element, markup
from chatearthnet_explorer.learn.quiz import make_quiz
from chatearthnet_explorer.learn.quiz_link import read_quiz_link
from chatearthnet_explorer.learn.quiz_sheet import quiz_sheet
from chatearthnet_explorer.widgets.learn.quiz_view import QuizView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments, Visit
    from chatearthnet_explorer.learn.quiz_link import QuizLink

PATIENCE = 0.7
"""Seconds that the first paint waits for the questions."""

_WAIT = "The questions take a moment; they come by themselves where JavaScript runs. Without it, load the page again."
# one at a time: visitors that only collect links must not keep the server from the others
_PAINTER = ThreadPoolExecutor(1, thread_name_prefix="chatearthnet-quiz")
_MOST_WAITING = 4


def quiz_pages(_site: Site) -> Sequence[SitePage]:
    """Return the page of the quiz."""
    return (
        SitePage(
            path="/learn/quiz",
            title="Quiz",
            intro="Ten questions about squares seen from space and the captions that describe them.",
            make=_make,
            first_paint=_first_paint,
            ready=".cen-quiz-choices .cen-option",
        ),
    )


def link_of(arguments: Arguments) -> QuizLink:
    """Return what the query of a request says; it is untrusted."""
    fields = [(name, value) for name, values in arguments.items() for value in values]
    return read_quiz_link(urlencode(fields, errors="replace"))


def _make(visit: Visit) -> QuizView:
    link = link_of(visit.arguments)
    quiz = QuizView(seed=link.seed, notes=link.notes, addresses=True, waits=True)
    visit.on_ready(quiz.start)
    return quiz


async def _first_paint(arguments: Arguments) -> str:
    """Return the questions to be read without JavaScript, or why they are not there yet."""
    link = link_of(arguments)
    notes = [element("p", note, class_="site-note") for note in link.notes]
    parts = "".join(map(markup, notes))
    if _PAINTER._work_queue.qsize() < _MOST_WAITING:  # noqa: SLF001 - nothing public tells
        try:
            return parts + await asyncio.wait_for(
                asyncio.wrap_future(_PAINTER.submit(_sheet, link.seed)), timeout=PATIENCE
            )
        except TimeoutError:
            pass
    return parts + markup(element("p", _WAIT))


def _sheet(seed: int) -> str:
    return quiz_sheet(make_quiz(seed))._repr_html_()
