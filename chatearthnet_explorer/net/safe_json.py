"""Parse untrusted JSON with a limit to its depth."""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 64
"""Lists and objects inside each other; a STAC page has about ten levels, an entry of a release two."""

# a string, or as much of it as there is, so that its brackets do not count; possessive, so one look at each sign
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SIGNS = re.compile(rf"{_STRING}?|([\[{{])|[\]}}]", re.DOTALL)
_PLAIN = rf'[^"\[\]{{}}]++|{_STRING}'
_FLAT = re.compile(rf"\{{(?:{_PLAIN}|\[(?:{_PLAIN})*+\])*+\}}", re.DOTALL)
"""An object with at most flat lists inside: all entries of a release, so one match must be enough for them."""


def read_json(content: str | bytes) -> Any:  # noqa: ANN401 - anything may be in JSON
    """Return the value of a text in JSON.

    Python's own parser recurses as deep as the interpreter allows, and clean-up at that depth fails
    in silence (https://docs.python.org/3/library/sys.html#sys.unraisablehook). So the depth is checked first.

    Args:
        content: The text, or its bytes in UTF-8, UTF-16 or UTF-32.

    Raises:
        ValueError: If it is not JSON, or goes deeper than ``DEEPEST``.
    """
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
    if text.count("[") + text.count("{") > DEEPEST and is_deep(text):
        msg = f"goes deeper than {DEEPEST} lists and objects inside each other"
        raise ValueError(msg)
    return json.loads(text)


def text_of(content: bytes) -> str:
    """Return the text of a web answer in JSON: UTF-8, UTF-16 or UTF-32, with or without a mark, else Latin-1.

    RFC 8259 requires UTF-8; some servers send Latin-1 all the same, in titles, which are not used here.
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
