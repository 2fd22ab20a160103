"""Check plugins of other packages: required methods, and names, texts and errors made safe to display."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?")
"""Pattern of a plugin's name."""

TEXT_LIMIT = 200
"""Characters of a description, or of an error inside a sentence."""


def one_line(text: object, limit: int = TEXT_LIMIT) -> str:
    """Return a text of unknown origin on one line, printable, and at most ``limit`` characters long."""
    line = " ".join("".join(one if one.isprintable() else " " for one in str(text)[: 4 * limit]).split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def reason_of(error: BaseException) -> str:
    """Return the type and the text of an error of foreign code, bounded and on one line."""
    try:
        text = one_line(error)
    except Exception:  # noqa: BLE001 - an error whose own text fails
        text = ""
    return f"{type(error).__name__[:60]}: {text}".rstrip(": .")


def needs_factory(method: str) -> Callable[[str, Any], None]:
    """Return a ``verify`` for kinds whose plugins are factories of objects that have a method."""

    def verify(_name: str, factory: object) -> None:
        if not callable(factory):
            msg = f"it is {type(factory).__name__} and no class or function that makes one"
            raise TypeError(msg)
        if isinstance(factory, type) and not callable(getattr(factory, method, None)):
            msg = f"{factory.__name__} has no method {method}"
            raise TypeError(msg)

    return verify


def require_protocol(kind: str, thing: object, method: str, name: str | None = None) -> None:
    """Refuse an object that is not a captioner, or not a source.

    Raises:
        SettingError: If it lacks the method or a name, or calls itself other than it was registered as.
    """
    own = getattr(thing, "name", None)
    if not callable(getattr(thing, method, None)) or not isinstance(own, str) or not NAME.fullmatch(own):
        msg = f"A {kind} needs a name and a method {method}, which {type(thing).__name__[:60]} lacks."
        raise SettingError(msg)
    if name is not None and own != name:
        msg = f"The {kind} {name!r} calls itself {own!r}; give both the same name."
        raise SettingError(msg)
