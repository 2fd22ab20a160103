"""The further captions of a catalog: its caption sets, each a small catalog of its own in the folder ``captions``."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.catalog.caption_set import ID_DIGITS, CaptionSet, read_caption_set
from chatearthnet_explorer.catalog.catalog_versions import POINTER, current, lock_folder
from chatearthnet_explorer.errors import CatalogError, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FOLDER = "captions"
"""Folder of a catalog with a folder for each set, which has the set's id as its name."""

MOST_SETS = 100
"""Most sets of a catalog: opening a pair looks into each of them."""

REPORT_KEY = "caption_set"
"""Key of a catalog's report with the set; a catalog of a release does not have it."""

_MOST_NOTES = 3
_MOST_LISTED = 5
_SHORTEST = 4  # characters of an id that may stand for it
_REMOVED_PREFIX = ".removed-"


class CaptionSetList(NamedTuple):
    """The sets of a catalog."""

    sets: tuple[CaptionSet, ...]
    """Those that can be read, by label."""

    notes: tuple[str, ...]
    """What is wrong with others, one sentence each."""


def folder_of_set(folder: Path, ident: str) -> Path:
    """Return the folder of a set, which is a catalog, by the folder of the catalog that it belongs to."""
    return folder / FOLDER / ident


def list_caption_sets(folder: Path) -> CaptionSetList:
    """Return the sets of the catalog in a folder. A damaged one costs a note and not the catalog."""
    sets: list[CaptionSet] = []
    notes: list[str] = []
    names = set_names(folder)
    for name in names[:MOST_SETS]:
        try:
            caption_set = _read(folder_of_set(folder, name))
        except (CatalogError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            why = str(error) if isinstance(error, CatalogError) else "its report cannot be read."
            notes.append(
                f"The further captions {name} are left out: {why} Remove them with `catalog remove-captions`, and add "
                "their files again."
            )
        else:
            if caption_set is not None:
                sets.append(caption_set)
    if len(notes) > _MOST_NOTES:
        notes[_MOST_NOTES:] = [f"{len(notes) - _MOST_NOTES:,} more sets of captions cannot be read."]
    if len(names) > MOST_SETS:
        notes.append(
            f"There are {len(names):,} sets of further captions in this catalog, and the first {MOST_SETS} are read; "
            "remove some with `catalog remove-captions`."
        )
    return CaptionSetList(tuple(sorted(sets, key=lambda one: (one.label, one.id))), tuple(notes))


def find_caption_set(sets: Sequence[CaptionSet], words: str) -> CaptionSet:
    """Return the set of an id, of the beginning of an id, of a label, or of the beginning of a label.

    Raises:
        QueryError: If there is none, or more than one.
    """
    key = " ".join(words.split()).casefold()
    ways: tuple[Callable[[CaptionSet], bool], ...] = (
        lambda one: one.id == key,
        lambda one: one.label.casefold() == key,
        lambda one: len(key) >= _SHORTEST and one.id.startswith(key),
        lambda one: bool(key) and one.label.casefold().startswith(key),
    )
    for way in ways:
        matches = [one for one in sets if way(one)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            ids = ", ".join(one.id for one in matches[:_MOST_LISTED])
            msg = f"{len(matches)} sets of captions are called {words[:60]!r}; name one by its id: {ids}."
            raise QueryError(msg)
    names = "; ".join(f"{one.id} ({one.label})" for one in sets[:_MOST_LISTED])
    choices = f"choose from {names}" if sets else "add some with `catalog add-captions`"
    msg = f"This catalog has no captions called {words[:60]!r}; {choices}."
    raise QueryError(msg)


def remove_caption_set(folder: Path, ident: str) -> None:
    """Delete a set, also one that cannot be read.

    Raises:
        QueryError: If there is no set of that id.
        CatalogError: If another process is writing captions, or the folder cannot be changed.
    """
    if ident not in set_names(folder):
        msg = f"This catalog has no captions with the id {ident[:60]!r}; `catalog info` lists them."
        raise QueryError(msg)
    with lock_folder(folder / FOLDER):
        path = folder_of_set(folder, ident)
        waiting = path.with_name(f"{_REMOVED_PREFIX}{ident}-{os.getpid()}")
        path.rename(waiting)  # a set is there as a whole or not at all
        shutil.rmtree(waiting, ignore_errors=True)


def set_names(folder: Path) -> list[str]:
    """Return the ids of all sets in the catalog of a folder, also of those that cannot be read."""
    try:
        with os.scandir(folder / FOLDER) as files:
            return sorted(one.name for one in files if is_id(one.name) and one.is_dir(follow_symlinks=False))
    except OSError:
        return []


def is_id(text: str) -> bool:
    """Return whether a text has the form of a set's id, so that it can be the name of a folder."""
    return len(text) == ID_DIGITS and set(text) <= set("0123456789abcdef")


def _read(path: Path) -> CaptionSet | None:
    """Return the set of a folder; None for one that a kill left before anything was published."""
    if not (path / POINTER).exists() and not any(one.is_dir() and one.name[0] != "." for one in path.iterdir()):
        return None
    version, _ = current(path)
    caption_set = read_caption_set(json.loads((version / "report.json").read_text(encoding="utf-8"))[REPORT_KEY])
    if caption_set.id != path.name:
        msg = "It is in the folder of another set."
        raise CatalogError(msg)
    return caption_set
