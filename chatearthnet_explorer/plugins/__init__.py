"""Plugins by name: captioners, sources and checks that are built in, installed, or registered by the user."""

from chatearthnet_explorer.plugins.foreign_code import needs_factory, one_line, require_protocol
from chatearthnet_explorer.plugins.plugin import Plugin, builtin
from chatearthnet_explorer.plugins.registry import Registry

__all__ = ["Plugin", "Registry", "builtin", "needs_factory", "one_line", "require_protocol"]
