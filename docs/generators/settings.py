"""The settings that every front end shares, from their table in the code."""

from __future__ import annotations

import ast
import inspect
import os
from dataclasses import fields
from itertools import pairwise
from unittest.mock import patch

from chatearthnet_explorer.settings import Settings
from generators import markdown


def page() -> str:
    """Return a table of the fields of ``Settings``: name, meaning, and the default without any environment."""
    with patch.dict(os.environ, {"HOME": "$HOME"}, clear=True):
        defaults = Settings()
    docstrings = _docstrings(Settings)
    rows = [
        (markdown.code(field.name), markdown.escape(docstrings[field.name]), _value(getattr(defaults, field.name)))
        for field in fields(Settings)
    ]
    return markdown.table(("setting", "meaning", "default"), rows)


def _docstrings(table: type) -> dict[str, str]:
    """Return the docstring under each field of a class."""
    body = ast.parse(inspect.getsource(table)).body[0].body  # type: ignore[attr-defined]
    return {
        field.target.id: text.value.value
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }


def _value(value: object) -> str:
    values = value if isinstance(value, tuple) else (f"{value:,}" if isinstance(value, int) else value,)
    return ", ".join(markdown.code(str(one)) for one in values)
