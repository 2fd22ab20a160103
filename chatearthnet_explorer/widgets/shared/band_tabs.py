"""The part of a chip view that shows the bands: six pictures, read and drawn when a person chooses one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from chatearthnet_explorer.band_pictures import NO_DATA, PICTURES, TRUE, picture_of
from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError, SourceError
from chatearthnet_explorer.render import png
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.picture_address import send_png
from chatearthnet_explorer.widgets.shared.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

READING = "Reading the bands."
"""Shown while the bands of a chip are read."""

STOP_MESSAGE = "Stopped. Choose a picture to read the bands again."
"""Shown once a person stopped that."""

_FAILURE = "The bands could not be read; see the log for the reason, or choose another source."
_SIMULATED = "only simulated ones can be had now, which do not belong to this picture; try again later."
_OTHER_SCENE = "the source has now chosen another scene, which does not belong to this picture; choose the place again."


class BandTabs(View):
    """A chip and its six pictures. Only the one that is chosen is drawn; bands that were read stay with the chip."""

    chip = t.Instance(Chip, allow_none=True)
    """What is shown; None before a place is chosen."""

    picture = t.Bytes(b"", read_only=True).tag(sync=True, to_json=send_png)
    """The picture that is chosen, PNG 256 x 256; empty where there is none."""

    band_picture = t.Enum(tuple(PICTURES), TRUE).tag(sync=True)
    """The picture that is chosen, of ``band_pictures.PICTURES``."""

    band_pictures: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The pictures to choose from, with their words and the colours of their legend."""

    bands_offered = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether there is a choice: the chip has bands, or they can be read."""

    band_note = t.Unicode("", read_only=True).tag(sync=True)
    """How the reflectance was computed that the picture is made of, in one sentence; empty for true colour."""

    band_progress = t.Unicode("", read_only=True).tag(sync=True)
    """What is waited for, in one sentence; empty while nothing is read."""

    band_error = t.Unicode("", read_only=True).tag(sync=True)
    """Why the chosen picture is not shown, in one sentence; empty if it is."""

    band_stops = t.Int(0).tag(sync=True)
    """How often a person stopped the reading."""

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        self._read_bands: Callable[[Chip], Chip] | None = None
        self._band_chip: Chip | None = None
        self._band_task = BackgroundTask()
        super().__init__(**traits)

    def read_bands_with(self, read: Callable[[Chip], Chip] | None) -> None:
        """Offer to read the bands of a chip that has none.

        Args:
            read: Returns the same chip with its bands; slow, it runs in the background. None to offer only what the
                chips have.
        """
        self._read_bands = read
        self._offer_bands()

    def close(self) -> None:
        """Stop the reading, and close the widget."""
        self._band_task.stop()
        super().close()

    @t.default("band_pictures")
    def _band_pictures(self) -> list[dict[str, object]]:
        return [
            {
                "id": picture.id,
                "label": picture.label,
                "sentence": picture.sentence,
                "exact": [["Exact term", picture.term], ["Made of", picture.formula], ["Source", picture.source]],
                "ramp": picture.ramp
                and {
                    "values": list(picture.ramp.values),
                    "colours": [f"rgb{colour}" for colour in picture.ramp.colours],
                    "low": picture.ramp.low,
                    "high": picture.ramp.high,
                },
                "no_data": f"rgb{NO_DATA}",
            }
            for picture in PICTURES.values()
        ]

    def _show_bands_of(self, before: Chip | None) -> None:
        """Follow a new chip: its bands are its own, unless it is the chip before with something added."""
        if not _is_same_picture(before, self.chip):
            self._band_task.stop()
            self._band_chip = None
            self._set_message()
            self.band_picture = TRUE
        self._offer_bands()
        if self.band_picture != TRUE:
            self._choose(None)

    def _offer_bands(self) -> None:
        has_bands = self.chip is not None and (bool(self.chip.bands) or self._read_bands is not None)
        self.set_trait("bands_offered", has_bands and self.chip is not None and self.chip.rgb is not None)

    @t.observe("band_picture")
    def _choose(self, _change: object) -> None:
        chip = self.chip
        if chip is None:
            return
        self._band_task.stop()
        self._set_message()
        with_bands = chip if chip.bands else self._band_chip
        if self.band_picture == TRUE or with_bands is not None:
            self._draw(with_bands or chip)
        elif self._read_bands is not None:
            read, picture_id = self._read_bands, self.band_picture
            self._set_message(progress=READING)
            self._band_task.start(
                lambda step: _read(chip, read, picture_id, step), on_result=self._keep, on_error=self._fail
            )
        else:
            self._draw(chip)  # which says what is missing

    @t.observe("band_stops")
    def _stop(self, _change: object) -> None:
        if self.band_progress:
            self._fail(STOP_MESSAGE)

    def _keep(self, chip: Chip) -> None:
        self._band_chip = chip
        self._set_message()
        self._draw(chip)

    def _draw(self, chip: Chip) -> None:
        """Show the chosen picture of the chip on screen, or of the same chip with bands."""
        source = self.chip if self.band_picture == TRUE and self.chip is not None else chip
        try:
            has_none = self.band_picture == TRUE and source.rgb is None
            self.set_trait("picture", b"" if has_none else png(picture_of(source, self.band_picture)))
        except ExplorerError as problem:
            self._fail(str(problem))
            return
        is_made = self.band_picture != TRUE
        self.set_trait("band_note", visible(chip.scene.radiometry) if is_made and chip.scene else "")

    def _fail(self, problem: Exception | str) -> None:
        """Go back to true colour and say why."""
        self._band_task.stop()
        self.band_picture = TRUE
        self._set_message(error=str(problem) if isinstance(problem, (ExplorerError, str)) else _FAILURE)

    def _set_message(self, *, progress: str = "", error: str = "") -> None:
        self.set_trait("band_progress", progress)
        self.set_trait("band_error", visible(error))


def _read(chip: Chip, read: Callable[[Chip], Chip], picture_id: str, step: Callable[[str], None]) -> Chip:
    """Return a chip with bands, a picture of which is drawn and kept for ``png`` on the way.

    Raises:
        SourceError: If there are no bands that belong to the picture on screen.
        EmptyChipError: If the bands of the picture are missing.
    """
    step(READING)
    with_bands = read(chip)
    step(READING)
    if with_bands.simulated and not chip.simulated:
        msg = f"No bands here: {_SIMULATED}"
        raise SourceError(msg)
    if chip.scene and with_bands.scene and chip.scene.item != with_bands.scene.item:
        msg = f"No bands here: {_OTHER_SCENE}"
        raise SourceError(msg)
    png(picture_of(with_bands, picture_id))
    return with_bands


def _is_same_picture(one: Chip | None, other: Chip | None) -> bool:
    """Return whether two chips show the same pixels of a place, so that bands of one belong to the other."""
    if one is None or other is None or one.tile != other.tile or one.source != other.source:
        return False
    return one.rgb is not None and other.rgb is not None and np.array_equal(one.rgb, other.rgb)
