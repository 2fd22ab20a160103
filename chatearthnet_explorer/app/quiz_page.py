"""The page of the quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.app.site_page import SitePage
from chatearthnet_explorer.cards.html_tree import element, markup
from chatearthnet_explorer.learn.quiz import make_quiz
from chatearthnet_explorer.learn.quiz_link import FIRST_SEED, read_quiz_link
from chatearthnet_explorer.learn.quiz_sheet import quiz_sheet
from chatearthnet_explorer.query_string import left_out_sentence, query_string_of
from chatearthnet_explorer.widgets.learn.quiz_history import QuizHistory
from chatearthnet_explorer.widgets.learn.quiz_view import QuizView
from chatearthnet_explorer.widgets.shared.page_link import with_page_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from chatearthnet_explorer.app.site import Site
    from chatearthnet_explorer.app.site_page import Arguments, Visit

_WAIT = "The ten questions are being made and will appear here. If they do not, load the page again."


def quiz_pages(site: Site) -> Sequence[SitePage]:
    """Return the page of the quiz."""

    async def first_paint(arguments: Arguments) -> str:
        """Return the questions to be read without JavaScript, or why they are not there yet."""
        seed, notes = read_quiz_link(query_string_of(arguments))
        note = markup(element("p", left_out_sentence(notes), class_="site-note")) if notes else ""
        return note + await site.first_paints.make(
            lambda: quiz_sheet(make_quiz(seed))._repr_html_(), skeleton=markup(element("p", _WAIT))
        )

    return (
        SitePage(
            path="/learn/quiz",
            title="Quiz",
            intro="Ten questions about [[chip|squares]] seen from space and the [[caption|captions]] that describe "
            "them.",
            make=_make,
            first_paint=first_paint,
            warm_up=lambda: make_quiz(FIRST_SEED),
            ready=".cen-quiz-choices .cen-option",
        ),
    )


def _make(visit: Visit) -> ipywidgets.VBox:
    quiz = QuizView(addresses=True, waits=True)
    visit.on_end(quiz.close)
    history = QuizHistory(quiz, query_string_of(visit.arguments), when_ready=visit.on_ready)
    return with_page_link(history.link, quiz)
