"""The entries of one JSON file of the release, one after the other and in little memory."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.nesting import is_deep

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_ENTRY = 4_000_000
"""Characters that one entry may take; real ones take about a thousand."""

_PIECE = 1_000_000
_SPACE = re.compile(r"[ \t\r\n]*")


def entries_of(file: BinaryIO, shown: str) -> Iterator[Any]:
    """Yield what stands in a JSON list, as it stands there, whatever it is.

    Args:
        file: JSON in UTF-8.
        shown: How sentences name the file.

    Raises:
        ReleaseError: If the file is no list, breaks off, or has an entry that is no JSON; what stands before it was
            yielded.
    """
    text = _Text(file, shown)
    if text.next() != "[":
        msg = f"{shown} is no list of image-text pairs; use the file as it was released."
        raise ReleaseError(msg)
    text.place += 1
    number = 0
    while (sign := text.next()) != "]":
        if number:
            if sign != ",":
                text.refuse(number)
            text.place += 1
            text.next()
        yield text.value(number)
        number += 1


class _Text:
    """A window that moves over the file."""

    def __init__(self, file: BinaryIO, shown: str) -> None:
        self._file, self._shown = file, shown
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._scan = json.JSONDecoder().raw_decode
        self._ended = False
        self._text = ""
        self.place = 0

    def next(self) -> str:
        """Move to the next sign that is no space, and return it; empty at the end of the file."""
        while True:
            match = _SPACE.match(self._text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self._text) or self._ended:
                return self._text[self.place : self.place + 1]
            self._more()

    def value(self, number: int) -> Any:  # noqa: ANN401 - anything may be in JSON
        """Return the value that starts here, and move behind it."""
        while True:
            if is_deep(self._text, self.place):
                self.refuse(number)
            try:
                value, stop = self._scan(self._text, self.place)
            except ValueError:
                if self._ended or len(self._text) - self.place > LARGEST_ENTRY:
                    self.refuse(number)
            else:
                if stop < len(self._text) or self._ended:  # a number may go on behind the window
                    self.place = stop
                    return value
            self._more()

    def refuse(self, number: int) -> NoReturn:
        """Say that what follows so many entries is no JSON."""
        msg = f"{self._shown} breaks off or is no JSON behind {number} entries; fetch it again or use another copy."
        raise ReleaseError(msg)

    def _more(self) -> None:
        piece = self._file.read(_PIECE)
        self._ended = not piece
        self._text = self._text[self.place :] + self._decoder.decode(piece, final=self._ended)
        self.place = 0
