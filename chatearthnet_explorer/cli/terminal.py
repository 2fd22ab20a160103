"""Print the output of the commands, with control characters escaped."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from chatearthnet_explorer.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

DEBUG = "CHATEARTHNET_DEBUG"
"""Environment variable: any value shows what libraries print, and tracebacks."""

# Controls, marks of direction and other invisible characters, halves of pairs, other line ends than \n
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_FIRST_PAIR = 0x10000  # the first code point that JSON writes as a pair

_errors: list[TextIO] = []  # standard error as it was before ``quiet``


def escape(text: str) -> str:
    r"""Return text for a terminal: line ends stay, other unseen characters become what JSON writes, ``\u202e``."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return text
    return "".join(_escape(ord(one)) if one != "\n" and unicodedata.category(one) in _UNSEEN else one for one in text)


def _escape(code: int) -> str:
    if code < _FIRST_PAIR:
        return f"\\u{code:04x}"
    high, low = divmod(code - _FIRST_PAIR, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def one_line(text: str) -> str:
    """Return a name, a caption or a message on one line, so that no part of it looks like a line of ours."""
    return " ".join(text.split())


def put(text: str | dict[str, object]) -> None:
    """Print words, and anything else as JSON."""
    write((text if isinstance(text, str) else json.dumps(text, indent=2, ensure_ascii=False)) + "\n")


def write(text: str) -> None:
    """Write a piece of what is printed; the same escapes stand for the same characters in JSON."""
    _write(sys.stdout, text)


def complain(sentence: str) -> None:
    """Print why a command failed, or what its caller should look at: one line, bounded, on standard error."""
    _write(standard_error(), shorten(one_line(sentence)) + "\n")


def write_error(text: str) -> None:
    """Write a piece of what is printed on standard error."""
    _write(standard_error(), text)


def standard_error() -> TextIO:
    """Return where our own sentences and bars go, also while libraries are kept quiet."""
    return _errors[-1] if _errors else sys.stderr


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # started without standard streams
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(escape(text).encode(encoding, "backslashreplace").decode(encoding))


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what libraries print to standard error off the terminal: warnings, logs, panics of compiled code.

    It would stand before our one sentence, which says the same in better words. Compiled code writes to file
    descriptor 2, whatever Python calls ``sys.stderr``. ``DEBUG`` in the environment shows it all.
    """
    if os.environ.get(DEBUG) or sys.stderr is None:
        yield
        return
    before, spare = sys.stderr, os.dup(2)
    try:
        ours = before.fileno() == 2  # noqa: PLR2004 - standard error
    except OSError:  # a stream without a file
        ours = False
    before.flush()
    terminal = os.fdopen(os.dup(2), "w", encoding=before.encoding, errors="backslashreplace") if ours else before
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), 2)
        sys.stderr = nowhere
        _errors.append(terminal)
        try:
            yield
        finally:
            _errors.pop()
            terminal.flush()
            sys.stderr = before
            os.dup2(spare, 2)
            os.close(spare)
            if ours:
                terminal.close()
