"""The outline of the land in the maps, serialised once for all tabs."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from bokeh.core.serialization import Serializable

from chatearthnet_explorer.widgets.shared.world_map import HAS_OUTLINE, LAND_PANE, land

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bokeh.core.serialization import Serializer


class SharedOutline(Serializable):
    """Stands for the 10,000 places of the outline where a document is made: each has them, none walks through them."""

    def to_serializable(self, serializer: Serializer | None) -> Any:  # noqa: ANN401 - what JSON can hold
        """Return lists of lists of numbers, which Bokeh sends as they are."""
        del serializer  # Bokeh hands it over
        return _land_locations()


@contextmanager
def without_outline() -> Iterator[None]:
    """Make maps without the outline within this block; ``bring_outline`` brings it."""
    token = HAS_OUTLINE.set(False)
    try:
        yield
    finally:
        HAS_OUTLINE.reset(token)


def bring_outline(bundle: dict[str, Any]) -> None:
    """Put the outline into the maps among the widgets of a page.

    Args:
        bundle: What ``ipywidgets_bokeh`` sends of them; changed in place.
    """
    for widget in bundle["state"]["state"].values():
        if widget["state"].get("pane") == LAND_PANE:
            widget["state"]["locations"] = SharedOutline()


@cache
def _land_locations() -> list[Any]:
    return [[[list(place) for place in ring] for ring in polygon] for polygon in land()]
