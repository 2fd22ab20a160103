"""The value ``Verdict``: what a reviewer decided about one caption."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import LIMIT as CAPTION_LIMIT
from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.errors import VerdictError
from chatearthnet_explorer.record import NAME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

CORRECT, MINOR, MAJOR = "correct", "minor", "major"
"""The verdicts, from good to bad."""

VERDICTS = (CORRECT, MINOR, MAJOR)
"""All of them, in their order; minor and major are errors."""

CAUSES: Mapping[str, str] = MappingProxyType({
    "": "no cause given",
    "caption": "caption contradicts label",
    "label": "label wrong",
    "image": "image unusable",
    "language": "language",
})  # fmt: skip
"""Where the fault lies, by id, in the words that views and reports use. WorldCover is right about three times in four,
so a caption that contradicts its label is not always the one that is wrong."""

REVIEWER_LIMIT, NOTE_LIMIT = 200, 2_000
"""Characters that a reviewer's name and a note may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One reviewer's word on one caption. Its texts are hostile until a view escapes them."""

    reviewer: str
    """Who decided: any name, it is never part of a file's name."""

    name: str
    """The image's name as released."""

    style: str
    """Which of its captions: ``3.5`` or ``4v``."""

    caption_set: str = ""
    """Id of the set that the caption belongs to; empty for a released caption."""

    caption: str
    """``digest`` of the caption that was judged: a caption that changes later is another one."""

    verdict: str
    """One of ``VERDICTS``."""

    cause: str = ""
    """Where the fault mainly lies: a key of ``CAUSES``."""

    note: str = ""
    """Anything else."""

    correction: str = ""
    """The corrected caption; empty if there is none."""

    time: datetime
    """When, UTC, by the reviewer's clock."""

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            VerdictError: If one of them is not what it should be.
        """
        for field, limit in _LIMITS.items():
            value = getattr(self, _ATTRIBUTES.get(field, field))
            if not isinstance(value, str) or len(value) > limit:
                msg = f"The {field} of a verdict is a text of at most {limit:,} characters; shorten it."
                raise VerdictError(msg)
        if not self.reviewer.strip() or not self.name:
            msg = "A verdict needs the name of its reviewer and of the image; give both."
            raise VerdictError(msg)
        for field, choices in (("verdict", VERDICTS), ("cause", tuple(CAUSES)), ("style", RELEASED_STYLES)):
            if getattr(self, field) not in choices:
                msg = f"The {field} {getattr(self, field)!r:.60} is unknown; choose {_join(choices)}."
                raise VerdictError(msg)
        if not isinstance(self.time, datetime) or self.time.utcoffset() is None:
            msg = "The time of a verdict needs a time zone; give it in UTC."
            raise VerdictError(msg)
        try:
            self.time.astimezone(UTC)
        except OverflowError:
            msg = "The time of a verdict lies outside the years 1 to 9999; give it in UTC."
            raise VerdictError(msg) from None

    @property
    def is_error(self) -> bool:
        """Whether anything is wrong with the caption."""
        return self.verdict != CORRECT

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        values = {field: getattr(self, _ATTRIBUTES.get(field, field)) for field in _LIMITS}
        if not self.caption_set:  # as before there were captions of others
            del values["caption_set"]
        return values | {"time": self.time.astimezone(UTC).isoformat()}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Verdict:
        """Return the verdict that ``to_dict`` wrote; what it does not know is passed over.

        Raises:
            VerdictError: If it is none.
        """
        try:
            fields = {"caption_set": "", **fields}
            values = {_ATTRIBUTES.get(field, field): fields[field] for field in _LIMITS}
            return cls(**values, time=datetime.fromisoformat(fields["time"]))
        except (TypeError, KeyError, ValueError) as error:
            if isinstance(error, VerdictError):
                raise
            msg = "This is not a verdict: a field is missing or its time cannot be read; leave it out."
            raise VerdictError(msg) from None


def digest(caption: str) -> str:
    """Return what identifies a caption's words: 128 bits of SHA-256, in hexadecimal digits."""
    return hashlib.sha256(caption.encode("utf-8", "surrogatepass")).hexdigest()[:32]


_LIMITS = {
    "reviewer": REVIEWER_LIMIT,
    "name": NAME_LIMIT,
    "style": 10,
    "caption_set": 40,
    "caption": 64,
    "verdict": 10,
    "cause": 20,
    "note": NOTE_LIMIT,
    "corrected": CAPTION_LIMIT,
}
# fields that ledgers on disk call otherwise
_ATTRIBUTES = {"corrected": "correction"}


def _join(values: tuple[str, ...]) -> str:
    return ", ".join(repr(value) for value in values)
