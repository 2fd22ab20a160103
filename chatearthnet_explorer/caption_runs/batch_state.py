"""The state of a batch run on disk: what was written, submitted and collected, so that a kill loses nothing."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from chatearthnet_explorer.errors import CaptionFileError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.net.safe_json import read_json

STATE_FILE = "state.json"
"""Name of the file with the state."""

VERSION = 1
"""Version of the form of the file."""

Stage = Literal["written", "uploaded", "submitting", "submitted", "ended", "collected"]
"""How far a part is. ``submitting`` means that a batch may have been created without our knowing its identifier."""

MOST_PARTS = 10_000
"""Parts that a run may begin with; those of requests that are sent again come on top."""

_LARGEST = 100_000_000  # bytes of the file: ten times as many parts, with the longest identifiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of requests and its batch."""

    number: int
    """Number of its files, from 1."""

    requests: int
    """Requests in it."""

    digest: str
    """SHA-256 of the file of requests, 32 hexadecimal digits."""

    tokens_in: int = 0
    """Input tokens of all requests, as they were estimated."""

    tokens_out: int = 0
    """Output tokens of all requests, at most."""

    dollars: float | None = None
    """US dollars of all requests, at most; None if the price is not known."""

    attempt: int = 0
    """0 for requests that are sent for the first time, 1 for those that failed once, ..."""

    submission: int = 0
    """How often the same file was submitted before, because the service had no space for it."""

    stage: Stage = "written"
    """How far it is."""

    file_id: str = ""
    """Identifier of the uploaded file."""

    batch_id: str = ""
    """Identifier of the batch."""

    status: str = ""
    """Status of the batch when it was looked at."""

    output_file: str = ""
    """Identifier of the file of answers."""

    error_file: str = ""
    """Identifier of the file of failures."""

    @property
    def tokens(self) -> int:
        """Input and output tokens together, at most."""
        return self.tokens_in + self.tokens_out

    @property
    def metadata(self) -> dict[str, str]:
        """What is written on the batch, so that it can be found again."""
        return {
            "chatearthnet_explorer": self.digest,
            "attempt": str(self.attempt),
            "submission": str(self.submission),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """All parts of a run. There is no key in it."""

    captioner: str
    """The captioner."""

    model: str
    """Identifier of the model."""

    service: str
    """Host of the service."""

    parts: tuple[Part, ...] = field(default=())
    """The parts in the order of their numbers."""

    @property
    def is_done(self) -> bool:
        """Whether all parts were collected."""
        return all(part.stage == "collected" for part in self.parts)

    def with_part(self, part: Part) -> BatchState:
        """Return the state with a part in place of the one of its number, or after the last."""
        others = [one for one in self.parts if one.number != part.number]
        return replace(self, parts=tuple(sorted([*others, part], key=lambda one: one.number)))

    def without_unsubmitted(self) -> BatchState:
        """Return the state with the parts that were never submitted given up: nothing of them is paid for."""
        return replace(
            self,
            parts=tuple(
                replace(part, stage="collected", status="cancelled") if part.stage in {"written", "uploaded"} else part
                for part in self.parts
            ),
        )


def batch_folder(path: Path) -> Path:
    """Return the folder of the state and the files of requests that belong to a file of captions.

    A link and the file it leads to have the same one, or requests that are under way would be sent again.
    """
    return Path(f"{os.path.realpath(path)}.batch")


def save_state(folder: Path, state: BatchState) -> None:
    """Write the state; it is on disk as a whole when this returns.

    Raises:
        CaptionFileError: If it cannot be written.
    """
    part = folder / f"{STATE_FILE}.part"
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump({"version": VERSION, **asdict(state)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / STATE_FILE)
    except OSError as error:
        msg = f"The state of the batch cannot be written to {folder} ({error.strerror}); free some space and repeat."
        raise CaptionFileError(msg) from error


def load_state(folder: Path) -> BatchState | None:
    """Return the state in a folder; None if there is none.

    Raises:
        CaptionFileError: If it is damaged or of another version. Nothing may be submitted then.
    """
    path = folder / STATE_FILE
    if why := unreadable(path, missing=True):
        msg = f"The state of the batch {path} {why}."
        raise CaptionFileError(msg)
    try:
        with path.open("rb") as file:
            content = read_json(file.read(_LARGEST))
        return _state_of(content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        msg = (
            f"The state of the batch {path} cannot be used; look at your batches at the service before you remove it, "
            "since they are paid for."
        )
        raise CaptionFileError(msg) from error


def _state_of(content: Any) -> BatchState:  # noqa: ANN401 - anything may be in JSON
    if (
        content["version"] != VERSION
        or not isinstance(content["parts"], list)
        or len(content["parts"]) > 10 * MOST_PARTS
    ):
        msg = "of another form"
        raise ValueError(msg)
    parts = tuple(_part_of(row) for row in content["parts"])
    if [part.number for part in parts] != list(range(1, len(parts) + 1)):
        msg = "parts are missing"
        raise ValueError(msg)
    return BatchState(
        captioner=str(content["captioner"]), model=str(content["model"]), service=str(content["service"]), parts=parts
    )


def _part_of(row: dict[str, Any]) -> Part:
    part = Part(**{one.name: row[one.name] for one in fields(Part)})
    numbers = (part.number, part.requests, part.tokens_in, part.tokens_out, part.attempt, part.submission)
    texts = (part.digest, part.file_id, part.batch_id, part.status, part.output_file, part.error_file)
    is_valid = (
        part.stage in get_args(Stage)
        and all(isinstance(one, int) and one >= 0 for one in numbers)
        and all(isinstance(one, str) for one in texts)
        and (part.dollars is None or isinstance(part.dollars, int | float))
    )
    if not is_valid:
        msg = "a part is damaged"
        raise ValueError(msg)
    return part
