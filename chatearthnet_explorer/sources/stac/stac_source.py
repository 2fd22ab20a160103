"""The source ``stac``: pixels of a Sentinel-2 scene, and labels from ESA WorldCover."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import RasterError, SceneError, SourceError, StacError
from chatearthnet_explorer.net.addresses import host_of
from chatearthnet_explorer.net.timed_calls import begin
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.chip_cache import ChipCache, chip_key
from chatearthnet_explorer.sources.stac.raster_windows import Layer, read_layers
from chatearthnet_explorer.sources.stac.scene_pixels import Pixels, clearest
from chatearthnet_explorer.sources.stac.stac_client import StacApis
from chatearthnet_explorer.sources.stac.worldcover import ATTRIBUTION, VERSIONS, labels_of, worldcover_layer
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.sources.protocol import Year
    from chatearthnet_explorer.sources.stac.scenes import SceneInfo

LABEL_SECONDS = 30.0
"""Seconds for reading the labels."""

CLICK_SECONDS = 45.0
"""Seconds after which no other STAC API or scene is tried."""

NOT_ALL_LISTED = "Not every scene of this place could be listed; there may be a clearer one."
"""Note of a chip if a later page of the search failed."""

POLAR = 84.0
"""Degrees north and south beyond which Sentinel-2 takes no pictures."""


@dataclass(frozen=True, kw_only=True)
class _Half:
    """One half of a chip: its labels or its pixels."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    """Its values for fields of the chip."""

    missing: tuple[str, ...] = ()
    """What is missing and why."""

    attribution: tuple[str, ...] = ()
    """Whom to thank."""

    lasting: bool = True
    """Whether the result may be cached; False after a failure."""


class StacSource:
    """Real chips, from the STAC APIs and the label server of the settings, cached on disk."""

    name = "stac"

    def __init__(self, settings: Settings | None = None) -> None:
        """Prepare to read; nothing is sent yet.

        Args:
            settings: Where STAC APIs, labels and the cache are; None for the settings of the environment.
        """
        self._settings = settings or Settings()
        self._apis = StacApis(self._settings.catalogues)
        self._cache = ChipCache(self._settings.cache, limit=self._settings.cache_bytes)

    def chip_at(
        self, lon: float, lat: float, *, year: Year = 2020, scene: str | None = None, bands: bool = False
    ) -> Chip:
        """Return the chip of the tile that holds a place; see ``sources.Source``.

        Raises:
            PlaceError: If the place is not on the grid.
            SettingError: If there is no WorldCover map of the year.
        """
        tile = Tile.at(lon, lat)
        layer = worldcover_layer(tile, year, self._settings.worldcover)
        key = chip_key(self._settings, tile, year=year, scene=scene, bands=bands)
        chip_in_cache = self._cache.get(key)
        if chip_in_cache is not None:
            return chip_in_cache
        # labels and pixels are read concurrently
        reading = begin(lambda: _labels(layer, tile, year))
        pixels = self._pixels(tile, year=year, scene=scene, bands=bands)
        labels = reading.result()
        chip = Chip(
            tile=tile,
            source=self.name,
            **labels.fields,
            **pixels.fields,
            missing=labels.missing + pixels.missing,
            attribution=pixels.attribution + labels.attribution,
        )
        if labels.lasting and pixels.lasting:
            self._cache.put(key, chip)
        return chip

    def scenes_at(self, lon: float, lat: float, *, year: int = 2020) -> tuple[SceneInfo, ...]:
        """Return the scenes of a place and year: those that cover the whole chip first, then by increasing cloud cover.

        Pass their ``id`` to ``chip_at`` as ``scene``.

        Raises:
            PlaceError: If the place is not on the grid.
            SettingError: If there is no WorldCover map of the year.
            StacError: If no scene was found and a STAC API failed.
            SceneError: If there is no scene, or none of them can be used.
        """
        tile = Tile.at(lon, lat)
        worldcover_layer(tile, year)
        troubles, unusable = [], []
        for answer in self._apis.scenes(tile, year=year):
            if isinstance(answer, StacError):
                troubles.append(answer)
            elif answer.scenes:
                return answer.scenes
            elif answer.why_none:
                unusable.append(SceneError(answer.why_none))
        raise next(iter([*unusable, *troubles]), SceneError(_no_scene(year, None)))

    def _pixels(self, tile: Tile, *, year: int, scene: str | None, bands: bool) -> _Half:
        if abs(tile.center[1]) > POLAR:
            return _Half(
                missing=(f"There are no pixels here: Sentinel-2 takes no pictures beyond {POLAR:.0f} degrees.",)
            )
        deadline = time.monotonic() + CLICK_SECONDS
        troubles: list[SourceError] = []
        try:
            answers = self._apis.scenes_by_id(tile, scene) if scene else self._apis.scenes(tile, year=year)
        except SceneError as error:
            return _Half(missing=(str(error),), lasting=False)
        for answer in answers:
            checkpoint()
            if isinstance(answer, StacError):
                troubles.append(answer)
            elif not answer.scenes:
                troubles += [SceneError(answer.why_none)] if answer.why_none else []
            else:
                try:
                    pixels = clearest(
                        answer.scenes,
                        tile,
                        year=None if scene else year,
                        bands=bands,
                        sign=self._apis.sign,
                        deadline=deadline,
                        complete=not answer.broken_off,
                    )
                except SourceError as error:
                    troubles.append(error)
                else:
                    return _pixel_half(pixels, answer.broken_off)
            if time.monotonic() > deadline:
                break
        # "no scene" is not cached: STAC APIs add scenes later
        return _Half(missing=_reasons(troubles, _no_scene(year, scene)), lasting=False)


def _labels(layer: Layer, tile: Tile, year: int) -> _Half:
    read = read_layers({"labels": layer}, tile, timeout=LABEL_SECONDS)["labels"]
    if isinstance(read, RasterError):
        return _Half(missing=("The labels could not be read.", str(read)), lasting=False)
    labels, missing = labels_of(read)
    if labels is None:
        return _Half(missing=missing, lasting=not read.failures)
    return _Half(
        fields={"labels": labels, "label_version": VERSIONS[year]},
        missing=missing,
        attribution=(ATTRIBUTION,),
        lasting=not read.failures,
    )


def _pixel_half(pixels: Pixels, broken_off: str) -> _Half:
    scene = pixels.scene
    year = scene.acquisition_time.year if scene.acquisition_time else ""
    return _Half(
        fields={"rgb": pixels.rgb, "scl": pixels.scl, "bands": pixels.bands, "scene": scene},
        missing=(
            *([NOT_ALL_LISTED, broken_off] if broken_off else []),
            *pixels.notes,
        ),
        attribution=(
            f"Contains modified Copernicus Sentinel data {year}",
            f"Scene found through {host_of(scene.catalogue)}",
        ),
        lasting=pixels.whole and not broken_off,
    )


def _no_scene(year: int, scene: str | None) -> str:
    if scene:
        return f"No scene catalogue has a scene {scene[:200]} of this place; choose one of those listed."
    return f"No scene catalogue has a scene of {year} here; there are none far out at sea and near the poles."


def _reasons(troubles: list[SourceError], otherwise: str) -> tuple[str, ...]:
    if not troubles:
        return (otherwise,)
    sentences = tuple(dict.fromkeys(map(str, troubles)))
    if all(isinstance(trouble, StacError) for trouble in troubles):
        return ("Could not reach a scene catalogue, so there are no pixels.", *sentences)
    return ("No scene could be used here, so there are no pixels.", *sentences)
