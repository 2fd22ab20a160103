"""STAC catalogues of Sentinel-2, asked one after the other until one has the place."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import CatalogueError, SceneError
from chatearthnet_explorer.sources.stac.footprint import cover
from chatearthnet_explorer.sources.stac.raster_http import shown
from chatearthnet_explorer.sources.stac.sas_tokens import SIGNER, signed
from chatearthnet_explorer.sources.stac.scenes import MOST_ITEMS, SceneInfo, scenes_over
from chatearthnet_explorer.sources.stac.stac_http import UnreachableError, host_of, within
from chatearthnet_explorer.sources.stac.stac_item import IDENTIFIER, UnusableItemError, stac_item
from chatearthnet_explorer.sources.stac.stac_search import (
    NO_STAC,
    BoundedIO,
    SearchPages,
    StacApi,
    first_page,
    search_pages,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chatearthnet_explorer.tile import Tile

PATIENCE = 10.0
"""Seconds that one catalogue may take for a whole search; then the next is asked."""

MOST_REASONS = 4
"""Reasons that a sentence gives for scenes that cannot be used."""


@dataclass(frozen=True, kw_only=True)
class SceneList:
    """What one catalogue has of a place."""

    catalogue: str
    """Host of the catalogue, as sentences name it."""

    scenes: tuple[SceneInfo, ...]
    """What can be used, best first."""

    unusable: Mapping[str, int] = field(default_factory=dict)
    """How many items it lists besides that cannot be used, by reason, as in "no time"."""

    broken_off: str = ""
    """Why a page after the first could not be read, one sentence; empty if all pages were read that were wanted."""

    @property
    def why_none(self) -> str:
        """One sentence that says why none of what is listed can be used; empty if nothing is listed at all."""
        count = sum(self.unusable.values())
        if not count or self.scenes:
            return ""
        worst = sorted(self.unusable.items(), key=lambda one: -one[1])[:MOST_REASONS]
        if count == 1:
            return f"{self.catalogue} lists one scene here, which cannot be used: it has {worst[0][0]}."
        reasons = ", ".join(f"{reason} ({number})" for reason, number in worst)
        return f"{self.catalogue} lists {count} scenes here, of which none can be used: they have {reasons}."


class Catalogues:
    """The STAC APIs of the settings, in the order to ask them. What they say of themselves is asked once."""

    def __init__(self, addresses: tuple[str, ...], *, patience: float = PATIENCE) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            addresses: STAC APIs, each with its collection behind ``#`` or without: then the first that it has of
                ``sentinel-2-c1-l2a``, ``sentinel-2-l2a`` and whatever else is named like Sentinel-2 Level-2A is
                taken, and where none is, every item with a true colour and a scene classification.
            patience: Seconds that each may take.
        """
        self._addresses = addresses
        self._patience = patience
        self._apis: dict[str, StacApi] = {}

    def scenes(self, tile: Tile, *, year: int) -> Iterator[SceneList | CatalogueError]:
        """Yield, for each catalogue, its scenes of a chip in a year, or why it has no answer."""
        days = f"{year}-01-01T00:00:00Z/{year}-12-31T23:59:59Z"
        asked = {"intersects": _outline(tile), "datetime": days}
        return self._ask(tile, asked)

    def named(self, tile: Tile, scene: str) -> Iterator[SceneList | CatalogueError]:
        """Yield, for each catalogue, the scene of that identifier if it shows the chip, or why it has no answer.

        Raises:
            SceneError: If it is no identifier of a scene.
        """
        names = scene.split("+")
        if len(names) > MOST_ITEMS or not all(map(IDENTIFIER.fullmatch, names)):
            msg = f"{scene[:80]!r} is no identifier of a scene; choose one of those listed for the place."
            raise SceneError(msg)
        return self._ask(tile, {"ids": names}, only=frozenset(names))

    def sign(self, scene: SceneInfo, name: str) -> tuple[str, ...]:
        """Return the addresses of one file of each item of a scene, signed where the catalogue asks for it.

        Raises:
            CatalogueError: If Planetary Computer gives no signature.
        """
        hrefs = tuple(item.assets[name].href for item in scene.items if name in item.assets)
        if urlsplit(scene.catalogue).hostname != SIGNER:
            return hrefs
        sign = partial(signed, seconds=self._patience)
        return within(self._patience, lambda: tuple(map(sign, hrefs)), name=SIGNER)

    def _ask(
        self, tile: Tile, asked: dict[str, Any], *, only: frozenset[str] | None = None
    ) -> Iterator[SceneList | CatalogueError]:
        down = set()
        for endpoint in self._addresses:
            address = endpoint.partition("#")[0]
            if address in down:
                continue
            try:
                pages = within(self._patience, partial(self._pages, endpoint, asked), name=host_of(address))
            except CatalogueError as error:
                # one server, two collections: where it is silent or its first page failed, nobody waits for it again
                if isinstance(error, UnreachableError) or endpoint not in self._apis:
                    down.add(address)
                yield error
            else:
                yield _listed(pages, tile, address, only=only, of_all=self._apis[endpoint].collections is None)

    def _pages(self, endpoint: str, asked: dict[str, Any]) -> SearchPages:
        address = endpoint.partition("#")[0]
        io = BoundedIO(address, time.monotonic() + self._patience)
        try:
            api = self._apis.get(endpoint) or first_page(io, endpoint)
            self._apis[endpoint] = api
            pages = search_pages(io, api, asked)
        except NO_STAC as error:
            msg = f"{host_of(address)} answered something that is not STAC; check the catalogue's address."
            raise CatalogueError(msg) from error
        self._apis[endpoint] = replace(api, method=pages.method)
        return pages


def _listed(pages: SearchPages, tile: Tile, address: str, *, only: frozenset[str] | None, of_all: bool) -> SceneList:
    items, unusable = [], Counter[str]()
    for raw, page in pages.features:
        if only is not None and not (isinstance(raw, dict) and raw.get("id") in only):
            continue
        try:
            item = stac_item(raw, catalogue=shown(address), page=page)
        except UnusableItemError as error:
            unusable[str(error)] += 1
            continue
        if of_all and "SCL" not in item.assets:
            unusable["no scene classification"] += 1
        elif not cover(item.rings, tile).any():
            unusable["an outline that does not reach this place"] += 1
        else:
            items.append(item)
    return SceneList(
        catalogue=host_of(address),
        scenes=scenes_over(items, tile),
        unusable=dict(unusable),
        broken_off=pages.broken_off,
    )


def _outline(tile: Tile) -> dict[str, Any]:
    west, south, east, north = tile.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
