"""One search of one STAC API: what its first page says, and the pages of items that it answers."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from pystac_client.item_search import ItemSearch
from pystac_client.stac_api_io import StacApiIO

from chatearthnet_explorer.errors import CatalogueError
from chatearthnet_explorer.net.safe_json import read_json, text_of
from chatearthnet_explorer.sources.stac.stac_http import RefusedError, ask, host_of
from chatearthnet_explorer.sources.stac.stac_item import Page

PAGE = 100
"""Items of one page: what the common servers allow."""

MOST_PAGES = 5
"""Pages of one search. A year over one place is 70 to 300 items; whoever links to more pages is not believed."""

_COLLECTIONS = ("sentinel-2-c1-l2a", "sentinel-2-l2a")
_LIKE_COLLECTION = re.compile(r"s(entinel)?[-_]?2.*l(evel)?[-_]?2a", re.IGNORECASE)
_SORTS = re.compile(r"https://api\.stacspec\.org/v1\.[^/]+/item-search#(.+:)?sort")
_NO_POST = {404, 405, 501}
NO_STAC = (TypeError, ValueError, KeyError, AttributeError)
"""What code written for STAC raises at an answer that is something else."""


@dataclass(frozen=True, kw_only=True)
class StacApi:
    """What the first page of a STAC API says of it."""

    search: str
    """Address to search at."""

    collections: tuple[str, ...] | None
    """Which collections to search; None for all items there are."""

    sorts: bool
    """Whether it says that it sorts what it finds."""

    method: str = "POST"
    """How it is searched: POST, or GET where it takes nothing else."""


@dataclass(frozen=True, kw_only=True)
class SearchPages:
    """What a search answered, as it came."""

    features: list[tuple[object, Page]]
    """Each item, and the page it stands on."""

    method: str
    """How the server let itself be searched."""

    broken_off: str = ""
    """See ``SceneList``."""


class BoundedIO(StacApiIO):
    """pystac-client's requests to one server, each within one deadline."""

    def __init__(self, address: str, deadline: float) -> None:
        """Prepare to ask.

        Args:
            address: First page of the API; links to other servers are not followed.
            deadline: When all answers must be there, on the clock of ``time.monotonic``.
        """
        super().__init__()
        self._home = urlsplit(address)
        self._deadline = deadline
        self.page = Page(address=address, local=True)

    def request(
        self,
        href: str,
        method: str | None = None,
        headers: dict[str, str] | None = None,  # noqa: ARG002 - a link's: no business of an answer's
        parameters: dict[str, Any] | None = None,
    ) -> str:
        """Return the text of an answer; links that lead to another server are not followed."""
        if not self.is_home(href):
            msg = f"{self._home.hostname} links to another server, which is not asked for it; check the catalogue."
            raise CatalogueError(msg)
        answer = ask(
            href,
            method="POST" if (method or "GET").upper() == "POST" else "GET",
            params=parameters,
            deadline=self._deadline,
        )
        self.page = Page(address=answer.address, local=answer.local)
        return text_of(answer.body)

    def json_loads(self, txt: str, *_: object, **__: object) -> dict[str, Any]:
        """Return what an answer says; relative links are resolved, and those without an address left out.

        Raises:
            ValueError: If it is not one JSON object.
        """
        answered = read_json(txt)
        if not isinstance(answered, dict):
            msg = "not one JSON object"
            raise ValueError(msg)  # noqa: TRY004 - what is wrong is the answer's text
        links = answered.get("links")
        answered["links"] = [
            {**link, "href": urljoin(self.page.address, link["href"])}
            for link in (links if isinstance(links, list) else [])
            if isinstance(link, dict)
            and all(isinstance(link.get(name), str) and link[name] for name in ("rel", "href"))
        ]
        return answered

    def is_home(self, href: str) -> bool:
        """Return whether an address is one of the server's own."""
        there = urlsplit(href)
        here = self._home
        return there.scheme in {"http", "https"} and (there.hostname, there.port) == (here.hostname, here.port)


def first_page(io: BoundedIO, endpoint: str) -> StacApi:
    """Return what a STAC API says of itself, and which of its collections to search.

    Raises:
        CatalogueError: If it does not answer, or refuses.
        ValueError: If it answers something else; other errors of ``NO_STAC`` mean the same.
    """
    address, _, collection = endpoint.partition("#")
    landing = io.read_json(address)
    links = {link["rel"]: link for link in landing["links"]}
    if "search" not in links and "stac_version" not in landing:
        msg = "no first page of a STAC API"
        raise ValueError(msg)
    search = links.get("search", {})
    there = search.get("href") or f"{io.page.address.rstrip('/')}/search"
    conforms = landing.get("conformsTo")
    return StacApi(
        search=there if io.is_home(there) else f"{address.rstrip('/')}/search",
        collections=(collection,) if collection else _detected(io, f"{address.rstrip('/')}/collections"),
        sorts=any(_SORTS.fullmatch(str(one)) for one in (conforms if isinstance(conforms, list) else ())),
    )


def _detected(io: BoundedIO, address: str) -> tuple[str, ...] | None:
    try:
        pages = itertools.islice(io.get_pages(address), MOST_PAGES)
        known = [str(one["id"]) for page in pages for one in page["collections"]]
    except RefusedError:  # a server of items alone
        return None
    liked = [*_COLLECTIONS, *(name for name in sorted(known) if _LIKE_COLLECTION.search(name))]
    return next(((name,) for name in liked if name in known), None)


def search_pages(io: BoundedIO, api: StacApi, asked: dict[str, Any]) -> SearchPages:
    """Return the items of a search, by POST or, where the server takes nothing else, by GET.

    Args:
        io: The server.
        api: What it says of itself.
        asked: Parameters of the search, as STAC's item search names them, without collections and sorting.

    Raises:
        CatalogueError: If its first page cannot be had.
        ValueError: If that is something else than STAC; other errors of ``NO_STAC`` mean the same.
    """
    wanted = {"collections": api.collections, "limit": PAGE, "stac_io": io, **asked}
    if api.sorts and "ids" not in asked:
        by_cloud = [{"field": "properties.eo:cloud_cover", "direction": "asc"}]
        try:
            # sorted, so the first page holds all that anybody would look at
            return _searched(io, api, wanted | {"sortby": by_cloud}, most=1)
        except RefusedError:
            pass  # it does not sort by this field after all
    return _searched(io, api, wanted, most=MOST_PAGES)


def _searched(io: BoundedIO, api: StacApi, wanted: dict[str, Any], *, most: int) -> SearchPages:
    if api.method == "POST":
        try:
            return _read_pages(io, api.search, "POST", wanted, most=most)
        except RefusedError as error:
            if error.status not in _NO_POST:
                raise
            try:
                return _read_pages(io, api.search, "GET", wanted, most=most)
            except RefusedError:
                raise error from None
    return _read_pages(io, api.search, api.method, wanted, most=most)


def _read_pages(io: BoundedIO, search: str, method: str, wanted: dict[str, Any], *, most: int) -> SearchPages:
    features: list[tuple[object, Page]] = []
    broken_off = ""
    pages = itertools.islice(ItemSearch(search, method=method, **wanted).pages_as_dicts(), most)
    for number in itertools.count():
        try:
            page = next(pages, None)
            if page is None:
                break
            found = page["features"][:PAGE]
        except (CatalogueError, *NO_STAC) as error:
            if not number:
                raise
            # what the first pages list is real; that there may be more is said with it
            known = isinstance(error, CatalogueError)
            broken_off = str(error) if known else f"{host_of(search)} answered something that is not STAC."
            break
        features += [(feature, io.page) for feature in found]
    return SearchPages(features=features, method=method, broken_off=broken_off)
