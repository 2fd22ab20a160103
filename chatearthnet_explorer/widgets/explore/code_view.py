"""The lines of Python that give what is on screen, to be copied."""

from __future__ import annotations

import traitlets

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.widgets.shared.view import View, script


class CodeView(View):
    """Shows code as text and puts it on the clipboard: set ``code``."""

    _esm = script("code_view")

    code = traitlets.Unicode("").tag(sync=True)
    """What is shown; the view hides while it is empty."""

    def card(self) -> Card:
        """Return the code as static HTML."""
        return Card("Python code", (element("pre", visible(self.code)),))
