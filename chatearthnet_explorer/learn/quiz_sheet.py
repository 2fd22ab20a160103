"""The quiz on paper: its questions with pictures, and its answers with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.learn.quiz import SIMULATED
from chatearthnet_explorer.render import data_url, label_png, png
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.learn.quiz import Quiz
    from chatearthnet_explorer.learn.quiz_question import Question

LETTERS = "ABCD"


def quiz_sheet(quiz: Quiz, chips: Sequence[Chip | None] = (), *, answers: bool = False) -> Card:
    """Return a quiz to be read or printed.

    Args:
        quiz: The quiz.
        chips: The chip of each question, for its pictures; None or none at all for no pictures.
        answers: Whether the right options are marked, with the reasons.
    """
    pictures = [*chips, *[None] * len(quiz.questions)]
    title = f"Quiz {quiz.seed}, answers" if answers else f"Quiz {quiz.seed}"
    questions = [
        _question(number, question, chip, answers=answers)
        for number, (question, chip) in enumerate(zip(quiz.questions, pictures, strict=False), start=1)
    ]
    return Card(title, (element("p", SIMULATED), *questions))


def _question(number: int, question: Question, chip: Chip | None, *, answers: bool) -> Element:
    return element(
        "article",
        element("h4", f"{number}. {question.prompt}"),
        _pictures(question, chip) if chip else None,
        element("p", question.hint, class_="cen-credit") if question.hint else None,
        element("ol", *(_option(question, at, answers=answers) for at in range(len(question.options))), type="A"),
        class_="cen-sheet-question",
    )


def _option(question: Question, at: int, *, answers: bool) -> Element:
    option = question.options[at]
    if not answers:
        return element("li", option.text)
    mark = " ✓ the answer" if at == question.answer else ""
    return element("li", option.text, element("strong", mark) if mark else None, element("p", option.reason))


def _pictures(question: Question, chip: Chip) -> Element:
    figures = []
    if chip.rgb is not None:
        figures.append(_figure(data_url(png(chip.rgb)), "Simulated picture"))
    if question.shows_labels and chip.labels is not None:
        present = sorted(set(chip.labels.ravel().tolist()))
        names = ", ".join(f"{CLASSES[index].name} ({_colour(index)})" for index in present)
        figures.append(_figure(data_url(label_png(chip.labels)), f"Its land cover: {names}"))
    return element("div", *figures, class_="cen-pictures")


def _figure(url: str, caption: str) -> Element:
    image = element("img", src=url, alt=caption, width=str(SIZE), height=str(SIZE), class_="cen-labels")
    return element("figure", image, element("figcaption", caption))


def _colour(index: int) -> str:
    return _COLOURS[index]


_COLOURS = (
    *("black", "blue", "red", "dark green", "tan", "light green", "yellow", "grey", "white", "light blue", "pink"),
    "purple",
)
"""The colours of ChatEarthNet's label maps in words, by class index."""
