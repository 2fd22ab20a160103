"""The page of the quiz."""

from __future__ import annotations

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

_WAIT = "The questions take a moment; they come by themselves where JavaScript runs. Without it, load the page again."


def quiz_pages(site: Site) -> Sequence[SitePage]:
    """Return the page of the quiz."""

    async def first_paint(arguments: Arguments) -> str:
        """Return the questions to be read without JavaScript, or why they are not there yet."""
        link = link_of(arguments)
        notes = "".join(markup(element("p", note, class_="site-note")) for note in link.notes)
        return notes + await site.first_paints.make(
            lambda: quiz_sheet(make_quiz(link.seed))._repr_html_(), skeleton=markup(element("p", _WAIT))
        )

    return (
        SitePage(
            path="/learn/quiz",
            title="Quiz",
            intro="Ten questions about squares seen from space and the captions that describe them.",
            make=_make,
            first_paint=first_paint,
            ready=".cen-quiz-choices .cen-option",
        ),
    )


def link_of(arguments: Arguments) -> QuizLink:
    """Return what the query of a request says; it is untrusted."""
    return read_quiz_link(urlencode([(name, value) for name, values in arguments.items() for value in values]))


def _make(visit: Visit) -> QuizView:
    link = link_of(visit.arguments)
    quiz = QuizView(seed=link.seed, notes=link.notes, addresses=True, waits=True)
    visit.on_ready(quiz.start)
    return quiz
