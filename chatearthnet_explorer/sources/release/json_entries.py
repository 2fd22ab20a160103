"""The entries of one JSON file of the release, one after the other and in little memory."""

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
"""Characters that one entry may take; real ones take about a thousand."""

_PIECE = 1_000_000
_UTF8 = "utf-8"
_ESCAPED = re.compile("[\udc80-\udcff]")
_MOST_NAMED = 5
_SPACE = re.compile(r"[ \t\r\n]*")


def entries_of(file: BinaryIO, shown: str, note: Callable[[str], object] = lambda _: None) -> Iterator[Any]:
    """Yield what stands in a JSON list, as it stands there, whatever it is.

    Args:
        file: JSON in UTF-8; in UTF-16 or UTF-32 it is read as well. Bytes that are no UTF-8 become U+FFFD.
        shown: How sentences name the file.
        note: Called with a sentence, at the end, if the file was in another encoding or had such bytes.

    Raises:
        ReleaseError: If the file is no list, breaks off, or has an entry that is no JSON; what stands before it was
            yielded.
    """
    text = _Text(file, shown)
    try:
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
    finally:
        for sentence in text.oddities():
            note(sentence)


class _Text:
    """A window that moves over the file."""

    def __init__(self, file: BinaryIO, shown: str) -> None:
        self._file, self._shown = file, shown
        self._first = file.read(_PIECE)
        self.encoding = _encoding_of(self._first)
        # bytes that are no UTF-8 become lone surrogates first, which nothing else in the text can be
        errors = "surrogateescape" if self.encoding == _UTF8 else "replace"
        name = "utf-8-sig" if self.encoding == _UTF8 else self.encoding
        self._decoder = codecs.getincrementaldecoder(name)(errors)
        self._scan = json.JSONDecoder().raw_decode
        self._ended = False
        self._text = ""
        self._escaped = False
        self.spoilt: list[int] = []
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
                    if self._escaped and _ESCAPED.search(self._text, self.place, stop):
                        self.spoilt.append(number)
                        value = json.loads(_ESCAPED.sub("\N{REPLACEMENT CHARACTER}", self._text[self.place : stop]))
                    self.place = stop
                    return value
            self._more()

    def oddities(self) -> Iterator[str]:
        """Yield what is odd about how the file is written, as far as it was read."""
        if self.encoding != _UTF8:
            yield f"{self._shown} is {self.encoding.upper()} where UTF-8 belongs; it was read as such."
        if self.spoilt:
            few = ", ".join(map(str, self.spoilt[:_MOST_NAMED])) + ", ..." * (len(self.spoilt) > _MOST_NAMED)
            yield (
                f"{self._shown} has bytes that are no UTF-8 in {len(self.spoilt):,} of its entries (counted from 0: "
                f"{few}); each such byte is shown as \N{REPLACEMENT CHARACTER}."
            )

    def refuse(self, number: int) -> NoReturn:
        """Say that what follows so many entries is no JSON."""
        msg = f"{self._shown} breaks off or is no JSON behind {number} entries; fetch it again or use another copy."
        raise ReleaseError(msg)

    def _more(self) -> None:
        piece = self._first or self._file.read(_PIECE)
        self._first = b""
        self._ended = not piece
        decoded = self._decoder.decode(piece, final=self._ended)
        self._escaped = self._escaped or bool(_ESCAPED.search(decoded))
        self._text = self._text[self.place :] + decoded
        self.place = 0


def _encoding_of(start: bytes) -> str:
    """Return the encoding of JSON by its first bytes: a mark, or where the zeros of a sign of ASCII are (RFC 4627)."""
    found = json.detect_encoding(start)
    return _UTF8 if found == "utf-8-sig" else found
