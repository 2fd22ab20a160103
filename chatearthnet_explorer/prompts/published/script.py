"""Parse a script and find the text that it sends to a model."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from dataclasses import dataclass

from chatearthnet_explorer.prompts.published.pieces import OtherPatternError, only
from chatearthnet_explorer.prompts.published.script_expressions import Frame
from chatearthnet_explorer.prompts.published.script_statements import Statements, names_changed
from chatearthnet_explorer.prompts.published.script_values import Items, Nth, Table, Text, Unknown, Value
from chatearthnet_explorer.prompts.published.text_building import TooLongError, element, literal

LARGEST = 1_000_000
"""Bytes of a script; the published ones have about 13 thousand."""

_MOST_REQUESTS = 16
_REQUEST, _MESSAGES = "one request to a model", "the messages of its request"
_TYPE = Text(("type",))


@dataclass(frozen=True, slots=True)
class Request:
    """The messages of a request, as far as they are text."""

    system: Text | None
    """The system message; None if there is none."""

    user: Text
    """The text of the user's message."""

    images: int
    """Images in the user's message."""


class ScriptError(ValueError):
    """A file that is no script. Its text is a sentence without its subject."""


def read_request(content: bytes) -> Request | None:
    """Return what a script sends to a model; None if it makes no request. The script is parsed and never run.

    Raises:
        ScriptError: If it is not Python, or too large to be followed.
        OtherPatternError: If its request cannot be followed with certainty.
    """
    if len(content) > LARGEST:
        msg = f"is larger than {LARGEST // 1_000_000} MB, which no published script is; give the script itself."
        raise ScriptError(msg)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its escapes and comparisons
            tree = ast.parse(content)
        return _request(tree)
    except (SyntaxError, UnicodeError) as error:
        msg = f"is not a Python script ({type(error).__name__}); give the script as it was published."
        raise ScriptError(msg) from None
    except (TooLongError, RecursionError, MemoryError):
        msg = "is too long or too deep to be followed; give the script as it was published."
        raise ScriptError(msg) from None


def _request(tree: ast.Module) -> Request | None:
    changes = Counter(names_changed(tree))
    functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef) and changes[one.name] == 1}
    makers = [one for one in functions.values() if _has_messages(one)]
    if not makers:
        if _has_messages(tree):
            raise OtherPatternError(_REQUEST)
        return None
    modules = frozenset(
        alias.name
        for one in tree.body
        if isinstance(one, ast.Import)
        for alias in one.names
        if alias.asname is None and changes[alias.name] == 1
    )
    statements = Statements(_constants(tree, changes), functions, modules)
    for maker in makers:
        statements.call(maker, [Unknown(frozenset({one.arg})) for one in maker.args.args])
    if not 1 <= len(statements.requests) <= _MOST_REQUESTS:
        raise OtherPatternError(_REQUEST)
    first, *others = map(_messages, statements.requests)
    if any(other != first for other in others):
        raise OtherPatternError(_REQUEST)
    return first


def _has_messages(tree: ast.AST) -> bool:
    return any(
        isinstance(key, ast.Constant) and key.value == "messages"
        for one in ast.walk(tree)
        if isinstance(one, ast.Dict)
        for key in one.keys
    )


def _constants(tree: ast.Module, changes: Counter[str]) -> dict[str, Value]:
    """Return the constants of the module: names that are assigned once, at its top, and changed nowhere."""
    at_top: dict[str, ast.expr] = {}
    for one in tree.body:
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                at_top[name] = value
    frame, reader = Frame({}), Statements({}, {}, frozenset())
    for name, node in at_top.items():
        if changes[name] == 1:
            frame.values[name] = reader.evaluate(node, frame)
    return frame.values


def _messages(messages: Value) -> Request:
    by_role: dict[str, Value] = {}
    for message in only(messages, Items, _MESSAGES).values:
        role = literal(only(element(only(message, Table, _MESSAGES), Text(("role",))), Text, _MESSAGES).pieces)
        if role not in {"system", "user"} or role in by_role:
            raise OtherPatternError(_MESSAGES)
        by_role[role] = element(message, Text(("content",)))
    if "user" not in by_role:
        raise OtherPatternError(_MESSAGES)
    user, images = _content(by_role["user"])
    return Request(_content(by_role["system"])[0] if "system" in by_role else None, user, images)


def _content(value: Value) -> tuple[Text, int]:
    """Return the text of a message and its number of images, which follow the text."""
    if isinstance(value, Nth):
        value = value.element  # one of several prompts that are made alike
    if isinstance(value, Text):
        return value, 0
    first, *others = only(value, Items, _MESSAGES).values or (value,)
    if element(first, _TYPE) != Text(("text",)) or any(element(one, _TYPE) != Text(("image_url",)) for one in others):
        raise OtherPatternError(_MESSAGES)
    return only(element(first, Text(("text",))), Text, "the text of the messages"), len(others)
