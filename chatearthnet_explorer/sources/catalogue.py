"""STAC catalogues of Sentinel-2, asked one after the other until one has the place."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from pystac_client.item_search import ItemSearch
from pystac_client.stac_api_io import StacApiIO

from chatearthnet_explorer.errors import CatalogueError, SceneError
from chatearthnet_explorer.nesting import read_json
from chatearthnet_explorer.sources.fetch import RefusedError, UnreachableError, host_of, open_session, read, within
from chatearthnet_explorer.sources.remote import shown
from chatearthnet_explorer.sources.scenes import MOST_ITEMS, SceneInfo, scenes_over
from chatearthnet_explorer.sources.stac_item import IDENTIFIER, StacItem, stac_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from chatearthnet_explorer.tile import Tile

PATIENCE = 10.0
"""Seconds that one catalogue may take for a whole search; then the next is asked."""

PAGE = 100
"""Items of one page: what the common servers allow."""

MOST_PAGES = 5
"""Pages of one search. A year over one place is 70 to 300 items; whoever links to more pages is not believed."""

_COLLECTIONS = ("sentinel-2-c1-l2a", "sentinel-2-l2a")
_LIKE_COLLECTION = re.compile(r"s(entinel)?[-_]?2.*l(evel)?[-_]?2a", re.IGNORECASE)
_SORTS = re.compile(r"https://api\.stacspec\.org/v1\.[^/]+/item-search#(.+:)?sort")
_SIGNED_BY = "planetarycomputer.microsoft.com"
_NO_STAC = (TypeError, ValueError, KeyError, AttributeError)


@dataclass(frozen=True, kw_only=True)
class _Api:
    """What the first page of a STAC API says of it."""

    search: str
    """Address to search at."""

    collections: tuple[str, ...] | None
    """Which collections to search; None for all items there are."""

    sorts: bool
    """Whether it says that it sorts what it finds."""


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
        self._apis: dict[str, _Api] = {}
        self._session = open_session()

    def scenes(self, tile: Tile, *, year: int) -> Iterator[tuple[SceneInfo, ...] | CatalogueError]:
        """Yield, for each catalogue, its scenes of a chip in a year (best first), or why it has no answer."""
        days = f"{year}-01-01T00:00:00Z/{year}-12-31T23:59:59Z"
        asked = {"intersects": _outline(tile), "datetime": days}
        return self._ask(tile, asked)

    def named(self, tile: Tile, scene: str) -> Iterator[tuple[SceneInfo, ...] | CatalogueError]:
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
        if urlsplit(scene.catalogue).hostname != _SIGNED_BY:
            return hrefs
        return within(self._patience, lambda: tuple(map(_signed, hrefs)), name=_SIGNED_BY)

    def _ask(
        self, tile: Tile, asked: dict[str, Any], *, only: frozenset[str] | None = None
    ) -> Iterator[tuple[SceneInfo, ...] | CatalogueError]:
        down = set()
        for endpoint in self._addresses:
            address = endpoint.partition("#")[0]
            if address in down:
                continue
            try:
                items = within(self._patience, partial(self._items, endpoint, asked), name=host_of(address))
            except CatalogueError as error:
                # one server, two collections: where it is silent or its first page failed, nobody waits for it again
                if isinstance(error, UnreachableError) or endpoint not in self._apis:
                    down.add(address)
                yield error
            else:
                yield scenes_over((item for item in items if only is None or item.id in only), tile)

    def _items(self, endpoint: str, asked: dict[str, Any]) -> list[StacItem]:
        address = endpoint.partition("#")[0]
        io = _BoundedIO(address, self._session, time.monotonic() + self._patience)
        try:
            api = self._apis.get(endpoint) or _api(io, endpoint)
            self._apis[endpoint] = api
            raw = [feature for page in _pages(io, api, asked) for feature in page["features"][:PAGE]]
        except _NO_STAC as error:
            msg = f"{host_of(address)} answered something that is no STAC; check the catalogue's address."
            raise CatalogueError(msg) from error
        items = (stac_item(one, catalogue=shown(address)) for one in raw)
        return [item for item in items if item and (api.collections or "SCL" in item.assets)]


class _BoundedIO(StacApiIO):
    """pystac-client's requests to one server, each within one deadline."""

    def __init__(self, address: str, session: requests.Session, deadline: float) -> None:
        super().__init__()
        self.session = session
        self._home = urlsplit(address)
        self._deadline = deadline

    def request(
        self,
        href: str,
        method: str | None = None,
        headers: dict[str, str] | None = None,  # noqa: ARG002 - a link's: no business of an answer's
        parameters: dict[str, Any] | None = None,
    ) -> str:
        """Return the text of an answer; links that lead to another server are not followed."""
        if not self.is_home(href):
            msg = f"{self._home.hostname} sends its visitors to another server, so its answer is not used."
            raise CatalogueError(msg)
        posted = (method or "GET").upper() == "POST"
        body = read(
            self.session,
            href,
            method="POST" if posted else "GET",
            json=parameters if posted else None,
            params=None if posted else parameters,
            deadline=self._deadline,
        )
        return body.decode()

    def json_loads(self, txt: str, *_: object, **__: object) -> dict[str, Any]:
        """Return what an answer says."""
        answered: dict[str, Any] = read_json(txt)
        return answered

    def is_home(self, href: str) -> bool:
        """Return whether an address is one of the server's own."""
        there = urlsplit(href)
        here = self._home
        return there.scheme in {"http", "https"} and (there.hostname, there.port) == (here.hostname, here.port)


def _api(io: _BoundedIO, endpoint: str) -> _Api:
    address, _, collection = endpoint.partition("#")
    landing = io.read_json(address)
    links = {link["rel"]: urljoin(f"{address}/", link["href"]) for link in landing["links"]}
    conforms = landing.get("conformsTo", [])
    search = links.get("search", "")
    return _Api(
        search=search if io.is_home(search) else f"{address.rstrip('/')}/search",
        collections=(collection,) if collection else _detected(io, f"{address.rstrip('/')}/collections"),
        sorts=any(_SORTS.fullmatch(str(one)) for one in conforms),
    )


def _detected(io: _BoundedIO, address: str) -> tuple[str, ...] | None:
    try:
        pages = itertools.islice(io.get_pages(address), MOST_PAGES)
        known = [str(one["id"]) for page in pages for one in page["collections"]]
    except RefusedError:  # a server of items alone
        return None
    liked = [*_COLLECTIONS, *(name for name in sorted(known) if _LIKE_COLLECTION.search(name))]
    return next(((name,) for name in liked if name in known), None)


def _pages(io: _BoundedIO, api: _Api, asked: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = {"collections": api.collections, "limit": PAGE, "stac_io": io, **asked}
    if api.sorts and "ids" not in asked:
        by_cloud = [{"field": "properties.eo:cloud_cover", "direction": "asc"}]
        try:
            # sorted, so the first page holds all that anybody would look at
            return list(itertools.islice(ItemSearch(api.search, sortby=by_cloud, **wanted).pages_as_dicts(), 1))
        except RefusedError:
            pass  # it does not sort by this field after all
    return list(itertools.islice(ItemSearch(api.search, **wanted).pages_as_dicts(), MOST_PAGES))


def _outline(tile: Tile) -> dict[str, Any]:
    west, south, east, north = tile.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _signed(href: str) -> str:
    from planetary_computer import sign  # noqa: PLC0415 - heavy, and of use for one catalogue only

    try:
        return str(sign(href))
    except Exception:  # noqa: BLE001 - whatever it is, it may hold a key
        msg = f"{_SIGNED_BY} gave no permission to read its files; try again later."
        raise CatalogueError(msg) from None
