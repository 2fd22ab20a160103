"""Read the entries of a release's JSON file one by one, with little memory."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.net.safe_json import is_deep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST_ENTRY = 4_000_000
"""Most characters of one entry; real ones have about a thousand."""

_PIECE = 1_000_000
_UTF8 = "utf-8"
_BAD_BYTES = re.compile("[\udc80-\udcff]")
_MOST_NAMED = 5
_SPACE = re.compile(r"[ \t\r\n]*")


def entries_of(file: BinaryIO, name: str, note: Callable[[str], object] = lambda _: None) -> Iterator[Any]:
    """Yield the entries of a JSON list, unchecked and of any type.

    Args:
        file: JSON in UTF-8; in UTF-16 or UTF-32 it is read as well. Bytes that are not UTF-8 become U+FFFD.
        name: Name of the file in messages.
        note: Called with a sentence, at the end, if the file has another encoding or such bytes.

    Raises:
        ReleaseError: If the file is not a list, breaks off, or has an entry that is not JSON; the entries before it are
            yielded.
    """
    text = _Text(file, name)
    try:
        if text.next() != "[":
            msg = f"{name} is not a list of image-text pairs; use the file as it was released."
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
    finally:
        for sentence in text.remarks():
            note(sentence)


class _Text:
    """A window of text that moves through the file."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._first = file.read(_PIECE)
        self.encoding = _encoding_of(self._first)
        # bytes that are not UTF-8 become lone surrogates first, which nothing else in the text can be
        errors = "surrogateescape" if self.encoding == _UTF8 else "replace"
        name = "utf-8-sig" if self.encoding == _UTF8 else self.encoding
        self._decoder = codecs.getincrementaldecoder(name)(errors)
        self._scan = json.JSONDecoder().raw_decode
        self._at_end = False
        self._text = ""
        self._has_bad_bytes = False
        self.bad_entries: list[int] = []
        self.place = 0

    def next(self) -> str:
        """Move to the next character that is not a space, and return it; empty at the end of the file."""
        while True:
            match = _SPACE.match(self._text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self._text) or self._at_end:
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
                if self._at_end or len(self._text) - self.place > LARGEST_ENTRY:
                    self.refuse(number)
            else:
                if stop < len(self._text) or self._at_end:  # a number may go on behind the window
                    if self._has_bad_bytes and _BAD_BYTES.search(self._text, self.place, stop):
                        self.bad_entries.append(number)
                        value = json.loads(_BAD_BYTES.sub("\N{REPLACEMENT CHARACTER}", self._text[self.place : stop]))
                    self.place = stop
                    return value
            self._more()

    def remarks(self) -> Iterator[str]:
        """Yield remarks on how the file is encoded, as far as it was read."""
        if self.encoding != _UTF8:
            yield f"{self._name} is {self.encoding.upper()} instead of UTF-8; it was read as that."
        if self.bad_entries:
            count = len(self.bad_entries)
            few = ", ".join(map(str, self.bad_entries[:_MOST_NAMED])) + ", ..." * (count > _MOST_NAMED)
            yield (
                f"{self._name} has bytes that are not UTF-8 in {count:,} of its entries (counted from 0: "
                f"{few}); each such byte is shown as \N{REPLACEMENT CHARACTER}."
            )

    def refuse(self, number: int) -> NoReturn:
        """Raise the error for a file that is not JSON after so many entries."""
        msg = f"{self._name} breaks off or is not JSON after {number} entries; fetch it again or use another copy."
        raise ReleaseError(msg)

    def _more(self) -> None:
        piece = self._first or self._file.read(_PIECE)
        self._first = b""
        self._at_end = not piece
        text = self._decoder.decode(piece, final=self._at_end)
        self._has_bad_bytes = self._has_bad_bytes or bool(_BAD_BYTES.search(text))
        self._text = self._text[self.place :] + text
        self.place = 0


def _encoding_of(start: bytes) -> str:
    """Return the encoding of JSON by its first bytes: a mark, or where the zeros of a sign of ASCII are (RFC 4627)."""
    encoding = json.detect_encoding(start)
    return _UTF8 if encoding == "utf-8-sig" else encoding
