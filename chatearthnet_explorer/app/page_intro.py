"""The sentence below the heading of a page, with words that the glossary explains. It needs no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.html_tree import element, markup
from chatearthnet_explorer.learn.glossary import define
from chatearthnet_explorer.learn.lesson_text import runs

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.learn.glossary import Term


def intro_html(text: str) -> str:
    """Return a sentence as HTML: each word in double brackets is a button that opens what the glossary says.

    Args:
        text: The sentence, in which ``[[chip]]`` and ``[[chip|squares]]`` are terms.

    Raises:
        LessonError: If the glossary does not have a term.
    """
    words: list[Element | str] = []
    notes: list[Element] = []
    for run in runs(text):
        if not run.term:
            words.append(run.words)
            continue
        note_id = f"site-term-{len(notes) + 1}"
        words.append(element("button", run.words, type="button", class_="site-term", popovertarget=note_id))
        notes.append(_note(define(run.term), note_id))
    return "".join(markup(part) for part in (element("p", *words, class_="site-intro"), *notes))


def _note(term: Term, note_id: str) -> Element:
    return element(
        "div",
        element("p", element("strong", term.name), ": ", term.young),
        element("details", element("summary", "The exact definition"), element("p", term.expert)),
        id=note_id,
        class_="site-definition",
        popover="auto",
        role="note",
        aria_label=f"What {term.name} means",
    )
