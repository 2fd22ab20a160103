"""The pane that shows a widget, with scripts from this server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn

from chatearthnet_explorer.app.map_outline import bring_outline

if TYPE_CHECKING:
    from bokeh.document import Document
    from bokeh.models import LayoutDOM

    from chatearthnet_explorer.app.shared_parts import SharedParts


class WidgetPane(pn.pane.IPyWidget):
    """Panel's pane of a widget, with its scripts from here."""

    def __init__(self, widget: Any, *, scripts: str, parts: SharedParts, **options: Any) -> None:  # noqa: ANN401 - Panel's
        """Take a widget.

        Args:
            widget: The widget.
            scripts: Address of the folder of widget scripts, relative to the page.
            parts: Where values lie that are the same in every tab.
            options: As ``pn.pane.IPyWidget`` takes them.
        """
        super().__init__(widget, **options)  # type: ignore[no-untyped-call]  # half of Panel has types
        self._scripts, self._parts = scripts, parts

    def model_for(self, document: Document) -> LayoutDOM:
        """Return the widget as a model of Bokeh's, without a layout or style sheets of Panel's."""
        model: LayoutDOM = self._get_ipywidget(self.object, document, None, None, sizing_mode="stretch_width")
        return model

    def _get_ipywidget(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - Panel's own signature
        model = super()._get_ipywidget(*arguments, **options)  # type: ignore[no-untyped-call]  # likewise
        model.cdn = self._scripts
        bring_outline(model.bundle)
        self._parts.replace(model.bundle)
        return model
