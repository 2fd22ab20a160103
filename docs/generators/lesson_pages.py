"""Pages of the documentation site with the lessons: the whole text, to be read or printed, with the answers folded."""

from __future__ import annotations

from chatearthnet_explorer.learn.course import lessons
from chatearthnet_explorer.learn.glossary import terms
from chatearthnet_explorer.learn.lesson_html import lesson_html
from generators import markdown


def pages() -> dict[str, str]:
    """Return Markdown by file name: one page for each lesson, and the glossary."""
    files = {}
    for lesson in lessons():
        about = f"Lesson {lesson.number}, {lesson.minutes} minutes. {lesson.summary}"
        body = lesson_html(lesson.slug, back="")
        files[f"{lesson.number:02}-{lesson.slug}.md"] = (
            f"# {lesson.title}\n\n{about}\n\n````{{raw}} html\n{body}\n````\n"
        )
    rows = [(term.name, markdown.escape(term.young), markdown.escape(term.expert)) for term in terms()]
    files["words.md"] = "# Words\n\n" + markdown.table(("word", "in short", "exactly"), rows)
    return files
