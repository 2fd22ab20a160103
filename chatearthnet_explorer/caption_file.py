"""Files of captions: one JSON line for each request to a captioner, with its result or its failure.

Everything that has many captions written makes such a file. It is appended to, so a run that was killed goes on where
it stopped, and nothing is paid twice.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast, get_args

from chatearthnet_explorer.caption import LIMIT, Style, author_of
from chatearthnet_explorer.errors import CaptionFileError
from chatearthnet_explorer.files.bounded_lines import bounded_lines
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import FileIO
    from pathlib import Path

LINE_LIMIT = 200_000
"""Most bytes of a line; a caption of ``caption.LIMIT`` characters in JSON takes at most 120,000."""

NAME_LIMIT = 200
"""Most characters of a name, an identifier or a note."""

_REQUEST_FIELDS = (
    *("name", "style", "captioner", "requested_model", "wording", "seed"),
    *("prompt_id", "choices", "simulated"),
)
_ADDRESS = re.compile(r"^base_url=[^,]*(?:, |$)")  # in older files, beside its digest
_MOST_TOKENS = 10**9
_MOST_AMOUNT = 10**9  # dollars or seconds: sums of a million entries are finite
_LARGEST_SEED = 2**63
_MOST_NOTES = 20


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CaptionEntry(Value):
    """A request to a captioner and its result. Texts are hostile until a view escapes them."""

    name: str
    """Name of the chip, as in a release: ``3886_3141_patch11.png``."""

    style: Style
    """Style of the prompt."""

    captioner: str
    """The captioner, such as ``chat``."""

    requested_model: str = ""
    """Identifier of the model that was requested; empty without a model."""

    wording: str = ""
    """Hash of the wording of the prompt, 12 hexadecimal digits; empty if it is not known."""

    seed: int = 0
    """Seed of the nouns that the prompt draws; also that of the captioner if it has one."""

    prompt_id: str = ""
    """``Prompt.id`` of the prompt."""

    input_summary: str = ""
    """What the captioner read, in words."""

    choices: str = ""
    """Other choices of the request that differ from the usual, such as ``token_limit=500, reasoning_effort=low``."""

    caption: str = ""
    """The caption; empty if there is none."""

    error: str = ""
    """Why there is no caption, in one sentence; empty if there is one."""

    error_kind: str = ""
    """Kind of the failure: ``refusal``, ``empty chip``, ``service``, ...; empty if there is a caption."""

    model: str = ""
    """Identifier of the model, as the service reports it."""

    tokens_in: int | None = None
    """Tokens of the input, as the service counts them."""

    tokens_out: int | None = None
    """Tokens of the output, as the service counts them."""

    dollars: float | None = None
    """Price in US dollars, for a failure the most that the service may ask for; None if it is not known."""

    seconds: float | None = None
    """Time from the request to the whole answer; None if it is not known, as in a batch."""

    notes: tuple[str, ...] = ()
    """What a reader should know, one sentence each."""

    simulated: bool = False
    """Whether the chip is simulated."""

    timestamp: str = ""
    """When the answer was there, in UTC: ``2026-11-28T12:00:00Z``."""

    @cached_property
    def request_id(self) -> str:
        """Twenty hexadecimal digits of what was requested: equal requests have the same one, whatever came of them."""
        key = json.dumps([getattr(self, name) for name in _REQUEST_FIELDS])
        return hashlib.sha256(key.encode()).hexdigest()[:20]

    @property
    def author(self) -> str:
        """Who wrote, in words: the model, or what wrote without one."""
        return author_of(self.captioner, self.model or self.requested_model)

    def to_line(self) -> str:
        """Return it as one line of JSON, without fields that say nothing and without the line break."""
        defaults = {field.name: field.default for field in fields(self)}
        values = {name: getattr(self, name) for name in defaults}
        return json.dumps({name: value for name, value in values.items() if value != defaults[name]})


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """The lines of a file of captions."""

    entries: tuple[CaptionEntry, ...]
    """Its entries, in the order of the file; of a request that was repeated there are several."""

    damaged_lines: tuple[int, ...] = ()
    """Numbers (from 1) of lines that cannot be read, such as one that a kill cut."""

    def latest(self) -> dict[str, CaptionEntry]:
        """Return one entry for each request, by ``request_id``: the first with a caption, else the last failure."""
        result: dict[str, CaptionEntry] = {}
        for entry in self.entries:
            earlier = result.get(entry.request_id)
            if earlier is None or not earlier.caption:
                result[entry.request_id] = entry
        return result


def entry_of(line: str | bytes) -> CaptionEntry:
    """Return the entry of a line of JSON.

    Raises:
        CaptionFileError: If it is not an entry.
    """
    try:
        content = read_json(line)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        why = "it is not a JSON object"
        raise _not_an_entry(why)
    style = content.get("style")
    if style not in get_args(Style):
        why = "its style is unknown"
        raise _not_an_entry(why)
    name, captioner = (_text(content, key, NAME_LIMIT) for key in ("name", "captioner"))
    if not name or not captioner:
        why = "it has no name or no captioner"
        raise _not_an_entry(why)
    seed = content.get("seed", 0)
    notes = content["notes"][:_MOST_NOTES] if isinstance(content.get("notes"), list) else []
    return CaptionEntry(
        name=name,
        style=cast("Style", style),
        captioner=captioner,
        requested_model=_text(content, "requested_model", NAME_LIMIT),
        wording=_text(content, "wording", NAME_LIMIT),
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) and abs(seed) < _LARGEST_SEED else 0,
        prompt_id=_text(content, "prompt_id", NAME_LIMIT),
        input_summary=_text(content, "input_summary", 2 * NAME_LIMIT),
        choices=_ADDRESS.sub("", _text(content, "choices", NAME_LIMIT)),
        caption=_text(content, "caption", LIMIT),
        error=_text(content, "error", 5 * NAME_LIMIT),
        error_kind=_text(content, "error_kind", NAME_LIMIT),
        model=_text(content, "model", NAME_LIMIT),
        tokens_in=_count(content.get("tokens_in")),
        tokens_out=_count(content.get("tokens_out")),
        dollars=_amount(content.get("dollars")),
        seconds=_amount(content.get("seconds")),
        notes=tuple(_text({"note": str(note)}, "note", 3 * NAME_LIMIT) for note in notes),
        simulated=content.get("simulated") is True,
        timestamp=_text(content, "timestamp", 40),
    )


def read_caption_file(path: Path) -> CaptionFile:
    """Return the entries of a file of captions; those of damaged lines are left out and counted.

    Raises:
        CaptionFileError: If the file cannot be read.
    """
    entries: list[CaptionEntry] = []
    damaged_lines: list[int] = []
    for number, entry in entry_lines(path):
        if entry is None:
            damaged_lines.append(number)
        else:
            entries.append(entry)
    return CaptionFile(tuple(entries), tuple(damaged_lines))


def append_entries(path: Path, entries: Iterable[CaptionEntry]) -> None:
    """Append entries to a file, which is created if there is none; they are on disk when this returns.

    One call writes with one system call, so the entries of several threads and programs do not mix.

    Raises:
        CaptionFileError: If the file cannot be written.
    """
    text = "".join(f"{entry.to_line()}\n" for entry in entries)
    if not text:
        return
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o644)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            cut = _ends_within_line(path)
            _write_whole(file, ("\n" if cut else "").encode() + text.encode())
            os.fsync(descriptor)
    except OSError as error:
        msg = f"The captions cannot be written to {path} ({error.strerror}); choose another file or free some space."
        raise CaptionFileError(msg) from error


def now() -> str:
    """Return the present time in UTC, as ``CaptionEntry.timestamp`` has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry_lines(path: Path) -> Iterator[tuple[int, CaptionEntry | None]]:
    """Yield the number (from 1) and the entry of each line, None for a damaged one; the file may be of any length.

    Raises:
        CaptionFileError: If the file cannot be read.
    """
    if why := unreadable(path):
        msg = f"The caption file {path} {why}."
        raise CaptionFileError(msg)
    try:
        with path.open("rb") as file:
            for number, line in bounded_lines(file, LINE_LIMIT):
                if line is not None and not line.strip():
                    continue
                try:
                    yield number, None if line is None else entry_of(line)
                except CaptionFileError:
                    yield number, None
    except OSError as error:
        msg = f"The caption file {path} cannot be read ({error.strerror}); check the path."
        raise CaptionFileError(msg) from error


def _write_whole(file: FileIO, content: bytes) -> None:
    """Write all or nothing: a full disk takes a part, without an error."""
    if (count := file.write(content)) < len(content):
        end = os.fstat(file.fileno()).st_size
        if file.tell() == end:  # nobody else has written since
            os.ftruncate(file.fileno(), end - count)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _ends_within_line(path: Path) -> bool:
    """Return whether the last line was cut, as by a kill or a full disk."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
        return file.read(1) not in {b"", b"\n"}


def _not_an_entry(why: str) -> CaptionFileError:
    return CaptionFileError(f"A line of the caption file is not an entry: {why}; leave it out.")


def _text(content: dict[str, Any], key: str, limit: int) -> str:
    value = content.get(key, "")
    # a lone surrogate is allowed in JSON, but cannot be written to a file
    return value[:limit].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_TOKENS else None


def _amount(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(cast("float", value)) if is_number and 0 <= cast("float", value) < _MOST_AMOUNT else None
