"""The list of writers that are compared, each with its captioner, model, style, seed and rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from chatearthnet_explorer.caption import STYLE_NAMES
from chatearthnet_explorer.captioners.model_table import DEFAULT
from chatearthnet_explorer.comparison import MOST
from chatearthnet_explorer.prompts.picture_prompt import IMAGES
from chatearthnet_explorer.prompts.wording import ORIGINAL, STYLES, original_path
from chatearthnet_explorer.widgets.compare.rule_choice import RuleChoice
from chatearthnet_explorer.widgets.explore.explore_link import LARGEST_SEED
from chatearthnet_explorer.widgets.shared.composite import descendants
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatearthnet_explorer.plugins import Plugin

_LONGEST_NAME = 40
_STYLES = [(STYLE_NAMES[style], style) for style in STYLES]
_IMAGES = [("those of the style", ""), *((image, image) for image in IMAGES)]

_LABELS = {
    "captioner": "Writer",
    "model": "Model",
    "style": "Style",
    "image": "Picture",
    "wording": "Wording",
    "seed": "Choice of words (seed)",
}

_WORDINGS = [("the project's", ""), ("the authors'", ORIGINAL)]


class WriterRow(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """One writer: set or observe ``writer``."""

    writer = traitlets.Instance(Writer)
    """Who writes."""

    def __init__(
        self,
        writer: Writer,
        captioners: Sequence[Plugin],
        *,
        choose_model: bool,
        default_model: str,
        remove: Callable[[], None],
    ) -> None:
        """Show a writer.

        Args:
            writer: Who writes.
            captioners: The captioners to choose from.
            choose_model: Whether a person may write the name of a model.
            default_model: The model where none is written.
            remove: Called when the person removes this writer.
        """
        self._with_service = {plugin.name for plugin in captioners if plugin.needs_service}
        self._is_filling = False
        labels = [(plugin.label.partition(" (")[0], plugin.name) for plugin in captioners]
        self._fields: dict[str, ipywidgets.Widget] = {
            "captioner": ipywidgets.Dropdown(options=labels, tooltip="Who writes the caption"),
            "model": ipywidgets.Text(
                placeholder=default_model[:_LONGEST_NAME], continuous_update=False, tooltip="Model"
            ),
            "style": ipywidgets.Dropdown(options=_STYLES, tooltip="Style of the prompt"),
            "image": ipywidgets.Dropdown(options=_IMAGES, tooltip="Picture that is sent"),
            "wording": ipywidgets.Dropdown(options=_WORDINGS, tooltip="Sentences around the facts"),
            "seed": ipywidgets.BoundedIntText(
                min=0, max=LARGEST_SEED, tooltip="Another number chooses other words for amounts"
            ),
        }
        for name, label in _LABELS.items():
            self._fields[name].description = label
        self._choose_model = choose_model
        self._rules = RuleChoice()
        self._remove = ipywidgets.Button(description="Remove", tooltip="Compare without this writer")
        self._remove.layout.width = "auto"
        # a class that is added later may never reach a page that is being drawn
        line = ipywidgets.HBox([*self._fields.values(), self._remove], _dom_classes=("cen-writer-fields",))
        super().__init__([line, self._rules], _dom_classes=("cen-writer",))
        self.writer = writer
        for field in self._fields.values():
            field.observe(self._read, "value")
        self._rules.observe(self._read, "without")
        self._remove.on_click(lambda _: remove())

    def set_removable(self, *, removable: bool) -> None:
        """Allow the removal, or not."""
        self._remove.disabled = not removable

    @traitlets.observe("writer")
    def _fill(self, _change: object) -> None:
        self._is_filling = True
        try:
            for name, field in self._fields.items():
                value = getattr(self.writer, name)
                if name == "wording" and value not in ("", ORIGINAL):  # a file that Python named
                    field.options = [*_WORDINGS, (value[-_LONGEST_NAME:], value)]
                field.value = value
            self._rules.style = self.writer.style
            self._rules.without = self.writer.without_rules
        finally:
            self._is_filling = False
        needs_service = self.writer.captioner in self._with_service
        for name, visible in (
            ("model", needs_service and self._choose_model),
            ("image", self.writer.captioner == "vision"),
            ("wording", needs_service and (bool(self.writer.wording) or original_path(self.writer.style).exists())),
        ):
            self._fields[name].layout.display = "" if visible else "none"
        self._rules.layout.display = "" if needs_service else "none"

    def _read(self, _change: object) -> None:
        if self._is_filling:
            return
        values: dict[str, Any] = {name: field.value for name, field in self._fields.items()}
        # a page can also send what its hidden fields have
        model = values["model"].strip()[:100] if self._choose_model else self.writer.model
        same_style = values["style"] == self.writer.style
        self.writer = replace(
            self.writer,
            **values | {"model": model},
            without_rules=self._rules.without if same_style else (),
        )


class WriterList(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The writers below each other, with a button for one more: set or observe ``writers``."""

    writers = traitlets.Tuple()
    """Who is compared, at most ``comparison.MOST``."""

    def __init__(
        self,
        writers: Sequence[Writer],
        captioners: Sequence[Plugin],
        *,
        choose_model: bool,
        default_model: str = DEFAULT,
    ) -> None:
        """Show writers.

        Args:
            writers: Who is compared at first.
            captioners: The captioners to choose from.
            choose_model: Whether a person may write the name of a model.
            default_model: The model where none is written.
        """
        self.choose_model = choose_model
        """Whether a person may write the name of a model."""
        self._captioners, self._default_model = captioners, default_model
        self._is_reading = False
        self._rows: list[WriterRow] = []
        self._add = ipywidgets.Button(description="Add a writer", layout={"width": "auto"})
        self._add.on_click(lambda _: self._add_writer())
        super().__init__([self._add])
        self.add_class("cen-writers")
        self.writers = tuple(writers)

    @traitlets.observe("writers")
    def _show(self, _change: object) -> None:
        if self._is_reading:
            return
        for row in self._rows:
            _close(row)
        self._rows = [self._row(writer) for writer in self.writers]
        self._arrange()

    def _row(self, writer: Writer) -> WriterRow:
        row = WriterRow(
            writer,
            self._captioners,
            choose_model=self.choose_model,
            default_model=self._default_model,
            remove=lambda: self._remove_row(row),
        )
        row.observe(self._read, "writer")
        return row

    def _arrange(self) -> None:
        for row in self._rows:
            row.set_removable(removable=len(self._rows) > 1)
        self._add.disabled = len(self._rows) >= MOST
        self.children = (*self._rows, self._add)

    def _add_writer(self) -> None:
        if len(self._rows) < MOST:
            self._rows.append(self._row(self._rows[-1].writer))
            self._arrange()
            self._read(None)

    def _remove_row(self, row: WriterRow) -> None:
        if len(self._rows) > 1:
            self._rows.remove(row)
            self._arrange()
            _close(row)
            self._read(None)

    def _read(self, _change: object) -> None:
        self._is_reading = True
        try:
            self.writers = tuple(row.writer for row in self._rows)
        finally:
            self._is_reading = False


def _close(row: WriterRow) -> None:
    for widget in descendants(row):
        ipywidgets.Widget.close(widget)
