"""What a file of captions says of earlier runs: which requests have a result, and what they cost."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.caption_file import entry_lines
from chatearthnet_explorer.caption_runs.failure_kinds import is_lasting
from chatearthnet_explorer.captioners.budget import Spending
from chatearthnet_explorer.errors import CaptionFileError

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.caption_file import CaptionEntry


class KnownRequests(NamedTuple):
    """The content of a file of captions in short; a hundred thousand requests take some 20 MB."""

    captions: frozenset[str]
    """``request_id`` of the requests with a caption."""

    failures: frozenset[str]
    """Of those that failed, without a caption, in a way that would repeat itself."""

    spending: Spending
    """What all its requests cost."""

    damaged_line_count: int
    """Lines that cannot be read."""


_BEGINNING = b'{"name": "'  # of the only line, if a kill cut it


def refuse_other_content(path: Path) -> None:
    """Let nothing be appended to a file that is no file of captions: a list of chips, or somebody's notes.

    Raises:
        CaptionFileError: If it has lines and none of them is an entry, or it cannot be read.
    """
    if not path.exists():
        return
    count = 0
    for _, entry in entry_lines(path):
        if entry is not None:
            return
        count += 1
    if count and not (count == 1 and _is_cut(path)):
        msg = f"{path} has other content than captions, and was left as it is; choose another file for them."
        raise CaptionFileError(msg)


def read_known(path: Path) -> KnownRequests:
    """Return what a file has; nothing if there is no file.

    Raises:
        CaptionFileError: If the file cannot be read.
    """
    captions: set[str] = set()
    failures: set[str] = set()
    requests, tokens, dollars, unpriced, damaged_count = 0, 0, 0.0, 0, 0
    for _, entry in entry_lines(path) if path.exists() else ():
        if entry is None:
            damaged_count += 1
            continue
        if entry.caption:
            captions.add(entry.request_id)
        elif is_lasting(entry.error_kind):
            failures.add(entry.request_id)
        tokens_of_entry = (entry.tokens_in or 0) + (entry.tokens_out or 0)
        if entry.caption or tokens_of_entry or entry.dollars:
            requests += 1
            tokens += tokens_of_entry
            dollars += entry.dollars or 0.0
            unpriced += entry.dollars is None
    spending = Spending(requests=requests, tokens=tokens, dollars=dollars, unpriced=unpriced)
    return KnownRequests(frozenset(captions), frozenset(failures - captions), spending, damaged_count)


def names_in_file(path: Path, like: CaptionEntry, *, retry_failures: bool = False) -> frozenset[str]:
    """Return the names of chips whose results are in a file, with the same choices.

    So a run that goes on need not read the labels of the chips that are done.

    Args:
        path: The file of captions; it need not be there.
        like: An entry with the choices of the run: style, captioner, model, wording, seed, simulated.
        retry_failures: Whether failures that are likely to last do not count as results.

    Raises:
        CaptionFileError: If it cannot be read.
    """
    choices = _choices(like)
    return frozenset(
        entry.name
        for _, entry in (entry_lines(path) if path.exists() else ())
        if entry
        and _choices(entry) == choices
        and (entry.caption or (is_lasting(entry.error_kind) and not retry_failures))
    )


def _is_cut(path: Path) -> bool:
    """Return whether a file begins as an entry does and has no line break at its end."""
    with path.open("rb") as file:
        has_beginning = file.read(len(_BEGINNING)) == _BEGINNING
        file.seek(-1, os.SEEK_END)  # the file has a line, so at least a byte
        return has_beginning and file.read(1) != b"\n"


def _choices(entry: CaptionEntry) -> str:
    return replace(entry, name="", prompt_id="").request_id
