"""The layout of a prompt: what stands between the facts, how the parts are called, and which class comes first."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

CLASS_ORDERS = ("area", "first pixel")
"""Orders of the classes in the figures of a 4V prompt: by falling area; or by their first pixel, row by row from the
north-west corner, as the published script counts them."""

_SEPARATORS = {
    "class": ", ",
    "amount": ", ",
    "part": "\n",
    "legend": "\n",
    "map": "\n\n",
    "percents": "\n",
    "percent": ", ",
    "shares": "\n",
    "share": ", ",
}
_PLACES = 3  # between two of many, between the only two, before the last of many
_NOTHING = "nothing to describe"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the sentences of a wording are put together. The default is that of the project's own wordings."""

    trim: bool = True
    """Whether spaces and line ends around a filled sentence are removed."""

    nothing: str = _NOTHING
    """Stands for the list of classes of the whole map where it is empty (3.5)."""

    class_order: str = CLASS_ORDERS[0]
    """One of ``CLASS_ORDERS`` (4v)."""

    maps: int = 0
    """Label maps that the wording is for, each with a ``map`` sentence of its own; 0 for any number (4v)."""

    separators: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By the name of a sentence that is repeated: what stands between two of many, between the only two, and before
    the last of many; those that are missing have the default."""

    part_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By the name of a sentence: what its slot ``$part`` is filled with, for each of ``PARTS``."""

    def join(self, sentence: str, texts: Sequence[str]) -> str:
        """Return the repetitions of a sentence as one text."""
        default = _SEPARATORS[sentence]
        between, between_two, before_last = self.separators.get(sentence, (default,) * _PLACES)
        if len(texts) < _PLACES:
            return between_two.join(texts)
        return before_last.join([between.join(texts[:-1]), texts[-1]])

    def part(self, sentence: str, part: str) -> str:
        """Return how a sentence calls a part of the map."""
        names = self.part_names.get(sentence)
        return names[PARTS.index(part)] if names else part

    def to_dict(self) -> dict[str, object]:
        """Return what differs from the default, as JSON."""
        default = asdict(Layout())
        return {name: value for name, value in asdict(self).items() if value != default[name]}


def read_layout(content: dict[str, Any], path: str, *, maps: int) -> Layout:
    """Return the layout that a wording file sets.

    Args:
        content: The file, as TOML has it.
        path: What sentences call it.
        maps: Label maps for which it has a sentence each; 0 for any number.

    Raises:
        WordingError: If a value is of another kind than it must be.
    """
    trim = content.get("trim", True)
    if not isinstance(trim, bool):
        _refuse(path, "trim", "true or false")
    nothing = content.get("nothing", _NOTHING)
    if not isinstance(nothing, str):
        _refuse(path, "nothing", "a text")
    order = content.get("class_order", CLASS_ORDERS[0])
    if order not in CLASS_ORDERS:
        _refuse(path, "class_order", " or ".join(f'"{one}"' for one in CLASS_ORDERS))
    return Layout(trim, nothing, order, maps, _separators(content, path), _part_names(content, path))


def _separators(content: dict[str, Any], path: str) -> dict[str, tuple[str, str, str]]:
    separators: dict[str, tuple[str, str, str]] = {}
    for name, value in _table(content, path, "separators", _SEPARATORS).items():
        texts = [value] * _PLACES if isinstance(value, str) else value
        if not _is_texts(texts, _PLACES):
            _refuse(path, f"separators.{name}", "a text, or a list of three: between, between two, before the last")
        between, between_two, before_last = texts
        separators[name] = (between, between_two, before_last)
    return separators


def _part_names(content: dict[str, Any], path: str) -> dict[str, tuple[str, ...]]:
    names = _table(content, path, "part_names", ("part", "percent", "shares", "empty_part"))
    for name, texts in names.items():
        if not _is_texts(texts, len(PARTS)):
            _refuse(path, f"part_names.{name}", f"a list of {len(PARTS)} texts: {', '.join(PARTS)}")
    return {name: tuple(texts) for name, texts in names.items()}


def _table(content: dict[str, Any], path: str, name: str, keys: Sequence[str] | dict[str, str]) -> dict[str, Any]:
    table: dict[str, Any] = content.get(name, {})
    if not isinstance(table, dict):
        _refuse(path, name, "a table")
    unknown = sorted(set(table) - set(keys))
    if unknown:
        msg = f"The table {name} of {path} has {unknown[0]!r}; it may have {', '.join(keys)}."
        raise WordingError(msg)
    return table


def _is_texts(value: object, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and all(isinstance(one, str) for one in value)


def _refuse(path: str, name: str, kind: str) -> None:
    msg = f"{name} of the wording file {path} must be {kind}; correct that line."
    raise WordingError(msg)
