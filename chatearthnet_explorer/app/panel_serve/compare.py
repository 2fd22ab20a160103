"""The section ``/compare`` for ``panel serve``."""

from chatearthnet_explorer.app.panel_plugin import open_page

open_page("/compare")
