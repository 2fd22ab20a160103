"""The table of models, from ``models.toml`` and a file of the user's own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners.model_entry import Model, end_sentence
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.settings import models_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT = "gpt-6-luna"
"""The default model: it takes images, and OpenAI names it as the successor of others."""

FILE_LIMIT = 65_536
"""Most bytes of a user's file."""

_MOST_DOLLARS = 10_000  # for a million tokens; the dearest model of OpenAI's list in 2026 takes 180
_MOST_TOKENS = 10**9
_LONGEST_TEXT = 200
_MOST_SUCCESSORS = 10


@dataclass(frozen=True, slots=True)
class ModelTable:
    """All models, by identifier."""

    models: Mapping[str, Model]
    """The project's own, and those of the user's file."""

    as_of: date
    """When the project's own were last compared with their sources."""

    def find(self, model: str) -> Model:
        """Return the entry of a model; one that knows nothing but the identifier if there is none."""
        return self.models.get(model) or Model(id=model)


def model_table() -> ModelTable:
    """Return the table, with the user's file if ``CHATEARTHNET_MODELS`` names one. A file that changes is read anew.

    Raises:
        SettingError: If the file cannot be read, or holds a value that cannot be used.
    """
    path = models_file()
    if path is None:
        return _own_table()
    if why := unreadable(path):
        msg = f"The table of models {path} (CHATEARTHNET_MODELS) {why}."
        raise SettingError(msg)
    status = path.stat()
    return _with_file(path, status.st_mtime_ns, status.st_size)


def find_model(model: str) -> Model:
    """Return the entry of a model; one that knows nothing but the identifier if the table has none.

    Raises:
        SettingError: If the user's file cannot be used.
    """
    return model_table().find(model)


def retirement(model: str, today: date) -> str | None:
    """Return a model's last day of service and its successors in one sentence; None if nothing is known.

    Args:
        model: Identifier of the model.
        today: The day on which the sentence is read.
    """
    try:
        entry = find_model(model)
    except SettingError:  # an answer or a failure is explained all the same
        entry = _own_table().find(model)
    return end_sentence(entry, entry.last_day, today) if entry.last_day else None


@cache
def _own_table() -> ModelTable:
    content = tomllib.loads(files(__package__).joinpath("models.toml").read_text("utf-8"))
    as_of: date = content["as_of"]
    models = (_entry(row, Model(id=row["id"], as_of=as_of)) for row in content["models"])
    return ModelTable({model.id: model for model in models}, as_of)


@lru_cache(maxsize=8)
def _with_file(path: Path, _mtime: int, size: int) -> ModelTable:
    """Return the table with the entries of a file; the arguments after the path make a changed file another one."""
    own = _own_table()
    try:
        content = tomllib.loads(_read(path, size))
        models = {**own.models, **_user_models(content, own)}
    except (OSError, ValueError, RecursionError) as error:
        why = str(error).strip().removesuffix(".") or "it goes too deep"
        msg = f"The table of models {path} (CHATEARTHNET_MODELS) cannot be used: {why}; correct it."
        raise SettingError(msg) from error
    return ModelTable(models, own.as_of)


def _read(path: Path, size: int) -> str:
    if size > FILE_LIMIT:
        msg = f"it has {size:,} bytes, and may have {FILE_LIMIT:,}"
        raise ValueError(msg)
    with path.open("rb") as file:
        return file.read(FILE_LIMIT).decode("utf-8-sig")  # editors of Windows begin a file with a mark


def _user_models(content: dict[str, Any], own: ModelTable) -> dict[str, Model]:
    rows = content.get("models")
    if not isinstance(rows, list):
        msg = "it has no [[models]]"
        raise ValueError(msg)  # noqa: TRY004 - one kind of error for one kind of fault
    as_of = _as_date(content.get("as_of"), "as_of") if "as_of" in content else None
    models: dict[str, Model] = {}
    for number, row in enumerate(rows, 1):
        identifier = row.get("id") if isinstance(row, dict) else None
        if not isinstance(identifier, str) or not 0 < len(identifier) <= _LONGEST_TEXT:
            msg = f"model {number} has no id"
            raise ValueError(msg)
        if identifier in models:
            msg = f"the model {identifier[:60]!r} is there twice"
            raise ValueError(msg)
        base = replace(own.models.get(identifier) or Model(id=identifier), as_of=as_of)
        if "last_day" in row:
            base = replace(base, service="", successors=())  # the user's day is about the user's service
        source = row.get("source", "your own file")
        models[identifier] = _entry({**row, "source": source}, base)
    return models


def _entry(row: dict[str, Any], base: Model) -> Model:
    """Return an entry with the fields of a row in place of those of another.

    Raises:
        ValueError: If a field is unknown, or its value cannot be used.
    """
    unknown = row.keys() - {field.name for field in fields(Model)}
    if unknown:
        msg = f"the model {base.id[:60]!r} has the unknown field {min(unknown)[:60]!r}"
        raise ValueError(msg)
    changes: dict[str, Any] = {}
    for name, value in row.items():
        try:
            changes[name] = _READERS[name](value, name)
        except ValueError as error:
            msg = f"the model {base.id[:60]!r} has {error}"
            raise ValueError(msg) from None
    return replace(base, **changes)


def _as_price(value: object, name: str) -> float:
    return _as_number(value, name, _MOST_DOLLARS)


def _as_share(value: object, name: str) -> float:
    return _as_number(value, name, 1)


def _as_number(value: object, name: str, most: float = 1000) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= most:  # type: ignore[operator]  # NaN fails both comparisons
        msg = f"{name} = {value!r:.60}, which is not a number from 0 to {most:,}"
        raise ValueError(msg)
    return float(value)  # type: ignore[arg-type]


def _as_tokens(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_TOKENS:
        msg = f"{name} = {value!r:.60}, which is not a whole number from 0 to {_MOST_TOKENS:,}"
        raise ValueError(msg)
    return value


def _as_text(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not value.isprintable():
        msg = f"{name} = {value!r:.60}, which is not a text of at most {_LONGEST_TEXT} characters on one line"
        raise ValueError(msg)
    return value


def _as_texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_SUCCESSORS:
        msg = f"{name} = {value!r:.60}, which is not a list of at most {_MOST_SUCCESSORS} texts"
        raise ValueError(msg)
    return tuple(_as_text(one, name) for one in value)


def _as_bool(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        msg = f"{name} = {value!r:.60}, which is neither true nor false"
        raise ValueError(msg)  # noqa: TRY004 - as above
    return value


def _as_date(value: object, name: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        msg = f"{name} = {value!r:.60}, which is not a date such as 2026-11-28"
        raise ValueError(msg)  # noqa: TRY004 - as above
    return value


_READERS = {
    "takes_images": _as_bool,
    "batch_discount": _as_share,
    "successors": _as_texts,
    "picture_patch": _as_number,
    **dict.fromkeys(("price_in", "price_out"), _as_price),
    **dict.fromkeys(("context_limit", "output_limit", "picture_base", "picture_tile"), _as_tokens),
    **dict.fromkeys(("id", "service", "tokenizer", "source"), _as_text),
    **dict.fromkeys(("last_day", "as_of"), _as_date),
}
"""For each field, what checks a value from a file."""
