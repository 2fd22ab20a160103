"""The bands of a chip: pictures made of them, and the light that one pixel throws back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.band_pictures import PICTURES, WAVELENGTHS, ndvi, ndwi, picture_of
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.learn.lesson_figures import LESSON_PICTURES
from chatearthnet_explorer.render import png
from chatearthnet_explorer.tile import SIZE
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip


class BandView(View):
    """Shows a chip in the light of its bands; pressing a place shows its reflectance in each band."""

    _esm = script("band_view")

    composites = t.List(
        [[id_, PICTURES[id_].label, PICTURES[id_].sentence] for id_ in LESSON_PICTURES], read_only=True
    ).tag(sync=True)
    """The pictures to choose from: id, words on the button, what it shows."""

    composite = t.Enum(LESSON_PICTURES, "true").tag(sync=True)
    """The picture that is shown."""

    picture = t.Bytes(b"", read_only=True).tag(sync=True)
    """It, PNG 256 x 256."""

    pixel = t.List(t.Int(min=0, max=SIZE - 1), minlen=0, maxlen=2).tag(sync=True)
    """Row and column of the chosen pixel; empty before one is chosen."""

    spectrum: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """For each band its name in words, its wavelength in nm and the reflectance of the chosen pixel (0 to 1)."""

    reading = t.Unicode("", read_only=True).tag(sync=True)
    """What is at the chosen pixel, in one sentence."""

    simulated = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether the chip is made up."""

    def __init__(self, chip: Chip, **traits: object) -> None:
        """Show a chip that has reflectance.

        Args:
            chip: With all nine bands.
            traits: Traits by name.
        """
        self._chip = chip
        super().__init__(**traits)
        self.set_trait("simulated", chip.simulated)
        self._show_picture(None)

    @property
    def values(self) -> dict[str, Any]:
        """``ndvi``, ``ndwi``, ``nir_by_red`` and the ``land`` of the chosen pixel; empty before one is chosen."""
        if len(self.pixel) < 2:  # noqa: PLR2004 - row and column
            return {}
        at = tuple(self.pixel)
        bands = {name: band[at[0] : at[0] + 1, at[1] : at[1] + 1] for name, band in self._chip.bands.items()}
        land = "" if self._chip.labels is None else CLASSES[self._chip.labels[at]].name
        return {
            "ndvi": float(ndvi(bands)[0, 0]),
            "ndwi": float(ndwi(bands)[0, 0]),
            "nir_by_red": float(bands["B08"][0, 0] / bands["B04"][0, 0]),
            "land": land,
        }

    def card(self) -> Card:
        """Return the reflectance of the chosen pixel as static HTML."""
        rows = (element("li", f"{name} ({nm} nm): {100 * value:.1f} %") for name, nm, value in self.spectrum)
        return Card("The light of one pixel", (element("section", element("p", self.reading), element("ul", *rows)),))

    @t.observe("composite")
    def _show_picture(self, _change: object) -> None:
        self.set_trait("picture", png(picture_of(self._chip, self.composite)))

    @t.observe("pixel")
    def _show_pixel(self, _change: object) -> None:
        values = self.values
        if not values:
            return
        row, column = self.pixel
        with self.hold_sync():
            self.set_trait(
                "spectrum",
                [[words, nm, float(self._chip.bands[name][row, column])] for name, (words, nm) in WAVELENGTHS.items()],
            )
            here = f"The map calls this pixel {values['land']}." if values["land"] else "The map has no class here."
            self.set_trait(
                "reading",
                f"{here} It throws back {values['nir_by_red']:.1f} times as much near infrared as red. "
                f"NDVI {values['ndvi']:.2f}, NDWI {values['ndwi']:.2f}.",
            )
