"""The sentences of each prompt style, as data that users can replace."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import get_args

from chatearthnet_explorer.caption import Style
from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.files.input_paths import unreadable

STYLES: tuple[str, ...] = get_args(Style)
"""The prompt styles: 3.5 has the facts in words, 4v the coloured label maps as well."""

LIMIT = 65_536
"""Most bytes of a wording file."""

# For each style and sentence, the slots it must have and those it may have.
_SLOTS: dict[str, dict[str, tuple[set[str], set[str]]]] = {
    "3.5": {
        "system": (set(), set()),
        "user": ({"overall", "parts"}, set()),
        "part": ({"part", "amounts"}, set()),
        "empty_part": ({"part"}, set()),
        "amount": ({"size", "noun", "class"}, {"percent"}),
    },
    "4v": {
        "system": (set(), {"count"}),
        "user": ({"legend", "maps"}, {"count"}),
        "legend": ({"class"}, {"colour"}),
        "map": ({"percents", "shares"}, {"number", "count"}),
        "percents": ({"class", "percents"}, set()),
        "percent": ({"part", "percent"}, set()),
        "shares": ({"part", "shares"}, set()),
        "empty_part": ({"part"}, set()),
        "share": ({"class", "share"}, set()),
    },
}


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one style; each has the slots that its facts need."""

    style: Style
    """``3.5`` or ``4v``."""

    sentences: dict[str, str]
    """Sentence by name, with slots written ``$name``."""

    def fill(self, sentence: str, **slots: object) -> str:
        """Return a sentence with its slots filled. Slots are filled as text and never evaluated."""
        return Template(self.sentences[sentence]).substitute(slots).strip()


def open_wording(style: Style, path: str | Path | None = None) -> Wording:
    """Return the wording of a style: the project's own, or that of a TOML file.

    A file has a line ``style = "3.5"`` or ``"4v"`` and the sentences named in the project's own files
    ``wording/3.5.toml`` and ``wording/4v.toml``.

    Raises:
        WordingError: If the style is unknown, the file cannot be read, or a sentence or slot is missing.
    """
    if style not in STYLES:
        msg = f"There is no prompt style {style!r}; choose 3.5 or 4v."
        raise WordingError(msg)
    return _own(style) if path is None else _parse(style, _read(Path(path)), str(path))


@cache
def _own(style: Style) -> Wording:
    text = files(__package__).joinpath(f"{style}.toml").read_text("utf-8")
    return _parse(style, text, f"{style}.toml")


def _read(path: Path) -> str:
    if why := unreadable(path):
        msg = f"The wording file {path} {why}."
        raise WordingError(msg)
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
        if len(content) > LIMIT:
            msg = f"The wording file {path} is larger than {LIMIT // 1024} kB; make it shorter."
            raise WordingError(msg)
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The wording file {path} cannot be read ({error}); check the path, and that it is text."
        raise WordingError(msg) from error


def _parse(style: Style, text: str, path: str) -> Wording:
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        msg = f"The wording file {path} is not TOML ({error}); correct that line."
        raise WordingError(msg) from error
    if content.get("style") != style:
        msg = (
            f"The wording file {path} is for style {content.get('style')!r} and not for {style}; "
            "choose the other style or another file."
        )
        raise WordingError(msg)
    sentences = {}
    for name, (slots_needed, slots_allowed) in _SLOTS[style].items():
        sentence = content.get(name)
        if not isinstance(sentence, str):
            msg = f'The wording file {path} lacks the sentence {name!r}; add a line {name} = "...".'
            raise WordingError(msg)
        template = Template(sentence)
        if not template.is_valid():
            msg = f"The sentence {name!r} of {path} has a lone dollar sign; write $$ for a dollar."
            raise WordingError(msg)
        slots = set(template.get_identifiers())
        if missing := slots_needed - slots:
            msg = f"The sentence {name!r} of {path} lacks the slot ${min(missing)}; put it where it belongs."
            raise WordingError(msg)
        if unknown := slots - slots_needed - slots_allowed:
            allowed_slots = ", ".join(f"${slot}" for slot in sorted(slots_needed | slots_allowed)) or "none"
            msg = (
                f"The sentence {name!r} of {path} has the slot ${min(unknown)}, which nothing fills; "
                f"it may have {allowed_slots}."
            )
            raise WordingError(msg)
        sentences[name] = sentence
    return Wording(style, sentences)
