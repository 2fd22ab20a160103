"""The files of a comparison that a browser can save: a card, and JSON."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.comparison_card import comparison_card
from chatearthnet_explorer.widgets.shared.download_button import FileOffer, SavedFile, safe_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.comparison import Comparison
    from chatearthnet_explorer.landcover.legend import Palette


def comparison_files(comparison: Comparison, palette: Callable[[], Palette]) -> tuple[FileOffer, ...]:
    """Return what can be saved of a comparison.

    Args:
        comparison: What was compared.
        palette: Returns the colours of the labels when a file is made.
    """
    return (
        FileOffer(key="html", label="Web page (HTML)", make=partial(_page, comparison, palette)),
        FileOffer(key="json", label="All facts (JSON)", make=partial(_facts, comparison)),
    )


def _page(comparison: Comparison, palette: Callable[[], Palette]) -> SavedFile:
    page = comparison_card(comparison, palette=palette()).page()
    return SavedFile(name=_name(comparison, "html"), data=page.encode(), media_type="text/html")


def _facts(comparison: Comparison) -> SavedFile:
    text = json.dumps(comparison.to_dict(), ensure_ascii=False, indent=2)
    return SavedFile(name=_name(comparison, "json"), data=text.encode(), media_type="application/json")


def _name(comparison: Comparison, ending: str) -> str:
    lat = f"{abs(comparison.lat):.4f}{'N' if comparison.lat >= 0 else 'S'}"
    lon = f"{abs(comparison.lon):.4f}{'E' if comparison.lon >= 0 else 'W'}"
    kind = "simulated" if comparison.chip.simulated else ""
    return safe_name("captions-compared", kind, lat, lon, ending=ending)
