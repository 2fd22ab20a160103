"""Places of the catalog with a similar land cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.places.gazetteer import nearest_town

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.chip import Chip

COUNT = 6
"""Places that are shown."""

_CANDIDATES = 200
_LEAST = 0.1  # share from which a class counts as typical of a place
_MOST = 2  # classes that are searched for: few places have three in common


class SimilarPlace(NamedTuple):
    """A place of the catalog."""

    lon: float
    """Degrees east of the middle of its chip."""

    lat: float
    """Degrees north of it."""

    name: str
    """Where it is, such as ``near Munich, Germany``."""

    classes: tuple[str, ...]
    """The land cover that its caption names, in the order of the caption."""


def similar_places(catalog: Catalog, chip: Chip) -> tuple[SimilarPlace, ...]:
    """Return up to ``COUNT`` places whose captions name the largest classes of a chip, the most similar first.

    Similar are places with nearly the same shares where the catalog knows them, else with nearly the same classes.
    """
    if chip.labels is None:
        return ()
    by_name = {name: share for name, share in shares(chip.labels)["overall"].items() if name != _NO_LABEL}
    typical = tuple(name for name, share in by_name.items() if share >= _LEAST)[:_MOST]
    if not typical:
        return ()
    query = Query(classes=typical, sortby="random", seed=chip.tile.x * 10_000 + chip.tile.y % 10_000, size=_CANDIDATES)
    pairs = [pair for pair in catalog.search(query).pairs if pair.record.tile not in {None, chip.tile}]
    pairs.sort(key=lambda pair: _distance(pair, by_name))
    return tuple(_place(pair) for pair in pairs[:COUNT])


_NO_LABEL = CLASSES[BACKGROUND].name


def _distance(pair: Pair, by_name: Mapping[str, float]) -> float:
    """Return how little a pair has in common with shares: 0 for nothing else, 2 for nothing."""
    if pair.shares is not None:
        return sum(abs(pair.shares.get(name, 0.0) - by_name.get(name, 0.0)) for name in {*pair.shares, *by_name})
    classes = _classes(pair)
    return 2.0 - 2.0 * len({*classes} & {*by_name}) / len({*classes, *by_name})


def _classes(pair: Pair) -> tuple[str, ...]:
    return next(iter(pair.classes.values()), ())


def _place(pair: Pair) -> SimilarPlace:
    tile = pair.record.tile
    assert tile is not None  # noqa: S101 - those without are left out
    lon, lat = tile.center
    return SimilarPlace(lon, lat, nearest_town(lon, lat).phrase, _classes(pair))
