"""Search one STAC API: read its landing page, then its pages of items."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from pystac_client.item_search import ItemSearch
from pystac_client.stac_api_io import StacApiIO

from chatearthnet_explorer.errors import StacError
from chatearthnet_explorer.net.addresses import host_of
from chatearthnet_explorer.net.safe_json import read_json, text_of
from chatearthnet_explorer.net.service_addresses import SENTINEL_2_COLLECTIONS
from chatearthnet_explorer.sources.stac.stac_http import StacRefusedError, read
from chatearthnet_explorer.sources.stac.stac_item import Page

PAGE = 100
"""Items of one page; common servers allow as many."""

MOST_PAGES = 5
"""Pages of one search. A year over one place is 70 to 300 items; links to more pages are ignored."""

_LIKE_COLLECTION = re.compile(r"s(entinel)?[-_]?2.*l(evel)?[-_]?2a", re.IGNORECASE)
_SORTS = re.compile(r"https://api\.stacspec\.org/v1\.[^/]+/item-search#(.+:)?sort")
_NO_POST = {404, 405, 501}
NO_STAC = (TypeError, ValueError, KeyError, AttributeError)
"""Errors that pystac-client raises for a response that is not STAC."""


@dataclass(frozen=True, kw_only=True)
class StacApi:
    """The capabilities of a STAC API, from its landing page."""

    search: str
    """Address of its search."""

    collections: tuple[str, ...] | None
    """Collections to search; None for all items."""

    sorts: bool
    """Whether it supports sorting."""

    method: str = "POST"
    """Method of the search: POST, or GET if it does not support POST."""


@dataclass(frozen=True, kw_only=True)
class SearchPages:
    """The response of a search, not yet checked."""

    features: list[tuple[object, Page]]
    """Each item, with its page."""

    method: str
    """The method that the server supports."""

    broken_off: str = ""
    """See ``SceneList``."""


class BoundedIO(StacApiIO):
    """pystac-client's requests to one server, each within one deadline."""

    def __init__(self, address: str, deadline: float) -> None:
        """Prepare to send requests.

        Args:
            address: Landing page of the API; links to other servers are not followed.
            deadline: When all responses must be complete, on the clock of ``time.monotonic``.
        """
        super().__init__()
        self._home = urlsplit(address)
        self._deadline = deadline
        self.page = Page(address=address, local=True)

    def request(
        self,
        href: str,
        method: str | None = None,
        headers: dict[str, str] | None = None,  # noqa: ARG002 - a link's headers are not sent: a response must not choose them
        parameters: dict[str, Any] | None = None,
    ) -> str:
        """Return the text of a response; links to another server are not followed."""
        if not self.is_home(href):
            msg = f"{self._home.hostname} links to another server, which is not allowed; check the address."
            raise StacError(msg)
        answer = read(
            href,
            method="POST" if (method or "GET").upper() == "POST" else "GET",
            params=parameters,
            deadline=self._deadline,
        )
        self.page = Page(address=answer.address, local=answer.local)
        return text_of(answer.body)

    def json_loads(self, txt: str, *_: object, **__: object) -> dict[str, Any]:
        """Return the JSON of a response, with relative links resolved and links without an address removed.

        Raises:
            ValueError: If it is not one JSON object.
        """
        answer = read_json(txt)
        if not isinstance(answer, dict):
            msg = "not one JSON object"
            raise ValueError(msg)  # noqa: TRY004 - the response is wrong, not the type of an argument
        links = answer.get("links")
        answer["links"] = [
            {**link, "href": urljoin(self.page.address, link["href"])}
            for link in (links if isinstance(links, list) else [])
            if isinstance(link, dict)
            and all(isinstance(link.get(name), str) and link[name] for name in ("rel", "href"))
        ]
        return answer

    def is_home(self, href: str) -> bool:
        """Return whether an address is on the same server."""
        there = urlsplit(href)
        here = self._home
        return there.scheme in {"http", "https"} and (there.hostname, there.port) == (here.hostname, here.port)


def first_page(io: BoundedIO, endpoint: str) -> StacApi:
    """Return the capabilities of a STAC API, and which of its collections to search.

    Raises:
        StacError: If it does not answer, or refuses the request.
        ValueError: If the response is not STAC; other errors of ``NO_STAC`` mean the same.
    """
    address, _, collection = endpoint.partition("#")
    landing = io.read_json(address)
    links = {link["rel"]: link for link in landing["links"]}
    if "search" not in links and "stac_version" not in landing:
        msg = "not the landing page of a STAC API"
        raise ValueError(msg)
    search = links.get("search", {})
    there = search.get("href") or f"{io.page.address.rstrip('/')}/search"
    conforms = landing.get("conformsTo")
    return StacApi(
        search=there if io.is_home(there) else f"{address.rstrip('/')}/search",
        collections=(collection,) if collection else _detect_collection(io, f"{address.rstrip('/')}/collections"),
        sorts=any(_SORTS.fullmatch(str(one)) for one in (conforms if isinstance(conforms, list) else ())),
    )


def _detect_collection(io: BoundedIO, address: str) -> tuple[str, ...] | None:
    try:
        pages = itertools.islice(io.get_pages(address), MOST_PAGES)
        names = [str(one["id"]) for page in pages for one in page["collections"]]
    except StacRefusedError:  # a server without collections
        return None
    candidates = [*SENTINEL_2_COLLECTIONS, *(name for name in sorted(names) if _LIKE_COLLECTION.search(name))]
    return next(((name,) for name in candidates if name in names), None)


def search_pages(io: BoundedIO, api: StacApi, query: dict[str, Any]) -> SearchPages:
    """Return the items of a search, by POST or, where the server supports nothing else, by GET.

    Args:
        io: The server.
        api: Its capabilities.
        query: Parameters of the search, as STAC's item search names them, without collections and sorting.

    Raises:
        StacError: If the first page cannot be fetched.
        ValueError: If the response is not STAC; other errors of ``NO_STAC`` mean the same.
    """
    params = {"collections": api.collections, "limit": PAGE, "stac_io": io, **query}
    if api.sorts and "ids" not in query:
        by_cloud = [{"field": "properties.eo:cloud_cover", "direction": "asc"}]
        try:
            # sorted by cloud cover, so the first page has the best scenes
            return _search(io, api, params | {"sortby": by_cloud}, most=1)
        except StacRefusedError:
            pass  # it does not support sorting by this field
    return _search(io, api, params, most=MOST_PAGES)


def _search(io: BoundedIO, api: StacApi, params: dict[str, Any], *, most: int) -> SearchPages:
    if api.method == "POST":
        try:
            return _read_pages(io, api.search, "POST", params, most=most)
        except StacRefusedError as error:
            if error.status not in _NO_POST:
                raise
            try:
                return _read_pages(io, api.search, "GET", params, most=most)
            except StacRefusedError:
                raise error from None
    return _read_pages(io, api.search, api.method, params, most=most)


def _read_pages(io: BoundedIO, search: str, method: str, params: dict[str, Any], *, most: int) -> SearchPages:
    features: list[tuple[object, Page]] = []
    broken_off = ""
    pages = itertools.islice(ItemSearch(search, method=method, **params).pages_as_dicts(), most)
    for number in itertools.count():
        try:
            page = next(pages, None)
            if page is None:
                break
            items = page["features"][:PAGE]
        except (StacError, *NO_STAC) as error:
            if not number:
                raise
            # the items of the first pages are valid; the result says that there may be more
            broken_off = (
                str(error)
                if isinstance(error, StacError)
                else f"{host_of(search)} answered something that is not STAC."
            )
            break
        features += [(feature, io.page) for feature in items]
    return SearchPages(features=features, method=method, broken_off=broken_off)
