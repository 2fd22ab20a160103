"""Keep a quiz and the address of its page the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.learn.quiz_link import read_quiz_link, write_quiz_link
from chatearthnet_explorer.widgets.shared.page_link import PageLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.widgets.learn.quiz_view import QuizView


class QuizHistory:
    """Writes the number of a quiz into the address, and opens the quiz that the address names.

    Another quiz is a new entry of the browser's history, so that Back leads to the one before.
    """

    def __init__(
        self, view: QuizView, query: str, *, when_ready: Callable[[Callable[[], None]], object] = lambda run: run()
    ) -> None:
        """Open a quiz that waits at a link.

        Args:
            view: What is shown; it was made with ``waits``.
            query: The query string of the page, of a stranger.
            when_ready: Calls a function once the page is there: what a widget says before may never reach it.
        """
        self._view = view
        self.link = PageLink(query)
        """The widget that belongs on the page."""
        view.seed = self._read(query)
        view.observe(self._write, "seed")
        self.link.on_visit(self._follow)
        when_ready(self._start)

    def _read(self, query: str) -> int:
        seed, notes = read_quiz_link(query)
        self.link.show_left_out(notes)
        return seed

    def _start(self) -> None:
        if self._view.head.seed == 0:  # else the person went Back before the page was there
            self._view.start()
        self.link.write(write_quiz_link(self._view.seed))

    def _follow(self, query: str) -> None:
        self._view.seed = self._read(query)

    def _write(self, _change: object) -> None:
        self.link.write(write_quiz_link(self._view.seed), new=True)
