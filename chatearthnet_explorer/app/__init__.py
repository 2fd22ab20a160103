"""The same views, served by Panel."""

from chatearthnet_explorer.app.server import serve

__all__ = ["serve"]
