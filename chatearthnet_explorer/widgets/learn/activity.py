"""The value ``Activity``: a view of a lesson, and the values of it that a task can ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets


@dataclass(frozen=True)
class Activity:
    """A view of a section."""

    widget: ipywidgets.Widget
    """What is shown."""

    state: Callable[[], dict[str, Any]]
    """Returns the values that goals and answers refer to, by name."""

    sources: tuple[tuple[ipywidgets.Widget, tuple[str, ...]], ...] = ()
    """The widgets and their traits that the state follows from."""

    def watch(self, callback: Callable[[], None]) -> None:
        """Call a function whenever the state may have changed."""
        for widget, names in self.sources:
            widget.observe(lambda _: callback(), list(names))
