"""Search several STAC APIs for Sentinel-2 scenes, one after the other, until one has the place."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import SceneError, StacError
from chatearthnet_explorer.net.addresses import host_of, public_address
from chatearthnet_explorer.net.http_errors import UnreachableError
from chatearthnet_explorer.net.service_addresses import SIGNER
from chatearthnet_explorer.net.timed_calls import within
from chatearthnet_explorer.sources.stac.footprint import cover
from chatearthnet_explorer.sources.stac.sas_tokens import sign_href
from chatearthnet_explorer.sources.stac.scenes import MOST_ITEMS, SceneInfo, scenes_over
from chatearthnet_explorer.sources.stac.stac_http import StacUnreachableError, stac_error
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
    from collections.abc import Callable, Iterator, Mapping

    from chatearthnet_explorer.tile import Tile

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds for a whole search of one STAC API; then the next one is tried."""

MOST_REASONS = 4
"""Number of reasons in a sentence about scenes that cannot be used."""


@dataclass(frozen=True, kw_only=True)
class SceneList:
    """The scenes of a place in one STAC API."""

    catalogue: str
    """Host of the STAC API, for messages."""

    scenes: tuple[SceneInfo, ...]
    """Scenes that can be used, best first."""

    unusable: Mapping[str, int] = field(default_factory=dict)
    """How many of its items cannot be used, by reason, such as "no time"."""

    broken_off: str = ""
    """Why a later page could not be read, one sentence; empty if none failed."""

    @property
    def why_none(self) -> str:
        """Why none of the items can be used, one sentence; empty if there are no items."""
        count = sum(self.unusable.values())
        if not count or self.scenes:
            return ""
        worst = sorted(self.unusable.items(), key=lambda one: -one[1])[:MOST_REASONS]
        if count == 1:
            return f"{self.catalogue} lists one scene here, but it cannot be used: it has {worst[0][0]}."
        reasons = ", ".join(f"{reason} ({number})" for reason, number in worst)
        return f"{self.catalogue} lists {count} scenes here, but none can be used: they have {reasons}."


class StacApis:
    """The STAC APIs of the settings, in the order to try them. The landing page of each is read once."""

    def __init__(self, addresses: tuple[str, ...], *, patience: float = PATIENCE) -> None:
        """Prepare to search; nothing is sent yet.

        Args:
            addresses: STAC APIs, each with its collection behind ``#`` or without: then the first that it has of
                ``sentinel-2-c1-l2a``, ``sentinel-2-l2a`` and whatever else is named like Sentinel-2 Level-2A is
                taken; if there is none, every item with a true colour and a scene classification.
            patience: Seconds that each may take.
        """
        self._addresses = addresses
        self._patience = patience
        self._apis: dict[str, StacApi] = {}

    def scenes(self, tile: Tile, *, year: int) -> Iterator[SceneList | StacError]:
        """Yield the scenes of a chip in a year, or the error, of each STAC API."""
        days = f"{year}-01-01T00:00:00Z/{year}-12-31T23:59:59Z"
        return self._search(tile, {"intersects": _outline(tile), "datetime": days})

    def scenes_by_id(self, tile: Tile, scene: str) -> Iterator[SceneList | StacError]:
        """Yield the scene with an identifier, if it covers the chip, or the error, of each STAC API.

        Raises:
            SceneError: If it is not an identifier of a scene.
        """
        names = scene.split("+")
        if len(names) > MOST_ITEMS or not all(map(IDENTIFIER.fullmatch, names)):
            msg = f"{scene[:80]!r} is not an identifier of a scene; choose one of those listed for the place."
            raise SceneError(msg)
        return self._search(tile, {"ids": names}, only=frozenset(names))

    def sign(self, scene: SceneInfo, name: str) -> tuple[str, ...]:
        """Return the addresses of one file of each item of a scene, signed where the STAC API asks for it.

        Raises:
            StacError: If Planetary Computer gives no signature.
        """
        hrefs = tuple(item.assets[name].href for item in scene.items if name in item.assets)
        if urlsplit(scene.catalogue).hostname != SIGNER:
            return hrefs
        sign = partial(sign_href, seconds=self._patience)
        return self._in_time(lambda: tuple(map(sign, hrefs)), SIGNER)

    def _in_time(self, call: Callable[[], T], subject: str) -> T:
        try:
            return within(self._patience, call, subject=subject)
        except UnreachableError as error:
            raise stac_error(error) from None

    def _search(
        self, tile: Tile, query: dict[str, Any], *, only: frozenset[str] | None = None
    ) -> Iterator[SceneList | StacError]:
        down = set()
        for endpoint in self._addresses:
            address = endpoint.partition("#")[0]
            if address in down:
                continue
            try:
                pages = self._in_time(partial(self._pages, endpoint, query), host_of(address))
            except StacError as error:
                # a server may be listed with two collections: after a failure it is not tried again
                if isinstance(error, StacUnreachableError) or endpoint not in self._apis:
                    down.add(address)
                yield error
            else:
                yield _scene_list(pages, tile, address, only=only, of_all=self._apis[endpoint].collections is None)

    def _pages(self, endpoint: str, query: dict[str, Any]) -> SearchPages:
        address = endpoint.partition("#")[0]
        io = BoundedIO(address, time.monotonic() + self._patience)
        try:
            api = self._apis.get(endpoint) or first_page(io, endpoint)
            self._apis[endpoint] = api
            pages = search_pages(io, api, query)
        except NO_STAC as error:
            msg = f"{host_of(address)} answered something that is not STAC; check its address."
            raise StacError(msg) from error
        self._apis[endpoint] = replace(api, method=pages.method)
        return pages


def _scene_list(
    pages: SearchPages, tile: Tile, address: str, *, only: frozenset[str] | None, of_all: bool
) -> SceneList:
    items, unusable = [], Counter[str]()
    for raw, page in pages.features:
        if only is not None and not (isinstance(raw, dict) and raw.get("id") in only):
            continue
        try:
            item = stac_item(raw, catalogue=public_address(address), page=page)
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
