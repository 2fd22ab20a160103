"""What every view shares: its script, its style, the classes it colours, and a card where only reading is possible."""

from __future__ import annotations

from abc import abstractmethod
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import traitlets as t
from anywidget import AnyWidget

from chatearthnet_explorer.cards.chip_html import hex_colour, initials, ink, name_of
from chatearthnet_explorer.landcover.legend import CLASSES, PALETTES
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.cards import Card


class Readable:
    """Mixed into a widget: gives the card to viewers of notebooks in which no widget can live."""

    @abstractmethod
    def card(self) -> Card:
        """Return what the widget shows now, as static HTML."""

    def save_html(self, path: str | Path) -> None:
        """Write what the widget shows now as a page of its own.

        Raises:
            OSError: If the file cannot be written.
        """
        self.card().save(path)

    def _repr_html_(self) -> str:
        return self.card()._repr_html_()

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - IPython's protocol: a dict, a pair, or None
        # JupyterLab takes the widget where both are offered; nbviewer, GitHub and nbconvert take the HTML
        bundle = super()._repr_mimebundle_(**options)  # type: ignore[misc]  # of the widget it is mixed into
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/html"] = self._repr_html_()
        return bundle


class View(Readable, AnyWidget):
    """A widget drawn by a script of this package, with the legend's colours at hand."""

    palette = t.Enum(PALETTES, PALETTES[0]).tag(sync=True)
    """Colours of the classes: one of ``legend.PALETTES``."""

    highlight = t.Int(-1, min=-1, max=len(CLASSES) - 1).tag(sync=True)
    """The class that is pointed at, a position in ``legend.CLASSES``; -1 for none."""

    within = t.List(t.Enum(PARTS)).tag(sync=True)
    """The parts, of ``shares.PARTS``, in which it is pointed at; empty for the whole chip."""

    legend: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The classes: name, plain words, initials, colours and inks by palette."""

    style_sheet = t.Unicode(read_only=True).tag(sync=True)
    """Rules that the script puts beside what it draws, so that they hold in a shadow root (Panel) as well."""

    @t.default("legend")
    def _legend(self) -> list[dict[str, object]]:
        return [
            {
                "name": name_of(land),
                "plain": land.plain,
                "initials": initials(land),
                "colours": {name: hex_colour(land, name) for name in PALETTES},
                "inks": {name: ink(land, name) for name in PALETTES},
            }
            for land in CLASSES
        ]

    @t.default("style_sheet")
    def _style_sheet(self) -> str:
        return style_sheet(type(self).__module__.rpartition(".")[2])


def script(*names: str) -> str:
    """Return the script of a view: what all share, then its own. They are one module, because a widget has one."""
    return "".join(static(f"{name}.js") for name in ("view", *names))


def style_sheet(*names: str) -> str:
    """Return the style sheet of a view: what all share, then its own."""
    return "".join(static(f"{name}.css") for name in ("view", "steps", *names))


def static(name: str) -> str:
    """Return a script or style sheet, which lies beside the widget that it belongs to."""
    folders = files("chatearthnet_explorer.widgets").iterdir()
    return next(path for folder in folders if (path := folder / name).is_file()).read_text("utf-8")
