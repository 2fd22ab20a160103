"""The value ``Plugin``: one captioner, source or check, with its name, label and description."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.plugins.plugin_requirements import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

LABEL_LIMIT = 60
"""Characters of a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One captioner, source or check, by its name."""

    name: str
    """Its name in Python, on the command line and in files: letters, digits, spaces, dots, dashes, underscores."""

    load: Callable[[], Any]
    """Imports it. What it returns depends on the kind: a factory, or a ``Check``."""

    origin: str = ""
    """The installed package it belongs to, with its version; empty for a built-in one or one registered by code."""

    label: str = ""
    """Its label in menus, one line of plain text; empty until it is imported."""

    description: str = ""
    """What it does, in one sentence of plain text; empty until it is imported."""

    needs_service: bool = True
    """Whether it asks a service. That may cost, so it is asked by the press of a button alone, and visitors of a
    server may choose it only where the owner offers models."""

    on_menus: bool = True
    """Whether menus list it; False if it needs more than its name."""

    builtin: bool = False
    """Whether it is part of this package."""


def builtin(
    target: str, name: str, label: str, description: str, *, needs_service: bool = True, on_menus: bool = True
) -> Plugin:
    """Return a plugin of this package.

    Args:
        target: ``module:attribute`` below ``chatearthnet_explorer``, imported when it is used.
        name: As for ``Plugin``.
        label: Likewise.
        description: Likewise.
        needs_service: Likewise.
        on_menus: Likewise.
    """
    return Plugin(
        name=name,
        load=partial(_import, target),
        label=label,
        description=description,
        needs_service=needs_service,
        on_menus=on_menus,
        builtin=True,
    )


def with_description(plugin: Plugin, thing: object, **about: Any) -> Plugin:
    """Return a plugin with the label, description and cost that its object states, where ``about`` does not."""
    doc = (inspect.getdoc(thing) or "").partition("\n")[0] if callable(thing) else ""
    needs_service = about.get("needs_service")
    return Plugin(
        name=plugin.name,
        load=plugin.load,
        origin=plugin.origin,
        label=one_line(about.get("label") or getattr(thing, "label", "") or plugin.name, LABEL_LIMIT),
        description=one_line(about.get("description") or getattr(thing, "description", "") or doc),
        needs_service=getattr(thing, "free", False) is not True if needs_service is None else bool(needs_service),
    )


def _import(target: str) -> Any:  # noqa: ANN401 - any object
    module, _, attribute = target.partition(":")
    return getattr(import_module(f"chatearthnet_explorer.{module}"), attribute)
