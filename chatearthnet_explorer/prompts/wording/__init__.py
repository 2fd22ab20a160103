"""The sentences of each prompt style, as data that users can replace."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, get_args

from chatearthnet_explorer.caption import RELEASED_STYLES, Style
from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.files.data_folder import data_folder
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.prompts.wording.layout import Layout, read_layout

if TYPE_CHECKING:
    from collections.abc import Sequence

STYLES: tuple[str, ...] = get_args(Style)
"""The prompt styles: 3.5 has the facts in words, 4v the coloured label maps as well, multispectral pictures alone."""

LIMIT = 65_536
"""Most bytes of a wording file."""

ORIGINAL = "original"
"""Word for the authors' own wording, which ``chatearthnet-explorer wording original`` makes on this computer."""

MAPS = 4
"""Label maps that a 4V prompt describes at most: the four chips of a zoom-13 tile, as in the published method."""

_MAP, _LEGEND = "map", "legend"

# For each style and sentence, the slots it must have and those it may have.
_SLOTS: dict[str, dict[str, tuple[set[str], set[str]]]] = {
    "3.5": {
        "system": (set(), set()),
        "user": ({"overall", "parts"}, set()),
        "part": ({"part", "amounts"}, set()),
        "empty_part": ({"part"}, set()),
        "amount": ({"size", "noun", "class"}, {"percent"}),
        "class": ({"class"}, set()),
    },
    "4v": {
        "system": (set(), {"count"}),
        "user": ({"maps"}, {"legend", "count"}),
        "legend": ({"class"}, {"colour"}),
        _MAP: ({"percents", "shares"}, {"number", "count"}),
        "percents": ({"class", "percents"}, set()),
        "percent": ({"part", "percent"}, set()),
        "shares": ({"part", "shares"}, set()),
        "empty_part": ({"part"}, set()),
        "share": ({"class", "share"}, set()),
    },
    "multispectral": {
        "system": ({"classes", "parts"}, set()),
        "user": (set(), {"count"}),
        **{f"picture_{name}": (set(), {"low", "high"}) for name in ("ndvi", "ndwi", "ndmi_b11", "ndmi_b12")},
        **{f"picture_{name}": (set[str](), set[str]()) for name in ("true", "false")},
        "no_data": (set(), set()),
        "picture_labels": ({"legend"}, set()),
        "colour": ({"class"}, {"colour"}),
    },
}

_DEFAULTS = {"class": "$class"}
"""Sentences that a file may leave out."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one style; each has the slots that its facts need."""

    style: Style
    """One of ``STYLES``."""

    sentences: dict[str, str]
    """Sentence by name, with slots written ``$name``."""

    layout: Layout = field(default_factory=Layout)
    """What stands between them."""

    def fill(self, sentence: str, **slots: object) -> str:
        """Return a sentence with its slots filled. Slots are filled as text and never evaluated."""
        text = Template(self.sentences[sentence]).substitute(slots)
        return text.strip() if self.layout.trim else text

    def fill_map(self, number: int, **slots: object) -> str:
        """Return the sentence about one of several label maps, counted from 1."""
        return self.fill(f"{_MAP} {number}" if self.layout.maps else _MAP, number=number, **slots)

    def join(self, sentence: str, texts: Sequence[str]) -> str:
        """Return the repetitions of a sentence as one text."""
        return self.layout.join(sentence, texts)

    @property
    def hash(self) -> str:
        """Return twelve hexadecimal digits (SHA-256) that change with the style, a sentence, or what stands between."""
        layout = self.layout.to_dict()
        sentences = {name: text for name, text in self.sentences.items() if text != _DEFAULTS.get(name)}
        text = json.dumps([self.style, sentences, *([layout] if layout else [])], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def open_wording(style: Style, path: str | Path | None = None) -> Wording:
    """Return the wording of a style: the project's own, that of a TOML file, or the authors' (the word ``original``).

    A file has a line such as ``style = "3.5"`` and the sentences named in the project's own file of that style, such as
    ``wording/3.5.toml``.

    Raises:
        WordingError: If the style is unknown, the file cannot be read, or a sentence or slot is missing.
    """
    if style not in STYLES:
        msg = f"There is no prompt style {style!r}; choose {', '.join(STYLES)}."
        raise WordingError(msg)
    if path is None:
        return _own(style)
    path = original_file(style) if path == ORIGINAL else Path(path)
    return parse_wording(style, _read(path), str(path))


def own_text(style: Style) -> str:
    """Return the file of the project's own wording, which people copy and change."""
    return files(__package__).joinpath(f"{style}.toml").read_text("utf-8")


def original_file(style: Style) -> Path:
    """Return where the authors' own wording of a style is kept on this computer.

    Raises:
        WordingError: If it is not there: it is made from the published scripts, and is no part of this project.
    """
    if style not in RELEASED_STYLES:
        msg = f"The authors published no prompt of style {style}; choose {' or '.join(RELEASED_STYLES)}."
        raise WordingError(msg)
    path = original_path(style)
    if not path.is_file():
        msg = (
            f"The authors' own wording of style {style} is not on this computer yet; make it with "
            f"`chatearthnet-explorer wording original --from PATH_OR_URL`, which reads their published scripts."
        )
        raise WordingError(msg)
    return path


def original_path(style: Style) -> Path:
    """Return where the authors' own wording of a style belongs: in the person's data folder."""
    return data_folder("wording") / f"{ORIGINAL}-{style}.toml"


def wording_hash(style: Style, path: str | Path | None = None) -> str:
    """Return the hash of a style's wording, for files of captions: the project's own, or that of a TOML file.

    Raises:
        WordingError: As ``open_wording``.
    """
    return open_wording(style, path).hash


@cache
def _own(style: Style) -> Wording:
    return parse_wording(style, own_text(style), f"{style}.toml")


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
        return content.decode("utf-8-sig")  # editors of Windows begin a file with a mark
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The wording file {path} cannot be read ({error}); check the path, and that it is text."
        raise WordingError(msg) from error


def parse_wording(style: Style, text: str, path: str) -> Wording:
    """Return the wording in the text of a file.

    Raises:
        WordingError: As ``open_wording``.
    """
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"The wording file {path} is not TOML ({error}); correct that line."
        raise WordingError(msg) from error
    if content.get("style") != style:
        msg = (
            f"The wording file {path} is for style {content.get('style')!r} and not for {style}; "
            "choose the other style or another file."
        )
        raise WordingError(msg)
    sentences = {
        name: _check_sentence(name, text, _SLOTS[style][name.partition(" ")[0]], path)
        for name, text in _texts(style, content, path).items()
    }
    maps = sum(name.startswith(f"{_MAP} ") for name in sentences)
    return Wording(style, sentences, read_layout(content, path, maps=maps))


def _texts(style: Style, content: dict[str, Any], path: str) -> dict[str, str]:
    """Return the sentences of a file by name; those of a list of ``map`` sentences as ``map 1``, ``map 2``, ..."""
    texts_by_name = {**_DEFAULTS, **content}
    names = [_MAP]
    if isinstance(texts_by_name.get(_MAP), list):
        texts = texts_by_name.pop(_MAP)
        if not 1 <= len(texts) <= MAPS:
            msg = f"The wording file {path} has {len(texts)} map sentences; give one, or a list of up to {MAPS}."
            raise WordingError(msg)
        by_number = {f"{_MAP} {number}": text for number, text in enumerate(texts, start=1)}
        texts_by_name |= by_number
        names = list(by_number)
    names = [one for name in _SLOTS[style] for one in (names if name == _MAP else [name])]
    has_legend = _LEGEND in Template(str(texts_by_name.get("user"))).get_identifiers()
    if _LEGEND in names and _LEGEND not in texts_by_name and not has_legend:
        names.remove(_LEGEND)
    for name in names:
        if not isinstance(texts_by_name.get(name), str):
            msg = f'The wording file {path} lacks the sentence {name!r}; add a line {name} = "...".'
            raise WordingError(msg)
    if _LEGEND in names and not has_legend:
        msg = f"The sentence 'user' of {path} lacks the slot $legend; put it where it belongs, or delete 'legend'."
        raise WordingError(msg)
    return {name: texts_by_name[name] for name in names}


def _check_sentence(name: str, sentence: str, slots_of_name: tuple[set[str], set[str]], path: str) -> str:
    slots_needed, slots_allowed = slots_of_name
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
    return sentence
