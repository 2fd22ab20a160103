"""JSON of others, read only as deep as anything that is meant for us goes."""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 64
"""Lists and objects within each other; a STAC page has about ten, a caption's entry two."""

# a string, or as much of it as there is, so that its brackets do not count; possessive, so one look at each sign
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SIGNS = re.compile(rf"{_STRING}?|([\[{{])|[\]}}]", re.DOTALL)
_FLAT = re.compile(rf'\{{(?:[^"\[\]{{}}]++|{_STRING})*+\}}', re.DOTALL)
"""An object without another inside: most entries of a release, so one match must do for them."""


def read_json(content: str | bytes) -> Any:  # noqa: ANN401 - anything may be in JSON
    """Return what a text in JSON says.

    Python's own reader goes as deep as the interpreter lets it; whatever is tidied up while it is down there fails
    in silence (https://docs.python.org/3/library/sys.html#sys.unraisablehook). So the text is looked at first.

    Args:
        content: The text, or its bytes in UTF-8, UTF-16 or UTF-32.

    Raises:
        ValueError: If it is no JSON, or goes deeper than ``DEEPEST``.
    """
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
    if text.count("[") + text.count("{") > DEEPEST and is_deep(text):
        msg = f"goes deeper than {DEEPEST} lists and objects within each other"
        raise ValueError(msg)
    return json.loads(text)


def text_of(content: bytes) -> str:
    """Return the text of a web answer in JSON: UTF-8, UTF-16 or UTF-32, with or without a mark, else Latin-1.

    RFC 8259 asks for UTF-8; servers that send Latin-1 all the same do so in titles, which nobody reads here.
    """
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        return content.decode("latin-1")


def is_deep(text: str, start: int = 0) -> bool:
    """Return whether the value that starts at a place of a text goes deeper than ``DEEPEST``."""
    if _FLAT.match(text, start):
        return False
    depth = 0
    for sign in _SIGNS.finditer(text, start):
        if sign[1]:
            depth += 1
            if depth > DEEPEST:
                return True
        elif sign[0] in {"]", "}"}:
            depth -= 1
        if depth <= 0:
            return False
    return False
