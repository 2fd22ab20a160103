"""The scenes that a place can be seen by, listed beside the chip where the source has a list."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.widgets.shared.background import BackgroundTask

if TYPE_CHECKING:
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.widgets.explore.caption_options import CaptionOptions

_LOG = logging.getLogger(__name__)


class SceneChoice:
    """Keeps ``options.scenes`` and ``options.scene`` to the place that is shown."""

    def __init__(self, options: CaptionOptions) -> None:
        """Begin without scenes."""
        self._options, self._work = options, BackgroundTask()
        self.scene = ""
        """Identifier of the scene that the chip was fetched of; empty for the least cloudy."""

    def forget(self) -> None:
        """Offer none: another place is wanted, or another source."""
        self._work.stop()
        self.scene, self._options.scenes = "", ()
        self._options.scene = ""  # also where there were none to choose from

    def offer(self, source: Source, lon: float, lat: float) -> None:
        """Offer the scenes of a place, if they are not there yet and the source has a list of them."""
        scenes_at, options = getattr(source, "scenes_at", None), self._options
        if scenes_at is None or options.scenes or self._work.busy:
            return
        year = options.year

        # that there is none, the chip says already
        self._work.start(
            lambda _: scenes_at(lon, lat, year=year),
            on_result=lambda scenes: options.set_trait("scenes", scenes),
            on_error=_log,
        )

    def stop(self) -> None:
        """Stop the current task."""
        self._work.stop()


def _log(problem: Exception) -> None:
    if not isinstance(problem, ExplorerError):
        _LOG.error("A list of scenes failed.", exc_info=problem)
