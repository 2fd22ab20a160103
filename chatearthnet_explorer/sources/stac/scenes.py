"""Group STAC items into scenes: newest version of each, one per solar day, ranked by cloud cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.sources.stac.footprint import cover

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from chatearthnet_explorer.sources.stac.stac_item import StacItem
    from chatearthnet_explorer.tile import Tile

MOST_ITEMS = 8
"""Most items of one scene; a chip on the corner of two UTM zones needs at most four."""

SAME_PASS = timedelta(minutes=1)
"""Two items of one satellite and MGRS tile nearer in time than this are versions of one acquisition: the next
orbit comes a hundred minutes later, and reprocessing moves the time by a millisecond."""

_DEGREES_PER_HOUR = 15.0

ItemCover = tuple["StacItem", "NDArray[np.bool]"]
"""An item and the points of the chip inside its footprint."""


@dataclass(frozen=True, kw_only=True)
class SceneInfo:
    """A scene of a chip: one item, or the items of one solar day that together cover the chip."""

    id: str
    """Identifier for ``scene=``: those of the items, joined by ``+``."""

    catalogue: str
    """Address of its STAC API."""

    acquisition_time: datetime
    """When the satellite passed (its first item), in UTC."""

    cloud_share: float | None
    """Cloud cover (0 to 1) from the metadata: of the whole 110 km granules, not of the chip."""

    covered_share: float
    """Share of the chip (0 to 1) inside its footprint."""

    items: tuple[StacItem, ...]
    """The items, topmost first."""

    @property
    def day(self) -> date:
        """The day it was acquired, in UTC."""
        return self.acquisition_time.date()


def scenes_over(items: Iterable[StacItem], tile: Tile) -> tuple[SceneInfo, ...]:
    """Return the scenes of a chip: those that cover all of it first, then by decreasing cloud-free share.

    Args:
        items: Items from the catalogues, in any order.
        tile: The chip's place. Items whose true footprint does not touch it are dropped.
    """
    covers = {item.id: (item, cover(item.rings, tile)) for item in items}
    lon = tile.center[0]
    item_covers = sorted(
        ((item, ground) for item, ground in covers.values() if ground.any()),
        key=lambda pair: (_solar_day(pair[0], lon), pair[0].acquisition_time),
    )
    days = groupby(item_covers, key=lambda pair: _solar_day(pair[0], lon))
    scenes = [_scene(_fewest(_newest(list(day)))) for _, day in days]
    return tuple(sorted(scenes, key=_rank))


def _rank(scene: SceneInfo) -> tuple[bool, float, datetime]:
    return scene.covered_share < 1, 1.0 if scene.cloud_share is None else scene.cloud_share, scene.acquisition_time


def _solar_day(item: StacItem, lon: float) -> date:
    return (item.acquisition_time + timedelta(hours=lon / _DEGREES_PER_HOUR)).date()


def _newest(item_covers: list[ItemCover]) -> list[ItemCover]:
    """Drop older versions, unless they cover ground that newer ones do not: then they are parts, not versions."""
    chosen_items: list[ItemCover] = []
    for item, ground in sorted(item_covers, key=lambda pair: pair[0].version_key, reverse=True):
        newer = [other for rival, other in chosen_items if _same_pass(item, rival)]
        if not newer or (ground & ~np.logical_or.reduce(newer)).any():
            chosen_items.append((item, ground))
    return chosen_items


def _same_pass(one: StacItem, other: StacItem) -> bool:
    same = (one.platform, one.grid) == (other.platform, other.grid)
    return same and bool(one.grid) and abs(one.acquisition_time - other.acquisition_time) < SAME_PASS


def _fewest(item_covers: list[ItemCover]) -> list[ItemCover]:
    """Keep the item that covers most of the chip, then items that add to it and have the same radiometry."""
    by_ground = sorted(item_covers, key=lambda pair: (-pair[1].sum(), _cloud(pair[0]), pair[0].id))
    first, ground = by_ground[0]
    chosen_items, covered_ground = [(first, ground)], ground
    for item, more in by_ground[1:]:
        if len(chosen_items) < MOST_ITEMS and (more & ~covered_ground).any() and item.radiometry == first.radiometry:
            chosen_items.append((item, more))
            covered_ground = covered_ground | more
    return chosen_items


def _cloud(item: StacItem) -> float:
    return 1.0 if item.cloud_share is None else item.cloud_share


def _scene(item_covers: list[ItemCover]) -> SceneInfo:
    items = tuple(item for item, _ in item_covers)
    clouds = [item.cloud_share for item in items if item.cloud_share is not None]
    return SceneInfo(
        id="+".join(item.id for item in items),
        catalogue=items[0].catalogue,
        acquisition_time=items[0].acquisition_time,
        cloud_share=sum(clouds) / len(clouds) if clouds else None,
        covered_share=float(np.logical_or.reduce([ground for _, ground in item_covers]).mean()),
        items=items,
    )
