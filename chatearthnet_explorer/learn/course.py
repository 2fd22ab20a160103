"""The course: all lessons in order, read from their files."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import LessonError
from chatearthnet_explorer.learn.lesson import Lesson, parse_lesson

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_FILE = re.compile(r"(\d\d)-([a-z0-9-]+)\.toml")


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return all lessons, in the order of the numbers that their files begin with.

    Raises:
        LessonError: If a file has an error.
    """
    return tuple(_read(number, file) for number, file in enumerate(_files(), start=1))


def open_lesson(slug: str) -> Lesson:
    """Return the lesson of an address.

    Raises:
        LessonError: If there is none.
    """
    for lesson in lessons():
        if lesson.slug == slug:
            return lesson
    msg = f"There is no lesson {slug[:40]!r}; choose one of {', '.join(lesson.slug for lesson in lessons())}."
    raise LessonError(msg)


def _files() -> list[Traversable]:
    folder = files(__package__).joinpath("lessons")
    return sorted((file for file in folder.iterdir() if _FILE.fullmatch(file.name)), key=lambda file: file.name)


def _read(number: int, file: Traversable) -> Lesson:
    slug = file.name.partition("-")[2].removesuffix(".toml")
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        msg = f"The lesson {slug!r} is not TOML ({error}); correct that line."
        raise LessonError(msg) from error
    return parse_lesson(slug, number, content)
