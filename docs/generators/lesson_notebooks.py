"""Lessons as notebooks, for teachers: the text, the view and task of each section, and an answer key.

``python docs/generators/lesson_notebooks.py`` writes them to ``notebooks/lessons``; a test compares them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from chatearthnet_explorer.learn.course import lessons  # noqa: E402 - found by the line above
from chatearthnet_explorer.learn.lesson_html import answer_lines, terms_of  # noqa: E402 - likewise
from chatearthnet_explorer.learn.lesson_text import runs  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.learn.lesson import Lesson

FOLDER = ROOT / "notebooks" / "lessons"
"""Where they lie."""

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_HOW = "Run a cell with Shift+Enter, do what it asks, and read what it answers. No network is needed."


def notebooks() -> dict[str, str]:
    """Return the notebooks as JSON, by file name."""
    return {f"{lesson.number:02}-{lesson.slug}.ipynb": _notebook(lesson) for lesson in lessons()}


def _notebook(lesson: Lesson) -> str:
    cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(_cells(lesson))]
    content = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cells(lesson: Lesson) -> Iterator[dict[str, Any]]:
    about = f"Lesson {lesson.number} of {len(lessons())}, {lesson.minutes} minutes. {lesson.summary}"
    yield _markdown(f"# {lesson.title}\n\n{about}\n\n{_HOW}")
    yield _code(
        "from chatearthnet_explorer.widgets.learn.lesson_view import LessonView\n\n"
        f'lesson = "{lesson.slug}"\n'
        "# LessonView(lesson) shows the whole lesson in one cell"
    )
    for number, section in enumerate(lesson.sections, start=1):
        texts = (_bold_terms(text) for text in section.paragraphs)
        yield _markdown(f"## {number}. {section.heading}\n\n" + "\n\n".join(texts))
        yield _code(f"LessonView(lesson, section={number - 1})")
    yield _markdown(
        "## Words\n\n" + "\n".join(f"- **{term.name}**: {term.young} *{term.expert}*" for term in terms_of(lesson))
    )
    yield _markdown(_answer_key(lesson))


def _answer_key(lesson: Lesson) -> str:
    lines = ["## Answer key", "", "<details><summary>For teachers</summary>", ""]
    for number, section in enumerate(lesson.sections, start=1):
        lines += [f"**{number}. {section.task.ask}**", "", *(f"- {line}" for line in answer_lines(section.task)), ""]
    return "\n".join([*lines, "</details>"])


def _bold_terms(text: str) -> str:
    return "".join(f"**{run.words}**" if run.term else run.words for run in runs(text))


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stale in set(FOLDER.glob("*.ipynb")) - {FOLDER / name for name in notebooks()}:
        stale.unlink()
    for name, text in notebooks().items():
        (FOLDER / name).write_text(text, "utf-8")
