"""The files of a place that a browser can save: card, picture, GeoTIFF, JSON."""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards import card
from chatearthnet_explorer.cards.card_png import card_png
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.widgets.shared.download_button import FileOffer, SavedFile, safe_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.landcover.legend import Palette

    PaletteNow = Callable[[], Palette]
    from chatearthnet_explorer.pipeline import Captioned

_NO_RASTERIO = "A GeoTIFF needs rasterio; install it with `pip install 'chatearthnet-explorer[stac]'`."


def place_files(captioned: Captioned, palette: PaletteNow) -> tuple[FileOffer, ...]:
    """Return what can be saved of a click.

    Args:
        captioned: What became of it.
        palette: Returns the colours of the labels when a file is made.
    """
    chip = captioned.chip

    def offer(key: str, label: str, make: Callable[[], SavedFile]) -> FileOffer:
        return FileOffer(key=key, label=label, make=make)

    offers = [
        offer("html", "Web page (HTML)", partial(_page, captioned, palette)),
        offer("png", "Picture with caption (PNG)", partial(_picture, captioned, palette)),
        offer("json", "All facts (JSON)", partial(_facts, captioned)),
    ]
    if chip.rgb is not None or chip.labels is not None:
        offers.append(offer("geotiff", "For a map program (GeoTIFF)", partial(_geotiff, captioned)))
    return tuple(offers)


def facts_of(captioned: Captioned) -> dict[str, object]:
    """Return all that is known of a click as JSON: place, scene, shares by part, prompt, caption, and Python code."""
    chip, scene = captioned.chip, captioned.chip.scene
    facts = captioned.to_dict()
    provenance: dict[str, object] = {
        "baseline": scene.baseline if scene else None,
        "radiometry": scene.radiometry if scene else None,
        "tile_cloud_share": scene.tile_cloud_share if scene else None,
    }
    return {
        **facts,
        "provenance": provenance,
        "shares_by_part": {} if chip.labels is None else shares(chip.labels),
        "code": captioned.code,
    }


def _page(captioned: Captioned, palette: PaletteNow) -> SavedFile:
    page = card(captioned, palette=palette()).page()
    return SavedFile(name=_name(captioned, "html"), data=page.encode(), media_type="text/html")


def _picture(captioned: Captioned, palette: PaletteNow) -> SavedFile:
    return SavedFile(name=_name(captioned, "png"), data=card_png(captioned, palette=palette()), media_type="image/png")


def _facts(captioned: Captioned) -> SavedFile:
    text = json.dumps(facts_of(captioned), ensure_ascii=False, indent=2)
    return SavedFile(name=_name(captioned, "json"), data=text.encode(), media_type="application/json")


def _geotiff(captioned: Captioned) -> SavedFile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chip.tif"
        try:
            captioned.chip.to_geotiff(path)
        except ImportError as error:
            raise ExplorerError(_NO_RASTERIO) from error
        data = path.read_bytes()
    note = "Red, green, blue and the WorldCover codes of the labels are its bands, as far as they are there."
    return SavedFile(
        name=_name(captioned, "tif"), data=data, media_type="image/tiff", note=f"Saved the GeoTIFF. {note}"
    )


def _name(captioned: Captioned, ending: str) -> str:
    kind = "simulated" if captioned.chip.simulated else ""
    lat = f"{abs(captioned.lat):.4f}{'N' if captioned.lat >= 0 else 'S'}"
    lon = f"{abs(captioned.lon):.4f}{'E' if captioned.lon >= 0 else 'W'}"
    return safe_name("chatearthnet", kind, lat, lon, ending=ending)
