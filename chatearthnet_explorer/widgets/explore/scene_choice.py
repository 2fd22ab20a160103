"""The scenes that a place can be seen by, listed beside the chip where the source has a list."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.widgets.shared.background import Work

if TYPE_CHECKING:
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.widgets.explore.caption_options import Switches

_LOG = logging.getLogger(__name__)


class SceneChoice:
    """Keeps ``switches.scenes`` and ``switches.scene`` to the place that is shown."""

    def __init__(self, switches: Switches) -> None:
        """Begin without scenes."""
        self._switches, self._work = switches, Work()
        self.scene = ""
        """Identifier of the scene that the chip was fetched of; empty for the least cloudy."""

    def forget(self) -> None:
        """Offer none: another place is wanted, or another source."""
        self._work.stop()
        self.scene, self._switches.scenes = "", ()

    def offer(self, source: Source, lon: float, lat: float) -> None:
        """Offer the scenes of a place, if they are not there yet and the source has a list of them."""
        scenes_at, switches = getattr(source, "scenes_at", None), self._switches
        if scenes_at is None or switches.scenes or self._work.busy:
            return
        year = switches.year

        # that there is none, the chip says already
        self._work.start(
            lambda _: scenes_at(lon, lat, year=year),
            done=lambda scenes: switches.set_trait("scenes", scenes),
            failed=_log,
        )

    def stop(self) -> None:
        """Let go of what is under way."""
        self._work.stop()


def _log(problem: Exception) -> None:
    if not isinstance(problem, ExplorerError):
        _LOG.error("A list of scenes failed.", exc_info=problem)
